import { withCondition, type Condition } from './pod.ts';
import { rfc3339 } from './time.ts';

/** How many of a workload's pods there are, by state. */
export type PodCounts = {
  readonly total: number;
  /** Of the newest template. */
  readonly updated: number;
  readonly ready: number;
};

/** `status` of a ReplicaSet. */
export function replicaSetStatus(
  generation: number,
  { total, ready }: PodCounts,
): { readonly [field: string]: unknown } {
  return {
    replicas: total,
    ...(total > 0 && { fullyLabeledReplicas: total }),
    ...(ready > 0 && { readyReplicas: ready, availableReplicas: ready }),
    observedGeneration: generation,
  };
}

/** `status` of a Deployment whose newest ReplicaSet has the given name. */
export function deploymentStatus(
  deployment: {
    readonly generation: number;
    readonly replicas: number;
    readonly conditions?: readonly Condition[] | undefined;
    readonly newest: string;
  },
  { total, updated, ready }: PodCounts,
  atMs: number,
): { readonly [field: string]: unknown } {
  const { generation, replicas, conditions, newest } = deployment;
  const time = rfc3339(atMs);
  // Kubernetes allows a quarter of the replicas to be away, rounded down, but a Deployment of one is not available then.
  const available = ready >= replicas - Math.floor(replicas / 4);
  const complete = updated === replicas && ready >= replicas;
  const next: readonly Condition[] = [
    available
      ? {
          type: 'Available',
          status: 'True',
          lastUpdateTime: time,
          lastTransitionTime: time,
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
        }
      : {
          type: 'Available',
          status: 'False',
          lastUpdateTime: time,
          lastTransitionTime: time,
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
        },
    complete
      ? {
          type: 'Progressing',
          status: 'True',
          lastUpdateTime: time,
          lastTransitionTime: time,
          reason: 'NewReplicaSetAvailable',
          message: `ReplicaSet "${newest}" has successfully progressed.`,
        }
      : {
          type: 'Progressing',
          status: 'True',
          lastUpdateTime: time,
          lastTransitionTime: time,
          reason: 'ReplicaSetUpdated',
          message: `ReplicaSet "${newest}" is progressing.`,
        },
  ];
  return {
    observedGeneration: generation,
    ...(total > 0 && { replicas: total }),
    ...(updated > 0 && { updatedReplicas: updated }),
    ...(ready > 0 && { readyReplicas: ready, availableReplicas: ready }),
    ...(ready < replicas && { unavailableReplicas: replicas - ready }),
    conditions: next
      .map((condition) => keepUpdateTime(conditions, condition))
      .reduce(withCondition, conditions ?? []),
  };
}

/** The update time of a condition moves only when its reason does, so that an equal status is equal. */
function keepUpdateTime(conditions: readonly Condition[] | undefined, next: Condition): Condition {
  const known = conditions?.find(({ type }) => type === next.type);
  const same = known !== undefined && known.reason === next.reason && known.status === next.status;
  return same && known.lastUpdateTime ? { ...next, lastUpdateTime: known.lastUpdateTime } : next;
}

/** `status` of a DaemonSet that wants one pod on each of `desired` nodes. */
export function daemonSetStatus(
  generation: number,
  desired: number,
  { total, updated, ready }: PodCounts,
): { readonly [field: string]: unknown } {
  return {
    currentNumberScheduled: total,
    numberMisscheduled: 0,
    desiredNumberScheduled: desired,
    numberReady: ready,
    observedGeneration: generation,
    updatedNumberScheduled: updated,
    numberAvailable: ready,
    ...(ready < desired && { numberUnavailable: desired - ready }),
  };
}

/** `status` of a StatefulSet; `revision` names the newest template. */
export function statefulSetStatus(
  set: { readonly generation: number; readonly revision: string; readonly current: string },
  { total, updated, ready }: PodCounts,
): { readonly [field: string]: unknown } {
  return {
    observedGeneration: set.generation,
    replicas: total,
    readyReplicas: ready,
    availableReplicas: ready,
    currentReplicas: set.current === set.revision ? updated : total - updated,
    updatedReplicas: updated,
    currentRevision: updated === total ? set.revision : set.current,
    updateRevision: set.revision,
    collisionCount: 0,
  };
}
