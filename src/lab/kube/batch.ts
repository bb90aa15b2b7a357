import { jobName, lastTimes } from './cron-schedule.ts';
import type { ClusterModel } from './model.ts';
import type { Draft, KubeObject, Labels } from './object.ts';
import type { Condition, Pod, PodTemplate } from './pod.ts';
import { rfc3339 } from './time.ts';
import { templateOf } from './workload.ts';

/** A CronJob of the lab; the objects are made of it. */
export type CronJobSeed = {
  readonly namespace: string;
  readonly name: string;
  readonly schedule: string;
  readonly suspend: boolean;
  readonly ageDays: number;
  readonly image: string;
  /** How long one run takes. */
  readonly seconds: number;
};

export type Job = KubeObject & {
  readonly spec: {
    readonly completions?: number;
    readonly parallelism?: number;
    readonly backoffLimit?: number;
    readonly suspend?: boolean;
    readonly template: PodTemplate;
    readonly [field: string]: unknown;
  };
  readonly status: {
    readonly active?: number;
    readonly succeeded?: number;
    readonly failed?: number;
    readonly startTime?: string;
    readonly completionTime?: string;
    readonly conditions?: readonly Condition[];
    readonly [field: string]: unknown;
  };
};

export type CronJob = KubeObject & {
  readonly spec: {
    readonly schedule: string;
    readonly suspend: boolean;
    readonly successfulJobsHistoryLimit: number;
    readonly failedJobsHistoryLimit: number;
    readonly jobTemplate: { readonly spec: Job['spec'] };
    readonly [field: string]: unknown;
  };
  readonly status: {
    readonly active?: readonly { readonly name: string }[];
    readonly lastScheduleTime?: string;
    readonly lastSuccessfulTime?: string;
    readonly [field: string]: unknown;
  };
};

/** Finished runs that stay, as Kubernetes keeps them unless told otherwise. */
export const KEPT_SUCCESSFUL = 3;
export const KEPT_FAILED = 1;

export const CRON_JOBS: readonly CronJobSeed[] = [
  {
    namespace: 'longhorn-system',
    name: 'backup-nightly',
    schedule: '0 2 * * *',
    suspend: false,
    ageDays: 160,
    image: 'longhornio/longhorn-manager:v1.9.1',
    seconds: 95,
  },
  {
    namespace: 'apps',
    name: 'gitea-mirror',
    schedule: '*/15 * * * *',
    suspend: false,
    ageDays: 41,
    image: 'docker.io/gitea/tea:0.10.1',
    seconds: 22,
  },
  {
    namespace: 'apps',
    name: 'paperless-export',
    schedule: '30 4 * * 0',
    suspend: true,
    ageDays: 203,
    image: 'ghcr.io/paperless-ngx/paperless-ngx:2.18.4',
    seconds: 240,
  },
];

/** The pod template of a run: it ends by itself and is not started again on its own. */
export function runTemplate({ namespace, name, image }: CronJobSeed): PodTemplate {
  const { metadata, spec } = templateOf({
    kind: 'Deployment',
    namespace,
    name,
    replicas: 1,
    ageDays: 1,
    containers: [[name, image]],
  });
  return { metadata, spec: { ...spec, restartPolicy: 'Never' } };
}

export const jobSpec = (template: PodTemplate): Job['spec'] => ({
  parallelism: 1,
  completions: 1,
  backoffLimit: 3,
  completionMode: 'NonIndexed',
  suspend: false,
  template,
});

/** The labels that tell a pod's Job. */
export const runLabels = (job: { readonly name: string; readonly uid: string }): Labels => ({
  'batch.kubernetes.io/controller-uid': job.uid,
  'batch.kubernetes.io/job-name': job.name,
  'controller-uid': job.uid,
  'job-name': job.name,
});

/** A run that was: its Job, and when it began and ended. */
export type PastRun = {
  readonly seed: CronJobSeed;
  readonly job: string;
  readonly startedMs: number;
  readonly endedMs: number;
};

/** The runs of the seeds that are over and still kept, oldest first. */
export const pastRuns = (model: ClusterModel): readonly PastRun[] =>
  CRON_JOBS.filter(({ suspend }) => !suspend).flatMap((seed) =>
    // The youngest may still run: it is not among those that are over.
    lastTimes(seed.schedule, model.nowMs - (seed.seconds + 5) * 1000, KEPT_SUCCESSFUL)
      .toReversed()
      .map((startedMs) => ({
        seed,
        job: jobName(seed.name, startedMs),
        startedMs,
        endedMs: startedMs + seed.seconds * 1000,
      })),
  );

/** `status` of a Job by its pods; what is 0 is left out, as in Kubernetes. */
export function jobStatus(
  { spec, status }: Pick<Job, 'spec' | 'status'>,
  counts: { readonly active: number; readonly succeeded: number; readonly failed: number },
  atMs: number,
): Job['status'] {
  const { active, succeeded, failed } = counts;
  const time = rfc3339(atMs);
  const isComplete = succeeded >= (spec.completions ?? 1);
  const isFailed = !isComplete && failed > (spec.backoffLimit ?? 6);
  const isKnown = status.conditions?.some(({ type }) => type === 'Complete' || type === 'Failed');
  const end = (type: string, reason: string, message: string): readonly Condition[] => [
    {
      type,
      status: 'True',
      reason,
      message,
      lastProbeTime: time,
      lastTransitionTime: time,
    },
  ];
  if (isKnown) return status;
  return {
    startTime: status.startTime ?? time,
    ...(active > 0 && { active }),
    ...(succeeded > 0 && { succeeded }),
    ...(failed > 0 && { failed }),
    ready: 0,
    ...(isComplete && {
      completionTime: time,
      conditions: end(
        'Complete',
        'CompletionsReached',
        'Reached expected number of succeeded pods',
      ),
    }),
    ...(isFailed && {
      conditions: end(
        'Failed',
        'BackoffLimitExceeded',
        'Job has reached the specified backoff limit',
      ),
    }),
  };
}

/** Whether a pod of a Job ended well, badly, or goes on. */
export const countRuns = (
  pods: readonly Pod[],
): { readonly active: number; readonly succeeded: number; readonly failed: number } => {
  const of = (...phases: readonly string[]): number =>
    pods.filter(({ status: { phase } }) => phases.includes(phase)).length;
  return {
    active: of('Pending', 'Running'),
    succeeded: of('Succeeded'),
    failed: of('Failed'),
  };
};

/** A Job as the CronJob controller makes it. */
export const jobDraft = (
  cronJob: Pick<CronJob, 'metadata' | 'spec'>,
  scheduledMs: number,
  owner: NonNullable<Draft['metadata']['ownerReferences']>[number],
): Draft => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: {
    name: jobName(cronJob.metadata.name, scheduledMs),
    namespace: cronJob.metadata.namespace ?? '',
    annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': rfc3339(scheduledMs) },
    ownerReferences: [owner],
  },
  spec: cronJob.spec.jobTemplate.spec,
  status: {},
});
