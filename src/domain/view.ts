import type { Inventory } from './inventory.ts';
import type { Ref } from './ref.ts';
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

/** A column of a table; `priority` 0 stays longest, the highest goes first when the screen is narrow. */
export type Column<Row> = {
  readonly id: string;
  readonly title: string;
  /** Cells; `grow` shares what is left over. */
  readonly width: number | 'grow';
  readonly align?: 'left' | 'right';
  readonly priority: number;
  readonly text: (row: Row, now: EpochMs) => string;
  readonly tone?: (row: Row, now: EpochMs) => Tone;
  /** For sorting and for comparisons in filters; without it the text is compared. */
  readonly value?: (row: Row, now: EpochMs) => number | string | null;
  /** Id of a history series whose sparkline fills the cell: `cpuPercent`. */
  readonly series?: string;
};

/** A table as data. Pure: rows from the inventory, cells from rows. */
export type View<Row = never> = {
  readonly id: string;
  readonly title: string;
  readonly rows: (inventory: Inventory, now: EpochMs) => readonly Row[];
  readonly key: (row: Row) => Ref;
  readonly sign: (row: Row, now: EpochMs) => Sign;
  /** When the row's data was true; null when never. */
  readonly at: (row: Row) => EpochMs | null;
  /** true when the row's data is no longer fresh and is drawn dim. */
  readonly stale: (row: Row, now: EpochMs) => boolean;
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
};
/** A column without its row type. */
export type BoundColumn = Pick<
  Column<never>,
  'id' | 'title' | 'width' | 'align' | 'priority' | 'series'
>;
/** A view whose row type is closed over, so that one table draws them all. */
export type BoundView = {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly BoundColumn[];
  readonly rows: (inventory: Inventory, now: EpochMs) => readonly BoundRow[];
  readonly detail: (ref: Ref, inventory: Inventory, now: EpochMs) => readonly DetailBlock[] | null;
};

/** Closes over the row type of a view. */
export function bindView<Row>(view: View<Row>): BoundView {
  return {
    id: view.id,
    title: view.title,
    columns: view.columns,
    rows: (inventory, now) =>
      view.rows(inventory, now).map((row) => ({
        ref: view.key(row),
        sign: view.sign(row, now),
        at: view.at(row),
        stale: view.stale(row, now),
        text: (column) => view.columns[column]?.text(row, now) ?? '',
        tone: (column) => view.columns[column]?.tone?.(row, now) ?? 'plain',
        value: (column) => {
          const { value, text } = view.columns[column] ?? {};
          return value ? value(row, now) : (text?.(row, now) ?? null);
        },
      })),
    detail: (ref, inventory, now) => {
      const row = view.rows(inventory, now).find((candidate) => view.key(candidate) === ref);
      return row === undefined ? null : view.detail(row, inventory, now);
    },
  };
}
