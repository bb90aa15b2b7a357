import { runSeconds } from './batch-controllers.ts';
import { readEntry } from './collection.ts';
import { podAddress } from './model.ts';
import { completed, creating, running } from './pod-states.ts';
import type { Pod } from './pod.ts';
import { hash32 } from './random.ts';
import { recordEvent, referenceTo, type Simulation } from './simulation.ts';

const WRITER = { manager: 'kubelet', subresource: 'status' };

/** Brings pods to life on their nodes and ends them. Returns the function that looks again at all pods of a node. */
export function startKubelets(simulation: Simulation): (node: string) => void {
  const { store, timers, clock, model, isKubeletAlive } = simulation;
  const nodes = new Map(model.nodes.map((node) => [node.name, node]));

  function see(pod: Pod): void {
    const {
      metadata: { uid, namespace, name, deletionTimestamp },
      spec: { nodeName },
      status,
    } = pod;
    if (nodeName === undefined) return;
    const unborn =
      status.phase === 'Pending' &&
      (status.containerStatuses ?? []).every(({ state }) => state.waiting !== undefined);
    if (deletionTimestamp === undefined && !unborn) return;
    timers.soon(`kubelet ${uid}`, () => {
      const now = store.get('pods', namespace, name) as Pod | undefined;
      if (now?.metadata.uid !== uid || !isKubeletAlive(nodeName)) return;
      if (now.metadata.deletionTimestamp !== undefined) end(now);
      else if (now.status.containerStatuses === undefined) prepare(now, nodeName);
      else start(now, nodeName);
    });
  }

  function prepare(pod: Pod, nodeName: string): void {
    const { namespace, name } = pod.metadata;
    const hostIP = nodes.get(nodeName)?.address ?? '10.127.0.250';
    store.modify('pods', namespace, name, (now) => creating(now as Pod, hostIP, clock()), WRITER);
  }

  function start(pod: Pod, nodeName: string): void {
    const { namespace, name, uid } = pod.metadata;
    const node = nodes.get(nodeName);
    const hostIP = pod.status.hostIP ?? '10.127.0.250';
    const podIP = node ? podAddress(node, hash32(uid)) : '10.244.255.10';
    const next = store.modify(
      'pods',
      namespace,
      name,
      (now) => running(now as Pod, { hostIP, podIP }, clock()),
      WRITER,
    );
    if (!next) return;
    runToItsEnd(next as Pod);
    for (const { name: container, image } of pod.spec.containers) {
      const about = referenceTo(next, `spec.containers{${container}}`);
      for (const [reason, message] of [
        ['Pulled', `Container image "${image}" already present on machine`],
        ['Created', `Created container: ${container}`],
        ['Started', `Started container ${container}`],
      ] as const) {
        recordEvent(simulation, {
          about,
          type: 'Normal',
          reason,
          message,
          component: 'kubelet',
          host: nodeName,
        });
      }
    }
  }

  /** The containers of a pod that is not to be started again end by themselves. */
  function runToItsEnd({ metadata, spec }: Pod): void {
    const { namespace, name, uid } = metadata;
    const job = metadata.ownerReferences?.find(({ kind }) => kind === 'Job')?.name;
    if (job === undefined || spec['restartPolicy'] === 'Always') return;
    timers.after(runSeconds(namespace, job) * 1000, () => {
      const now = store.get('pods', namespace, name) as Pod | undefined;
      const isRunning = now?.metadata.uid === uid && now.status.phase === 'Running';
      if (isRunning && isKubeletAlive(spec.nodeName ?? ''))
        store.modify('pods', namespace, name, (pod) => completed(pod as Pod, clock()), WRITER);
    });
  }

  function end(pod: Pod): void {
    const {
      metadata: { namespace, name, finalizers = [] },
      spec: { nodeName = '', containers },
    } = pod;
    if (finalizers.length > 0) return;
    store.remove('pods', namespace, name);
    for (const { name: container } of containers) {
      const about = referenceTo(pod, `spec.containers{${container}}`);
      recordEvent(simulation, {
        about,
        type: 'Normal',
        reason: 'Killing',
        message: `Stopping container ${container}`,
        component: 'kubelet',
        host: nodeName,
      });
    }
  }

  store.subscribe('pods', ({ type, object }) => {
    if (type !== 'DELETED') see(readEntry(object) as Pod);
  });
  return (node) => {
    for (const pod of store.list('pods')) if ((pod as Pod).spec.nodeName === node) see(pod as Pod);
  };
}
