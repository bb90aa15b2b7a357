import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  delayUntilDue,
  fullAllowance,
  intervalMs,
  noStretch,
  phaseOf,
  recheckMs,
  spend,
  stretchAfter,
  stretchLate,
} from '../../src/collect/due.ts';

const intervals = { fast: 5, slow: 60, inventory: 300 };

test('each command follows its pace, a missing program that of the inventory', () => {
  expect(
    intervalMs({ pace: 'fast' }, intervals, { isMissing: false, stretch: 1, programs: 1 }),
  ).toBe(5_000);
  expect(
    intervalMs({ pace: 'slow' }, intervals, { isMissing: false, stretch: 1, programs: 1 }),
  ).toBe(60_000);
  expect(
    intervalMs({ pace: 'fast' }, intervals, { isMissing: true, stretch: 1, programs: 1 }),
  ).toBe(300_000);
});

test('a stretched interval grows up to ten minutes, and a long one stays as configured', () => {
  const width = (pace: 'fast' | 'slow' | 'inventory', stretch: number): number =>
    intervalMs(
      { pace },
      { ...intervals, inventory: 3_600 },
      { isMissing: false, stretch, programs: 1 },
    );
  expect([width('fast', 2), width('fast', 8)]).toEqual([10_000, 40_000]);
  expect([width('slow', 8), width('slow', 16)]).toEqual([480_000, 600_000]);
  expect(width('inventory', 8)).toBe(3_600_000);
});

test('a question of many programs is asked so seldom that ten of them take an interval', () => {
  const width = (programs: number): number =>
    intervalMs({ pace: 'inventory' }, intervals, { isMissing: false, stretch: 1, programs });
  expect([0, 10, 20, 500].map((programs) => width(programs))).toEqual([
    300_000, 300_000, 600_000, 15_000_000,
  ]);
});

test('a command may leave turns out', () => {
  const asked = { isMissing: false, stretch: 1, programs: 1 };
  expect(intervalMs({ pace: 'fast', every: 2 }, intervals, asked)).toBe(10_000);
});

test('late answers stretch an interval up to eightfold, answers in time shorten it step by step', () => {
  expect(stretchAfter(noStretch, 2_400, 5_000)).toEqual(noStretch);
  expect(stretchAfter(noStretch, 2_600, 5_000)).toEqual({ stretch: 2, calm: 0 });
  let stretch = noStretch;
  for (let turn = 0; turn < 9; turn++) stretch = stretchLate(stretch);
  expect(stretch).toEqual({ stretch: 8, calm: 0 });
  const after = (answers: number, waitedMs: number): number => {
    for (let answer = 0; answer < answers; answer++)
      stretch = stretchAfter(stretch, waitedMs, 5_000 * stretch.stretch);
    return stretch.stretch;
  };
  expect([after(2, 10), after(1, 10), after(3, 10), after(3, 10), after(9, 10)]).toEqual([
    8, 4, 2, 1, 1,
  ]);
  // Neither early nor late: it stays, and the count begins again.
  stretch = { stretch: 4, calm: 2 };
  expect(stretchAfter(stretch, 5_000, 20_000)).toEqual({ stretch: 4, calm: 0 });
});

test.for<[number, number | null, number, number]>([
  [10_000, null, 0, 5_000],
  [10_001, null, 0, 4_999],
  [10_000, null, 0.5, 2_500],
  [10_000, 10_000, 0.2, 6_000],
  [10_000, 10_000, 0.8, 4_000],
  [10_000, 5_000, 0.2, 1_000],
])('at %i, last asked at %j, phase %d: due in %i', ([now, lastAskedAt, phase, delay]) => {
  expect(delayUntilDue({ now, lastAskedAt, intervalMs: 5_000, phase })).toBeCloseTo(delay, 6);
});

test('a delay is positive and never longer than two intervals, also when the clock jumped', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2e12 }),
      fc.option(fc.integer({ min: 0, max: 2e12 })),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (now, lastAskedAt, phase) => {
        const delay = delayUntilDue({ now, lastAskedAt, intervalMs: 5_000, phase });
        expect(delay).toBeGreaterThan(0);
        expect(delay).toBeLessThanOrEqual(10_000.01);
      },
    ),
  );
});

test('phases are stable and spread over the interval', () => {
  expect(phaseOf('omni1', 'kstat')).toBe(phaseOf('omni1', 'kstat'));
  const tenths = new Set(
    Array.from({ length: 100 }, (_, index) => Math.floor(10 * phaseOf(`host${index}`, 'kstat'))),
  );
  expect(tenths.size).toBe(10);
});

test('an allowance is spent at once and comes back bit by bit, up to where it began', () => {
  let allowance = fullAllowance(0);
  const spentAt = (now: number): boolean => {
    const after = spend(allowance, now, 60_000);
    if (after !== undefined) allowance = after;
    return after !== undefined;
  };
  const spends = (now: number): number =>
    Array.from({ length: 20 }).filter(() => spentAt(now)).length;
  const most = spends(0);
  expect(most).toBeGreaterThan(1);
  expect(spends(59_000)).toBe(0);
  expect(spends(60_000)).toBe(1);
  expect(spends(180_000)).toBe(2);
  expect(spends(36_000_000)).toBe(most);
});

test('what is not well is looked at again the later the longer it is so, within bounds', () => {
  const between = [10_000, 60_000] as const;
  expect(recheckMs(0, between)).toBe(10_000);
  expect(recheckMs(200_000, between)).toBe(20_000);
  expect(recheckMs(3_600_000, between)).toBe(60_000);
});
