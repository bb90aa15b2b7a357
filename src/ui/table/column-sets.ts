import type { BoundColumn } from '../../domain/view.ts';
import { allColumns, scrollOffset } from '../paint/columns.ts';
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
 * Shows or hides a column. One that is shown again takes its place in the view's order; the last one stays, and all
 * of them together are the same as no choice.
 */
export function toggleColumn(
  choice: ColumnChoice,
  columns: readonly Pick<BoundColumn, 'id'>[],
  id: string,
): ColumnChoice {
  const ids = columns.map((column) => column.id);
  const present = choice.columns ?? ids;
  const next = present.includes(id)
    ? present.filter((other) => other !== id)
    : insertInOrder(present, id, ids);
  if (next.length === 0) return choice;
  const isAll = next.length === ids.length && next.every((other, index) => other === ids[index]);
  return { ...choice, columns: isAll ? null : next };
}

function insertInOrder(present: readonly string[], id: string, ids: readonly string[]) {
  const place = ids.indexOf(id);
  if (place < 0) return present;
  const before = present.findLastIndex((other) => ids.indexOf(other) < place);
  return present.toSpliced(before + 1, 0, id);
}

/** The choice of the configuration, and what is wrong with it; ids that the view does not have are left out. */
export function readColumns(
  view: { readonly id: string; readonly columns: readonly Pick<BoundColumn, 'id'>[] },
  wanted: readonly string[],
): { readonly choice: ColumnChoice; readonly complaints: readonly string[] } {
  const ids = view.columns.map(({ id }) => id);
  const known = [...new Set(wanted.filter((id) => ids.includes(id)))];
  return {
    choice: known.length === 0 ? allColumns : { ...allColumns, columns: known },
    complaints: wanted
      .filter((id) => !ids.includes(id))
      .map((id) => `${view.id} has no column ${id}; it has ${ids.join(', ')}`),
  };
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
