import type { Heartbeats } from './heartbeats.ts';
import { HEALTHY, type Node, type Taint } from './kinds/nodes.ts';
import { crashLooping, running, withReady } from './pod-states.ts';
import { conditionOf, withCondition, type Condition, type Pod } from './pod.ts';
import { deletePod, recordEvent, referenceTo, type Simulation } from './simulation.ts';
import { rfc3339 } from './time.ts';

/** What can happen to nodes and pods. */
export type Incidents = {
  readonly setNodeReady: (
    name: string,
    status: 'True' | 'False' | 'Unknown',
    reason: string,
    message: string,
  ) => void;
  readonly setPodCrashLooping: (namespace: string, name: string) => () => void;
};

/** Pods tolerate a node that is not ready for this long, unless they say otherwise. */
const TOLERATION_MS = 300_000;

/** The kubelet's longest wait between two tries. */
const LONGEST_BACK_OFF_SECONDS = 300;

const NODE_CONTROLLER = { manager: 'kube-controller-manager', subresource: 'status' };
const KUBELET = { manager: 'kubelet', subresource: 'status' };

/** `lookAgain` wakes the kubelet of a node that is back. */
export function createIncidents(
  simulation: Simulation,
  heartbeats: Heartbeats,
  lookAgain: (node: string) => void,
): Incidents {
  const { store, clock, timers } = simulation;
  const evictions = new Map<string, () => void>();

  function setNodeReady(
    name: string,
    status: 'True' | 'False' | 'Unknown',
    reason: string,
    message: string,
  ): void {
    const before = store.get('nodes', undefined, name) as Node | undefined;
    if (!before)
      throw new Error(
        `no such node in the lab: ${name}; there are ${store
          .list('nodes')
          .map(({ metadata }) => metadata.name)
          .join(', ')}`,
      );
    const was = conditionOf(before.status.conditions, 'Ready')?.status;
    const nowMs = clock();
    const next = conditionsAfter(before, status, { reason, message }, nowMs);
    const taints = taintsAfter(before, status, nowMs);
    store.modify(
      'nodes',
      undefined,
      name,
      (node) => ({
        ...node,
        spec: { ...(node as Node).spec, taints },
        status: { ...(node as Node).status, conditions: next },
      }),
      status === 'Unknown' ? NODE_CONTROLLER : KUBELET,
    );
    heartbeats.setLeaseRenewing('kube-node-lease', name, status !== 'Unknown');
    if (was === status) return;
    evictions.get(name)?.();
    evictions.delete(name);
    // Events about nodes carry the name where other events carry the uid.
    const about = { apiVersion: 'v1', kind: 'Node', name, uid: name };
    if (status === 'True') {
      recordEvent(simulation, {
        about,
        type: 'Normal',
        reason: 'NodeReady',
        message: `Node ${name} status is now: NodeReady`,
        component: 'kubelet',
        host: name,
      });
      turnPods(name, 'True');
      lookAgain(name);
      return;
    }
    if (was === 'True')
      recordEvent(simulation, {
        about,
        type: 'Normal',
        reason: 'NodeNotReady',
        message: `Node ${name} status is now: NodeNotReady`,
        component: 'node-controller',
      });
    turnPods(name, 'False');
    evictions.set(
      name,
      timers.after(TOLERATION_MS, () => evictPods(name)),
    );
  }

  const podsOn = (name: string): readonly Pod[] =>
    (store.list('pods') as readonly Pod[]).filter(({ spec }) => spec.nodeName === name);

  function turnPods(name: string, ready: 'True' | 'False'): void {
    for (const pod of podsOn(name)) {
      const {
        metadata,
        status: { phase, containerStatuses = [], conditions },
      } = pod;
      if (phase !== 'Running' || conditionOf(conditions, 'Ready')?.status === ready) continue;
      if (ready === 'True' && !containerStatuses.every((container) => container.ready)) continue;
      const next = store.modify(
        'pods',
        metadata.namespace,
        metadata.name,
        (now) => withReady(now as Pod, ready, clock()),
        ready === 'True' ? KUBELET : NODE_CONTROLLER,
      );
      if (next && ready === 'False')
        recordEvent(simulation, {
          about: referenceTo(next),
          type: 'Warning',
          reason: 'NodeNotReady',
          message: 'Node is not ready',
          component: 'node-controller',
        });
    }
  }

  function evictPods(name: string): void {
    for (const pod of podsOn(name)) {
      if (
        pod.metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet') ||
        pod.metadata.deletionTimestamp !== undefined
      )
        continue;
      recordEvent(simulation, {
        about: referenceTo(pod),
        type: 'Normal',
        reason: 'TaintManagerEviction',
        message: `Marking for deletion Pod ${pod.metadata.namespace}/${pod.metadata.name}`,
        component: 'taint-eviction-controller',
      });
      deletePod(simulation, pod);
    }
  }

  function setPodCrashLooping(namespace: string, name: string): () => void {
    const pod = store.get('pods', namespace, name) as Pod | undefined;
    if (!pod) throw new Error(`no such pod in the lab: ${namespace}/${name}`);
    const { uid } = pod.metadata;
    let cancel = (): void => undefined;
    const isThere = (): boolean => store.get('pods', namespace, name)?.metadata.uid === uid;
    const crash = (backOffSeconds: number): void => {
      if (!isThere()) return;
      const next = store.modify(
        'pods',
        namespace,
        name,
        (now) => crashLooping(now as Pod, clock(), backOffSeconds),
        KUBELET,
      );
      if (!next) return;
      const container = pod.spec.containers[0]?.name ?? '';
      recordEvent(simulation, {
        about: referenceTo(next, `spec.containers{${container}}`),
        type: 'Warning',
        reason: 'BackOff',
        message: `Back-off restarting failed container ${container} in pod ${name}_${namespace}(${uid})`,
        component: 'kubelet',
        host: pod.spec.nodeName ?? '',
      });
      cancel = timers.after(backOffSeconds * 1000, () =>
        crash(Math.min(backOffSeconds * 2, LONGEST_BACK_OFF_SECONDS)),
      );
    };
    crash(10);
    return () => {
      cancel();
      if (!isThere()) return;
      store.modify('pods', namespace, name, (now) => recovered(now as Pod, clock()), KUBELET);
    };
  }

  return { setNodeReady, setPodCrashLooping };
}

/** The pod runs again; its restarts stay counted. */
function recovered(pod: Pod, nowMs: number): Pod {
  const { hostIP = '', podIP = '', containerStatuses = [] } = pod.status;
  const [first] = containerStatuses;
  const lastAtMs = Date.parse(first?.lastState.terminated?.finishedAt ?? '') || nowMs;
  return running(pod, { hostIP, podIP }, nowMs, {
    count: first?.restartCount ?? 0,
    lastAtMs,
    reason: 'Error',
  });
}

function conditionsAfter(
  { status: { conditions } }: Node,
  status: 'True' | 'False' | 'Unknown',
  why: { readonly reason: string; readonly message: string },
  nowMs: number,
): readonly Condition[] {
  const time = rfc3339(nowMs);
  return HEALTHY.map(([type, reason, message]): Condition => {
    const known = conditionOf(conditions, type);
    // The heartbeat is the kubelet's; the node controller leaves it as it was.
    const lastHeartbeatTime = status === 'Unknown' ? (known?.lastHeartbeatTime ?? time) : time;
    const base = { type, lastHeartbeatTime, lastTransitionTime: time };
    if (status === 'Unknown') return { ...base, status: 'Unknown', ...why };
    if (type !== 'Ready') return { ...base, status: 'False', reason, message };
    return { ...base, status, ...why };
  }).reduce(withCondition, conditions);
}

function taintsAfter(
  { spec: { taints = [] } }: Node,
  status: 'True' | 'False' | 'Unknown',
  nowMs: number,
): readonly Taint[] {
  const keys = {
    unreachable: 'node.kubernetes.io/unreachable',
    notReady: 'node.kubernetes.io/not-ready',
  };
  const others = taints.filter(({ key }) => key !== keys.unreachable && key !== keys.notReady);
  if (status === 'True') return others;
  const key = status === 'Unknown' ? keys.unreachable : keys.notReady;
  const timeAdded = rfc3339(nowMs);
  return [
    ...others,
    { key, effect: 'NoSchedule', timeAdded },
    { key, effect: 'NoExecute', timeAdded },
  ];
}
