import type { Ref } from '../../domain/ref.ts';
import type { BoundColumn, BoundRow, BoundView } from '../../domain/view.ts';
import type { Rect } from '../layout.ts';
import type { Model } from '../model.ts';
import { SIGN_TONES, SIGNS } from '../tones.ts';
import { blank, cell, write } from './canvas.ts';
import type { Canvas } from './canvas.ts';
import { sparkline } from './sparkline.ts';

/** A column with its place in the view and its width on this screen. */
export type FittedColumn = {
  readonly column: BoundColumn;
  readonly index: number;
  readonly width: number;
};

/** Cells in front of the first column: the mark of the selection, the sign and a blank. */
const LEAD = 4;
const SPARK_LEAST = 5;
const GROW_LEAST = 8;

/**
 * Chooses the columns for a width: those with the highest priority number go first, `grow` columns and sparklines
 * take what is left. The last column stands at the right edge.
 */
export function fitColumns(
  columns: readonly BoundColumn[],
  width: number,
): readonly FittedColumn[] {
  const least = ({ width: wanted, series }: BoundColumn): number =>
    wanted === 'grow' ? GROW_LEAST : series === undefined ? wanted : Math.min(wanted, SPARK_LEAST);
  let kept = columns.map((column, index) => ({ column, index }));
  const needed = (): number =>
    kept.reduce((sum, { column }) => sum + least(column) + 1, 0) + LEAD - 1;
  while (kept.length > 1 && needed() > width) {
    const worst = Math.max(...kept.map(({ column }) => column.priority));
    const last = kept.findLastIndex(({ column }) => column.priority === worst);
    kept = kept.filter((_, index) => index !== last);
  }
  // A wide column that had to go may have made room for narrow ones behind it in rank.
  for (const { column, index } of columns
    .map((column, index) => ({ column, index }))
    .toSorted((a, b) => a.column.priority - b.column.priority))
    if (!kept.some((entry) => entry.index === index) && needed() + least(column) + 1 <= width)
      kept = [...kept, { column, index }].toSorted((a, b) => a.index - b.index);
  let spare = Math.max(0, width - needed());
  const fitted = kept.map(({ column, index }) => ({ column, index, width: least(column) }));
  for (const entry of fitted) {
    if (entry.column.series === undefined || entry.column.width === 'grow') continue;
    const more = Math.min(spare, entry.column.width - entry.width);
    entry.width += more;
    spare -= more;
  }
  const growing = fitted.filter(({ column }) => column.width === 'grow');
  for (const [position, entry] of growing.entries()) {
    const more = Math.floor(spare / (growing.length - position));
    entry.width += more;
    spare -= more;
  }
  return fitted;
}

export type TableOptions = {
  readonly selected: Ref | null;
  readonly top: number;
  readonly header: boolean;
  /** The selection is drawn as such only where keys go. */
  readonly focused: boolean;
  /** Filters of the table's columns that are drawn in the empty table's place. */
  readonly empty: string;
};

/** Paints the visible part of a table; the cost depends on the height, not on the number of rows. */
export function paintTable(
  canvas: Canvas,
  rect: Rect,
  model: Model,
  view: BoundView,
  rows: readonly BoundRow[],
  options: TableOptions,
): void {
  const fitted = fitColumns(view.columns, rect.width);
  const end = rect.x + rect.width;
  let { y } = rect;
  if (options.header && rect.height > 1) {
    paintHeader(canvas, rect, fitted);
    y += 1;
  }
  const bottom = rect.y + rect.height;
  if (rows.length === 0 && y < bottom) {
    blank(canvas, rect.x, y, end);
    write(canvas, rect.x + LEAD, y, options.empty, 'muted', end);
    y += 1;
  }
  for (let index = options.top; y < bottom; index += 1, y += 1) {
    const row = rows[index];
    if (row) paintRow(canvas, rect.x, y, end, model, row, fitted, options);
    else blank(canvas, rect.x, y, end);
  }
}

/** Where the last column begins, so that it stands at the right edge. */
const tail = (end: number, fitted: readonly FittedColumn[]): number =>
  end - (fitted.at(-1)?.width ?? 0);

function paintHeader(canvas: Canvas, rect: Rect, fitted: readonly FittedColumn[]): void {
  const end = rect.x + rect.width;
  blank(canvas, rect.x, rect.y, end);
  let x = rect.x + LEAD - 1;
  for (const [position, { column, width }] of fitted.entries()) {
    if (position === fitted.length - 1 && position > 0) x = tail(end, fitted);
    write(canvas, x, rect.y, cell(column.title, width, column.align), 'muted', end);
    x += width + 1;
  }
}

function paintRow(
  canvas: Canvas,
  left: number,
  y: number,
  end: number,
  model: Model,
  row: BoundRow,
  fitted: readonly FittedColumn[],
  options: TableOptions,
): void {
  const selected = options.focused && row.ref === options.selected;
  const change = { ...(selected ? { inverse: true } : {}), ...(row.stale ? { dim: true } : {}) };
  blank(canvas, left, y, end, selected ? { inverse: true } : {});
  write(canvas, left, y, selected ? '>' : ' ', 'plain', end, selected ? { inverse: true } : {});
  write(
    canvas,
    left + 1,
    y,
    SIGNS[row.sign],
    SIGN_TONES[row.sign],
    end,
    selected ? { inverse: true } : {},
  );
  let x = left + LEAD - 1;
  for (const [position, { column, index, width }] of fitted.entries()) {
    if (position === fitted.length - 1 && position > 0) x = tail(end, fitted);
    const text =
      column.series === undefined
        ? cell(row.text(index), width, column.align)
        : sparkline(model.series(row.ref, column.series, width), width, 25);
    const tone = column.series === undefined ? row.tone(index) : 'accent';
    write(canvas, x, y, text, row.stale && tone === 'plain' ? 'stale' : tone, end, change);
    x += width + 1;
  }
}
