import { expect, test } from 'vitest';
import { cronjobsWatch } from '../../../src/resources/workload/cronjobs.watch.ts';

const metadata = { name: 'backup', namespace: 'shop' };

test('keeps what is shown of a cron job', () => {
  expect(
    cronjobsWatch.project({
      metadata,
      spec: { schedule: '0 2 * * *', suspend: true },
      status: {
        active: [{ name: 'backup-29' }],
        lastScheduleTime: '2026-01-01T02:00:00Z',
        lastSuccessfulTime: '2026-01-01T02:01:00Z',
      },
    }),
  ).toMatchObject({
    kind: 'CronJob',
    schedule: '0 2 * * *',
    isPaused: true,
    active: 1,
    desired: null,
    lastScheduleAt: Date.UTC(2026, 0, 1, 2),
    lastSuccessAt: Date.UTC(2026, 0, 1, 2, 1),
  });
});

test('one that never ran has no times', () => {
  expect(cronjobsWatch.project({ metadata, spec: { schedule: '0 2 * * *' } })).toMatchObject({
    isPaused: false,
    active: 0,
    lastScheduleAt: null,
    lastSuccessAt: null,
  });
});
