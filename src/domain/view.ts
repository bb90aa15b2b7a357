import type { ClusterFeedName, Inventory } from './inventory.ts';
import type { KubeTable } from './kube.ts';
import type { Ref } from './ref.ts';
import type { Limits } from './thresholds.ts';
import type { EpochMs } from './time.ts';

/** A meaning that a theme colours. */
export type Tone =
  | 'plain'
  | 'muted'
  | 'ok'
  | 'warn'
  | 'bad'
  | 'unknown'
  | 'info'
  | 'accent'
  | 'title';

/** The state of a row as a sign: ok ●, degraded ◐, warning ▲, down ✗, unknown ?, off ○, changing ↻. */
export type Sign = 'ok' | 'degraded' | 'warning' | 'down' | 'unknown' | 'off' | 'changing';

/**
 * What the value of a column counts, where it is more than a plain number or a size: `since` and `until` an instant that
 * is told as the span of time from or to it, `ms` a span, `cores` processors.
 */
export type Unit = 'since' | 'until' | 'ms' | 'cores';

/** A column of a table; `priority` 0 stays longest, the highest goes first when the screen is narrow. */
export type Column<Row> = {
  readonly id: string;
  readonly title: string;
  /** Cells; `grow` shares what is left over. */
  readonly width: number | 'grow';
  /** Cells that a column that grows wants at least: others with a higher `priority` go before it has fewer. */
  readonly least?: number;
  /**
   * Cells in which most of what a column that grows says can be read as a whole: those with a `priority` of 5 and more,
   * which are there only where there is room, go before it has fewer.
   */
  readonly good?: number;
  /** Cells beyond which a column that grows says nothing more: others stand behind it, and should not be far away. */
  readonly most?: number;
  readonly align?: 'left' | 'right';
  readonly priority: number;
  readonly text: (row: Row, now: EpochMs) => string;
  /** @param limits the configured limits of rules */
  readonly tone?: (row: Row, now: EpochMs, limits: Limits) => Tone;
  /** For sorting and for comparisons in filters; without it the text is compared. */
  readonly value?: (row: Row, now: EpochMs) => number | string | null;
  readonly unit?: Unit;
  /** Id of a history series whose sparkline fills the cell: `cpuPercent`. */
  readonly series?: string;
  /** Shown only where several clusters are watched: with one it says the same in every row. */
  readonly isForSeveral?: boolean;
};

/**
 * A part of a list that may be long: its rows are made one at a time, each from an object of a table, so that a change
 * costs what has changed. In its order they are sorted by their keys.
 */
export type RowSource<Row> = {
  /** The first part of the rows' references, behind their kind: a cluster's name. */
  readonly part: string;
  readonly table: KubeTable<unknown>;
  /** What stands before the object's key in the reference of its row: `pod:infrak8s/`. */
  readonly prefix: string;
  /**
   * What the sign and the cells of all rows depend on besides their objects and the time that they tell; while each is
   * the same, they are.
   */
  readonly depends: readonly unknown[];
  readonly row: (object: unknown) => Row;
};

/** Makes a source of a table whose objects have a type. */
export const rowSource = <T, Row>(
  source: Omit<RowSource<Row>, 'table' | 'row'> & {
    readonly table: KubeTable<T>;
    readonly row: (object: T) => Row;
  },
): RowSource<Row> => ({
  ...source,
  // Nobody gives it anything but objects of its table.
  row: (object) => source.row(object as T),
});

/** All rows of some sources, in their order. */
export const allRows = <Row>(sources: readonly RowSource<Row>[]): readonly Row[] =>
  sources.flatMap(({ table, row }) =>
    [...table.byKey]
      .toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
      .map(([, object]) => row(object)),
  );

/** A table as data. Pure: rows from the inventory, cells from rows. */
export type View<Row = never> = {
  readonly id: string;
  readonly title: string;
  /** The feeds of clusters whose objects are its rows, so that it can be said why there are none, or not all. */
  readonly feeds?: readonly ClusterFeedName[];
  /** Shown as a page of panels, which the interface has under its id, instead of a table. */
  readonly isPage?: boolean;
  readonly rows: (inventory: Inventory, now: EpochMs) => readonly Row[];
  readonly key: (row: Row) => Ref;
  readonly sign: (row: Row, now: EpochMs, limits: Limits) => Sign;
  /** When the row's data was true; null when never. */
  readonly at: (row: Row) => EpochMs | null;
  /** true when the row's data is no longer fresh and is drawn dim. */
  readonly stale: (row: Row, now: EpochMs) => boolean;
  /**
   * What a row's cells are made of: while it is the same object, no cell has changed but those that tell time.
   * Without it: the row itself.
   */
  readonly identity?: (row: Row) => unknown;
  /**
   * The parts of the inventory that the rows are made from: while each is the same object, so are the rows, until
   * something stops being fresh. Without it: the whole inventory.
   */
  readonly parts?: (inventory: Inventory) => readonly unknown[];
  /** The same rows in parts, for a list that may be long. */
  readonly sources?: (inventory: Inventory, now: EpochMs) => readonly RowSource<Row>[];
  /** The row of a thing that the list leaves out but others refer to; undefined when there is no such thing. */
  readonly find?: (ref: Ref, inventory: Inventory, now: EpochMs) => Row | undefined;
  readonly columns: readonly Column<Row>[];
  /** The lines of a detail view, in blocks. */
  readonly detail: (row: Row, inventory: Inventory, now: EpochMs) => readonly DetailBlock[];
};
export type DetailBlock = { readonly title: string; readonly lines: readonly DetailLine[] };
export type DetailLine = {
  readonly label: string;
  readonly text: string;
  readonly tone?: Tone;
  /** The thing the line is about, for jumping to it. */
  readonly ref?: Ref;
};

/** A row whose type is closed over: cells are made when they are asked for. */
export type BoundRow = {
  readonly ref: Ref;
  readonly sign: Sign;
  readonly at: EpochMs | null;
  readonly stale: boolean;
  readonly text: (column: number) => string;
  readonly tone: (column: number) => Tone;
  readonly value: (column: number) => number | string | null;
  /** For comparing only: the same object while no cell has changed but those that tell time or the age of the data. */
  readonly identity?: unknown;
  /** The same row at another instant. */
  readonly rebind?: (now: EpochMs) => BoundRow;
  readonly detail?: (inventory: Inventory) => readonly DetailBlock[];
};
/** A column without its row type. */
export type BoundColumn = Pick<
  Column<never>,
  | 'id'
  | 'title'
  | 'width'
  | 'least'
  | 'good'
  | 'most'
  | 'align'
  | 'priority'
  | 'unit'
  | 'series'
  | 'isForSeveral'
>;
/** A source whose row type is closed over. */
export type BoundSource = Omit<RowSource<never>, 'row'> & {
  readonly bind: (object: unknown, now: EpochMs) => BoundRow;
};
/** A view whose row type is closed over, so that one table draws them all. */
export type BoundView = {
  readonly id: string;
  readonly title: string;
  /** See the view's. */
  readonly feeds: readonly ClusterFeedName[];
  /** See the view's. */
  readonly isPage: boolean;
  readonly columns: readonly BoundColumn[];
  readonly rows: (inventory: Inventory, now: EpochMs) => readonly BoundRow[];
  /** See the view's. */
  readonly parts?: (inventory: Inventory) => readonly unknown[];
  /** See the view's. */
  readonly sources?: (inventory: Inventory, now: EpochMs) => readonly BoundSource[];
  readonly detail: (ref: Ref, inventory: Inventory, now: EpochMs) => readonly DetailBlock[] | null;
};

/** Closes over the row type of a view. */
export function bindView<Row>(view: View<Row>): BoundView {
  const { sources } = view;
  let last: Bound<Row> | undefined;
  const boundTo = ({ thresholds }: Inventory): Bound<Row> => {
    if (last?.limits !== thresholds) last = { view, limits: thresholds };
    return last;
  };
  return {
    id: view.id,
    title: view.title,
    feeds: view.feeds ?? [],
    isPage: view.isPage === true,
    columns: view.columns,
    ...(view.parts ? { parts: view.parts } : {}),
    ...(sources
      ? {
          sources: (inventory, now) =>
            sources(inventory, now).map((source) => ({
              ...source,
              bind: (object, at) => new RowOf(boundTo(inventory), source.row(object), at, object),
            })),
        }
      : {}),
    rows: (inventory, now) => {
      const bound = boundTo(inventory);
      return view.rows(inventory, now).map((row) => new RowOf(bound, row, now));
    },
    detail: (ref, inventory, now) => {
      const row =
        (sources
          ? findRow(sources(inventory, now), ref)
          : view.rows(inventory, now).find((candidate) => view.key(candidate) === ref)) ??
        view.find?.(ref, inventory, now);
      return row === undefined ? null : view.detail(row, inventory, now);
    },
  };
}

function findRow<Row>(sources: readonly RowSource<Row>[], ref: Ref): Row | undefined {
  const source = sources.find(({ prefix }) => ref.startsWith(prefix));
  const object = source?.table.byKey.get(ref.slice(source.prefix.length));
  return object === undefined ? undefined : source?.row(object);
}

/** What all rows of a view have in common. */
type Bound<Row> = { readonly view: View<Row>; readonly limits: Limits };

/** A class, because a list may have a hundred thousand of them: their methods are shared. */
class RowOf<Row> implements BoundRow {
  readonly ref: Ref;
  readonly sign: Sign;
  readonly #bound: Bound<Row>;
  readonly #row: Row;
  readonly #now: EpochMs;
  readonly #object: unknown;

  /** @param object what a source made the row of */
  constructor(bound: Bound<Row>, row: Row, now: EpochMs, object?: unknown) {
    const { view, limits } = bound;
    this.ref = view.key(row);
    this.sign = view.sign(row, now, limits);
    this.#bound = bound;
    this.#row = row;
    this.#now = now;
    this.#object = object;
  }

  get #view(): View<Row> {
    return this.#bound.view;
  }

  get at(): EpochMs | null {
    return this.#view.at(this.#row);
  }

  get stale(): boolean {
    return this.#view.stale(this.#row, this.#now);
  }

  get identity(): unknown {
    return this.#object ?? (this.#view.identity ? this.#view.identity(this.#row) : this.#row);
  }

  text(column: number): string {
    return this.#view.columns[column]?.text(this.#row, this.#now) ?? '';
  }

  tone(column: number): Tone {
    return this.#view.columns[column]?.tone?.(this.#row, this.#now, this.#bound.limits) ?? 'plain';
  }

  value(column: number): number | string | null {
    const { value, text } = this.#view.columns[column] ?? {};
    return value ? value(this.#row, this.#now) : (text?.(this.#row, this.#now) ?? null);
  }

  rebind(now: EpochMs): BoundRow {
    return now === this.#now ? this : new RowOf(this.#bound, this.#row, now, this.#object);
  }

  detail(inventory: Inventory): readonly DetailBlock[] {
    return this.#view.detail(this.#row, inventory, this.#now);
  }
}
