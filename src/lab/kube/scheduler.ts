import { readEntry } from './collection.ts';
import type { Node } from './kinds/nodes.ts';
import { keyOf } from './object.ts';
import { scheduled, unschedulable } from './pod-states.ts';
import { conditionOf, type Pod } from './pod.ts';
import { recordEvent, referenceTo, type Simulation } from './simulation.ts';
import { fits } from './workload.ts';

const WRITER = { manager: 'kube-scheduler', subresource: 'status' };

/** Binds pods to nodes. Returns the function that looks again at all pods that wait for a node. */
export function startScheduler(simulation: Simulation): () => void {
  const { store, timers, clock, isAlive } = simulation;
  /** The node of each pod that has one, and how many each node has. */
  const placed = new Map<string, string>();
  const load = new Map<string, number>();
  const place = (key: string, node: string | undefined): void => {
    const before = placed.get(key);
    if (before === node) return;
    if (before !== undefined) load.set(before, (load.get(before) ?? 1) - 1);
    if (node === undefined) placed.delete(key);
    else {
      placed.set(key, node);
      load.set(node, (load.get(node) ?? 0) + 1);
    }
  };

  function see(pod: Pod): void {
    const {
      metadata: { uid, namespace, name, deletionTimestamp },
      spec,
    } = pod;
    if (spec.nodeName !== undefined || deletionTimestamp !== undefined) return;
    timers.soon(`scheduler ${uid}`, () => {
      const now = store.get('pods', namespace, name) as Pod | undefined;
      if (now?.metadata.uid === uid && now.spec.nodeName === undefined && isAlive('kube-scheduler'))
        schedule(now);
    });
  }

  function schedule(pod: Pod): void {
    const { namespace, name } = pod.metadata;
    const nodes = store.list('nodes') as readonly Node[];
    const refusals = new Map<string, number>();
    const free = nodes.filter((node) => {
      const why = refusal(node, pod);
      if (why !== undefined) refusals.set(why, (refusals.get(why) ?? 0) + 1);
      return why === undefined;
    });
    const best = free.toSorted(
      (a, b) => (load.get(a.metadata.name) ?? 0) - (load.get(b.metadata.name) ?? 0),
    )[0];
    if (best) {
      const node = best.metadata.name;
      const bound = store.modify(
        'pods',
        namespace,
        name,
        (now) => scheduled(now as Pod, node, clock()),
        WRITER,
      );
      if (bound)
        recordEvent(simulation, {
          about: referenceTo(bound),
          type: 'Normal',
          reason: 'Scheduled',
          message: `Successfully assigned ${namespace}/${name} to ${node}`,
          component: 'default-scheduler',
        });
      return;
    }
    const reasons = [...refusals].map(([why, count]) => `${count} node(s) ${why}`).join(', ');
    const message = `0/${nodes.length} nodes are available: ${reasons}. preemption: 0/${nodes.length} nodes are available: ${nodes.length} Preemption is not helpful for scheduling.`;
    const next = store.modify(
      'pods',
      namespace,
      name,
      (now) => unschedulable(now as Pod, message, clock()),
      WRITER,
    );
    if (next)
      recordEvent(simulation, {
        about: referenceTo(next),
        type: 'Warning',
        reason: 'FailedScheduling',
        message,
        component: 'default-scheduler',
      });
  }

  function retry(): void {
    for (const pod of store.list('pods')) see(pod as Pod);
  }

  for (const pod of store.list('pods') as readonly Pod[])
    place(keyOf(pod.metadata.namespace, pod.metadata.name), pod.spec.nodeName);
  store.subscribe('pods', ({ type, key, object }) => {
    const pod = readEntry(object) as Pod;
    place(key, type === 'DELETED' ? undefined : pod.spec.nodeName);
    if (type === 'ADDED') see(pod);
  });
  store.subscribe('nodes', ({ object, previous }) => {
    const before = previous && (readEntry(previous) as Node);
    if (isOpen(readEntry(object) as Node) && !(before && isOpen(before))) retry();
  });
  return retry;
}

function isOpen({ spec, status }: Node): boolean {
  return (
    !spec.unschedulable &&
    (spec.taints ?? []).length === 0 &&
    conditionOf(status.conditions, 'Ready')?.status === 'True'
  );
}

/** Why a node cannot take a pod, as the scheduler words it; undefined when it can. */
function refusal(node: Node, pod: Pod): string | undefined {
  const { spec, metadata, status } = node;
  if (spec.unschedulable) return 'were unschedulable';
  const taint = (spec.taints ?? []).find(({ effect }) => effect !== 'PreferNoSchedule');
  if (taint) return `had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  if (conditionOf(status.conditions, 'Ready')?.status !== 'True') return 'were not ready';
  const architecture = metadata.labels?.['kubernetes.io/arch'] ?? '';
  return fits(pod, architecture) ? undefined : "didn't match Pod's node affinity/selector";
}
