import { expect, test } from 'vitest';
import { createBackoff } from '../../../src/collect/kube/backoff.ts';

test('doubles up to the cap and starts anew after a reset', () => {
  const backoff = createBackoff(800, 30_000, () => 0);
  expect(Array.from({ length: 8 }, () => backoff.next())).toEqual([
    800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000,
  ]);
  backoff.reset();
  expect(backoff.next()).toBe(800);
});

test('jitter only adds, so that the least wait stays one', () => {
  const backoff = createBackoff(800, 30_000, () => 0.5);
  expect(backoff.next()).toBe(1200);
  expect(backoff.next(10_000)).toBe(15_000);
});
