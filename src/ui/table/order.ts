import type { FilterRow } from '../../derive/filter.ts';
import type { Ref } from '../../domain/ref.ts';
import type { BoundColumn, BoundRow } from '../../domain/view.ts';
import { SIGN_RANK } from '../tones.ts';
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

/**
 * How much of the order may change.
 * - `free`: everything finds its place
 * - `calm`: rows come and go, those that are there keep their place
 * - `frozen`: no row comes, goes or moves; only its cells are new
 */
export type Motion = 'free' | 'calm' | 'frozen';

/** The order of one table, kept from one time to the next. */
export type Order = {
  readonly update: (rows: readonly BoundRow[], shape: Shape, motion: Motion) => readonly BoundRow[];
  readonly has: (ref: Ref) => boolean;
};

type Entry = {
  row: BoundRow;
  identity: unknown;
  /** Place in the view's own order. */
  index: number;
  rank: number;
  keys: readonly Sortable[];
  /** Its cells in one text, while there is a filter. */
  text: string | null;
  matched: boolean;
  shown: boolean;
  /** It has to find its place anew. */
  moved: boolean;
  /** The last update that had it. */
  seen: number;
};

const FAULTS = SIGN_RANK.ok;
/** With more rows than this share on the move, sorting all of them is cheaper. */
const MOST_MOVED = 0.25;
const FEW = 8;

/**
 * Keeps filter and order of rows by their references. A cell is asked for only when its row is new or has changed, and
 * then only what the filter or the sort needs; rows that moved are put in by binary search.
 */
export function createOrder(): Order {
  const entries = new Map<Ref, Entry>();
  let list: readonly Entry[] = [];
  let last: Shape | null = null;
  let update = 0;
  let seen = 0;

  const renew = (rows: readonly BoundRow[]): void => {
    for (const row of rows) {
      const entry = entries.get(row.ref);
      if (entry) entry.row = row;
    }
  };

  /** Takes the rows in; returns those that must find a place. */
  const take = (rows: readonly BoundRow[], shape: Shape, calm: boolean): readonly Entry[] => {
    const reader = createReader(shape);
    const refilter = shape.matches !== last?.matches || shape.columns !== last.columns;
    const resort = shape.sort !== last?.sort || shape.columns !== last.columns;
    const movers: Entry[] = [];
    let furthest = -1;
    for (const [index, row] of rows.entries()) {
      const known = entries.get(row.ref);
      if (known?.seen === update) continue;
      const entry = known ?? createEntry(row, index);
      if (!known) entries.set(row.ref, entry);
      entry.seen = update;
      seen += 1;
      entry.row = row;
      if (known && calm) continue;
      const before = { rank: entry.rank, shown: entry.shown };
      const changed = !known || row.identity === undefined || row.identity !== entry.identity;
      if (changed) entry.text = null;
      if (changed || refilter) entry.matched = reader.matches(entry);
      const keys = changed || resort ? reader.keys(row) : entry.keys;
      entry.identity = row.identity;
      entry.rank = SIGN_RANK[row.sign];
      entry.shown = entry.matched && !(shape.faultsOnly && entry.rank >= FAULTS);
      entry.moved =
        !known ||
        entry.index <= furthest ||
        entry.rank !== before.rank ||
        entry.shown !== before.shown ||
        (keys !== entry.keys && keys.some((key, at) => key !== entry.keys[at]));
      furthest = Math.max(furthest, entry.index);
      entry.index = index;
      entry.keys = keys;
      if (entry.moved) movers.push(entry);
    }
    return movers;
  };

  const dropGone = (): void => {
    for (const [ref, entry] of entries) if (entry.seen !== update) entries.delete(ref);
  };

  return {
    has: (ref) => entries.has(ref),
    update: (rows, shape, motion) => {
      const reshaped = shape !== last;
      if (!reshaped && motion === 'frozen') {
        renew(rows);
        return list.map(({ row }) => row);
      }
      const resort = last === null || shape.sort !== last.sort || shape.columns !== last.columns;
      update += 1;
      seen = 0;
      const movers = take(rows, shape, !reshaped && motion === 'calm');
      const someGone = entries.size > seen;
      if (someGone) dropGone();
      last = shape;
      if (resort || movers.length > Math.max(FEW, entries.size * MOST_MOVED))
        list = [...entries.values()].filter(({ shown }) => shown).toSorted(comparing(shape));
      else if (movers.length > 0 || someGone)
        list = insertSorted(
          list.filter((entry) => entry.seen === update && !entry.moved),
          movers.filter(({ shown }) => shown),
          comparing(shape),
        );
      for (const entry of movers) entry.moved = false;
      return list.map(({ row }) => row);
    },
  };
}

const createEntry = (row: BoundRow, index: number): Entry => ({
  row,
  identity: undefined,
  index,
  rank: Number.NaN,
  keys: [],
  text: null,
  matched: true,
  shown: false,
  moved: true,
  seen: 0,
});

/** What of a row the shape needs to know. */
function createReader({ columns, matches, sort }: Shape) {
  const places = new Map(columns.map(({ id }, index) => [id, index]));
  return {
    keys: (row: BoundRow): readonly Sortable[] =>
      sort.map(({ index }) => sortable(row.value(index))),
    matches: (entry: Entry): boolean => {
      if (matches === null) {
        entry.text = null;
        return true;
      }
      const { row } = entry;
      entry.text ??= columns.map((_, index) => row.text(index)).join(' ');
      return matches({
        text: entry.text,
        field: (name) => {
          const index = places.get(name);
          return index === undefined ? null : row.value(index);
        },
      });
    },
  };
}

const comparing =
  ({ sort }: Shape) =>
  (a: Entry, b: Entry): number => {
    for (const [at, { descending }] of sort.entries()) {
      const order = compareSortable(a.keys[at] ?? null, b.keys[at] ?? null, descending);
      if (order !== 0) return order;
    }
    return a.rank - b.rank || a.index - b.index;
  };

/** Puts items into a sorted list; only where they belong is searched. */
export function insertSorted<T>(
  list: readonly T[],
  items: readonly T[],
  compare: (a: T, b: T) => number,
): readonly T[] {
  if (items.length === 0) return list;
  const out: T[] = [];
  let from = 0;
  for (const item of items.toSorted(compare)) {
    let low = from;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = list[middle];
      if (other !== undefined && compare(other, item) <= 0) low = middle + 1;
      else high = middle;
    }
    for (; from < low; from += 1) {
      const present = list[from];
      if (present !== undefined) out.push(present);
    }
    out.push(item);
  }
  for (; from < list.length; from += 1) {
    const present = list[from];
    if (present !== undefined) out.push(present);
  }
  return out;
}
