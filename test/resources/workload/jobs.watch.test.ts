import { expect, test } from 'vitest';
import { jobsWatch } from '../../../src/resources/workload/jobs.watch.ts';

const metadata = {
  name: 'backup-29',
  namespace: 'shop',
  ownerReferences: [{ kind: 'CronJob', name: 'backup', controller: true }],
};

test('keeps what is shown of a job', () => {
  expect(
    jobsWatch.project({
      metadata,
      spec: { completions: 2 },
      status: {
        startTime: '2026-01-01T02:00:00Z',
        completionTime: '2026-01-01T02:01:00Z',
        succeeded: 2,
        conditions: [{ type: 'Complete', status: 'True' }],
      },
    }),
  ).toMatchObject({
    kind: 'Job',
    desired: 2,
    ready: 2,
    active: 0,
    owner: 'CronJob/backup',
    startedAt: Date.UTC(2026, 0, 1, 2),
    completedAt: Date.UTC(2026, 0, 1, 2, 1),
    conditions: [{ type: 'Complete', status: 'True' }],
  });
});

test('one that was not started has no counts; without completions one success is enough', () => {
  expect(jobsWatch.project({ metadata, spec: { suspend: true }, status: {} })).toMatchObject({
    desired: 1,
    ready: null,
    active: null,
    isPaused: true,
  });
});
