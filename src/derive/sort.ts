import type { EpochMs } from '../domain/time.ts';
import type { Column } from '../domain/view.ts';

export type SortValue = string | number | null;

/** One of the values that rows are ordered by; the first that differs decides. */
export type SortKey<Row> = {
  readonly value: (row: Row) => SortValue;
  readonly descending?: boolean;
};

/** A column by its id. */
export type ColumnOrder = { readonly id: string; readonly descending?: boolean };

/** Digits compare as numbers: `web2` before `web10`. Without regard to case. */
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** The rows in order; rows that are equal keep theirs. What is not known comes last in both directions. */
export function sortRows<Row>(rows: readonly Row[], keys: readonly SortKey<Row>[]): readonly Row[] {
  if (keys.length === 0) return rows;
  const entries = rows.map((row) => ({ row, values: keys.map(({ value }) => value(row)) }));
  entries.sort((a, b) => {
    for (const [index, { descending }] of keys.entries()) {
      const order = compare(a.values[index] ?? null, b.values[index] ?? null, descending === true);
      if (order !== 0) return order;
    }
    return 0;
  });
  return entries.map(({ row }) => row);
}

/** The rows in the order of columns' values; an id that no column has is left out. */
export const sortByColumns = <Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  order: readonly ColumnOrder[],
  now: EpochMs,
): readonly Row[] =>
  sortRows(
    rows,
    order.flatMap(({ id, descending }) => {
      const column = columns.find((candidate) => candidate.id === id);
      if (!column) return [];
      const value = column.value ?? column.text;
      return [{ value: (row: Row) => value(row, now), descending: descending === true }];
    }),
  );

function compare(a: SortValue, b: SortValue, descending: boolean): number {
  const isUnknown = (value: SortValue): boolean =>
    value === null || (typeof value === 'number' && Number.isNaN(value));
  if (isUnknown(a) || isUnknown(b)) return Number(isUnknown(a)) - Number(isUnknown(b));
  const order =
    typeof a === 'number' && typeof b === 'number'
      ? a < b
        ? -1
        : Number(a > b)
      : collator.compare(String(a), String(b));
  return descending ? -order : order;
}
