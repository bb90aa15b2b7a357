import { bytes, clock, duration, plural } from '../../domain/format.ts';
import type { LogStream, LogStreamState } from '../../domain/log.ts';
import type { ReadLine } from '../../domain/read-line.ts';
import { refText } from '../../domain/ref.ts';
import type { ToneName } from '../../domain/theme.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Sign } from '../../domain/view.ts';
import { textWidth } from '../../term/width.ts';
import { inside } from '../layout.ts';
import type { Rect } from '../layout.ts';
import type { DocumentView, Model } from '../model.ts';
import {
  firstRow,
  isLogLine,
  linesOf,
  modelText,
  pieces,
  prefixOf,
  readingOf,
  sourceKey,
  sourceNames,
  untabbed,
} from '../reading.ts';
import type { Prefix, ReadText, Rows } from '../reading.ts';
import { cell, clip, frameFoot, frameRightFirst, line, runsWidth, wipe, write } from './canvas.ts';
import type { Canvas, Run } from './canvas.ts';
import { muted, run, wrapText } from './lines.ts';
import { signRun } from './look.ts';

/** How the lines of the place's text lie in a frame. */
export function textRows(model: Model, { lines }: ReadText, rect: Rect): Rows {
  const { width, height } = inside(rect);
  const prefix = prefixOf(model, width);
  const room = width - prefix.width;
  return {
    lines,
    height: Math.max(1, height - statusLines(model, rect).length),
    rowsOf: model.session.texts.wrap ? ({ text }) => pieces(untabbed(text), room).length : () => 1,
  };
}

/** Paints the text of the place into its frame: the lines that are in sight, and beneath them what is wrong. */
export function paintText(canvas: Canvas, rect: Rect, model: Model): void {
  const area = inside(rect);
  wipe(canvas, area);
  if (area.width < 1 || area.height < 1) return;
  const text = modelText(model);
  const rows = textRows(model, text, rect);
  const reading = readingOf(model.session);
  const first = firstRow(rows, reading.top);
  const end = area.x + area.width;
  paintFrame(canvas, rect, model, text);
  if (text.lines.length === 0)
    write(canvas, area.x + 1, area.y, emptyText(model, text), 'muted', end);
  let { index, row } = first;
  let y = area.y;
  const painter = linePainter(model, area.width, text);
  for (; y < area.y + rows.height && index < text.lines.length; index += 1, row = 0) {
    const entry = text.lines[index];
    if (!entry) break;
    for (const runs of painter(entry).slice(row)) {
      if (y >= area.y + rows.height) break;
      line(canvas, area.x, y, end, runs, entry.id === reading.hit ? { inverse: true } : undefined);
      y += 1;
    }
  }
  frameFoot(
    canvas,
    rect,
    { top: first.index, height: index - first.index, total: text.lines.length },
    footNote(model),
  );
  for (const [at, runs] of statusLines(model, rect).entries())
    line(canvas, area.x, area.y + rows.height + at, end, runs);
}

/** Makes the rows of a line: its source and time in the first one, blanks in their place beneath. */
function linePainter(
  model: Model,
  width: number,
  { matches, isFiltered }: ReadText,
): (line: ReadLine) => readonly (readonly Run[])[] {
  const { texts } = model.session;
  const { left, only } = readingOf(model.session);
  const prefix = prefixOf(model, width);
  const room = width - prefix.width;
  const streams = model.text?.kind === 'log' ? model.text.log.streams : [];
  const { names } = sourceNames({ streams });
  const tones = sourceTones(streams);
  return (entry) => {
    const isMatch = isFiltered && !only && matches(entry);
    const head: readonly Run[] = [
      run(isMatch ? '▸' : ' ', 'accent'),
      ...prefixRuns(entry, prefix, names, tones),
    ];
    const safe = untabbed(entry.text);
    const tone: ToneName = entry.tone;
    if (!texts.wrap) return [[...head, run(left === 0 ? safe : dropCells(safe, left), tone)]];
    return pieces(safe, room).map((piece, row) => [
      ...(row === 0 ? head : [run(' '.repeat(prefix.width))]),
      run(piece, tone),
    ]);
  };
}

function prefixRuns(
  entry: ReadLine,
  { hasTime, tag }: Prefix,
  names: ReadonlyMap<string, string>,
  tones: ReadonlyMap<string, ToneName>,
): readonly Run[] {
  const key = isLogLine(entry) ? sourceKey(entry.pod, entry.container) : '';
  return [
    ...(hasTime ? [muted(`${cell(entry.at === null ? '' : timeText(entry.at), 12)} `)] : []),
    ...(tag > 0 ? [run(`${shortTag(names.get(key) ?? '', tag)} `, tones.get(key) ?? 'muted')] : []),
  ];
}

/** Names of pods differ at their ends. */
function shortTag(tag: string, cells: number): string {
  const width = textWidth(tag);
  return width <= cells
    ? cell(tag, cells)
    : `…${pieces(tag, width - cells + 1)
        .slice(1)
        .join('')}`;
}

/** The text without its first cells. */
const dropCells = (text: string, cells: number): string => pieces(text, cells).slice(1).join('');

/** Local time with milliseconds: `14:09:53.123`. */
const timeText = (at: EpochMs): string => `${clock(at)}.${String(at % 1000).padStart(3, '0')}`;

const SOURCE_TONES: readonly ToneName[] = ['accent', 'info', 'title', 'ok', 'muted'];
/** Neighbouring sources have different tones. */
const sourceTones = (streams: readonly LogStream[]): ReadonlyMap<string, ToneName> =>
  new Map(
    streams.map((stream, index) => [
      sourceKey(stream.name, stream.container),
      SOURCE_TONES[index % SOURCE_TONES.length] ?? 'muted',
    ]),
  );

function emptyText(model: Model, { isFiltered, total }: ReadText): string {
  const { text } = model;
  if (total > 0 && isFiltered) return `none of ${plural(total, 'line')} matches; esc clears`;
  if (text === null || text.error !== null) return '';
  if (text.kind === 'document') return text.isReading ? 'reading…' : '';
  const { streams } = text.log;
  if (streams.length === 0) return 'there is no log here';
  return streams.some(({ state }) => state === 'opening')
    ? 'reading…'
    : streams.every(({ state, error }) => error === null && (state === 'open' || state === 'ended'))
      ? 'nothing was written in this time'
      : '';
}

/** The title of the frame, and at its right how the text is read. */
function paintFrame(canvas: Canvas, rect: Rect, model: Model, text: ReadText): void {
  const { place } = model.session;
  const name =
    place.kind === 'log'
      ? `Logs ${place.refs.map(refText).join(', ')}`
      : place.kind === 'document'
        ? `${place.what === 'yaml' ? 'YAML' : 'Describe'} ${refText(place.ref)}`
        : '';
  const state =
    model.text?.kind === 'document'
      ? documentRuns(model, model.text, text)
      : stateRuns(model, text);
  const most = Math.max(8, rect.width - 10 - Math.min(runsWidth(state[0] ?? []), 30));
  const title = cell(name, Math.min(textWidth(name), most));
  write(canvas, rect.x + 2, rect.y, ` ${title} `, 'title', rect.x + rect.width - 2);
  frameRightFirst(canvas, rect, textWidth(title), state);
}

/** Wordings of which version of an object is shown, and how old that is; the longest first. */
function documentRuns(
  { now, session }: Model,
  { at, resourceVersion, isReading }: DocumentView,
  text: ReadText,
): readonly (readonly Run[])[] {
  const found: readonly Run[] =
    text.filterError !== null
      ? [run(`${text.filterError}  `, 'bad')]
      : text.isFiltered
        ? [run(`${text.lines.filter(text.matches).length} match  `, 'accent')]
        : [];
  const read: readonly Run[] = isReading
    ? [run('reading…', 'info')]
    : at === null
      ? []
      : [muted(`read ${duration(now - at)} ago`)];
  const version = resourceVersion === null ? [] : [muted(`resourceVersion ${resourceVersion}  `)];
  const wrap = session.texts.wrap ? [muted('wrap  ')] : [];
  return [[...found, ...wrap, ...version, ...read], [...found, ...read], read];
}

/** Wordings of how the text is read, the longest first. */
function stateRuns(model: Model, text: ReadText): readonly (readonly Run[])[] {
  const { session } = model;
  const { texts } = session;
  const log = model.text?.kind === 'log' ? model.text.log : undefined;
  const reading = readingOf(session);
  const isStill = reading.previous || texts.window === 'head';
  const follow: readonly Run[] = isStill
    ? []
    : reading.top !== 'end'
      ? [run('paused', 'warn')]
      : log !== undefined && log.behindMs !== null
        ? [run(`behind ${duration(log.behindMs)}`, 'warn')]
        : [run('following', 'ok')];
  const found: readonly Run[] =
    text.filterError !== null
      ? [run(text.filterError, 'bad')]
      : text.isFiltered && reading.only
        ? [run(`${text.lines.length} of ${text.total}`, 'accent')]
        : [];
  const parts = [
    found,
    reading.previous ? [run('previous', 'accent')] : [],
    [muted(texts.window)],
    texts.wrap ? [muted('wrap')] : [],
    reading.left > 0 ? [muted(`from ${reading.left + 1}`)] : [],
    follow,
  ].filter((part) => part.length > 0);
  const joined = (some: typeof parts): readonly Run[] =>
    some.flatMap((part, index) => (index === 0 ? part : [run('  '), ...part]));
  return [joined(parts), joined([found, follow].filter((part) => part.length > 0)), follow];
}

/** What is said of the lines that are no longer kept. */
function footNote({ text }: Model): string {
  if (text?.kind !== 'log') return '';
  const { droppedLines, leftOut, isHeld, streams } = text.log;
  return [
    ...(isHeld ? ['full: no more is read while paused'] : []),
    ...(droppedLines > 0 ? [`${droppedLines} older dropped, ${bytes(text.log.bytes)} kept`] : []),
    ...(leftOut > 0
      ? [`${plural(leftOut, 'container')} left out, ${streams.length} are read`]
      : []),
  ].join(' · ');
}

const STATE_SIGNS: Readonly<Record<LogStreamState, Sign>> = {
  opening: 'changing',
  open: 'ok',
  waiting: 'changing',
  ended: 'off',
  gone: 'off',
  failed: 'down',
};
const SHOWN_FIRST: readonly LogStreamState[] = ['failed', 'gone', 'waiting', 'ended'];

/** What is said of each log that is not simply read, the worst first, in at most a third of the frame. */
function statusLines(model: Model, rect: Rect): readonly (readonly Run[])[] {
  const { text } = model;
  if (text === null) return [];
  const { width, height } = inside(rect);
  const most = Math.max(1, Math.floor(height / 3));
  if (text.error !== null)
    return wrapStatus('down', text.error.message, text.error.hint, width, most);
  if (text.kind === 'document') return [];
  const { streams } = text.log;
  const { names } = sourceNames(text.log);
  const told = SHOWN_FIRST.flatMap((state) =>
    streams.filter(
      (stream) => stream.state === state && (stream.error !== null || state !== 'ended'),
    ),
  );
  const lines = told.flatMap((stream) => {
    const who = names.get(sourceKey(stream.name, stream.container)) ?? '';
    const words = stream.error?.message ?? stream.state;
    return wrapStatus(
      STATE_SIGNS[stream.state],
      who === '' ? words : `${who}: ${words}`,
      stream.error?.hint ?? '',
      width,
      Math.max(2, Math.floor(most / told.length)),
    );
  });
  if (lines.length <= most) return lines;
  return [
    ...lines.slice(0, most - 1),
    [muted(` … ${plural(told.length, 'log')} not read as wanted`)],
  ];
}

/** A sign, what happened, and what to do about it: on one line where both fit, else wrapped to at most `most` lines. */
function wrapStatus(
  sign: Sign,
  words: string,
  hint: string,
  width: number,
  most: number,
): readonly (readonly Run[])[] {
  const head: readonly Run[] = [run(' '), signRun(sign), run(` ${words}`)];
  const joined = hint === '' ? head : [...head, muted(` · ${hint}`)];
  if (runsWidth(joined) <= width || most < 2) return [clip(joined, width)];
  const room = Math.max(1, width - 4);
  const next = hint === '' ? [] : wrapText(hint, room).slice(0, most - 1);
  const said = wrapText(words, room);
  const count = Math.max(1, most - next.length);
  const kept =
    said.length <= count ? said : [...said.slice(0, count - 1), said.slice(count - 1).join(' ')];
  return [
    ...kept.map((text, index) =>
      clip([...(index === 0 ? [run(' '), signRun(sign)] : [run('  ')]), run(` ${text}`)], width),
    ),
    ...next.map((text) => [muted(`   ${text}`)]),
  ];
}

/** All of the text as it is, for the clipboard. */
export const wholeText = (model: Model): string =>
  linesOf(model)
    .map(({ text }) => text)
    .join('\n');

/** What is in sight as plain text, for the clipboard. */
export function visibleText(model: Model, rect: Rect): string {
  const text = modelText(model);
  const rows = textRows(model, text, rect);
  const { index } = firstRow(rows, readingOf(model.session).top);
  const { texts } = model.session;
  return text.lines
    .slice(index, index + rows.height)
    .map((entry) =>
      texts.time && entry.at !== null
        ? `${new Date(entry.at).toISOString()} ${entry.text}`
        : entry.text,
    )
    .join('\n');
}
