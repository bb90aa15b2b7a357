import { expect, test } from 'vitest';
import { forecastFull } from '../../src/derive/forecast.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 100 * DAY;
/** One point an hour up to now. */
const past = (...points: readonly number[]) => ({
  from: NOW - points.length * HOUR,
  to: NOW,
  points,
});
const gap = Number.NaN;

test('a steady growth fills the rest in its time', () => {
  const forecast = forecastFull(past(100, 110, 120, 130, 140), 380, NOW);
  expect(forecast?.bytesPerDay).toBeCloseTo(240);
  expect(forecast?.fullAt).toBeCloseTo(NOW + DAY);
});

test('gaps are left out, not taken for nought', () => {
  const forecast = forecastFull(past(100, gap, 120, 130, gap, 150), 390, NOW);
  expect(forecast?.bytesPerDay).toBeCloseTo(240);
});

test.for([
  ['it stays', past(100, 100, 100, 100)],
  ['it shrinks', past(130, 120, 110, 100)],
  ['it grows so slowly that nobody cares', past(1e12, 1e12 + 1, 1e12 + 2, 1e12 + 3)],
] as const)('%s: it does not fill', ([, points]) => {
  expect(forecastFull(points, 4e12, NOW)).toMatchObject({ fullAt: null });
});

test.for([
  ['nothing is known', past(gap, gap, gap, gap, gap)],
  ['only a few points are known', past(gap, gap, gap, 1, 2)],
  [
    'the known past is short',
    { from: NOW - HOUR, to: NOW, points: [gap, gap, gap, 1, 2, 3, 4, 5] },
  ],
] as const)('%s: no forecast', ([, points]) => {
  expect(forecastFull(points, 1000, NOW)).toBeNull();
});

test('what is full is full now', () => {
  expect(forecastFull(past(100, 110, 120, 130), 130, NOW)?.fullAt).toBe(NOW);
});
