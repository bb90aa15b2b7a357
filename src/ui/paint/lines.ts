import type { Ref } from '../../domain/ref.ts';
import { settleEach } from '../../domain/same-parts.ts';
import type { ToneName } from '../../domain/theme.ts';
import type { Cells } from '../../term/cell-buffer.ts';
import { safeText, textWidth, truncate } from '../../term/width.ts';
import type { Rect } from '../layout.ts';
import type { ToneChange, Tones } from '../tones.ts';
import { cell, clip, line, runsWidth } from './canvas.ts';
import type { Canvas, Run } from './canvas.ts';
import type { Spot } from './spots.ts';

/** A line of a panel; one that leads somewhere can be selected. Its first cell is left to the mark of the selection. */
export type TextLine = {
  readonly runs: readonly Run[];
  readonly ref?: Ref;
  /** What a click on it means when that is not the thing itself. */
  readonly spot?: Spot;
  /** The titles of the lines below it, which stay when these scroll. */
  readonly isHead?: true;
  /** Its first run is a label: what does not fit beside it may go on beneath, see `foldLines`. */
  readonly isLabelled?: true;
};

/** A cell of a grid: one text or several with their tones. */
export type GridCell = string | Run | readonly Run[];

/**
 * A column of a grid.
 * - a number: that many cells, so that changing values move nothing
 * - `fit`: as wide as its widest cell
 * - `grow`: what is left over
 */
export type GridColumn = {
  readonly title: string;
  readonly width: number | 'fit' | 'grow';
  /** What a `grow` column must have before others stay; a `fit` column is not wider than `most`. */
  readonly least?: number;
  readonly most?: number;
  readonly align?: 'left' | 'right';
  /** The highest goes first when there is no room; columns without one stay. */
  readonly rank?: number;
};

export type GridRow = { readonly cells: readonly GridCell[]; readonly ref?: Ref };

const GROW_LEAST = 6;

export const run = (text: string, tone: ToneName = 'plain'): Run => ({ text, tone });
export const muted = (text: string): Run => ({ text, tone: 'muted' });
export const blankLine: TextLine = { runs: [] };

const toRuns = (content: GridCell): readonly Run[] =>
  typeof content === 'string' ? [run(content)] : 'text' in content ? [content] : content;

const join = (runs: readonly Run[]): string => runs.map(({ text }) => text).join('');

/** The new lines, those that say what they said before as the same objects: what keeps its identity is not painted again. */
export const settleLines = (
  before: readonly TextLine[],
  after: readonly TextLine[],
): readonly TextLine[] => settleEach(before, after, sameLine);

const sameLine = (a: TextLine, b: TextLine): boolean =>
  a === b ||
  (a.ref === b.ref &&
    a.isHead === b.isHead &&
    a.isLabelled === b.isLabelled &&
    sameSpot(a.spot, b.spot) &&
    a.runs.length === b.runs.length &&
    a.runs.every((run, index) => sameRun(run, b.runs[index])));

const sameRun = (a: Run, b: Run | undefined): boolean =>
  a === b ||
  (a.text === b?.text &&
    a.tone === b.tone &&
    sameChange(a.change, b.change) &&
    sameSpot(a.spot, b.spot));

const sameChange = (a: ToneChange | undefined, b: ToneChange | undefined): boolean =>
  a === b ||
  (a?.dim === b?.dim &&
    a?.inverse === b?.inverse &&
    a?.bold === b?.bold &&
    a?.reverse === b?.reverse);

const sameSpot = (a: Spot | undefined, b: Spot | undefined): boolean =>
  a === b || (a?.kind === 'thing' && b?.kind === 'thing' ? a.ref === b.ref : samePlain(a, b));

/** Whether two pieces of plain data say the same. */
function samePlain(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [one, other] = [Object.entries(a), new Map(Object.entries(b))];
  return one.length === other.size && one.every(([key, value]) => samePlain(value, other.get(key)));
}

/** Runs filled with blanks to a width, or cut to it. */
export function fitRuns(
  runs: readonly Run[],
  width: number,
  align: 'left' | 'right' = 'left',
): readonly Run[] {
  const cut = clip(runs, width);
  const spare = Math.max(0, width - runsWidth(cut));
  if (spare === 0) return cut;
  const pad = run(' '.repeat(spare));
  return align === 'right' ? [pad, ...cut] : [...cut, pad];
}

/** Rows whose columns stand below each other; the first line has the titles, when any column has one. */
export function gridLines(
  columns: readonly GridColumn[],
  rows: readonly GridRow[],
  width: number,
): readonly TextLine[] {
  const room = width - 1;
  const natural = columns.map(({ title, width: wanted, least = GROW_LEAST, most }, index) => {
    if (typeof wanted === 'number') return wanted;
    if (wanted === 'grow') return least;
    const widest = rows.reduce(
      (widest, { cells }) => Math.max(widest, runsWidth(toRuns(cells[index] ?? ''))),
      textWidth(title),
    );
    return Math.min(widest, most ?? widest);
  });
  let kept = columns.map((_, index) => index);
  const needed = (): number =>
    kept.reduce((sum, index) => sum + (natural[index] ?? 0) + 1, 0) - (kept.length > 0 ? 1 : 0);
  while (needed() > room) {
    const worst = kept
      .filter((index) => columns[index]?.rank !== undefined)
      .toSorted((a, b) => (columns[b]?.rank ?? 0) - (columns[a]?.rank ?? 0) || b - a)[0];
    if (worst === undefined) break;
    kept = kept.filter((index) => index !== worst);
  }
  const growing = kept.filter((index) => columns[index]?.width === 'grow');
  let spare = Math.max(0, room - needed());
  const widths = new Map(kept.map((index) => [index, natural[index] ?? 0]));
  for (const [position, index] of growing.entries()) {
    const more = Math.floor(spare / (growing.length - position));
    widths.set(index, (widths.get(index) ?? 0) + more);
    spare -= more;
  }
  const place = (cells: readonly (readonly Run[])[]): readonly Run[] =>
    kept.flatMap((index) => [
      run(' '),
      ...fitRuns(cells[index] ?? [], widths.get(index) ?? 0, columns[index]?.align ?? 'left'),
    ]);
  const titles = columns.map(({ title }) => [muted(title)]);
  const header = columns.some(({ title }) => title !== '')
    ? [{ runs: place(titles), isHead: true as const }]
    : [];
  return [
    ...header,
    ...rows.map(({ cells, ref }) => ({
      runs: place(cells.map(toRuns)),
      ...(ref === undefined ? {} : { ref }),
    })),
  ];
}

const LABEL_WIDTH = 11;

/** A label and figures that stand below those of other lines. */
export const figures = (label: string, runs: readonly Run[]): TextLine => ({
  runs: [muted(` ${cell(label, LABEL_WIDTH)} `), ...runs],
});

/** A label and what is said of it. */
export const labelled = (label: string, runs: readonly Run[], ref?: Ref): TextLine => ({
  ...figures(label, runs),
  isLabelled: true,
  ...(ref === undefined ? {} : { ref }),
});

/** Lines that are too long go on beneath themselves as long as there are free lines; the others will be cut. */
export function foldLines(
  lines: readonly TextLine[],
  width: number,
  free = Number.POSITIVE_INFINITY,
): readonly TextLine[] {
  let left = free;
  return lines.flatMap((line) => {
    if (left <= 0 || line.isLabelled !== true || runsWidth(line.runs) <= width) return [line];
    const folded = foldLine(line, width, left + 1);
    left -= folded.length - 1;
    return folded;
  });
}

function foldLine({ runs, ...line }: TextLine, width: number, most: number): readonly TextLine[] {
  const [label = run(''), ...said] = runs;
  const hang = textWidth(label.text);
  return wrapRuns(said, Math.max(1, width - hang), most).map((part, index) =>
    index === 0
      ? { ...line, runs: [label, ...part] }
      : { runs: [muted(' '.repeat(hang)), ...part], isLabelled: true },
  );
}

/** Runs wrapped at blanks to at most so many lines; the last one may be too long. */
export function wrapRuns(
  runs: readonly Run[],
  width: number,
  most: number,
): readonly (readonly Run[])[] {
  const text = join(runs);
  return breakText(text, width)
    .slice(0, most)
    .map(([from, to], index) => sliceRuns(runs, from, index === most - 1 ? text.length : to));
}

/** What stands between two places of the text of runs. */
function sliceRuns(runs: readonly Run[], from: number, to: number): readonly Run[] {
  let at = 0;
  return runs.flatMap((each) => {
    const text = each.text.slice(Math.max(0, from - at), Math.max(0, to - at));
    at += each.text.length;
    return text === '' ? [] : [{ ...each, text }];
  });
}

/** A label and words that flow over as many lines as it takes, at most `most`; what does not fit is counted. */
export function flowWords(
  label: string,
  words: readonly string[],
  width: number,
  most: number,
  tone: ToneName = 'plain',
  lead: readonly Run[] = [],
): readonly TextLine[] {
  const room = width - LABEL_WIDTH - 2 - runsWidth(lead);
  const rows: string[] = [];
  let current = '';
  let shown = 0;
  for (const word of words) {
    const next = current === '' ? word : `${current} ${word}`;
    const isLast = rows.length === most - 1;
    const left = words.length - shown - 1;
    const tail = isLast && left > 0 ? ` +${left}`.length : 0;
    if (textWidth(next) + tail <= room) {
      current = next;
      shown += 1;
      continue;
    }
    if (isLast) break;
    if (current !== '') rows.push(current);
    current = truncate(word, room);
    shown += 1;
  }
  const left = words.length - shown;
  rows.push(left > 0 ? `${current} +${left}`.trim() : current);
  return rows.map((text, index) =>
    labelled(index === 0 ? label : '', [
      ...(index === 0 ? lead : [run(' '.repeat(runsWidth(lead)))]),
      run(text, tone),
    ]),
  );
}

/**
 * A bar of `width` cells filled to a share of 0 to 1; unknown is drawn as such. The top of its cells stays free, so that
 * bars of neighbouring lines do not grow together.
 */
export function barRuns(
  share: number | null,
  width: number,
  tone: ToneName = 'accent',
): readonly Run[] {
  if (share === null || !Number.isFinite(share)) return [run('┄'.repeat(width), 'muted')];
  const bounded = Math.max(0, Math.min(1, share));
  // Something is never drawn as nothing, and not full never as full.
  const filled =
    bounded === 0
      ? 0
      : Math.min(
          bounded < 1 && width > 1 ? width - 1 : width,
          Math.max(1, Math.round(bounded * width)),
        );
  return [run('▇'.repeat(filled), tone), run('░'.repeat(width - filled), 'frame')];
}

/** Text wrapped at blanks; a word that is longer than a line is broken, behind a `/`, `:`, `.` or `-` where it has one. */
export function wrapText(text: string, width: number): readonly string[] {
  const safe = safeText(text);
  return breakText(safe, width).map(([from, to]) => truncate(safe.slice(from, to), width));
}

/** The sign of a line that leads somewhere, `›`, stays with what is before it. */
const WORD = /\S+(?: \u203A$)?/g;

/** Where the lines of a text that is wrapped begin and end. */
function breakText(text: string, width: number): readonly (readonly [number, number])[] {
  const out: [number, number][] = [];
  let from = 0;
  let to = 0;
  for (const { index, 0: word } of text.matchAll(WORD)) {
    const end = index + word.length;
    if (textWidth(text.slice(from, end)) <= width) {
      to = end;
      continue;
    }
    if (to > from) out.push([from, to]);
    from = index;
    for (const cut of cutsOf(word, width)) {
      out.push([from, index + cut]);
      from = index + cut;
    }
    to = end;
  }
  if (to > from || out.length === 0) out.push([from, to]);
  return out;
}

/** Where a word is cut, so that each piece is at most as wide as a line. */
function cutsOf(word: string, width: number): readonly number[] {
  const cuts: number[] = [];
  let from = 0;
  while (textWidth(word.slice(from)) > width) {
    const whole = truncate(word.slice(from), width, '');
    if (whole === '') break;
    const at = Math.max(...['/', ':', '.', '-'].map((mark) => whole.lastIndexOf(mark))) + 1;
    from += at > whole.length / 2 ? at : whole.length;
    cuts.push(from);
  }
  return cuts;
}

/** A path that is too long without parts of its middle: its end tells most, then its beginning. */
export function shortPath(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  const parts = text.split('/');
  const end = parts.at(-1) ?? '';
  for (let kept = parts.length - 2; kept > 0; kept -= 1) {
    const short = `${parts.slice(0, kept).join('/')}/…/${end}`;
    if (textWidth(short) <= width) return short;
  }
  const path = text.lastIndexOf(' ', text.indexOf('/')) + 1;
  const last = `${text.slice(0, path)}…/${end}`;
  return parts.length > 1 && textWidth(last) <= width ? last : text;
}

/** A label with a text that is wrapped beneath itself. */
export const paragraph = (
  label: string,
  text: string,
  width: number,
  tone: ToneName = 'plain',
): readonly TextLine[] =>
  wrapText(text, paragraphWidth(width)).map((part, index) =>
    labelled(index === 0 ? label : '', [run(part, tone)]),
  );

/** Cells of a paragraph's lines behind their label. */
const paragraphWidth = (width: number): number => Math.max(8, width - LABEL_WIDTH - 3);

/** Like `paragraph`, with a name and what is said of it behind; its first line leads to a thing. */
export function namedParagraph(
  label: string,
  name: Run,
  text: string,
  width: number,
  ref?: Ref,
): readonly TextLine[] {
  let left = name.text.length;
  return wrapText(`${name.text}${text}`, paragraphWidth(width)).map((part, index) => {
    const runs = [{ ...name, text: part.slice(0, left) }, muted(part.slice(left))];
    left = Math.max(0, left - part.length);
    return labelled(index === 0 ? label : '', runs, index === 0 ? ref : undefined);
  });
}

/**
 * Paints lines from `top` on into an area and blanks the rest; the line of `selected` is marked, and reversed where
 * keys go.
 */
export function paintLines(
  canvas: Canvas,
  area: Rect,
  lines: readonly TextLine[],
  top: number,
  selected: Ref | null,
  focused = true,
): void {
  const { buffer, tones } = canvas;
  const { x, width } = area;
  const isWhole = x >= 0 && x + width <= buffer.cols;
  for (let row = 0; row < area.height; row += 1) {
    const y = area.y + row;
    const entry = lines[top + row];
    const isSelected = entry?.ref !== undefined && entry.ref === selected;
    const isBar = isSelected && focused;
    if (entry?.ref !== undefined)
      canvas.spots?.add(
        { x, y, width, height: 1 },
        entry.spot ?? { kind: 'thing', ref: entry.ref },
      );
    const known = entry && seen.get(entry);
    const isKnown =
      known?.tones === tones &&
      known.width === width &&
      known.isSelected === isSelected &&
      known.isBar === isBar;
    if (isKnown && known.cells) {
      buffer.putCells(x, y, known.cells);
      continue;
    }
    const runs = entry === undefined ? [] : clip(entry.runs, width);
    const marked = isSelected ? [run('>'), ...dropCell(runs)] : runs;
    line(canvas, x, y, x + width, marked, isBar ? { inverse: true } : {});
    if (!entry || !isWhole || entry.runs.some(({ spot }) => spot !== undefined)) continue;
    if (isKnown) known.cells = buffer.cells(x, y, width);
    else seen.set(entry, { tones, width, isSelected, isBar, cells: null });
  }
}

/** How a line was painted; its cells from the second time on, because most lines are made for one frame. */
type Seen = {
  readonly tones: Tones;
  readonly width: number;
  readonly isSelected: boolean;
  readonly isBar: boolean;
  cells: Cells | null;
};

const seen = new WeakMap<TextLine, Seen>();

/** Without the first cell, which is a blank in every line. */
function dropCell(runs: readonly Run[]): readonly Run[] {
  const [first, ...rest] = runs;
  return first === undefined ? [] : [{ ...first, text: first.text.slice(1) }, ...rest];
}

/** The text of a line, for tests and for measuring. */
export const lineText = ({ runs }: TextLine): string => join(runs);
