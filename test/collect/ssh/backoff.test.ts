import { expect, test } from 'vitest';
import {
  authRetryDelayMs,
  firstReconnectDelayMs,
  reconnectDelayMs,
  slowDelayMs,
  throttledDelayMs,
} from '../../../src/collect/ssh/backoff.ts';

const almostOne = (): number => 0.999_999;
const zero = (): number => 0;

test('the wait grows with each failure up to a minute, and is never shorter than half a second', () => {
  expect([0, 1, 2, 5, 6, 7, 1_000].map((n) => Math.round(reconnectDelayMs(n, almostOne)))).toEqual([
    1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000,
  ]);
  expect([0, 5, 50].map((n) => reconnectDelayMs(n, zero))).toEqual([500, 500, 500]);
});

test('the first attempt after a loss comes within half a second', () => {
  expect(firstReconnectDelayMs(zero)).toBe(0);
  expect(firstReconnectDelayMs(almostOne)).toBeLessThanOrEqual(500);
});

test('after a refusal for now the wait is 30 s at least and doubles up to ten minutes', () => {
  expect([0, 1, 2, 9].map((n) => throttledDelayMs(n, zero))).toEqual([
    30_000, 60_000, 120_000, 600_000,
  ]);
  expect(slowDelayMs(zero)).toBe(60_000);
  expect(authRetryDelayMs(zero)).toBe(900_000);
});
