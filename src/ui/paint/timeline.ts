import { duration, plural, UNKNOWN } from '../../domain/format.ts';
import { changesIn } from '../../domain/lasting.ts';
import type { Problem, Severity } from '../../domain/problem.ts';
import { refKind, refPath, refText } from '../../domain/ref.ts';
import type { ToneName } from '../../domain/theme.ts';
import type { EpochMs } from '../../domain/time.ts';
import { inside } from '../layout.ts';
import type { Rect } from '../layout.ts';
import type { Model, RunView } from '../model.ts';
import { cell, frameRight } from './canvas.ts';
import type { Canvas, Run } from './canvas.ts';
import { gridLines, muted, paintLines, run } from './lines.ts';
import type { TextLine } from './lines.ts';
import { hourMinute, sinceText } from './times.ts';

/** A part of the lab whose problems are drawn on one line. */
export type Lane = 'hosts' | 'zones' | 'cluster';
export const LANES: readonly Lane[] = ['hosts', 'zones', 'cluster'];

/** What was worst in each lane from an instant on; a lane in which nothing was wrong is missing. */
export type Moment = {
  readonly at: EpochMs;
  readonly worst: Readonly<Partial<Record<Lane, Severity>>>;
  /** A source gave no data. */
  readonly blind: boolean;
};

const SPAN_MS = 3_600_000;
/** Moments are kept this much longer than the lanes reach back, so that their left end is known. */
const KEPT_MS = SPAN_MS + 60_000;
const MOMENTS_LIMIT = 2000;

const RANK: Readonly<Record<Severity, number>> = { critical: 3, warning: 2, info: 1 };

/** The lane that a problem belongs to. */
export function laneOf({ subject }: Problem): Lane {
  switch (refKind(subject)) {
    case 'zone':
    case 'vm':
    case 'group':
    case 'vlan':
      return 'zones';
    case 'cluster':
    case 'node':
    case 'pod':
    case 'resource':
    case 'workload':
    case 'component':
    case 'certificate':
    case 'object':
    case 'storage':
    case 'kubevirt':
      return 'cluster';
    case 'host':
    case 'pool':
    case 'disk':
    case 'dataset':
    case 'fault':
    case 'link':
    case 'source':
      return 'hosts';
    case 'service':
      return refPath(subject)[1] === 'global' ? 'hosts' : 'zones';
  }
}

/** The worst of each lane at this instant. */
export function momentOf(
  problems: readonly Problem[],
  inventory: Model['inventory'],
  now: EpochMs,
): Moment {
  const worst: Partial<Record<Lane, Severity>> = {};
  for (const problem of problems) {
    const lane = laneOf(problem);
    const before = worst[lane];
    if (before === undefined || RANK[problem.severity] > RANK[before])
      worst[lane] = problem.severity;
  }
  return {
    at: now,
    worst,
    blind: [...inventory.hosts, ...inventory.clusters].some(({ source }) => source.state !== 'up'),
  };
}

/** The moments with one more; one that says the same as the last is left out, and the oldest go. */
export function addMoment(moments: readonly Moment[], next: Moment): readonly Moment[] {
  const last = moments.at(-1);
  if (
    last &&
    last.blind === next.blind &&
    LANES.every((lane) => last.worst[lane] === next.worst[lane])
  )
    return moments;
  const kept = moments.filter(
    (_, index) => (moments[index + 1]?.at ?? next.at) >= next.at - KEPT_MS,
  );
  return [...kept, next].slice(-MOMENTS_LIMIT);
}

/** A stretch of a lane: how bad, `fine`, or nothing known. */
export type LaneCell = Severity | 'fine' | 'unknown';

/**
 * The last hour in `columns` equal stretches per lane, oldest first: the worst of each stretch. Before the first
 * moment nothing is known, but for problems that are open now and tell when they began.
 */
export function timelineOf(
  moments: readonly Moment[],
  problems: readonly Problem[],
  now: EpochMs,
  columns: number,
): Readonly<Record<Lane, readonly LaneCell[]>> {
  const step = SPAN_MS / Math.max(1, columns);
  // Stretches begin at whole multiples of their length, so that time passing moves them as a whole.
  const end = Math.ceil(now / step) * step;
  changesIn(Math.floor(end - now) + 1);
  const lanes = {
    hosts: Array<LaneCell>(columns).fill('unknown'),
    zones: Array<LaneCell>(columns).fill('unknown'),
    cluster: Array<LaneCell>(columns).fill('unknown'),
  };
  let first = 0;
  for (let index = 0; index < columns; index += 1) {
    const from = end - (columns - index) * step;
    const to = Math.min(from + step, now);
    while ((moments[first + 1]?.at ?? Number.POSITIVE_INFINITY) <= from) first += 1;
    for (let place = first; (moments[place]?.at ?? Number.POSITIVE_INFINITY) <= to; place += 1)
      for (const lane of LANES)
        lanes[lane][index] = worse(known(lanes[lane][index]), moments[place]?.worst[lane]);
    for (const problem of problems) {
      const lane = lanes[laneOf(problem)];
      if (problem.since <= to) lane[index] = worse(lane[index] ?? 'unknown', problem.severity);
    }
  }
  return lanes;
}

const known = (cell: LaneCell | undefined): LaneCell =>
  cell === undefined || cell === 'unknown' ? 'fine' : cell;

const worse = (a: LaneCell, b: Severity | undefined): LaneCell =>
  b === undefined ? a : a === 'fine' || a === 'unknown' || RANK[b] > RANK[a] ? b : a;

const CELLS: Readonly<Record<LaneCell, { readonly glyph: string; readonly tone: ToneName }>> = {
  fine: { glyph: '▁', tone: 'muted' },
  unknown: { glyph: '┄', tone: 'frame' },
  info: { glyph: '▂', tone: 'info' },
  warning: { glyph: '▄', tone: 'warn' },
  critical: { glyph: '█', tone: 'bad' },
};

const LABEL_WIDTH = 9;
const TICK_MS = 300_000;

/** Paints the last hour: problems per lane, actions as letters, the time below. */
export function paintTimeline(canvas: Canvas, rect: Rect, model: Model): void {
  const area = inside(rect);
  const { timeline } = model;
  const columns = Math.max(1, area.width - LABEL_WIDTH - 2);
  const lanes = timelineOf(timeline, model.problems, model.now, columns);
  frameRight(canvas, rect, 21, [
    run('█', 'bad'),
    muted(' critical  '),
    run('▄', 'warn'),
    muted(' warning  '),
    run('▁', 'muted'),
    muted(' fine  ┄ not watched'),
  ]);
  const lines: readonly TextLine[] = [
    ...LANES.map((lane) => ({ runs: [label(lane), ...cellRuns(lanes[lane])] })),
    {
      runs: [label('actions'), muted(actionMarks(model.runs, model.now, columns) || 'none')],
    },
    { runs: [label(''), muted(ticks(model.now, columns))] },
  ];
  paintLines(canvas, area, lines, 0, null);
}

const label = (text: string): Run => muted(` ${cell(text, LABEL_WIDTH)}`);

/** Neighbours that are alike in one run. */
function cellRuns(cells: readonly LaneCell[]): readonly Run[] {
  const out: { text: string; tone: ToneName }[] = [];
  for (const each of cells) {
    const { glyph, tone } = CELLS[each];
    const last = out.at(-1);
    if (last?.tone === tone) last.text += glyph;
    else out.push({ text: glyph, tone });
  }
  return out;
}

/** An arrow where an action began. */
function actionMarks(runs: readonly RunView[], now: EpochMs, columns: number): string {
  const step = SPAN_MS / columns;
  const end = Math.ceil(now / step) * step;
  const marks = Array.from({ length: columns }, () => ' ');
  for (const { startedAt } of runs) {
    const index = columns - Math.ceil((end - startedAt) / step);
    if (index >= 0 && index < columns) marks[index] = '▴';
  }
  return marks.join('').trimEnd();
}

/** Times of day at every fifth minute, as many as fit, each beneath its column. */
function ticks(now: EpochMs, columns: number): string {
  const step = SPAN_MS / columns;
  const end = Math.ceil(now / step) * step;
  const apart = TICK_MS / step < 7 ? (TICK_MS / step < 3.5 ? 4 : 2) : 1;
  let text = '';
  for (
    let at = Math.ceil((end - SPAN_MS) / (TICK_MS * apart)) * TICK_MS * apart;
    at <= now;
    at += TICK_MS * apart
  ) {
    const index = Math.floor((at - (end - SPAN_MS)) / step);
    if (index < text.length + (text === '' ? 0 : 1) || index + 5 > columns) continue;
    text = text.padEnd(index) + hourMinute(at);
  }
  return text;
}

const RESULT_TONES: Readonly<Record<RunView['result'], ToneName>> = {
  running: 'info',
  verified: 'ok',
  failed: 'bad',
  unverified: 'warn',
  refused: 'muted',
  cancelled: 'muted',
  unknown: 'unknown',
};

/** Paints the actions of this session and those before it that the ledger tells of, the newest first. */
export function paintLedger(canvas: Canvas, rect: Rect, model: Model): void {
  const area = inside(rect);
  const { runs, now } = model;
  frameRight(canvas, rect, 7, [
    muted(runs.length === 0 ? 'ledger' : `the last ${plural(runs.length, 'action')} of the ledger`),
  ]);
  const lines =
    runs.length === 0
      ? [{ runs: [muted(' no action is in the ledger yet')] }]
      : gridLines(
          [
            { title: '', width: 8 },
            { title: '', width: 10 },
            { title: '', width: 'fit' },
            { title: '', width: 'fit' },
            { title: '', width: 6, align: 'right' },
            { title: '', width: 'fit', most: 12, rank: 2 },
            { title: '', width: 'grow', rank: 1 },
          ],
          runs
            .toReversed()
            .slice(0, area.height)
            .map((entry) => ({
              ref: entry.subject,
              cells: [
                muted(sinceText(entry.startedAt, now)),
                run(entry.result, RESULT_TONES[entry.result]),
                run(entry.label.split(' ')[0] ?? ''),
                run(refText(entry.subject), 'title'),
                muted(
                  entry.endedAt === entry.startedAt
                    ? UNKNOWN
                    : duration((entry.endedAt ?? now) - entry.startedAt),
                ),
                muted(entry.user),
                muted(entry.step),
              ],
            })),
          area.width,
        );
  paintLines(canvas, area, lines, 0, null);
}
