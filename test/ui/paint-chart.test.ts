import { expect, test } from 'vitest';
import {
  blockRows,
  brailleRows,
  charted,
  chartLines,
  chartWordings,
  nextSpan,
  roundUp,
  roundUpBytes,
  spanOf,
  SPANS,
} from '../../src/ui/paint/chart.ts';
import type { SpanId } from '../../src/ui/paint/chart.ts';
import { lineText, muted, run } from '../../src/ui/paint/lines.ts';
import { initialSession } from '../../src/ui/session.ts';
import { NOW } from '../support/inventory.ts';
import { model } from '../support/model.ts';
import { pastOf } from '../support/past.ts';

const MINUTE = 60_000;
const spanNamed = (id: SpanId) => {
  const span = SPANS.find((each) => each.id === id);
  if (!span) throw new Error(`no span ${id}`);
  return span;
};
/** Whole hours, so that times of day are round in any zone that differs by whole hours. */
const HOUR = Math.floor(NOW / 3_600_000) * 3_600_000;

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

const chartOf = (id: SpanId, width: number, now = HOUR) =>
  chartLines(
    {
      past: pastOf(spanNamed(id).ms, width - 7, now, (index) => (index < 5 ? Number.NaN : 20)),
      kind: 'block',
      height: 4,
      ceiling: 40,
      label: (value) => `${value}%`,
    },
    width,
  ).map(lineText);

test('a chart has the ceiling, its half and times of day at its axes, and fits its width', () => {
  const texts = chartOf('1h', 70);
  expect(texts[0]).toMatch(/^ {2}40%│/);
  expect(texts[2]).toMatch(/^ {2}20%│ {5}█/);
  expect(texts[3]).toMatch(/│┄┄┄┄┄█/);
  expect(texts[4]).toMatch(/^ {4}0└┴\d\d:\d\d─+┴\d\d:\d\d.*─+ now$/);
  for (const text of texts) expect(text.length).toBeLessThanOrEqual(70);
});

test('each time of day stands at its own column, whatever the span and the width', () => {
  for (const { id, ms } of SPANS)
    for (const width of [30, 52, 61, 113, 290])
      for (const now of [HOUR, HOUR + 7 * MINUTE + 13_000]) {
        const plot = width - 7;
        const axis = chartOf(id, width, now)[4]?.slice(6) ?? '';
        expect(axis.length, axis).toBe(plot);
        expect(axis.endsWith(' now')).toBe(true);
        const marks = [...axis.matchAll(/┴(\d\d):(\d\d)/g)];
        expect(marks.length > 0 || width < 40, axis).toBe(true);
        const step = ms / plot;
        const from = Math.ceil(now / step - 1e-9) * step - ms;
        for (const { index, 1: hour, 2: minute } of marks) {
          const first = new Date(from + index * step);
          const last = new Date(from + (index + 1) * step);
          const at = new Date(first);
          at.setHours(Number(hour), Number(minute), 0, 0);
          if (at < first && first.getTime() - at.getTime() > ms / 2) at.setDate(at.getDate() + 1);
          // The tick lies in the cell of its mark.
          expect(at.getTime(), `${axis} ${hour}:${minute}`).toBeGreaterThanOrEqual(
            first.getTime() - 1,
          );
          expect(at.getTime(), `${axis} ${hour}:${minute}`).toBeLessThanOrEqual(last.getTime() + 1);
        }
      }
});

test('there is no chart where there is no room for one', () => {
  const past = pastOf(MINUTE, 4, HOUR, () => 1);
  const chart = { past, kind: 'block', height: 3, ceiling: 1, label: String } as const;
  expect(chartLines(chart, 9)).toEqual([]);
  expect(chartLines({ ...chart, height: 0 }, 40)).toEqual([]);
});

test('charts look back an hour, in the first minutes a quarter of it, else as far as was chosen', () => {
  const of = (since: number | null, span: SpanId | null = null) =>
    spanOf({ session: { ...initialSession, span }, since, now: NOW }).id;
  expect(of(null)).toBe('15m');
  expect(of(NOW - 14 * MINUTE)).toBe('15m');
  expect(of(NOW - 15 * MINUTE)).toBe('1h');
  expect(of(NOW - MINUTE, '24h')).toBe('24h');
});

test('spans go from a quarter of an hour to a day, and no further', () => {
  const longer = SPANS.map((span) => nextSpan(span, 1));
  expect(longer).toEqual(['1h', '6h', '24h', '24h']);
  expect(SPANS.map((span) => nextSpan(span, -1))).toEqual(['15m', '15m', '1h', '6h']);
});

test('a series is asked for once, however often it is drawn at the same width', () => {
  let asked = 0;
  const counting = model({
    past: (_ref, _name, spanMs, count, now) => {
      asked += 1;
      return pastOf(spanMs, count, now, () => 1);
    },
  });
  const { past } = charted(counting, 'host:omni1', 'cpuPercent');
  past(50);
  past(50);
  expect(asked).toBe(1);
  past(60);
  expect(asked).toBe(2);
});

test('a title tells the span, the extremes and now, as far as there is room', () => {
  const texts = chartWordings(spanNamed('6h'), { min: 3, max: 90 }, (value) => `${value}%`, [
    run('12%'),
    muted(' used'),
  ]).map((runs) => lineText({ runs }));
  expect(texts[0]).toBe('6h  min 3%  max 90%  now 12% used');
  expect(texts.at(-1)).toBe('12% used');
  const nothing = chartWordings(spanNamed('1h'), { min: Number.NaN, max: Number.NaN }, String, [
    run('┄'),
  ]);
  expect(lineText({ runs: nothing[0] ?? [] })).toBe('1h  ┄');
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
