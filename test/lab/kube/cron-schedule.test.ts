import { expect, test } from 'vitest';
import { isSchedule, jobName, lastTimes } from '../../../src/lab/kube/cron-schedule.ts';

const NOW = Date.UTC(2026, 10, 23, 14, 9, 53);
const iso = (times: readonly number[]): readonly string[] =>
  times.map((ms) => new Date(ms).toISOString().slice(0, 16));

test.for([
  ['*/15 * * * *', ['2026-11-23T14:00', '2026-11-23T13:45']],
  ['9 14 * * *', ['2026-11-23T14:09', '2026-11-22T14:09']],
  ['10 14 * * *', ['2026-11-22T14:10', '2026-11-21T14:10']],
  ['30 4 * * 0', ['2026-11-22T04:30', '2026-11-15T04:30']],
  ['0 0 1 * *', ['2026-11-01T00:00']],
  ['0,30 2,3 * * *', ['2026-11-23T03:30', '2026-11-23T03:00']],
] as const)('the last times of %s', ([schedule, times]) => {
  expect(isSchedule(schedule)).toBe(true);
  expect(iso(lastTimes(schedule, NOW, 2))).toEqual(times);
});

test.for(['', '* * * *', '*/0 * * * *', 'a b c d e', '1-5 * * * *', '* * * * * *'])(
  'a schedule that it cannot read has no times: "%s"',
  (schedule) => {
    expect(isSchedule(schedule)).toBe(false);
    expect(lastTimes(schedule, NOW, 2)).toEqual([]);
  },
);

test('a job is named by the minutes of its time', () => {
  expect(jobName('backup', Date.UTC(2026, 10, 23, 2, 0))).toBe('backup-29923320');
});
