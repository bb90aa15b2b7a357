import { expect, test } from 'vitest';
import { grown, heapSlope } from '../../scripts/soak/verdict.ts';
import type { Reading } from '../../scripts/soak/verdict.ts';

const CALM: Omit<Reading, 'at'> = {
  heapMb: 60,
  historyMb: 1,
  rssMb: 200,
  channels: 6,
  processes: 4,
  files: 40,
  timers: 10,
};
/** One a minute. */
const run = (minutes: number, at: (minute: number) => Partial<Reading>): readonly Reading[] =>
  Array.from({ length: minutes }, (_, index) => ({
    ...CALM,
    at: (index + 1) * 60,
    ...at(index),
  }));

test.for<[string, readonly Reading[], readonly RegExp[]]>([
  ['nothing', run(30, () => ({})), []],
  ['a heap that breathes', run(30, (minute) => ({ heapMb: 60 + (minute % 7) })), []],
  ['a heap that warms up', run(30, (minute) => ({ heapMb: 60 + Math.min(minute, 9) })), []],
  [
    'a heap that grows',
    run(30, (minute) => ({ heapMb: 60 + minute / 5 })),
    [/^the heap grows: 63\.8 MB at most, then never below 64\.0 MB$/],
  ],
  [
    'channels that come and go',
    run(30, (minute) => ({ channels: minute % 3 === 0 ? 9 : minute % 5 })),
    [],
  ],
  [
    'channels that stay',
    run(30, (minute) => ({ channels: 6 + Math.floor(minute / 10) })),
    [/^channels grow: 7 at most, then never below 8$/],
  ],
  [
    'processes, files and timers that stay',
    run(12, (minute) => ({ processes: minute, files: minute, timers: minute })),
    [/^processes grow/, /^open files grow/, /^timers grow/],
  ],
  ['a run that is too short to tell', run(9, (minute) => ({ channels: minute })), []],
])('%s', ([, readings, expected]) => {
  const found = grown(readings);
  expect(found).toHaveLength(expected.length);
  for (const [index, pattern] of expected.entries()) expect(found[index]).toMatch(pattern);
});

test('the slope of the heap is told for a day, without the warm-up', () => {
  const warm = run(30, (minute) => ({ heapMb: minute < 10 ? 40 + minute : 60 + minute / 60 / 24 }));
  expect(heapSlope(warm)?.perDay).toBeCloseTo(1);
  expect(heapSlope(warm)?.standardError).toBeCloseTo(0);
  const noisy = run(30, (minute) => ({ heapMb: 60 + (minute % 2) }));
  expect(heapSlope(noisy)?.standardError).toBeGreaterThan(Math.abs(heapSlope(noisy)?.perDay ?? 0));
  expect(heapSlope(run(2, () => ({})))).toBeNull();
});
