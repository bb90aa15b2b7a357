import { lastKnown } from './feed.ts';
import type { ClusterFeedName, ClusterInventory } from './inventory.ts';
import type { KubeTable } from './kube.ts';
import type { EpochMs } from './time.ts';
import type { Sign } from './view.ts';

/** Kinds of objects that make pods, as the API spells them. */
export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Job' | 'CronJob';

/** The feed of each kind, in the order in which they are shown. */
export const WORKLOAD_FEEDS = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
  Job: 'jobs',
  CronJob: 'cronjobs',
} as const satisfies Readonly<Record<WorkloadKind, ClusterFeedName>>;
export type WorkloadFeed = (typeof WORKLOAD_FEEDS)[WorkloadKind];
export const WORKLOAD_KINDS = Object.keys(WORKLOAD_FEEDS) as readonly WorkloadKind[];

/** A condition of an object's status. */
export type WorkloadCondition = {
  readonly type: string;
  readonly status: string;
  readonly reason: string | null;
  readonly message: string | null;
  readonly since: EpochMs | null;
};

/**
 * A workload, only what is shown. Counts are those of its status, in which the API leaves out what is 0; they are null
 * as long as no controller has looked at the object.
 */
export type Workload = {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Pods that it is to have; of a job the completions. null where there is no such number, as of a cron job. */
  readonly desired: number | null;
  /** Pods that are ready; of a job those that have succeeded. */
  readonly ready: number | null;
  /** Pods made from the present template. */
  readonly upToDate: number | null;
  readonly available: number | null;
  /** Pods of a job that run, or jobs of a cron job. */
  readonly active: number | null;
  /** The rollout that the spec asks for is not complete. */
  readonly isRolling: boolean;
  /** Paused (deployment) or suspended (job, cron job): nothing new is made. */
  readonly isPaused: boolean;
  readonly schedule: string | null;
  readonly lastScheduleAt: EpochMs | null;
  readonly lastSuccessAt: EpochMs | null;
  readonly startedAt: EpochMs | null;
  readonly completedAt: EpochMs | null;
  readonly conditions: readonly WorkloadCondition[];
  /** The labels of its pod template, by which services find its pods. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Kind/name of the controller: `CronJob/backup`. */
  readonly owner: string | null;
  readonly createdAt: EpochMs | null;
};

/**
 * How a workload is, as its own status tells.
 * - `available`: as many as wanted serve
 * - `partial`: some of those wanted do not; in a rollout fewer than its strategy allows
 * - `unavailable`: none serves
 * - `rolling`: its pods are being replaced
 * - `stalled`: a rollout made no progress within its deadline
 * - `idle`: none is wanted, or it is suspended
 * - `scheduled`, `running`, `complete`, `failed`: of jobs and cron jobs
 */
export type WorkloadState =
  | 'available'
  | 'partial'
  | 'unavailable'
  | 'rolling'
  | 'stalled'
  | 'idle'
  | 'scheduled'
  | 'running'
  | 'complete'
  | 'failed'
  | 'unknown';

/** The condition of that type with that status. */
export const conditionOf = (
  { conditions }: Pick<Workload, 'conditions'>,
  type: string,
  status: string,
): WorkloadCondition | undefined =>
  conditions.find((each) => each.type === type && each.status === status);

/** How it is; see {@link WorkloadState}. */
export function workloadState(workload: Workload): WorkloadState {
  switch (workload.kind) {
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
      return servingState(workload);
    case 'Job':
      if (conditionOf(workload, 'Complete', 'True')) return 'complete';
      if (conditionOf(workload, 'Failed', 'True')) return 'failed';
      return workload.isPaused ? 'idle' : 'running';
    case 'CronJob':
      if ((workload.active ?? 0) > 0) return 'running';
      return workload.isPaused ? 'idle' : 'scheduled';
  }
}

function servingState(workload: Workload): WorkloadState {
  const { desired, available } = workload;
  const isRolling = workload.isRolling && !workload.isPaused;
  if (desired === null || available === null) return 'unknown';
  const progressing = conditionOf(workload, 'Progressing', 'False');
  if (progressing?.reason === 'ProgressDeadlineExceeded') return 'stalled';
  if (desired === 0) return isRolling ? 'rolling' : 'idle';
  if (available === 0) return 'unavailable';
  if (conditionOf(workload, 'Available', 'False')) return 'partial';
  if (isRolling) return 'rolling';
  return available < desired ? 'partial' : 'available';
}

const SIGNS: Readonly<Record<WorkloadState, Sign>> = {
  available: 'ok',
  partial: 'degraded',
  unavailable: 'down',
  rolling: 'changing',
  stalled: 'warning',
  idle: 'off',
  scheduled: 'ok',
  running: 'changing',
  complete: 'off',
  failed: 'down',
  unknown: 'unknown',
};

/** The sign of a workload; what is no longer fresh is unknown. */
export const workloadSign = (workload: Workload, isFresh: boolean): Sign =>
  isFresh ? SIGNS[workloadState(workload)] : 'unknown';

/** The tables of a cluster's workloads that are known, in the order of their kinds. */
export const workloadTables = ({
  feeds,
}: ClusterInventory): readonly {
  readonly kind: WorkloadKind;
  readonly feed: WorkloadFeed;
  readonly table: KubeTable<Workload>;
  readonly at: EpochMs;
}[] =>
  WORKLOAD_KINDS.flatMap((kind) => {
    const feed = WORKLOAD_FEEDS[kind];
    const last = lastKnown(feeds[feed]);
    return last ? [{ kind, feed, table: last.value, at: last.at }] : [];
  });

/** The workload that is named `Kind/name` in a namespace; undefined when nobody told of it. */
export function findWorkload(
  cluster: ClusterInventory,
  namespace: string,
  named: string | null,
): Workload | undefined {
  const [kind = '', name = ''] = named?.split('/') ?? [];
  return workloadTables(cluster)
    .find((each) => each.kind === kind)
    ?.table.byKey.get(`${namespace}/${name}`);
}
