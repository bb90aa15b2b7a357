import { expect, test } from 'vitest';
import { histogramSince, quantile } from '../../src/domain/histogram.ts';
import type { Histogram } from '../../src/domain/histogram.ts';

const BUCKETS: Histogram = [
  [0.01, 50],
  [0.1, 99],
  [1, 100],
  [Infinity, 100],
];

test('the value below which a share lies is between the bounds of its bucket', () => {
  expect(quantile(BUCKETS, 0.5)).toBeCloseTo(0.01);
  expect(quantile(BUCKETS, 0.99)).toBeCloseTo(0.1);
  expect(quantile(BUCKETS, 0.25)).toBeCloseTo(0.005);
});

test('without observations there is none, and above the last bound it is the last bound', () => {
  expect(quantile([], 0.99)).toBeNull();
  expect(quantile([[0.1, 0]], 0.99)).toBeNull();
  expect(
    quantile(
      [
        [1, 0],
        [Infinity, 5],
      ],
      0.99,
    ),
  ).toBe(1);
});

test('what was observed between two readings; all of it after a new beginning', () => {
  const later = BUCKETS.map(([bound, count]): [number, number] => [bound, count + 7]);
  expect(histogramSince(BUCKETS, later)).toEqual(BUCKETS.map(([bound]) => [bound, 7]));
  expect(histogramSince(later, BUCKETS)).toEqual(BUCKETS);
});
