import { eventDraft, type Event, type ObjectReference, type Occurrence } from './kinds/events.ts';
import type { ClusterModel } from './model.ts';
import type { KubeObject } from './object.ts';
import type { Pod } from './pod.ts';
import type { Store } from './store.ts';
import { rfc3339 } from './time.ts';
import type { Timers } from './timers.ts';

/** What the simulated components of the cluster share. */
export type Simulation = {
  readonly model: ClusterModel;
  readonly store: Store;
  readonly clock: () => number;
  readonly timers: Timers;
  /** Whether the component's leader holds its lease: one that does not does nothing. */
  readonly isAlive: (component: 'kube-scheduler' | 'kube-controller-manager') => boolean;
  /** Whether the node's kubelet answers. */
  readonly isKubeletAlive: (node: string) => boolean;
};

/** Writes an event, or counts up the one that says the same. */
export function recordEvent(
  { store, clock }: Pick<Simulation, 'store' | 'clock'>,
  occurrence: Occurrence,
): void {
  const nowMs = clock();
  const draft = eventDraft(occurrence, nowMs, nowMs);
  const writer = { manager: occurrence.component };
  const repeated = store.modify(
    'events',
    draft.metadata.namespace,
    draft.metadata.name,
    (event) => {
      const { count = 1 } = event as Event;
      return { ...event, count: count + 1, lastTimestamp: rfc3339(nowMs) };
    },
    writer,
  );
  if (!repeated) store.create('events', draft, writer);
}

/** The reference by which an event names its object. */
export function referenceTo(object: KubeObject, fieldPath?: string): ObjectReference {
  const {
    apiVersion,
    kind,
    metadata: { name, namespace, uid, resourceVersion },
  } = object;
  return {
    apiVersion,
    kind,
    name,
    ...(namespace !== undefined && { namespace }),
    uid,
    resourceVersion,
    ...(fieldPath !== undefined && { fieldPath }),
  };
}

/** Asks for a pod's end, as a controller does: one without a node is gone at once, others when their kubelet has ended them. */
export function deletePod(
  { store, clock }: Pick<Simulation, 'store' | 'clock'>,
  { metadata: { namespace, name }, spec }: Pod,
): void {
  if (spec.nodeName === undefined) {
    store.remove('pods', namespace, name);
    return;
  }
  const grace = spec.terminationGracePeriodSeconds ?? 30;
  store.modify('pods', namespace, name, (pod) =>
    pod.metadata.deletionTimestamp === undefined
      ? {
          ...pod,
          metadata: {
            ...pod.metadata,
            deletionTimestamp: rfc3339(clock() + grace * 1000),
            deletionGracePeriodSeconds: grace,
          },
        }
      : undefined,
  );
}

/** Whether a pod counts as a replica of its owner. */
export function isActive({ metadata, status: { phase } }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && phase !== 'Succeeded' && phase !== 'Failed';
}
