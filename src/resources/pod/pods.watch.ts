import type { Pod } from '../../domain/kube.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { listAt, textAt, timeAt } from '../../parse/json-fields.ts';
import { readOwner } from '../../parse/object-meta.ts';
import { readPodStatus } from './pod-status.ts';

/** The pods of a cluster in all namespaces. Every field of the object may be missing. */
export const podsWatch: ClusterWatch<'pods'> = {
  feed: 'pods',
  group: '',
  versions: ['v1'],
  resource: 'pods',
  namespaced: true,
  maxObjects: 20_000,
  shows: 'the pods',
  project: projectPod,
};

/** What is shown of a v1 Pod; undefined for an object without a name or a namespace. */
export function projectPod(object: unknown): Pod | undefined {
  const namespace = textAt(object, 'metadata', 'namespace');
  const name = textAt(object, 'metadata', 'name');
  if (namespace === null || name === null) return undefined;
  const owner = readOwner(object);
  return {
    namespace,
    name,
    uid: textAt(object, 'metadata', 'uid') ?? '',
    phase: textAt(object, 'status', 'phase') ?? 'Unknown',
    ...readPodStatus(object),
    ip: textAt(listAt(object, 'status', 'podIPs')[0], 'ip') ?? textAt(object, 'status', 'podIP'),
    node: textAt(object, 'spec', 'nodeName'),
    createdAt: timeAt(object, 'metadata', 'creationTimestamp'),
    owner,
    workload: readWorkload(object, owner),
    reason: readReason(object),
  };
}

const HASH_LABEL = 'pod-template-hash';

/**
 * The workload above the owner. A deployment's ReplicaSet bears its name, a dash and the hash that its pods carry as a
 * label (`getNewReplicaSet` in pkg/controller/deployment/sync.go).
 */
function readWorkload(object: unknown, owner: string | null): string | null {
  const [kind, name = ''] = owner?.split('/') ?? [];
  switch (kind) {
    case 'ReplicaSet': {
      const hash = textAt(object, 'metadata', 'labels', HASH_LABEL);
      return hash !== null && name.endsWith(`-${hash}`)
        ? `Deployment/${name.slice(0, -hash.length - 1)}`
        : null;
    }
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job':
      return owner;
    case undefined:
    default:
      return null;
  }
}

/** Why the pod is not scheduled; else what the first waiting container says. */
function readReason(object: unknown): string | null {
  const unscheduled = listAt(object, 'status', 'conditions').find(
    (condition) =>
      textAt(condition, 'type') === 'PodScheduled' && textAt(condition, 'status') === 'False',
  );
  const waiting = [
    ...listAt(object, 'status', 'initContainerStatuses'),
    ...listAt(object, 'status', 'containerStatuses'),
  ].flatMap((container) => textAt(container, 'state', 'waiting', 'message') ?? []);
  return textAt(unscheduled, 'message') ?? waiting[0] ?? null;
}
