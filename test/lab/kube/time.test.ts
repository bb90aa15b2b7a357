import { expect, test } from 'vitest';
import { age, humanDuration, microTime, rfc3339 } from '../../../src/lab/kube/time.ts';

const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];

test.for([
  [-5, '<invalid>'],
  [-1, '0s'],
  [119, '119s'],
  [2 * MINUTE, '2m'],
  [5 * MINUTE + 30, '5m30s'],
  [10 * MINUTE + 59, '10m'],
  [179 * MINUTE, '179m'],
  [3 * HOUR, '3h'],
  [5 * HOUR + 10 * MINUTE, '5h10m'],
  [8 * HOUR + MINUTE, '8h'],
  [47 * HOUR, '47h'],
  [2 * DAY, '2d'],
  [3 * DAY + 4 * HOUR, '3d4h'],
  [8 * DAY + HOUR, '8d'],
  [400 * DAY, '400d'],
  [770 * DAY, '2y40d'],
  [730 * DAY, '2y'],
  [9 * 365 * DAY, '9y'],
] as const)('%i seconds are %s', ([seconds, text]) => {
  expect(humanDuration(seconds * 1000)).toBe(text);
});

test('timestamps are in seconds, those of leases in microseconds', () => {
  expect([rfc3339(1500), microTime(1500)]).toEqual([
    '1970-01-01T00:00:01Z',
    '1970-01-01T00:00:01.500000Z',
  ]);
  expect([age('1970-01-01T00:00:01Z', 6000), age(null, 0)]).toEqual(['5s', '<unknown>']);
});
