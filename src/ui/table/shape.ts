import type { FilterColumns, FilterRow } from '../../derive/filter.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { BoundColumn, BoundRow } from '../../domain/view.ts';
import { compareSortable, sortable } from './sorting.ts';
import type { Sortable } from './sorting.ts';

/** Which rows are shown, and in what order. The same object as long as nothing in it changed. */
export type Shape = {
  readonly columns: readonly BoundColumn[];
  /** null shows every row. */
  readonly matches: ((row: FilterRow) => boolean) | null;
  readonly faultsOnly: boolean;
  /** Places of columns; empty is faults first, then the order of the rows. */
  readonly sort: readonly { readonly index: number; readonly descending: boolean }[];
};

/** The keys of what is not sorted. */
export const NO_KEYS: readonly Sortable[] = [];

/** The values that a shape sorts by, ready to be compared. */
export const keysOf = ({ sort, columns }: Shape, row: BoundRow): readonly Sortable[] =>
  sort.length === 0
    ? NO_KEYS
    : sort.map(({ index }) => {
        const key = sortable(row.value(index));
        // What is longest is what began first.
        return columns[index]?.unit === 'since' && typeof key === 'number' ? -key : key;
      });

/** Whether both are the same values. */
export const sameKeys = (a: readonly Sortable[], b: readonly Sortable[]): boolean =>
  a === b || a.every((key, at) => key === b[at]);

/** The order of two rows by their values alone; 0 when these decide nothing. */
export function compareKeys(
  { sort }: Shape,
  a: readonly Sortable[],
  b: readonly Sortable[],
): number {
  // Without an iterator: this is asked a million times to sort a long list.
  for (let at = 0; at < sort.length; at += 1) {
    const order = compareSortable(a[at] ?? null, b[at] ?? null, sort[at]?.descending === true);
    if (order !== 0) return order;
  }
  return 0;
}

/**
 * The cells of a row in one text, as a filter reads them. Spans of time that a column tells are no part of it: `5m` would
 * find a row for a minute, and `age>5m` compares them.
 */
export const textOf = ({ columns }: Pick<Shape, 'columns'>, row: BoundRow): string =>
  columns
    .flatMap(({ unit }, index) => (unit === 'since' || unit === 'until' ? [] : [row.text(index)]))
    .join(' ');

/** The columns by what a filter may call them: their ids and, as far as these leave them free, their titles. */
export const fieldsOf = (columns: Shape['columns']): ReadonlyMap<string, number> =>
  new Map([
    ...columns
      .map(({ title }, index) => [title.toLowerCase().replaceAll(' ', ''), index] as const)
      .toReversed(),
    ...columns.map(({ id }, index) => [id, index] as const),
  ]);

/** The columns as a filter knows them. */
export const filterColumns = (columns: Shape['columns']): FilterColumns =>
  new Map([...fieldsOf(columns)].map(([name, index]) => [name, columns[index]?.unit]));

/** Asks the shape's filter about rows. */
export function createMatcher({
  columns,
  matches,
}: Pick<Shape, 'columns' | 'matches'>):
  | ((row: BoundRow, text: string, now: EpochMs) => boolean)
  | null {
  if (matches === null) return null;
  const places = fieldsOf(columns);
  return (row, text, now) =>
    matches({
      text,
      now,
      field: (name) => {
        const index = places.get(name);
        return index === undefined ? null : row.value(index);
      },
    });
}
