import { changesIn } from '../../domain/lasting.ts';
import type { Ref } from '../../domain/ref.ts';
import type { ToneName } from '../../domain/theme.ts';
import type { Past } from '../../store/past.ts';
import type { Model } from '../model.ts';
import type { Run } from './canvas.ts';
import { muted, run } from './lines.ts';
import type { TextLine } from './lines.ts';
import { hourMinute } from './times.ts';

/** How far charts look back. */
export type SpanId = '15m' | '1h' | '6h' | '24h';
export type Span = { readonly id: SpanId; readonly ms: number };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SHORTEST: Span = { id: '15m', ms: 15 * MINUTE_MS };
const HOUR: Span = { id: '1h', ms: HOUR_MS };
export const SPANS: readonly Span[] = [
  SHORTEST,
  HOUR,
  { id: '6h', ms: 6 * HOUR_MS },
  { id: '24h', ms: 24 * HOUR_MS },
];

const BLOCKS = '▁▂▃▄▅▆▇█';
const GAP = '┄';
/** Written as an escape: bundlers leave patterns as they are, and one such letter doubles the memory of its bundle. */
const GAP_RUNS = /\u2504+|[^\u2504]+/g;
const BRAILLE = 0x2800;
/** Dots of a braille cell from the bottom up, of its left and its right column. */
const LEFT_DOTS = [0x40, 0x04, 0x02, 0x01] as const;
const RIGHT_DOTS = [0x80, 0x20, 0x10, 0x08] as const;

/**
 * The span of time of all charts: what the user chose, else an hour; in the first minutes after the start, when an hour
 * would be nothing but a gap, a quarter of it.
 */
export function spanOf({ session, since, now }: Pick<Model, 'session' | 'since' | 'now'>): Span {
  const chosen = SPANS.find(({ id }) => id === session.span);
  const isYoung = since === null || now - since < SHORTEST.ms;
  if (isYoung && since !== null) changesIn(since + SHORTEST.ms - now);
  return chosen ?? (isYoung ? SHORTEST : HOUR);
}

/** The next shorter or longer span; the same at either end. */
export const nextSpan = (span: Span, step: 1 | -1): SpanId =>
  SPANS[SPANS.findIndex(({ id }) => id === span.id) + step]?.id ?? span.id;

/** A series over the span of all charts. */
export type Charted = {
  readonly span: Span;
  /** In so many points; asked for once, however often it is drawn. */
  readonly past: (points: number) => Past;
};

export function charted(model: Model, ref: Ref, name: string): Charted {
  const span = spanOf(model);
  let last: Past | null = null;
  return {
    span,
    past: (points) => {
      if (last?.points.length !== points) last = model.past(ref, name, span.ms, points, model.now);
      return last;
    },
  };
}

/** The highest point; 0 when nothing is known. */
export const highest = ({ points }: Pick<Past, 'points'>): number =>
  points.reduce((high, value) => (value > high ? value : high), 0);

/** The smallest round value that is not below: 1, 2, 5, 10, 20, 50, … */
export function roundUp(value: number, least: number): number {
  const wanted = Math.max(Number.isFinite(value) ? value : 0, least);
  const power = 10 ** Math.floor(Math.log10(wanted));
  for (const factor of [1, 2, 5, 10]) if (factor * power >= wanted * 0.999) return factor * power;
  return wanted;
}

/** The same for bytes: powers of two and the quarters between them. */
export function roundUpBytes(value: number, least: number): number {
  const wanted = Math.max(Number.isFinite(value) ? value : 0, least);
  const power = 2 ** Math.floor(Math.log2(wanted));
  for (const factor of [1, 1.25, 1.5, 2]) if (factor * power >= wanted) return factor * power;
  return wanted;
}

/** Rows from the top, a point per cell, eight levels per cell; a gap where nothing is known, never a zero. */
export function blockRows(
  points: readonly number[],
  height: number,
  ceiling: number,
): readonly string[] {
  const levels = points.map((value) =>
    Number.isNaN(value) ? -1 : Math.max(1, levelOf(value, ceiling, height * 8)),
  );
  return Array.from({ length: height }, (_, row) => {
    const base = (height - 1 - row) * 8;
    return levels
      .map((level) =>
        level < 0
          ? base === 0
            ? GAP
            : ' '
          : level <= base
            ? ' '
            : (BLOCKS[Math.min(8, level - base) - 1] ?? ' '),
      )
      .join('');
  });
}

/** Rows from the top, two points per cell, four levels per cell. */
export function brailleRows(
  points: readonly number[],
  height: number,
  ceiling: number,
): readonly string[] {
  const levels = points.map((value) =>
    Number.isNaN(value) ? -1 : Math.max(1, levelOf(value, ceiling, height * 4)),
  );
  const cells = Math.ceil(levels.length / 2);
  return Array.from({ length: height }, (_, row) => {
    const base = (height - 1 - row) * 4;
    return Array.from({ length: cells }, (_, column) => {
      const left = levels[column * 2] ?? -1;
      const right = levels[column * 2 + 1] ?? -1;
      if (left < 0 && right < 0) return base === 0 ? GAP : ' ';
      let dots = 0;
      for (let dot = 0; dot < 4; dot += 1) {
        if (left > base + dot) dots |= LEFT_DOTS[dot] ?? 0;
        if (right > base + dot) dots |= RIGHT_DOTS[dot] ?? 0;
      }
      return dots === 0 ? ' ' : String.fromCharCode(BRAILLE + dots);
    }).join('');
  });
}

const levelOf = (value: number, ceiling: number, levels: number): number =>
  ceiling <= 0 ? 0 : Math.min(levels, Math.round((value / ceiling) * levels));

export type Chart = {
  readonly past: Past;
  readonly kind: 'block' | 'braille';
  /** Rows of the plot itself, without the axis. */
  readonly height: number;
  readonly ceiling: number;
  /** Text of a value at the axis. */
  readonly label: (value: number) => string;
  readonly tone?: ToneName;
  /** The line below with the times of day; without it several charts can share one. */
  readonly axis?: boolean;
};

/** Cells in front of a plot: a blank, the labels of its axis and the axis. */
export const AXIS_WIDTH = 6;

const plotWidth = (width: number): number => Math.max(0, width - AXIS_WIDTH - 1);

/** How many points a chart of that width holds. */
export const chartPoints = (width: number, kind: Chart['kind']): number =>
  plotWidth(width) * (kind === 'braille' ? 2 : 1);

/** A chart with its axes: the ceiling and its half at the left, times of day below. */
export function chartLines(chart: Chart, width: number): readonly TextLine[] {
  const { past, height, ceiling, label, tone = 'accent' } = chart;
  const plot = plotWidth(width);
  if (plot < 4 || height < 1) return [];
  const rows =
    chart.kind === 'braille'
      ? brailleRows(past.points, height, ceiling)
      : blockRows(past.points, height, ceiling);
  const middle = height >= 4 ? Math.floor(height / 2) : -1;
  const lines = rows.map((text, row): TextLine => {
    const value = row === 0 ? ceiling : row === middle ? ceiling / 2 : null;
    return {
      runs: [
        muted(` ${(value === null ? '' : label(value)).padStart(AXIS_WIDTH - 2)}`),
        run('│', 'frame'),
        ...plotRuns(text, tone),
      ],
    };
  });
  if (chart.axis === false) return lines;
  return [
    ...lines,
    {
      runs: [muted(` ${'0'.padStart(AXIS_WIDTH - 2)}`), run('└', 'frame'), ...timeAxis(past, plot)],
    },
  ];
}

/** Distances between times on an axis, in minutes. */
const TICKS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720] as const;
/** `┬14:05` and a few dashes. */
const TICK_CELLS = 11;
const NOW = ' now';

/** Times of day, each at the mark above its instant, and the present at the right end. */
function timeAxis({ from, to }: Pick<Past, 'from' | 'to'>, width: number): readonly Run[] {
  const cellMs = (to - from) / width;
  const minutes = TICKS.find((each) => (each * MINUTE_MS) / cellMs >= TICK_CELLS) ?? 1440;
  const step = minutes * MINUTE_MS;
  // Round in local time, which may be half an hour off.
  const zone = new Date(to).getTimezoneOffset() * MINUTE_MS;
  const runs: Run[] = [];
  let used = 0;
  const end = width - NOW.length;
  for (let at = Math.ceil((from - zone) / step) * step + zone; at < to; at += step) {
    const column = Math.floor((at - from) / cellMs);
    const text = hourMinute(at);
    if (column < used || column + 1 + text.length >= end) continue;
    runs.push(run(`${'─'.repeat(column - used)}┴`, 'frame'), muted(text));
    used = column + 1 + text.length;
  }
  const rest = Math.max(0, end - used);
  return [...runs, run('─'.repeat(rest), 'frame'), muted(width - used >= NOW.length ? NOW : '')];
}

/** What is known in its tone, gaps faint. */
function plotRuns(text: string, tone: ToneName): readonly Run[] {
  const out: Run[] = [];
  for (const part of text.match(GAP_RUNS) ?? [])
    out.push(run(part, part.startsWith(GAP) ? 'muted' : tone));
  return out;
}

/** What a chart's title says: its span, the extremes in it and the value of now; the shortest wording is the last. */
export function chartWordings(
  span: Span,
  { min, max }: Pick<Past, 'min' | 'max'>,
  label: (value: number) => string,
  now: readonly Run[],
): readonly (readonly Run[])[] {
  const gap = muted('  ');
  if (Number.isNaN(max)) return [[muted(span.id), gap, ...now], now];
  const low = [muted('min '), run(label(min)), gap];
  const high = [muted('max '), run(label(max)), gap];
  return [
    [muted(span.id), gap, ...low, ...high, muted('now '), ...now],
    [...low, ...high, muted('now '), ...now],
    [...high, muted('now '), ...now],
    now,
  ];
}
