import { compileFilter } from '../../derive/filter.ts';
import type { Inventory } from '../../domain/inventory.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { BoundRow, BoundView } from '../../domain/view.ts';
import { createMatcher, filterColumns, textOf } from '../table/shape.ts';

/** Lists that are longer are not read to be counted. */
const MOST_ROWS = 20_000;

type Counted = { readonly rows: readonly BoundRow[]; readonly counts: Map<string, number | null> };
const cache = new WeakMap<Inventory, Map<string, Counted>>();

/** How many rows a view has under a filter, counted once for an inventory; null when nobody counts them. */
export function rowCount(
  view: BoundView,
  filter: string,
  inventory: Inventory,
  now: EpochMs,
): number | null {
  const views = cache.get(inventory) ?? new Map<string, Counted>();
  cache.set(inventory, views);
  let counted = views.get(view.id);
  if (!counted)
    views.set(view.id, (counted = { rows: view.rows(inventory, now), counts: new Map() }));
  const { rows, counts } = counted;
  let count = counts.get(filter);
  if (count === undefined) counts.set(filter, (count = countRows(view, rows, filter, now)));
  return count;
}

function countRows(
  { columns }: BoundView,
  rows: readonly BoundRow[],
  filter: string,
  now: EpochMs,
): number | null {
  if (filter.trim() === '') return rows.length;
  const compiled = compileFilter(filter, filterColumns(columns));
  if (rows.length > MOST_ROWS || 'error' in compiled) return null;
  const matcher = createMatcher({ columns, ...compiled });
  return rows.filter((row) => matcher?.(row, textOf({ columns }, row), now)).length;
}
