import type { BoundColumn } from '../../domain/view.ts';

/** A column with its place in the view and its width on this screen. */
export type FittedColumn = {
  readonly column: BoundColumn;
  readonly index: number;
  readonly width: number;
};

/** Which columns of a view are wanted, and how they are brought onto a screen that is too narrow for all. */
export type ColumnChoice = {
  /** Ids in their order; null for all columns of the view. */
  readonly columns: readonly string[] | null;
  /**
   * null lets columns go by their priority. A number shows all of them in full width and scrolls: so many columns are
   * hidden behind the name.
   */
  readonly offset: number | null;
};

export const allColumns: ColumnChoice = { columns: null, offset: null };

/** What is chosen of a view where nothing was: without what several clusters are needed for, unless there are some. */
export function columnsFor(
  columns: readonly BoundColumn[],
  choice: ColumnChoice,
  clusters: number,
): ColumnChoice {
  if (choice.columns !== null || clusters > 1) return choice;
  const ids = forOne(columns);
  return ids === null ? choice : { ...choice, columns: ids };
}

const ofOne = new WeakMap<readonly BoundColumn[], readonly string[] | null>();

/** The columns that are of use with one cluster; null for all. */
function forOne(columns: readonly BoundColumn[]): readonly string[] | null {
  let ids = ofOne.get(columns);
  if (ids === undefined) {
    const own = columns.filter(({ isForSeveral }) => isForSeveral !== true);
    ids = own.length === columns.length ? null : own.map(({ id }) => id);
    ofOne.set(columns, ids);
  }
  return ids;
}

/** Which part of a table that scrolls is in sight: `‹ 7 of 15 columns ›`; '' where all are. */
export const scrollText = ({ placed, hiddenLeft, hiddenRight }: ColumnPlan): string =>
  hiddenLeft + hiddenRight === 0
    ? ''
    : `${hiddenLeft > 0 ? '‹ ' : ''}${placed.length} of ${placed.length + hiddenLeft + hiddenRight} columns${hiddenRight > 0 ? ' ›' : ''}`;

/** A column that has its place on the screen. */
export type PlacedColumn = FittedColumn & { readonly x: number };

export type ColumnPlan = {
  readonly placed: readonly PlacedColumn[];
  /** Columns that are scrolled away at either side; both 0 when the table does not scroll. */
  readonly hiddenLeft: number;
  readonly hiddenRight: number;
};

/** Cells in front of the first column: the mark or the selection, the sign and a blank. */
export const LEAD = 3;
/** As wide as its title. */
const SPARK_LEAST = 6;
const GROW_LEAST = 8;
const GROW_WIDE = 32;

/** Columns with this priority and higher ones are there only where there is room. */
const WHERE_ROOM = 5;

/** The cells that a column has at least while one with that priority stands beside it. */
function fewest({ width, least, good, series, priority }: BoundColumn, beside: number): number {
  if (width !== 'grow') return series === undefined ? width : Math.min(width, SPARK_LEAST);
  if (priority >= beside) return Math.min(least ?? GROW_LEAST, GROW_LEAST);
  return (beside >= WHERE_ROOM ? good : undefined) ?? least ?? GROW_LEAST;
}

/**
 * Chooses the columns for a width: those with the highest priority number go first, `grow` columns and sparklines
 * take what is left.
 */
export function fitColumns(
  columns: readonly BoundColumn[],
  width: number,
): readonly FittedColumn[] {
  let kept = columns.map((column, index) => ({ column, index }));
  const needed = (beside: number): number =>
    kept.reduce((sum, { column }) => sum + fewest(column, beside) + 1, LEAD);
  const worst = (): number => Math.max(...kept.map(({ column }) => column.priority));
  while (kept.length > 1 && needed(worst()) > width) {
    const priority = worst();
    const last = kept.findLastIndex(({ column }) => column.priority === priority);
    kept = kept.filter((_, index) => index !== last);
  }
  // A wide column that had to go may have made room for narrow ones behind it in rank.
  for (const { column, index } of columns
    .map((column, index) => ({ column, index }))
    .toSorted((a, b) => a.column.priority - b.column.priority)) {
    const { priority } = column;
    if (
      !kept.some((entry) => entry.index === index) &&
      needed(priority) + fewest(column, priority) + 1 <= width
    )
      kept = [...kept, { column, index }].toSorted((a, b) => a.index - b.index);
  }
  const beside = worst();
  let spare = Math.max(0, width - needed(beside));
  // The column that stays longest may be wider than the screen: it is cut then.
  const room = Math.max(1, width - LEAD);
  const fitted = kept.map(({ column, index }) => ({
    column,
    index,
    width: Math.min(fewest(column, beside), room),
  }));
  for (const entry of fitted) {
    if (entry.column.series === undefined || entry.column.width === 'grow') continue;
    const more = Math.min(spare, entry.column.width - entry.width);
    entry.width += more;
    spare -= more;
  }
  shareSpare(fitted, spare);
  return fitted;
}

/** Gives what is left over to the columns that grow, cell by cell to the narrowest. */
function shareSpare(
  fitted: { readonly column: BoundColumn; width: number }[],
  spare: number,
): void {
  const growing = fitted.filter(({ column }) => column.width === 'grow');
  for (let left = spare; left > 0; left -= 1) {
    const narrowest = growing
      .filter(({ column: { most = Infinity }, width }) => width < most)
      .reduce<(typeof fitted)[number] | null>(
        (least, each) => (least === null || each.width < least.width ? each : least),
        null,
      );
    if (narrowest === null) return;
    narrowest.width += 1;
  }
}

/** The columns of the choice, in its order; ids that the view does not have are left out. */
function chosen(
  columns: readonly BoundColumn[],
  { columns: wanted }: ColumnChoice,
): readonly { readonly column: BoundColumn; readonly index: number }[] {
  const all = columns.map((column, index) => ({ column, index }));
  if (wanted === null) return all;
  const found = wanted.flatMap((id) => all.find(({ column }) => column.id === id) ?? []);
  return found.length === 0 ? all : found;
}

/** How many columns stay in front while the others scroll: up to the name. */
const pinned = (columns: readonly { readonly column: BoundColumn }[]): number => {
  const name = columns.findIndex(({ column }) => column.id === 'name');
  return name >= 0 && name <= 1 ? name + 1 : 1;
};

const fullWidth = ({ width }: BoundColumn): number => (width === 'grow' ? GROW_WIDE : width);

/** Blanks between two columns are at most so many more than one where there is room. */
const MORE_GAP = 2;

/**
 * Puts columns next to each other, a little apart where there is room; the last one stands at the right edge, and what
 * nobody wants is left before it.
 */
export function planColumns(
  columns: readonly BoundColumn[],
  width: number,
  choice: ColumnChoice = allColumns,
): ColumnPlan {
  const wanted = chosen(columns, choice);
  if (choice.offset !== null) return scrollPlan(wanted, width, choice.offset);
  const fitted = fitColumns(
    wanted.map(({ column }) => column),
    width,
  );
  const used = fitted.reduce((sum, column) => sum + column.width + 1, LEAD - 1);
  const spare = Math.max(0, width - used);
  const gap = 1 + Math.min(MORE_GAP, Math.floor(spare / Math.max(1, fitted.length - 1)));
  let x = LEAD;
  const placed = fitted.map((entry, position): PlacedColumn => {
    const isTail = position > 0 && position === fitted.length - 1;
    const at = isTail ? width - entry.width : x;
    x += entry.width + gap;
    return { ...entry, index: wanted[entry.index]?.index ?? 0, x: at };
  });
  return { placed, hiddenLeft: 0, hiddenRight: 0 };
}

function scrollPlan(wanted: ReturnType<typeof chosen>, width: number, offset: number): ColumnPlan {
  const front = Math.min(pinned(wanted), wanted.length);
  const skipped = Math.max(0, Math.min(offset, lastSkip(wanted, width)));
  const order = [...wanted.slice(0, front), ...wanted.slice(front + skipped)];
  const fitted: { column: BoundColumn; index: number; width: number }[] = [];
  let used = LEAD;
  for (const { column, index } of order) {
    const full = fullWidth(column);
    // A column that is too wide for any screen like this is cut, but it can be reached.
    const isFirstBehind = fitted.length === front;
    const room = width - used;
    if (full > room && fitted.length > 0 && !(isFirstBehind && room >= GROW_LEAST)) break;
    fitted.push({ column, index, width: Math.max(1, Math.min(full, room)) });
    used += full + 1;
  }
  shareSpare(fitted, Math.max(0, width - used + 1));
  let x = LEAD;
  const placed = fitted.map((entry): PlacedColumn => {
    const at = x;
    x += entry.width + 1;
    return { ...entry, x: at };
  });
  return { placed, hiddenLeft: skipped, hiddenRight: order.length - fitted.length };
}

/** How far a table scrolls at most: so that everything from there on fits. */
function lastSkip(wanted: ReturnType<typeof chosen>, width: number): number {
  const front = Math.min(pinned(wanted), wanted.length);
  const head = wanted
    .slice(0, front)
    .reduce((sum, { column }) => sum + fullWidth(column) + 1, LEAD);
  let room = width - head;
  let fits = 0;
  for (const { column } of wanted.slice(front).toReversed()) {
    room -= fullWidth(column) + (fits === 0 ? 0 : 1);
    if (room < 0) break;
    fits += 1;
  }
  return Math.max(0, wanted.length - front - Math.max(1, fits));
}

/** The offset after scrolling by `step` columns; never further than where the last column is seen. */
export function scrollOffset(
  columns: readonly BoundColumn[],
  width: number,
  choice: ColumnChoice,
  step: number,
): number {
  const most = lastSkip(chosen(columns, choice), width);
  return Math.max(0, Math.min(most, Math.min(most, choice.offset ?? 0) + step));
}
