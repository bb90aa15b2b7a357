import type { Pod } from '../../domain/kube.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { listAt, textAt, textsAt, timeAt } from '../../parse/json-fields.ts';
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
    claims: readClaims(object),
    reason: readReason(object),
    ...readDeletion(object),
    ...readOutOfMemory(object),
  };
}

/** Most pods have none: they share one list. */
const NO_CLAIMS: readonly string[] = [];

function readClaims(object: unknown): readonly string[] {
  const claims = listAt(object, 'spec', 'volumes').flatMap(
    (volume) => textAt(volume, 'persistentVolumeClaim', 'claimName') ?? [],
  );
  return claims.length === 0 ? NO_CLAIMS : claims;
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

/** `metadata.deletionTimestamp` is the time of the request and the grace, after which the pod is to be gone. */
function readDeletion(object: unknown): Pick<Pod, 'deletionAt' | 'finalizers'> {
  const deletionAt = timeAt(object, 'metadata', 'deletionTimestamp');
  if (deletionAt === null) return { deletionAt, finalizers: [] };
  return { deletionAt, finalizers: textsAt(object, 'metadata', 'finalizers') };
}

/** The latest end of a container whose reason is `OOMKilled`, be it the present state or the one before. */
function readOutOfMemory(object: unknown): Pick<Pod, 'oomKilledAt' | 'oomKilled'> {
  let found: Pick<Pod, 'oomKilledAt' | 'oomKilled'> = { oomKilledAt: null, oomKilled: null };
  for (const list of ['initContainerStatuses', 'containerStatuses'])
    for (const container of listAt(object, 'status', list))
      for (const state of ['lastState', 'state']) {
        if (textAt(container, state, 'terminated', 'reason') !== 'OOMKilled') continue;
        const at = timeAt(container, state, 'terminated', 'finishedAt');
        if (at !== null && at > (found.oomKilledAt ?? Number.NEGATIVE_INFINITY))
          found = { oomKilledAt: at, oomKilled: textAt(container, 'name') };
      }
  return found;
}
