import type { ClusterWatch, ObjectOf } from '../../domain/watch.ts';
import type { Workload, WorkloadFeed, WorkloadKind } from '../../domain/workload.ts';
import { numberAt, textAt, timeAt, valueAt } from '../../parse/json-fields.ts';
import { readConditions, readLabels, readOwner } from '../../parse/object-meta.ts';

/** What a kind of workloads tells in fields of its own. */
export type OwnFields = Partial<
  Omit<
    Workload,
    'kind' | 'namespace' | 'name' | 'uid' | 'conditions' | 'podLabels' | 'owner' | 'createdAt'
  >
>;

/** A count of `status`, which the API leaves out when it is 0; null before a controller has looked at the object. */
export const statusCount = (object: unknown, field: string): number | null =>
  numberAt(object, 'status', field) ?? (isObserved(object) ? 0 : null);

const isObserved = (object: unknown): boolean =>
  numberAt(object, 'status', 'observedGeneration') !== null;

/** Whether the status tells of an older spec than the present one. */
export function isBehind(object: unknown): boolean {
  const generation = numberAt(object, 'metadata', 'generation');
  const observed = numberAt(object, 'status', 'observedGeneration');
  return generation !== null && observed !== null && observed < generation;
}

/** Whether its controller replaces pods of an older template by itself; with `OnDelete` somebody else has to. */
export const replacesPods = (object: unknown): boolean =>
  textAt(object, 'spec', 'updateStrategy', 'type') !== 'OnDelete';

/** The watch of a kind of workloads: what all have in common, and what `own` reads of one. */
export const workloadWatch = <K extends WorkloadFeed>(
  feed: K,
  kind: WorkloadKind,
  own: (object: unknown) => OwnFields,
): ClusterWatch<K> => ({
  feed,
  group: kind === 'Job' || kind === 'CronJob' ? 'batch' : 'apps',
  versions: ['v1'],
  resource: feed,
  namespaced: true,
  maxObjects: 20_000,
  shows: `the ${feed}`,
  // The feeds of all kinds of workloads hold the same type.
  project: (object) => projectWorkload(object, kind, own) as ObjectOf<K> | undefined,
});

function projectWorkload(
  object: unknown,
  kind: WorkloadKind,
  own: (object: unknown) => OwnFields,
): Workload | undefined {
  const namespace = textAt(object, 'metadata', 'namespace');
  const name = textAt(object, 'metadata', 'name');
  if (namespace === null || name === null) return undefined;
  return {
    kind,
    namespace,
    name,
    uid: textAt(object, 'metadata', 'uid') ?? '',
    desired: null,
    ready: null,
    upToDate: null,
    available: null,
    active: null,
    isRolling: false,
    isPaused: false,
    schedule: null,
    lastScheduleAt: null,
    lastSuccessAt: null,
    startedAt: null,
    completedAt: null,
    ...own(object),
    conditions: readConditions(object, 'status', 'conditions'),
    podLabels: readLabels(object, 'spec', 'template', 'metadata', 'labels'),
    owner: readOwner(object),
    createdAt: timeAt(object, 'metadata', 'creationTimestamp'),
  };
}

/** `spec.replicas`; the API server fills in 1 where it is left out, null is what cannot be read. */
export const wantedReplicas = (object: unknown): number | null =>
  valueAt(object, 'spec', 'replicas') === undefined ? 1 : numberAt(object, 'spec', 'replicas');
