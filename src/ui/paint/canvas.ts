import type { ToneName } from '../../domain/theme.ts';
import type { CellBuffer } from '../../term/cell-buffer.ts';
import { plainRun, textWidth, truncate } from '../../term/width.ts';
import type { Keep } from '../kept.ts';
import type { Rect } from '../layout.ts';
import type { ToneChange, Tones } from '../tones.ts';
import type { Spot, Spots } from './spots.ts';

/** A piece of text with its meaning. */
export type Run = {
  readonly text: string;
  readonly tone: ToneName;
  readonly change?: ToneChange;
  /** What a click on it means, other than one on its line. */
  readonly spot?: Spot;
};

/** A cell buffer with a theme: everything that is painted goes through it. */
export type Canvas = {
  readonly buffer: CellBuffer;
  readonly tones: Tones;
  /** Keeps what was drawn from one frame to the next; without it everything is drawn anew. */
  readonly keep?: Keep;
  /** Where it is written down what can be clicked; without it nobody asks. */
  readonly spots?: Spots;
};

/** Paints a part of the screen under its name, but only when one of the inputs has changed, or time its words. */
export type Region = (
  id: string,
  rect: Rect,
  inputs: readonly unknown[],
  paint: (canvas: Canvas) => void,
) => void;

/** Writes text and returns the column behind it; never writes past `end`. */
export function write(
  { buffer, tones }: Canvas,
  x: number,
  y: number,
  text: string,
  tone: ToneName,
  end: number,
  change?: ToneChange,
): number {
  if (x >= end || text === '') return x;
  return x + buffer.put(x, y, text, tones.style(tone, change), end - x);
}

/** Writes runs one after another and blanks the rest of the line up to `end`. */
export function line(
  canvas: Canvas,
  x: number,
  y: number,
  end: number,
  runs: readonly Run[],
  change?: ToneChange,
): void {
  const at = writeRuns(canvas, x, y, end, runs, change);
  if (at < end) blank(canvas, at, y, end, change);
}

/** Writes runs one after another with what can be clicked in them; returns the column behind them. */
function writeRuns(
  canvas: Canvas,
  x: number,
  y: number,
  end: number,
  runs: readonly Run[],
  change?: ToneChange,
): number {
  let at = x;
  for (const run of runs) {
    const from = at;
    const both = run.change && change ? { ...run.change, ...change } : (run.change ?? change);
    at = write(canvas, at, y, run.text, run.tone, end, both);
    if (run.spot && at > from)
      canvas.spots?.add({ x: from, y, width: at - from, height: 1 }, run.spot);
  }
  return at;
}

/** Fills a part of a line with blanks. */
export function blank(
  { buffer, tones }: Canvas,
  x: number,
  y: number,
  end: number,
  change?: ToneChange,
): void {
  if (end > x) buffer.fill({ x, y, width: end - x, height: 1 }, ' ', tones.style('plain', change));
}

/** Blanks an area. */
export function wipe({ buffer, tones }: Canvas, rect: Rect): void {
  if (rect.width > 0 && rect.height > 0) buffer.fill(rect, ' ', tones.style('plain'));
}

/** What is told side by side, two blanks apart; what is empty is left out. */
export const spaced = (parts: readonly (readonly Run[])[]): readonly Run[] =>
  parts
    .filter((runs) => runs.length > 0)
    .flatMap((runs, index) => (index === 0 ? runs : [{ text: '  ', tone: 'muted' }, ...runs]));

/** Width of runs in cells. */
export const runsWidth = (runs: readonly Run[]): number =>
  runs.reduce((sum, { text }) => sum + textWidth(text), 0);

/** Writes runs so that they end before `end`; nothing when they do not fit. */
export function lineRight(
  canvas: Canvas,
  x: number,
  y: number,
  end: number,
  runs: readonly Run[],
): void {
  const width = runsWidth(runs);
  if (width > end - x) return;
  writeRuns(canvas, end - width, y, end, runs);
}

/** Writes a title into the right part of a frame's top border; none leaves the border as it is. */
export function frameRight(
  canvas: Canvas,
  rect: Rect,
  titleWidth: number,
  runs: readonly Run[],
): void {
  if (runsWidth(runs) === 0) return;
  const padded: readonly Run[] = [
    { text: ' ', tone: 'title' },
    ...runs,
    { text: ' ', tone: 'title' },
  ];
  lineRight(canvas, rect.x + titleWidth + 5, rect.y, rect.x + rect.width - 2, padded);
}

/** Runs cut to a width; a text that had to be cut ends with `…`. */
export function clip(runs: readonly Run[], width: number): readonly Run[] {
  if (runsWidth(runs) <= width) return runs;
  const out: Run[] = [];
  let left = width;
  for (const [index, run] of runs.entries()) {
    const needed = textWidth(run.text);
    const rest = runsWidth(runs.slice(index + 1)) > 0 ? 1 : 0;
    if (needed + rest <= left) {
      out.push(run);
      left -= needed;
      continue;
    }
    if (left > 0) out.push({ ...run, text: truncate(`${run.text}${rest > 0 ? '…' : ''}`, left) });
    break;
  }
  return out;
}

/** The first of several wordings that fits into a frame's top border beside its title. */
export function frameRightFirst(
  canvas: Canvas,
  rect: Rect,
  titleWidth: number,
  wordings: readonly (readonly Run[])[],
): void {
  const room = rect.width - titleWidth - 9;
  const fitting = wordings.find((runs) => runsWidth(runs) <= room);
  if (fitting && fitting.length > 0) frameRight(canvas, rect, titleWidth, fitting);
}

/** Writes into a frame's lower border which lines are in sight, and what else is to be said of it. */
export function frameFoot(
  canvas: Canvas,
  rect: Rect,
  { top, height, total }: { readonly top: number; readonly height: number; readonly total: number },
  left = '',
): void {
  const y = rect.y + rect.height - 1;
  const end = rect.x + rect.width - 2;
  const position =
    total <= height ? '' : ` ${top + 1}–${Math.min(total, top + height)} of ${total} `;
  const note = left === '' ? '' : ` ${left} `;
  if (rect.height < 2) return;
  if (position !== '' && position.length + 4 <= rect.width)
    lineRight(canvas, rect.x + 2, y, end, [{ text: position, tone: 'muted' }]);
  if (note !== '' && note.length + position.length + 5 <= rect.width)
    write(canvas, rect.x + 2, y, note, 'accent', end);
}

/** Text cut to a width, the rest blank. */
export const cell = (text: string, width: number, align: 'left' | 'right' = 'left'): string => {
  // Nearly all texts are plain and fit.
  if (text.length <= width && plainRun(text, 0) === text.length)
    return align === 'right' ? text.padStart(width) : text.padEnd(width);
  const cut = truncate(text, width);
  const pad = ' '.repeat(Math.max(0, width - textWidth(cut)));
  return align === 'right' ? pad + cut : cut + pad;
};

/** Keeps an area as it is now; the result puts it back over whatever was painted meanwhile. */
export function keepArea(buffer: CellBuffer, rect: Rect): () => void {
  const { x, y } = rect;
  const right = Math.min(buffer.cols, x + rect.width);
  const bottom = Math.min(buffer.rows, y + rect.height);
  const rows = Array.from({ length: Math.max(0, bottom - y) }, (_, index) => {
    const start = (y + index) * buffer.cols;
    return {
      start: start + x,
      glyphs: buffer.glyphs.slice(start + x, start + right),
      styles: buffer.styles.slice(start + x, start + right),
    };
  });
  return () => {
    // Halves of wide glyphs at the edge are cut by the fill.
    buffer.fill(rect, ' ', 0);
    for (const { start, glyphs, styles } of rows) {
      buffer.glyphs.set(glyphs, start);
      buffer.styles.set(styles, start);
    }
  };
}
