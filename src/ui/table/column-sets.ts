import { sameList } from '../../domain/same-parts.ts';
import type { BoundColumn } from '../../domain/view.ts';
import { allColumns, columnsFor, scrollOffset } from '../paint/columns.ts';
import type { ColumnChoice } from '../paint/columns.ts';
import { columnLetters } from './sorting.ts';

/** All columns in full width behind the name, or back to those that fit. */
export const toggleWide = (choice: ColumnChoice): ColumnChoice => ({
  ...choice,
  offset: choice.offset === null ? 0 : null,
});

/** Scrolls by columns; a table that does not scroll yet begins to. `width` is that of the table, without its frame. */
export const scrollColumns = (
  choice: ColumnChoice,
  columns: readonly BoundColumn[],
  width: number,
  step: number,
): ColumnChoice => ({ ...choice, offset: scrollOffset(columns, width, choice, step) });

/**
 * Shows or hides a column. One that is shown again takes its place in the view's order; the last one stays, and those
 * that are shown without a choice are the same as none.
 */
export function toggleColumn(
  choice: ColumnChoice,
  columns: readonly BoundColumn[],
  id: string,
  clusters: number,
): ColumnChoice {
  const ids = columns.map((column) => column.id);
  const own = columnsFor(columns, allColumns, clusters).columns ?? ids;
  const present = choice.columns ?? own;
  const next = present.includes(id)
    ? present.filter((other) => other !== id)
    : insertInOrder(present, id, ids);
  if (next.length === 0) return choice;
  const isAll = sameList(next, own);
  return { ...choice, columns: isAll ? null : next };
}

function insertInOrder(present: readonly string[], id: string, ids: readonly string[]) {
  const place = ids.indexOf(id);
  if (place < 0) return present;
  const before = present.findLastIndex((other) => ids.indexOf(other) < place);
  return present.toSpliced(before + 1, 0, id);
}

/** A line of the column menu. */
export type ColumnOption = {
  readonly column: string;
  readonly letter: string;
  readonly title: string;
  readonly isShown: boolean;
};

/** Every column of a view with its letter, for choosing. */
export function columnOptions(
  columns: readonly Pick<BoundColumn, 'id' | 'title'>[],
  choice: ColumnChoice,
): readonly ColumnOption[] {
  const letters = columnLetters(columns);
  return columns.map(({ id, title }, index) => ({
    column: id,
    title,
    letter: letters[index] ?? '',
    isShown: choice.columns === null || choice.columns.includes(id),
  }));
}
