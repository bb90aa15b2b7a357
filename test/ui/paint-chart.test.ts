import { expect, test } from 'vitest';
import {
  blockRows,
  brailleRows,
  chartLines,
  gather,
  roundUp,
  roundUpBytes,
} from '../../src/ui/paint/chart.ts';
import { lineText } from '../../src/ui/paint/lines.ts';

const STEP_MS = 5000;
/** A series of so many known samples that count up to 1, with gaps before them. */
const rising =
  (known: number) =>
  (points: number): Float32Array =>
    Float32Array.from({ length: points }, (_, index) => {
      const ago = points - 1 - index;
      return ago < known ? known - ago : Number.NaN;
    });

test('with few samples every sample is a point, and what is not known stays a gap', () => {
  const { points, span } = gather(rising(10), 12, 0);
  expect(points).toEqual([Number.NaN, Number.NaN, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(span).toBe('1m');
});

test('as more becomes known, a point stands for twice as many samples', () => {
  expect(gather(rising(99), 50, 0).points.at(-1)).toBe(99);
  // At tick 1 the last pair is complete.
  expect(gather(rising(100), 50, STEP_MS).points.at(-1)).toBe(99.5);
  expect(gather(rising(100), 50, STEP_MS).span).toBe('8m');
});

test('the whole hour is shown when it is known, without a gap at its beginning', () => {
  const { points, span } = gather(rising(720), 50, 0);
  expect(points.some((point) => Number.isNaN(point))).toBe(false);
  expect(span).toBe('58m');
});

test('a new sample changes the last point only', () => {
  const all = rising(400)(720);
  const until = (ticks: number) => (points: number) =>
    all.slice(all.length - 8 - points + ticks, all.length - 8 + ticks);
  const before = gather(until(0), 40, 8 * STEP_MS).points;
  const after = gather(until(1), 40, 9 * STEP_MS).points;
  expect(after.slice(0, -1)).toEqual(before.slice(0, -1));
});

test('the peak is the highest point, and unknown when nothing is known', () => {
  expect(gather(rising(10), 12, 0).peak).toBe(10);
  expect(gather(() => [], 12, 0).peak).toBeNaN();
  expect(gather(rising(10), 0, 0).points).toEqual([]);
});

test('a block chart has eight levels per row; a zero is drawn, a gap is not', () => {
  expect(blockRows([0, 50, 100, Number.NaN], 1, 100)).toEqual(['▁▄█┄']);
  expect(blockRows([25, 50, 75, 100], 2, 100)).toEqual(['  ▄█', '▄███']);
  expect(blockRows([Number.NaN], 2, 100)).toEqual([' ', '┄']);
  expect(blockRows([400], 1, 100)).toEqual(['█']);
});

test('a braille chart has two points per cell and four levels per row', () => {
  expect(brailleRows([100, 100], 1, 100)).toEqual(['⣿']);
  expect(brailleRows([50, Number.NaN], 1, 100)).toEqual(['⡄']);
  expect(brailleRows([Number.NaN, Number.NaN, 0, 0], 1, 100)).toEqual(['┄⣀']);
  expect(brailleRows([100, 100], 2, 100)).toEqual(['⣿', '⣿']);
  expect(brailleRows([25, 25], 2, 100)).toEqual([' ', '⣤']);
});

test('a chart has the ceiling, its half and the span of time at its axes, and fits its width', () => {
  const gathered = gather(rising(30), 30, 0);
  const lines = chartLines(
    {
      gathered,
      kind: 'block',
      height: 4,
      ceiling: 40,
      label: (value) => `${value}%`,
    },
    37,
  );
  const texts = lines.map(lineText);
  expect(texts[0]).toMatch(/^ {2}40%│/);
  expect(texts[2]).toMatch(/^ {2}20%│/);
  expect(texts[4]).toMatch(/^ {4}0└ 3m ago ─+ now/);
  for (const text of texts) expect(text.length).toBeLessThanOrEqual(37);
});

test('there is no chart where there is no room for one', () => {
  const gathered = gather(rising(3), 4, 0);
  const chart = { gathered, kind: 'block', height: 3, ceiling: 1, label: String } as const;
  expect(chartLines(chart, 9)).toEqual([]);
  expect(chartLines({ ...chart, height: 0 }, 40)).toEqual([]);
});

test('scales end at round values', () => {
  expect([3, 11, 49, 50, 51, 101].map((value) => roundUp(value, 10))).toEqual([
    10, 20, 50, 50, 100, 200,
  ]);
  expect(roundUp(Number.NaN, 50)).toBe(50);
  expect(roundUpBytes(2 ** 20 + 1, 1024)).toBe(1.25 * 2 ** 20);
  expect(roundUpBytes(2 ** 20, 1024)).toBe(2 ** 20);
  expect(roundUpBytes(Number.NaN, 1024)).toBe(1024);
});
