import { changesIn } from '../../domain/lasting.ts';
import type { ToneName } from '../../domain/theme.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Run } from './canvas.ts';
import { muted, run } from './lines.ts';
import type { TextLine } from './lines.ts';

/** Seconds between two samples of a series, the console's fast interval unless it is told otherwise. */
export const SAMPLE_SECONDS = 5;

const LONGEST_SECONDS = 3600;
/** From here on all that is kept is shown, and the scale of time rests. */
const COMPLETE = 0.95;

const BLOCKS = '▁▂▃▄▅▆▇█';
const GAP = '┄';
const BRAILLE = 0x2800;
/** Dots of a braille cell from the bottom up, of its left and its right column. */
const LEFT_DOTS = [0x40, 0x04, 0x02, 0x01] as const;
const RIGHT_DOTS = [0x80, 0x20, 0x10, 0x08] as const;

/** Samples gathered into points, oldest first; NaN where nothing is known. */
export type Gathered = {
  readonly points: readonly number[];
  /** Age of the oldest point: `5m`. */
  readonly span: string;
  /** The highest point; NaN when there is none. */
  readonly peak: number;
};

/**
 * Gathers the newest samples of a series into `count` points, up to an hour of them. As more becomes known, a point
 * stands for twice as many samples. Points begin at whole multiples of their length, so that a new sample changes
 * the last one only.
 */
export function gather(
  series: (points: number) => ArrayLike<number>,
  count: number,
  now: EpochMs,
  sampleSeconds: number = SAMPLE_SECONDS,
): Gathered {
  if (count <= 0) return { points: [], span: '', peak: Number.NaN };
  const longest = Math.round(LONGEST_SECONDS / sampleSeconds);
  const all = series(longest);
  const size = samplesPerPoint(all.length - firstKnown(all), count, longest);
  const sampleMs = sampleSeconds * 1000;
  const tick = Math.floor(now / sampleMs);
  changesIn(sampleMs - (now % sampleMs));
  const points: number[] = [];
  let end = all.length;
  for (let index = 0; index < count; index += 1) {
    const start = end - (index === 0 ? (tick % size) + 1 : size);
    points.push(mean(all, start, end));
    end = start;
  }
  points.reverse();
  const top = points.reduce((high, value) => (value > high ? value : high), -Infinity);
  const minutes = Math.max(1, Math.round((count * size * sampleSeconds) / 60));
  return { points, span: `${minutes}m`, peak: top === -Infinity ? Number.NaN : top };
}

function samplesPerPoint(known: number, count: number, longest: number): number {
  const most = Math.max(1, Math.floor(known / count));
  return known >= longest * COMPLETE ? most : 2 ** Math.floor(Math.log2(most));
}

function firstKnown(samples: ArrayLike<number>): number {
  for (let index = 0; index < samples.length; index += 1)
    if (!Number.isNaN(samples[index] ?? Number.NaN)) return index;
  return samples.length;
}

function mean(samples: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  let count = 0;
  for (let index = Math.max(0, from); index < to; index += 1) {
    const value = samples[index] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? Number.NaN : sum / count;
}

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
  readonly gathered: Gathered;
  readonly kind: 'block' | 'braille';
  /** Rows of the plot itself, without the axis. */
  readonly height: number;
  readonly ceiling: number;
  /** Text of a value at the axis. */
  readonly label: (value: number) => string;
  readonly tone?: ToneName;
  /** The line below with the time; without it several charts can share one. */
  readonly axis?: boolean;
};

/** Cells in front of a plot: a blank, the labels of its axis and the axis. */
export const AXIS_WIDTH = 6;

/** How many points a chart of that width holds. */
export const chartPoints = (width: number, kind: Chart['kind']): number =>
  Math.max(0, width - AXIS_WIDTH - 1) * (kind === 'braille' ? 2 : 1);

/** A chart with its axes: the ceiling and its half at the left, the span of time below. */
export function chartLines(chart: Chart, width: number): readonly TextLine[] {
  const { gathered, height, ceiling, label, tone = 'accent' } = chart;
  const plot = Math.max(0, width - AXIS_WIDTH - 1);
  if (plot < 4 || height < 1) return [];
  const rows =
    chart.kind === 'braille'
      ? brailleRows(gathered.points, height, ceiling)
      : blockRows(gathered.points, height, ceiling);
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
  const from = ` ${gathered.span} ago `;
  const dashes = Math.max(0, plot - from.length - 6);
  return [
    ...lines,
    {
      runs: [
        muted(` ${'0'.padStart(AXIS_WIDTH - 2)}`),
        run('└', 'frame'),
        muted(from),
        run('─'.repeat(dashes), 'frame'),
        muted(plot - from.length >= 6 ? ' now  ' : ''),
      ],
    },
  ];
}

/** What is known in its tone, gaps faint. */
function plotRuns(text: string, tone: ToneName): readonly Run[] {
  const out: Run[] = [];
  for (const part of text.match(/┄+|[^┄]+/g) ?? [])
    out.push(run(part, part.startsWith(GAP) ? 'muted' : tone));
  return out;
}
