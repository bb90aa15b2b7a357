import { CRON_JOBS, countRuns, jobDraft, jobStatus, runLabels } from './batch.ts';
import type { CronJob, Job } from './batch.ts';
import { lastTimes } from './cron-schedule.ts';
import { controllerReference, controllerUid } from './object.ts';
import type { KubeObject } from './object.ts';
import type { PodIndex } from './pod-index.ts';
import { podFromTemplate } from './pod.ts';
import { suffixOf } from './random.ts';
import { deletePod, recordEvent, referenceTo } from './simulation.ts';
import type { Simulation } from './simulation.ts';
import { rfc3339 } from './time.ts';

const WRITER = { manager: 'kube-controller-manager', subresource: 'status' };
/** How long a run takes that no seed knows. */
const RUN_SECONDS = 1;

/** How long the containers of a Job's pod run before they end. */
export const runSeconds = (namespace: string | undefined, job: string): number =>
  CRON_JOBS.find((seed) => seed.namespace === namespace && job.startsWith(`${seed.name}-`))
    ?.seconds ?? RUN_SECONDS;

const isOver = ({ status }: Job): 'Complete' | 'Failed' | null => {
  const end = status.conditions?.find(
    ({ type, status: is }) => is === 'True' && (type === 'Complete' || type === 'Failed'),
  );
  return end ? (end.type === 'Complete' ? 'Complete' : 'Failed') : null;
};

/** The controllers of `batch`, by resource; each brings one object nearer to what it asks for. */
export function createBatchReconcilers(
  simulation: Simulation,
  pods: PodIndex,
): { readonly [resource: string]: (object: KubeObject) => void } {
  const { store, clock } = simulation;

  const announce = (about: KubeObject, reason: string, message: string, component: string): void =>
    recordEvent(simulation, {
      about: referenceTo(about),
      type: 'Normal',
      reason,
      message,
      component,
    });

  function reconcileJob(object: KubeObject): void {
    const job = object as Job;
    if (isOver(job) !== null || job.spec.suspend === true) return;
    const { namespace = '', name, uid } = job.metadata;
    const own = pods.of(uid);
    const counts = countRuns(own);
    const wanted = Math.min(
      job.spec.parallelism ?? 1,
      (job.spec.completions ?? 1) - counts.succeeded,
    );
    if (counts.active < wanted && counts.failed <= (job.spec.backoffLimit ?? 6)) {
      const podName = `${name}-${suffixOf(`${uid} ${own.length}`, 5)}`;
      store.create(
        'pods',
        podFromTemplate(job.spec.template, {
          namespace,
          name: podName,
          generateName: `${name}-`,
          owner: controllerReference(job),
          labels: runLabels(job.metadata),
        }),
      );
      announce(job, 'SuccessfulCreate', `Created pod: ${podName}`, 'job-controller');
    }
    const status = jobStatus(job, countRuns(pods.of(uid)), clock());
    const next = store.modify(
      'jobs.batch',
      namespace,
      name,
      (now) => ({ ...now, status }),
      WRITER,
    ) as Job | undefined;
    if (next && isOver(next) === 'Complete')
      announce(next, 'Completed', 'Job completed', 'job-controller');
  }

  function reconcileCronJob(object: KubeObject): void {
    const cronJob = object as CronJob;
    const { namespace = '', uid, creationTimestamp } = cronJob.metadata;
    const own = (store.list('jobs.batch', namespace) as readonly Job[])
      .filter((job) => controllerUid(job) === uid)
      .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    const running = own.filter((job) => isOver(job) === null);
    const begun = Date.parse(cronJob.status.lastScheduleTime ?? creationTimestamp);
    const [due] = lastTimes(cronJob.spec.schedule, clock(), 1);
    const isDue = !cronJob.spec.suspend && due !== undefined && due > begun;
    if (isDue && running.length === 0) {
      const made = store.create('jobs.batch', jobDraft(cronJob, due, controllerReference(cronJob)));
      announce(
        cronJob,
        'SuccessfulCreate',
        `Created job ${made.metadata.name}`,
        'cronjob-controller',
      );
      running.push(made as Job);
      setStatus(cronJob, running, own, rfc3339(due));
    } else setStatus(cronJob, running, own, cronJob.status.lastScheduleTime);
    keepLast(own, 'Complete', cronJob.spec.successfulJobsHistoryLimit);
    keepLast(own, 'Failed', cronJob.spec.failedJobsHistoryLimit);
  }

  function setStatus(
    { metadata, status }: CronJob,
    running: readonly Job[],
    own: readonly Job[],
    scheduled: string | undefined,
  ): void {
    const done = own.findLast((job) => isOver(job) === 'Complete')?.status.completionTime;
    const lastSuccessfulTime = done ?? status.lastSuccessfulTime;
    store.modify(
      'cronjobs.batch',
      metadata.namespace,
      metadata.name,
      (now) => ({
        ...now,
        status: {
          ...(running.length > 0 && { active: running.map((job) => referenceTo(job)) }),
          ...(scheduled !== undefined && { lastScheduleTime: scheduled }),
          ...(lastSuccessfulTime !== undefined && { lastSuccessfulTime }),
        },
      }),
      WRITER,
    );
  }

  /** Deletes the oldest of those that ended so, with their pods. */
  function keepLast(own: readonly Job[], end: 'Complete' | 'Failed', limit: number): void {
    const ended = own.filter((job) => isOver(job) === end);
    for (const job of ended.slice(0, Math.max(0, ended.length - limit))) {
      for (const pod of pods.of(job.metadata.uid)) deletePod(simulation, pod);
      store.remove('jobs.batch', job.metadata.namespace, job.metadata.name);
    }
  }

  return { 'jobs.batch': reconcileJob, 'cronjobs.batch': reconcileCronJob };
}
