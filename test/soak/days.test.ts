import { expect, test } from 'vitest';
import { grownByDays, runDays } from '../../scripts/soak/run-days.ts';
import type { DayReading } from '../../scripts/soak/run-days.ts';

test(
  'a day and a quarter of answers: once the past is full nothing that is held grows',
  { timeout: 600_000 },
  async () => {
    const readings = await runDays({ hours: 31, stepSeconds: 600, everyHours: 6 });
    expect(readings.map(({ hour }) => Math.round(hour))).toEqual([6, 12, 18, 24, 30]);
    expect(grownByDays(readings)).toEqual([]);
    // The samples were taken: their rings have filled for a day.
    expect(readings[3]?.historyMb).toBeGreaterThan(2 * (readings[0]?.historyMb ?? Infinity));
  },
);

const reading = (hour: number, change: Partial<DayReading> = {}): DayReading => ({
  hour,
  heapMb: 40,
  historyMb: 6,
  objects: { Object: 90_000, Array: 20_000, Map: 800, Set: 700, Function: 27_000, Promise: 1300 },
  ...change,
});

test('growth is told by what grows, and only from when on the past is full', () => {
  const first = [reading(12, { heapMb: 30 }), reading(24)];
  expect(grownByDays([...first, reading(48)])).toEqual([]);
  expect(grownByDays([...first, reading(48, { heapMb: 41 })])).toEqual([
    'the heap grows by 1.00 MB a day',
  ]);
  expect(grownByDays([...first, reading(48, { historyMb: 7 })])).toEqual([
    'the samples of the past grow',
  ]);
  const { objects } = reading(0);
  expect(grownByDays([...first, reading(48, { objects: { ...objects, Map: 9000 } })])).toEqual([
    '8200 more Map',
  ]);
  expect(grownByDays(first)).toEqual(['no two readings after the first day']);
});
