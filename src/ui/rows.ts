import { compileFilter } from '../derive/filter.ts';
import type { Inventory } from '../domain/inventory.ts';
import { changesIn, lasting } from '../domain/lasting.ts';
import type { Ref } from '../domain/ref.ts';
import type { EpochMs } from '../domain/time.ts';
import type { BoundRow, BoundView, DetailBlock } from '../domain/view.ts';
import type { Model } from './model.ts';
import { createOrder } from './table/order.ts';
import type { Motion, Order, Shape } from './table/order.ts';
import { rowOf } from './table/row-list.ts';
import type { RowList } from './table/row-list.ts';
import { defaultSort } from './table/sorting.ts';
import type { SortState } from './table/sorting.ts';

/**
 * The rows of a view as they are shown: filtered and sorted. The same array as long as nothing in it changed but time;
 * who draws a row binds it to the present (`rebind`).
 */
export type ShownRows = {
  readonly rows: RowList;
  readonly total: number;
  /** Why the filter is not applied, with the position of the fault. */
  readonly filterError: string | null;
  /** Whether the view has that row, shown or not. */
  readonly has?: (ref: Ref) => boolean;
};

export type RowOptions = {
  readonly sort?: SortState;
  /**
   * true while a dialog is open: no row comes, goes or moves beneath it. A table that says so, or says that it is not,
   * has an order of its own; without it the order is shared by all who only look.
   */
  readonly frozen?: boolean;
};

export type RowCache = (
  model: Pick<Model, 'inventory' | 'now'>,
  view: BoundView,
  filter: string,
  faultsOnly: boolean,
  options?: RowOptions,
) => ShownRows;

/** What a view has, unsorted. */
type Source = {
  readonly view: BoundView;
  readonly parts: readonly unknown[];
  readonly rows: readonly BoundRow[];
  readonly at: EpochMs;
  /** Until then the same parts make the same rows. */
  readonly until: EpochMs;
};
type Slot = {
  readonly order: Order;
  readonly source: Source;
  readonly filter: string;
  readonly faultsOnly: boolean;
  readonly sort: SortState;
  readonly shape: Shape;
  readonly shown: ShownRows;
  /** When rows were last moved. */
  readonly orderedAt: EpochMs;
  /** Something may be out of its place. */
  readonly pending: boolean;
  usedAt: EpochMs;
};

/** Rows move at most so often: a list that jumps cannot be read. */
const CALM_MS = 500;
/** A list that is larger than this is not even read more often. */
const LARGE = 2000;
/** From here on the pause grows with the list, so that reading it takes the same share of the time. */
const HUGE = 20_000;
/** A table that was left keeps its order, and the texts that its filter read, for so long. */
const FORGET_MS = 10_000;
/** Rows are made anew after this, even if nothing tells of a change. */
const LOOK_AGAIN_MS = 60_000;

/**
 * Makes and keeps the rows of each view. The work depends on what has changed, not on how many rows there are: nothing
 * at all when only time has passed and no answer has become stale by it.
 */
export function createRowCache(): RowCache {
  const sources = new Map<string, Source>();
  const slots = new Map<string, Slot>();

  const sourceOf = (view: BoundView, inventory: Inventory, now: EpochMs): Source => {
    const present = sources.get(view.id);
    const parts = view.parts?.(inventory) ?? [inventory];
    if (present?.view === view) {
      const isSame =
        parts.length === present.parts.length &&
        parts.every((part, index) => part === present.parts[index]);
      if (isSame && now >= present.at && now < present.until) {
        changesIn(present.until - now);
        return present;
      }
      if (Math.abs(now - present.at) < readPause(present.rows.length)) return present;
    }
    const { result: rows, ms } = lasting(() => view.rows(inventory, now));
    const source = { view, parts, rows, at: now, until: now + Math.min(ms, LOOK_AGAIN_MS) };
    sources.set(view.id, source);
    return source;
  };

  return ({ inventory, now }, view, filter, faultsOnly, { sort = defaultSort, frozen } = {}) => {
    const source = sourceOf(view, inventory, now);
    const ownKey = `${view.id} own`;
    const isShared =
      frozen === undefined && filter.trim() === '' && !faultsOnly && sort.length === 0;
    const key = isShared ? view.id : ownKey;
    if (isShared && now - (slots.get(ownKey)?.usedAt ?? now) > FORGET_MS) slots.delete(ownKey);
    const before = slots.get(key);
    const slot = before?.source.view === view ? before : undefined;
    if (slot) slot.usedAt = now;
    const sameShape =
      slot?.filter === filter && slot.faultsOnly === faultsOnly && sameSort(slot.sort, sort);
    const motion: Motion =
      frozen === true
        ? 'frozen'
        : slot && Math.abs(now - slot.orderedAt) < CALM_MS
          ? 'calm'
          : 'free';
    if (slot && sameShape && slot.source === source && (!slot.pending || motion !== 'free'))
      return slot.shown;
    const { shape, error } = sameShape
      ? { shape: slot.shape, error: slot.shown.filterError }
      : makeShape(view, filter, faultsOnly, sort, slot?.shape);
    const order = slot?.order ?? createOrder();
    const rows = order.update(source.rows, shape, motion);
    const moved = !sameShape || motion === 'free';
    const shown = { rows, total: source.rows.length, filterError: error, has: order.has };
    slots.set(key, {
      order,
      source,
      filter,
      faultsOnly,
      sort,
      shape,
      shown,
      orderedAt: moved ? now : slot.orderedAt,
      pending: !moved,
      usedAt: now,
    });
    return shown;
  };
}

const readPause = (count: number): number =>
  count <= LARGE ? 0 : CALM_MS * Math.max(1, count / HUGE);

const sameSort = (a: SortState, b: SortState): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every(
      ({ column, descending }, index) =>
        column === b[index]?.column && descending === b[index].descending,
    ));

/** What has not changed in it keeps its object, so that only what depends on the change is made anew. */
function makeShape(
  view: BoundView,
  filter: string,
  faultsOnly: boolean,
  sort: SortState,
  before: Shape | undefined,
): { readonly shape: Shape; readonly error: string | null } {
  const compiled = filter.trim() === '' ? null : compileFilter(filter);
  const wanted = sort.flatMap(({ column, descending }) => {
    const index = view.columns.findIndex(({ id }) => id === column);
    return index < 0 ? [] : [{ index, descending }];
  });
  const isSame =
    before?.sort.length === wanted.length &&
    wanted.every(
      ({ index, descending }, at) =>
        before.sort[at]?.index === index && before.sort[at].descending === descending,
    );
  return {
    shape: {
      columns: view.columns,
      faultsOnly,
      matches: compiled !== null && 'matches' in compiled ? compiled.matches : null,
      sort: isSame && before ? before.sort : wanted,
    },
    error:
      compiled !== null && 'error' in compiled
        ? `${compiled.error} (character ${compiled.position + 1})`
        : null,
  };
}

/** The detail of a shown row, without reading the view's other rows; null when it is not shown. */
export function rowDetail(
  rows: RowList,
  ref: Ref,
  { inventory, now }: Pick<Model, 'inventory' | 'now'>,
): readonly DetailBlock[] | null {
  return atPresent(rowOf(rows, ref), now)?.detail?.(inventory) ?? null;
}

/** The row with its cells as of now. */
export const atPresent = <Row extends BoundRow | undefined>(row: Row, now: EpochMs): Row =>
  (row?.rebind?.(now) ?? row) as Row;
