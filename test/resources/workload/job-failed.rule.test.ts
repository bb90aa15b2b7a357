import { expect, test } from 'vitest';
import { lastKnown } from '../../../src/domain/feed.ts';
import type { Workload } from '../../../src/domain/workload.ts';
import { jobFailed } from '../../../src/resources/workload/job-failed.rule.ts';
import { cluster, condition, NOW, withWorkloads, workload } from '../../support/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

function check(...workloads: readonly Workload[]) {
  const within = withWorkloads(cluster('k', [], []), workloads);
  const jobs = lastKnown(within.feeds.jobs)?.value;
  return jobs ? jobFailed.check({ jobs }, within, NOW, plainContext) : [];
}

const failed = workload('Job', 'backup-29', {
  ready: 0,
  owner: 'CronJob/backup',
  conditions: [
    condition('Failed', 'True', {
      reason: 'BackoffLimitExceeded',
      message: 'Job has reached the specified backoff limit',
      since: NOW - 3_600_000,
    }),
  ],
});
const backup = (lastSuccessAt: number | null): Workload =>
  workload('CronJob', 'backup', { lastSuccessAt });

test.for<[string, readonly Workload[], number]>([
  ['has failed', [failed], 1],
  ['has failed, and its cron job never succeeded', [failed, backup(null)], 1],
  ['has failed, and its cron job succeeded before', [failed, backup(NOW - 7_200_000)], 1],
  ['has failed, but its cron job succeeded since', [failed, backup(NOW - 60_000)], 0],
  ['runs', [workload('Job', 'once', { active: 1, ready: 0 })], 0],
  ['is complete', [workload('Job', 'once', { conditions: [condition('Complete', 'True')] })], 0],
  [
    'had failed pods only',
    [workload('Job', 'once', { conditions: [condition('Failed', 'False')] })],
    0,
  ],
])('%s', ([, workloads, found]) => {
  expect(check(...workloads)).toHaveLength(found);
});

test('tells why, since when, and where its log is', () => {
  expect(check(failed)).toMatchObject([
    {
      subject: 'workload:k/Job/default/backup-29',
      title: 'failed: Job has reached the specified backoff limit',
      began: NOW - 3_600_000,
      evidence: {
        reason: 'BackoffLimitExceeded',
        succeeded: 0,
        wanted: 1,
        owner: 'CronJob/backup',
      },
      hint: 'see what it said: kubectl -n default logs job/backup-29',
    },
  ]);
});
