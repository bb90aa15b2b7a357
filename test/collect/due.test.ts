import fc from 'fast-check';
import { expect, test } from 'vitest';
import { delayUntilDue, intervalMs, phaseOf } from '../../src/collect/due.ts';

const intervals = { fast: 5, slow: 60, inventory: 300 };

test('each command follows its pace, a missing program that of the inventory', () => {
  expect(intervalMs({ pace: 'fast' }, intervals, { isMissing: false })).toBe(5_000);
  expect(intervalMs({ pace: 'slow' }, intervals, { isMissing: false })).toBe(60_000);
  expect(intervalMs({ pace: 'fast' }, intervals, { isMissing: true })).toBe(300_000);
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
