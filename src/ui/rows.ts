import { compileFilter } from '../derive/filter.ts';
import type { Inventory } from '../domain/inventory.ts';
import { changesIn, lasting } from '../domain/lasting.ts';
import type { Ref } from '../domain/ref.ts';
import type { EpochMs } from '../domain/time.ts';
import type { BoundRow, BoundView, DetailBlock } from '../domain/view.ts';
import type { Model } from './model.ts';
import { rowOf } from './table/row-list.ts';
import type { RowList } from './table/row-list.ts';
import { createRowSet } from './table/row-set.ts';
import type { Feed, Limit, Motion, RowSet, Working } from './table/row-set.ts';
import { filterColumns } from './table/shape.ts';
import type { Shape } from './table/shape.ts';
import { defaultSort } from './table/sorting.ts';
import type { SortState } from './table/sorting.ts';

/**
 * The rows of a view as they are shown: filtered and sorted. `rows` is the same object as long as nothing in it changed
 * but time; who draws a row binds it to the present (`atPresent`).
 */
export type ShownRows = {
  readonly rows: RowList;
  readonly total: number;
  /** Why the filter is not applied, with the position of the fault. */
  readonly filterError: string | null;
  /** Whether the view has that row, shown or not. */
  readonly has?: (ref: Ref) => boolean;
  /** The rows are still those of before: what is being done about it. */
  readonly working?: Working | null;
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

/** How a long list is worked on beside everything else. */
export type RowWork = {
  /** Runs it in a later turn of the event loop, when what waits there has had its turn. */
  readonly later: (run: () => void) => void;
  /** Milliseconds on a clock that never goes back. */
  readonly clock: () => number;
  /** Called when rows, or the word on how far they are, have changed. */
  readonly onChange: () => void;
};

/** What a view has, unsorted. */
type Source = {
  readonly view: BoundView;
  readonly parts: readonly unknown[];
  readonly feed: Feed;
  readonly at: EpochMs;
  /** Until then the same parts make the same rows. */
  readonly until: EpochMs;
};
type Slot = {
  readonly view: BoundView;
  readonly set: RowSet;
  filter: string;
  faultsOnly: boolean;
  sort: SortState;
  shape: Shape;
  filterError: string | null;
  /** When rows were last moved. */
  orderedAt: EpochMs;
  /** Rows may move, and what does that has not ended. */
  isMoving: boolean;
  usedAt: EpochMs;
};

/** Rows move at most so often: a list that jumps cannot be read. */
const CALM_MS = 500;
/** A list that is read as a whole and is larger than this is not even read more often. */
const LARGE = 2000;
/** From here on the pause grows with the list, so that reading it takes the same share of the time. */
const HUGE = 20_000;
/** A table that was left keeps its order, and the texts that its filter read, for so long. */
const FORGET_MS = 10_000;
/** Rows are made anew after this, even if nothing tells of a change. */
const LOOK_AGAIN_MS = 60_000;

/** Up to here everything is done in the turn in which it is asked for. */
const AT_ONCE = 2000;
/** So much of a longer list is looked at in one turn: a key that comes then waits no longer. */
const SLICE_ROWS = 4000;
const SLICE_MS = 2;
/** How often the word on how far it is changes. */
const WORD_MS = 100;
const NO_LIMIT: Limit = { rows: Number.POSITIVE_INFINITY, isOver: () => false };

/**
 * Makes and keeps the rows of each view. The work depends on what has changed, not on how many rows there are: nothing
 * at all when only time has passed and no answer has become stale by it. What has to be made anew for a long list is
 * made in slices, when nothing else waits; without `work` everything is done at once.
 */
export function createRowCache(work?: RowWork): RowCache {
  const sources = new Map<string, Source>();
  const slots = new Map<string, Slot>();

  const feedOf = (view: BoundView, inventory: Inventory, now: EpochMs): Feed => {
    const present = sources.get(view.id);
    const parts = view.parts ? [inventory.thresholds, ...view.parts(inventory)] : [inventory];
    if (present?.view === view) {
      const isSame =
        parts.length === present.parts.length &&
        parts.every((part, index) => part === present.parts[index]);
      if (isSame && now >= present.at && now < present.until) {
        changesIn(present.until - now);
        return present.feed;
      }
      const { feed } = present;
      if ('rows' in feed && Math.abs(now - present.at) < readPause(feed.rows.length)) return feed;
    }
    const { result: feed, ms } = lasting((): Feed =>
      view.sources
        ? { sources: view.sources(inventory, now) }
        : { rows: view.rows(inventory, now) },
    );
    sources.set(view.id, {
      view,
      parts,
      feed,
      at: now,
      until: now + Math.min(ms, LOOK_AGAIN_MS),
    });
    return feed;
  };

  const slicing = work && createSlicing(work, () => [...slots.values()].map(({ set }) => set));

  return ({ inventory, now }, view, filter, faultsOnly, { sort = defaultSort, frozen } = {}) => {
    const ownKey = `${view.id} own`;
    const isShared =
      frozen === undefined && filter.trim() === '' && !faultsOnly && sort.length === 0;
    const key = isShared ? view.id : ownKey;
    if (isShared && now - (slots.get(ownKey)?.usedAt ?? now) > FORGET_MS) slots.delete(ownKey);
    let slot = slots.get(key);
    if (slot?.view !== view) slots.set(key, (slot = createSlot(view)));
    slot.usedAt = now;
    if (slot.filter !== filter || slot.faultsOnly !== faultsOnly || !sameSort(slot.sort, sort))
      reshape(slot, filter, faultsOnly, sort);
    const { set } = slot;
    const motion = motionOf(slot, frozen === true, now);
    set.update(feedOf(view, inventory, now), slot.shape, motion, now);
    slot.isMoving = motion === 'free' && set.isBusy();
    if (set.isBusy()) {
      if (motion === 'free') slot.orderedAt = now;
      if (slicing && set.total() > AT_ONCE) slicing();
      else set.work(NO_LIMIT);
    }
    return {
      rows: set.rows(),
      total: set.total(),
      filterError: slot.filterError,
      has: set.has,
      working: set.working(),
    };
  };
}

/** Works on the sets slice by slice as long as one of them is busy. */
function createSlicing(
  { later, clock, onChange }: RowWork,
  sets: () => readonly RowSet[],
): () => void {
  let isQueued = false;
  /** Something is different from what was told last. */
  let isNews = false;
  let toldAt = Number.NEGATIVE_INFINITY;

  const queue = (): void => {
    if (isQueued) return;
    isQueued = true;
    later(slice);
  };
  function slice(): void {
    isQueued = false;
    const end = clock() + SLICE_MS;
    const limit: Limit = { rows: SLICE_ROWS, isOver: () => clock() >= end };
    for (const set of sets()) {
      if (limit.rows <= 0 || !set.isBusy()) continue;
      const before = set.rows();
      isNews ||= set.working() !== null;
      set.work(limit);
      isNews ||= set.rows() !== before;
    }
    const isBusy = sets().some((set) => set.isBusy());
    if (isBusy) queue();
    if (!isNews || (isBusy && clock() - toldAt < WORD_MS)) return;
    isNews = false;
    toldAt = clock();
    onChange();
  }
  return queue;
}

const createSlot = (view: BoundView): Slot => ({
  view,
  set: createRowSet(),
  filter: '',
  faultsOnly: false,
  sort: defaultSort,
  shape: { columns: view.columns, matches: null, faultsOnly: false, sort: [] },
  filterError: null,
  orderedAt: Number.NEGATIVE_INFINITY,
  isMoving: false,
  usedAt: 0,
});

/** Whoever looks at rows that are about to move does not keep them from it. */
function motionOf({ set, isMoving, orderedAt }: Slot, isFrozen: boolean, now: EpochMs): Motion {
  if (isFrozen) return 'frozen';
  const isCalm = Math.abs(now - orderedAt) < CALM_MS && !(isMoving && set.isBusy());
  return isCalm ? 'calm' : 'free';
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

/** What has not changed in the shape keeps its object, so that only what depends on the change is made anew. */
function reshape(slot: Slot, filter: string, faultsOnly: boolean, sort: SortState): void {
  const { view, shape } = slot;
  const isSameFilter = filter === slot.filter;
  const compiled =
    isSameFilter || filter.trim() === ''
      ? null
      : compileFilter(filter, filterColumns(view.columns));
  if (!isSameFilter)
    slot.filterError =
      compiled !== null && 'error' in compiled
        ? `${compiled.error} (character ${compiled.position + 1})`
        : null;
  slot.shape = {
    columns: view.columns,
    faultsOnly,
    matches: isSameFilter
      ? shape.matches
      : compiled !== null && 'matches' in compiled
        ? compiled.matches
        : null,
    sort: sameSort(sort, slot.sort)
      ? shape.sort
      : sort.flatMap(({ column, descending }) => {
          const index = view.columns.findIndex(({ id }) => id === column);
          return index < 0 ? [] : [{ index, descending }];
        }),
  };
  slot.filter = filter;
  slot.faultsOnly = faultsOnly;
  slot.sort = sort;
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
