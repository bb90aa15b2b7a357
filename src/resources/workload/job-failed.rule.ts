import { lastKnown } from '../../domain/feed.ts';
import { createFold } from '../../domain/fold.ts';
import type { ClusterInventory } from '../../domain/inventory.ts';
import type { ClusterRule } from '../../domain/problem.ts';
import { workloadRef } from '../../domain/ref.ts';
import { conditionOf } from '../../domain/workload.ts';
import type { Workload } from '../../domain/workload.ts';

/** The jobs that have failed, kept from revision to revision: there may be thousands that have not. */
const failedJobs = createFold<Workload, Map<string, Workload>>({
  empty: () => new Map(),
  change: (failed, key, _before, after) => {
    if (after && conditionOf(after, 'Failed', 'True')) failed.set(key, after);
    else failed.delete(key);
  },
});

/** A job that has failed for good; not one of a cron job that has succeeded since. */
export const jobFailed: ClusterRule<'jobs'> = {
  id: 'job.failed',
  scope: 'cluster',
  severity: 'warning',
  holdSeconds: 0,
  needs: ['jobs'],
  check: ({ jobs }, cluster) =>
    [...failedJobs(jobs).values()].flatMap((job) => {
      const failed = conditionOf(job, 'Failed', 'True');
      const since = failed?.since ?? null;
      const later = cronJobOf(job, cluster)?.lastSuccessAt ?? null;
      if (since !== null && later !== null && later > since) return [];
      return [
        {
          subject: workloadRef(cluster.name, job.kind, job.namespace, job.name),
          title: `failed: ${failed?.message ?? failed?.reason ?? 'no reason given'}`,
          ...(since === null ? {} : { began: since }),
          evidence: {
            reason: failed?.reason ?? null,
            message: failed?.message ?? null,
            succeeded: job.ready,
            wanted: job.desired,
            owner: job.owner,
            from: 'GET /apis/batch/v1/jobs',
          },
          hint: `see what it said: kubectl -n ${job.namespace} logs job/${job.name}`,
        },
      ];
    }),
};

/** The cron job that made it, as last told. */
function cronJobOf({ namespace, owner }: Workload, { feeds }: ClusterInventory) {
  const [kind, name] = owner?.split('/') ?? [];
  return kind === 'CronJob'
    ? lastKnown(feeds.cronjobs)?.value.byKey.get(`${namespace}/${name ?? ''}`)
    : undefined;
}
