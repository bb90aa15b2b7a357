import { age } from '../../domain/format.ts';
import { ownPathOf } from '../../domain/own-path.ts';
import type { Ref } from '../../domain/ref.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { BoundRow, BoundView } from '../../domain/view.ts';
import { textWidth } from '../../term/width.ts';
import { makeAnew } from '../kept.ts';
import type { Keep } from '../kept.ts';
import type { Rect } from '../layout.ts';
import type { Model } from '../model.ts';
import { atPresent } from '../rows.ts';
import type { RowList } from '../table/row-list.ts';
import { OWN_SIGN, SIGN_CHANGES, SIGN_TONES, SIGNS } from '../tones.ts';
import { blank, cell, write } from './canvas.ts';
import type { Canvas } from './canvas.ts';
import { allColumns, columnsFor, LEAD, planColumns } from './columns.ts';
import type { ColumnChoice, ColumnPlan, PlacedColumn } from './columns.ts';
import { percentSpark } from './sparkline.ts';

/** A column that the rows are sorted by, the first one deciding. */
type SortedBy = { readonly column: string; readonly descending: boolean };

export type TableOptions = {
  readonly selected: Ref | null;
  readonly top: number;
  readonly header: boolean;
  /** The selection is drawn as such only where keys go. */
  readonly focused: boolean;
  /** What stands in an empty table's place. */
  readonly empty: string;
  /** Shown by a sign beside the titles. */
  readonly sort?: readonly SortedBy[];
  readonly marks?: ReadonlySet<Ref>;
};

/** Paints the visible part of a table; the cost depends on the height, not on the number of rows. */
export function paintTable(
  canvas: Canvas,
  rect: Rect,
  model: Model,
  view: BoundView,
  rows: RowList,
  options: TableOptions,
): void {
  const { keep = makeAnew } = canvas;
  const { clusters } = model.inventory;
  const choice = columnsFor(view.columns, allColumns, clusters.length);
  const plan = planOf(keep, view, rect.width, choice);
  const end = rect.x + rect.width;
  const own = ownPathOf(model.inventory).parts;
  let { y } = rect;
  if (options.header && rect.height > 1) {
    paintTitles(canvas, rect, view, plan, options.sort);
    y += 1;
  }
  const bottom = rect.y + rect.height;
  if (rows.length === 0 && y < bottom) {
    paintEmpty(canvas, { ...rect, y }, options.empty);
    y += 1;
  }
  for (let index = options.top; y < bottom; index += 1, y += 1) {
    const row = rows.at(index);
    if (row)
      paintLine(canvas, { ...rect, y }, model, view, row, {
        parts: partsOf(row, model.now),
        selected: options.focused && row.ref === options.selected,
        marked: options.marks?.has(row.ref) === true,
        own: own.has(row.ref),
        plan,
        tick: hasSeries(plan) ? model.tick(row.ref) : 0,
        top: options.top,
      });
    else blank(canvas, rect.x, y, end);
  }
}

const UNSORTED: readonly SortedBy[] = [];

/** Which columns are shown, and where. */
export const planOf = (
  keep: Keep,
  view: BoundView,
  width: number,
  choice: ColumnChoice,
): ColumnPlan =>
  keep(`plan ${view.id}`, [view.columns, width, choice.columns, choice.offset], () =>
    planColumns(view.columns, width, choice),
  );

/** Some of its cells are drawn from the past. */
export const hasSeries = ({ placed }: ColumnPlan): boolean =>
  placed.some(({ column }) => column.series !== undefined);

/** What the cells of a row are made of besides the time that they tell; of when it was read they tell the age alone. */
export const partsOf = (row: BoundRow, now: EpochMs): readonly unknown[] => [
  row.identity ?? row,
  age(row.at, now),
  row.sign,
  row.stale,
];

/** What the cells of a line are made of. */
export type LineParts = {
  readonly parts: readonly unknown[];
  readonly selected: boolean;
  readonly marked: boolean;
  /** The user's own session runs through it. */
  readonly own: boolean;
  readonly plan: ColumnPlan;
  /** The number of the newest sample, where some cells are drawn from the past. */
  readonly tick: number;
  /** The first row in sight. */
  readonly top: number;
};

/** Paints a row into the first line of an area. */
export function paintLine(
  canvas: Canvas,
  rect: Rect,
  model: Model,
  view: BoundView,
  row: BoundRow,
  { parts, selected, marked, own, plan, tick, top }: LineParts,
): void {
  const { x, y, width } = rect;
  const { ref } = row;
  canvas.spots?.add({ x, y, width, height: 1 }, { kind: 'thing', ref, top });
  const inputs = [...parts, marked, own, plan, canvas.tones, tick];
  // What the selection leaves is as it was before.
  const name = `row ${view.id} ${ref}${selected ? ' selected' : ''}`;
  paintKept(canvas, rect, name, inputs, () => {
    const present = atPresent(row, model.now);
    paintRow(canvas, x, y, x + width, model, present, plan.placed, { selected, marked, own });
  });
}

/** Paints the titles into the first line of an area; with an order, even an empty one, a click on one sorts by it. */
export function paintTitles(
  canvas: Canvas,
  rect: Rect,
  view: BoundView,
  plan: ColumnPlan,
  sort?: readonly SortedBy[],
): void {
  const inputs = [plan, canvas.tones, sort ?? UNSORTED];
  paintKept(canvas, rect, `titles ${view.id}`, inputs, () =>
    paintHeader(canvas, rect, plan, sort ?? UNSORTED),
  );
  if (sort !== undefined) addColumnSpots(canvas, rect, plan);
}

/** Says why there are no rows in the first line of an area. */
export function paintEmpty(canvas: Canvas, { x, y, width }: Rect, text: string): void {
  blank(canvas, x, y, x + width);
  write(canvas, x + LEAD + 1, y, text, 'muted', x + width);
}

/** Paints a line of a table, or puts it where it is now, as it was when its inputs were the same. */
function paintKept(
  canvas: Canvas,
  { x, y, width }: Rect,
  name: string,
  inputs: readonly unknown[],
  paint: () => void,
): void {
  const { buffer, keep } = canvas;
  if (!keep) {
    paint();
    return;
  }
  let isPainted = false;
  const cells = keep(name, inputs, () => {
    paint();
    isPainted = true;
    return buffer.cells(x, y, width);
  });
  if (!isPainted) buffer.putCells(x, y, cells);
}

function paintHeader(
  canvas: Canvas,
  rect: Rect,
  { placed }: ColumnPlan,
  sort: readonly SortedBy[],
): void {
  const end = rect.x + rect.width;
  blank(canvas, rect.x, rect.y, end);
  for (const { column, x, width } of placed) {
    const place = sort.findIndex((key) => key.column === column.id);
    const key = sort[place];
    const tone = place === 0 ? 'accent' : 'muted';
    const at = rect.x + x;
    write(canvas, at, rect.y, cell(column.title, width, column.align), tone, end);
    if (!key) continue;
    // Beside the title: in its own cell where there is room, else in the gap between two columns.
    const title = Math.min(width, textWidth(column.title));
    const beside =
      column.align === 'right' ? at + width - title - 1 : Math.min(at + title, end - 1);
    write(canvas, beside, rect.y, key.descending ? '▾' : '▴', tone, end);
  }
}

/** Titles that are sorted by when they are clicked. */
function addColumnSpots({ spots }: Canvas, { x: left, y }: Rect, { placed }: ColumnPlan): void {
  for (const { column, x, width } of placed)
    if (column.series === undefined)
      spots?.add({ x: left + x, y, width, height: 1 }, { kind: 'column', column: column.id });
}

function paintRow(
  canvas: Canvas,
  left: number,
  y: number,
  end: number,
  model: Model,
  row: BoundRow,
  placed: readonly PlacedColumn[],
  { selected, marked, own }: Pick<LineParts, 'selected' | 'marked' | 'own'>,
): void {
  const inverse = selected ? { inverse: true } : {};
  const { stale } = row;
  const change = stale ? { ...inverse, dim: true } : inverse;
  blank(canvas, left, y, end, inverse);
  // Trouble is worth more than the own path, which then has the place before it.
  const isWell = own && row.sign === 'ok';
  const lead = marked ? '*' : selected ? '>' : own && !isWell ? OWN_SIGN : ' ';
  write(canvas, left, y, lead, marked || lead === OWN_SIGN ? 'accent' : 'plain', end, inverse);
  if (isWell) write(canvas, left + 1, y, OWN_SIGN, 'accent', end, inverse);
  else
    write(canvas, left + 1, y, SIGNS[row.sign], SIGN_TONES[row.sign], end, {
      ...SIGN_CHANGES[row.sign],
      ...inverse,
    });
  for (const { column, index, width, x } of placed) {
    const own = row.tone(index);
    const isSpark = column.series !== undefined;
    const text = isSpark
      ? percentSpark(model, row.ref, column.series ?? '', width)
      : cell(row.text(index), width, column.align);
    const tone = isSpark && own === 'plain' ? 'accent' : own;
    write(canvas, left + x, y, text, stale && tone === 'plain' ? 'stale' : tone, end, change);
  }
}
