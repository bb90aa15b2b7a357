import { expect, test } from 'vitest';
import { timeLimitMs } from '../../../src/collect/ssh/time-limit.ts';

test.for<[string, Parameters<typeof timeLimitMs>, number]>([
  ['what somebody asks once', [{ timeoutSeconds: 40 }, 1], 40_000],
  ['what was never asked before', [{ timeoutSeconds: 40, usualMs: null }, 1], 10_000],
  ['what is quick', [{ timeoutSeconds: 40, usualMs: 20 }, 1], 3_000],
  ['what takes its time', [{ timeoutSeconds: 40, usualMs: 4_000 }, 1], 8_000],
  ['what takes longer', [{ timeoutSeconds: 40, usualMs: 30_000 }, 1], 10_000],
  ['each section of several', [{ timeoutSeconds: 40, usualMs: 8_000 }, 2], 8_000],
  ['never more than is allowed', [{ timeoutSeconds: 5, usualMs: 9_000 }, 1], 5_000],
  [
    'what takes long on a sound host',
    [{ timeoutSeconds: 120, usualMs: 30_000, isSlow: true }, 1],
    120_000,
  ],
])('%s', ([, args, expected]) => {
  expect(timeLimitMs(...args)).toBe(expected);
});
