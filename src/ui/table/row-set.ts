import { changesIn, lasting } from '../../domain/lasting.ts';
import { refPath } from '../../domain/ref.ts';
import type { Ref } from '../../domain/ref.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { BoundRow, BoundSource, Sign } from '../../domain/view.ts';
import { SIGN_RANK } from '../tones.ts';
import { createChunks } from './chunks.ts';
import type { Chunk, Chunks } from './chunks.ts';
import type { RowList } from './row-list.ts';
import { compareKeys, createMatcher, keysOf, NO_KEYS, sameKeys, textOf } from './shape.ts';
import type { Shape } from './shape.ts';
import { createSlicedSort, sortMoves } from './sliced-sort.ts';
import type { Sortable } from './sorting.ts';

/** Where the rows come from: a list that is read as a whole, or tables that tell what has changed in them. */
export type Feed =
  | { readonly rows: readonly BoundRow[] }
  | { readonly sources: readonly BoundSource[] };

/**
 * How much of the order may change.
 * - `free`: everything finds its place
 * - `calm`: rows come and go, those that are there keep their place
 * - `frozen`: no row comes, goes or moves; only its cells are new
 */
export type Motion = 'free' | 'calm' | 'frozen';

/** How much may be done in one turn of the event loop. */
export type Limit = {
  /** Rows that may still be looked at; counted down. */
  rows: number;
  /** The time is up; asked now and then. */
  readonly isOver: () => boolean;
};

/** What takes longer than a turn, and how much of it is done, from 0 to 1. */
export type Working = {
  readonly what: 'sorting' | 'filtering' | 'reading';
  readonly done: number;
};

/**
 * The rows of one table, kept from one time to the next. `update` takes note of what there is; `work` looks at the rows
 * that have changed, and makes what a new shape wants beside the present rows, which stay until it is ready.
 */
export type RowSet = {
  readonly update: (feed: Feed, shape: Shape, motion: Motion, now: EpochMs) => void;
  readonly work: (limit: Limit) => void;
  /** There is something that `work` would do. */
  readonly isBusy: () => boolean;
  /**
   * The same object as long as no row came, went, moved or may have other cells, but for those that tell time; the rows
   * that it gives are of now.
   */
  readonly rows: () => RowList;
  /** Rows there are, shown or not. */
  readonly total: () => number;
  readonly has: (ref: Ref) => boolean;
  /** null when the rows are as they are wanted. */
  readonly working: () => Working | null;
};

type Entry = {
  readonly key: string;
  readonly part: Part;
  /** The part of the list that it is counted with. */
  readonly group: string;
  /** The object of a table, or the row of a list, that it was read from. */
  object: unknown;
  /** While it is the same, so are the cells; undefined is never the same. */
  identity: unknown;
  /** Place in a list; 0 in a table, where keys are the order. */
  index: number;
  sign: Sign;
  rank: number;
  keys: readonly Sortable[];
  /** null without a filter, which everything matches. */
  match: Match | null;
  /** null while it is not shown. */
  chunk: Chunk<Entry> | null;
};

/** What a filter has said of an entry. */
type Match = {
  readonly matched: boolean;
  /** Until then time alone does not change whether it matches. */
  readonly until: EpochMs;
  /** The cells in one text, which holds until that time. */
  readonly text: string;
  readonly textUntil: EpochMs;
};

/** One of the tables, or the list, which has no source. */
type Part = {
  readonly order: number;
  /** What stands before a key in a reference. */
  readonly prefix: string;
  source: BoundSource | null;
  /** Its changes up to there are among those to be looked at. */
  revision: number;
  /** Keys to be looked at. */
  dirty: Set<string>;
  /** Keys of rows that may have to move, when rows may. */
  deferred: Set<string>;
};

/** Rows in one shape. */
type Content = {
  readonly parts: readonly Part[];
  readonly shape: Shape;
  readonly matcher: ReturnType<typeof createMatcher>;
  /** When the filter is to be asked again about some of the entries. */
  dueAt: EpochMs;
  /** By the order of their parts, then by their keys: nobody makes a reference to find one. */
  readonly entries: readonly Map<string, Entry>[];
  readonly order: Chunks<Entry>;
  /** How many are shown of each sign, by group. */
  readonly counts: Map<string, Map<Sign, number>>;
};

type Build = {
  readonly content: Content;
  readonly what: Working['what'];
  /** What the present content knows of a row that has not changed holds here too. */
  readonly reuse: { readonly rows: boolean; readonly match: boolean; readonly keys: boolean };
  /** It was asked for in a dialog, so it may change the rows beneath it. */
  readonly beneath: boolean;
  /** Makes it; yields how many rows it has looked at. */
  readonly steps: Iterator<number, void>;
  readonly total: number;
  done: number;
  isComplete: boolean;
};

const FAULTS = SIGN_RANK.ok;
/** The clock is looked at once for so many rows. */
const CLOCK_ROWS = 32;

/** See {@link RowSet}. */
export function createRowSet(): RowSet {
  let content: Content | null = null;
  let build: Build | null = null;
  let parts: readonly Part[] = [];
  let list: ReadonlyMap<string, BoundRow> | null = null;
  let listRows: readonly BoundRow[] | null = null;
  let listState: 'new' | 'come and gone' | 'ordered' = 'ordered';
  let wanted: Shape | null = null;
  let motion: Motion = 'free';
  let now: EpochMs = 0;
  /** Everything has to be read again. */
  let isStale = false;
  let version = 0;
  let shown: {
    readonly version: number;
    readonly content: Content | null;
    readonly rows: RowList;
  } | null = null;

  const bind = (part: Part, object: unknown): BoundRow =>
    part.source === null ? (object as BoundRow) : part.source.bind(object, now);

  /** A row as it is now; of a thing that is gone, as it was last. */
  const live = ({ part, key, object }: Entry): BoundRow =>
    bind(
      part,
      (part.source === null ? list?.get(key) : part.source.table.byKey.get(key)) ?? object,
    );

  const listOf = (of: Content): RowList => {
    const { order, entries, counts } = of;
    const sums = new Map<string, ReadonlyMap<Sign, number>>();
    const row = (entry: Entry | undefined): BoundRow | undefined => entry && live(entry);
    const slice = (from = 0, to = order.size()): readonly Entry[] => order.slice(from, to);
    const indexOf = (ref: Ref): number => {
      for (const [index, part] of of.parts.entries()) {
        const entry = ref.startsWith(part.prefix)
          ? entries[index]?.get(ref.slice(part.prefix.length))
          : undefined;
        if (entry) return order.indexOf(entry);
      }
      return -1;
    };
    return {
      get length() {
        return order.size();
      },
      at: (index) => row(order.at(index)),
      slice: (from, to) => slice(from, to).map(live),
      *[Symbol.iterator]() {
        for (const entry of slice()) yield live(entry);
      },
      facts: {
        indexOf,
        counts: (group) => {
          let sum = sums.get(group);
          if (!sum)
            sums.set(
              group,
              (sum = sumOf(group === '' ? [...counts.values()] : [counts.get(group) ?? NONE])),
            );
          return sum;
        },
        refs: {
          get length() {
            return order.size();
          },
          at: (index) => {
            const entry = order.at(index);
            return entry && refOf(entry);
          },
          slice: (from, to) => slice(from, to).map(refOf),
          indexOf,
        },
      },
    };
  };

  const total = (): number =>
    list?.size ?? parts.reduce((sum, { source }) => sum + (source?.table.byKey.size ?? 0), 0);

  // What there is.

  const takeList = (rows: readonly BoundRow[]): void => {
    if (rows === listRows) return;
    if (list === null) {
      parts = [createPart(0, null)];
      isStale = true;
    }
    const next = new Map<string, BoundRow>();
    for (const row of rows) if (!next.has(row.ref)) next.set(row.ref, row);
    list = next;
    listRows = rows;
    listState = 'new';
    version += 1;
  };

  const takeSources = (sources: readonly BoundSource[]): void => {
    const isSameSet =
      sources.length === parts.length &&
      sources.every(({ prefix }, index) => prefix === parts[index]?.source?.prefix);
    if (!isSameSet) {
      parts = sources.map((source, index) => createPart(index, source));
      list = null;
      listRows = null;
      isStale = true;
    }
    for (const [index, source] of sources.entries()) {
      const part = parts[index];
      if (!part || part.source === source) continue;
      const { table, depends } = part.source ?? {};
      if (!takeSource(part, source)) isStale = true;
      if (table !== source.table || isOther(depends, source.depends)) version += 1;
    }
  };

  /** Takes note of the rows that time may make match, or no longer. */
  const takeTime = (of: Content): void => {
    if (now >= of.dueAt) {
      of.dueAt = Number.POSITIVE_INFINITY;
      for (const part of of.parts)
        for (const { key, match } of of.entries[part.order]?.values() ?? [])
          if (match === null) continue;
          else if (match.until > now) of.dueAt = Math.min(of.dueAt, match.until);
          else if (part.source !== null) part.dirty.add(key);
          else if (listState === 'ordered') listState = 'come and gone';
    }
    changesIn(of.dueAt - now);
  };

  // Rows made anew.

  const startBuild = (shape: Shape): void => {
    const last = content?.shape;
    const rows = !isStale && last?.columns === shape.columns;
    const isSorted = last?.sort === shape.sort;
    const isFiltered = last?.matches === shape.matches && last.faultsOnly === shape.faultsOnly;
    const next: Build = {
      content: createContent(shape, parts),
      what: !content || (isSorted && isFiltered) ? 'reading' : isSorted ? 'filtering' : 'sorting',
      reuse: { rows, match: last?.matches === shape.matches, keys: isSorted },
      beneath: motion === 'frozen',
      steps: everything(() => next),
      // Each row is read, sorted and put in its place.
      total: 2 * total() + sortMoves(total()),
      done: 0,
      isComplete: false,
    };
    build = next;
    isStale = false;
    listState = 'ordered';
    for (const part of parts) {
      part.dirty = new Set();
      part.deferred = new Set();
    }
  };

  function* everything(step: () => Build): Generator<number, void, void> {
    const { content: into } = step();
    const sort = createSlicedSort(comparing(into.shape));
    let index = 0;
    for (const part of into.parts)
      for (const [key, object] of part.source?.table.byKey ?? list ?? []) {
        // A table that lives on gives a key twice that went and came back meanwhile; it is among those to be looked at.
        if (into.entries[part.order]?.has(key) === true) continue;
        const entry = readAnew(step(), part, key, object, index);
        if (isWanted(into.shape, entry)) sort.add(entry);
        index += 1;
        yield 1;
      }
    for (const entry of yield* sort.finish()) {
      into.order.append(entry);
      count(into, entry, entry.sign, 1);
      yield 1;
    }
  }

  const advance = (step: Build, limit: Limit): void => {
    while (!isUp(limit)) {
      const next = step.steps.next();
      if (next.done === true) {
        step.isComplete = true;
        return;
      }
      limit.rows -= next.value;
      step.done += next.value;
    }
  };

  const readAnew = (
    { content: into, reuse }: Build,
    part: Part,
    key: string,
    object: unknown,
    index: number,
  ): Entry => {
    const entry = createEntry(part, key, object, part.source === null ? index : 0);
    const old = reuse.rows ? content?.entries[part.order]?.get(key) : undefined;
    const known = old && isSame(old.identity, entry.identity) ? old : undefined;
    const match = reuse.match ? known : undefined;
    const keys = reuse.keys ? known : undefined;
    // Of a table nothing is asked that is known already.
    const row = part.source === null || !match || !keys ? bind(part, object) : null;
    entry.sign = row?.sign ?? known?.sign ?? 'unknown';
    entry.rank = SIGN_RANK[entry.sign];
    if (match) keepMatch(into, entry, match.match);
    else if (row !== null) {
      entry.match = known?.match ?? null;
      matches(into, entry, row, now);
    }
    entry.keys = keys?.keys ?? (row === null ? NO_KEYS : keysOf(into.shape, row));
    into.entries[part.order]?.set(key, entry);
    return entry;
  };

  // Rows followed.

  const drain = (into: Content, limit: Limit): void => {
    if (list !== null && listState !== 'ordered') followList(into, list);
    for (const part of parts) {
      if (motion === 'free' && part.deferred.size > 0) {
        for (const key of part.deferred) part.dirty.add(key);
        part.deferred = new Set();
      }
      for (const key of part.dirty) {
        if (isUp(limit)) return;
        limit.rows -= 1;
        part.dirty.delete(key);
        follow(into, part, key);
      }
    }
  };

  const follow = (into: Content, part: Part, key: string): void => {
    const entry = into.entries[part.order]?.get(key);
    const object = part.source?.table.byKey.get(key);
    if (object === undefined) {
      part.deferred.delete(key);
      if (entry) drop(into, entry);
    } else if (!entry) add(into, createEntry(part, key, object, 0));
    else if (motion === 'calm') part.deferred.add(key);
    else if (entry.object !== object || holdsUntil(entry) <= now) {
      entry.object = object;
      entry.identity = object;
      if (reread(into, entry, false)) show(into, entry);
    }
  };

  /** A list is looked through as a whole. */
  const followList = (into: Content, rows: ReadonlyMap<string, BoundRow>): void => {
    const [part] = parts;
    const [entries] = into.entries;
    if (!part || !entries) return;
    entries.forEach((entry, ref) => {
      if (!rows.has(ref)) drop(into, entry);
    });
    const fresh: Entry[] = [];
    const moved: Entry[] = [];
    let index = 0;
    let furthest = -1;
    rows.forEach((row, ref) => {
      const entry = entries.get(ref);
      if (!entry) fresh.push(createEntry(part, ref, row, index));
      else if (motion === 'free') {
        const isOutOfPlace = entry.index <= furthest;
        furthest = Math.max(furthest, entry.index);
        entry.index = index;
        entry.object = row;
        const isUnchanged =
          isSame(entry.identity, row.identity) &&
          entry.sign === row.sign &&
          holdsUntil(entry) > now;
        entry.identity = row.identity;
        if (isUnchanged ? isOutOfPlace && hide(into, entry) : reread(into, entry, isOutOfPlace))
          moved.push(entry);
      }
      index += 1;
    });
    for (const entry of moved) show(into, entry);
    for (const entry of fresh) add(into, entry);
    listState = motion === 'free' ? 'ordered' : 'come and gone';
  };

  /** Asks an entry for all that the shape wants to know; true if it was taken out to find its place anew. */
  const reread = (into: Content, entry: Entry, isOutOfPlace: boolean): boolean => {
    const { rank, keys, sign } = entry;
    const row = bind(entry.part, entry.object);
    read(into, entry, row, now);
    const isMoved =
      isOutOfPlace ||
      rank !== entry.rank ||
      !sameKeys(keys, entry.keys) ||
      (entry.chunk !== null) !== isWanted(into.shape, entry);
    if (isMoved) hide(into, entry, sign);
    return isMoved;
  };

  const add = (into: Content, entry: Entry): void => {
    read(into, entry, bind(entry.part, entry.object), now);
    into.entries[entry.part.order]?.set(entry.key, entry);
    show(into, entry);
  };

  const drop = (into: Content, entry: Entry): void => {
    hide(into, entry);
    into.entries[entry.part.order]?.delete(entry.key);
  };

  const show = (into: Content, entry: Entry): void => {
    if (!isWanted(into.shape, entry)) return;
    into.order.insert(entry);
    count(into, entry, entry.sign, 1);
    version += 1;
  };

  const hide = (into: Content, entry: Entry, sign = entry.sign): boolean => {
    if (entry.chunk !== null) {
      into.order.remove(entry);
      count(into, entry, sign, -1);
      version += 1;
    }
    return true;
  };

  const mayReplace = (step: Build): boolean => motion !== 'frozen' || step.beneath;
  const isOwed = (): boolean =>
    (list !== null && (listState === 'new' || (listState !== 'ordered' && motion === 'free'))) ||
    parts.some(({ dirty, deferred }) => dirty.size > 0 || (motion === 'free' && deferred.size > 0));

  return {
    update: (feed, shape, nextMotion, at) => {
      now = at;
      motion = nextMotion;
      if ('rows' in feed) takeList(feed.rows);
      else takeSources(feed.sources);
      const isAsked = shape !== wanted;
      wanted = shape;
      if (content) takeTime(content);
      if (isAsked || (isStale && motion !== 'frozen')) startBuild(shape);
    },
    work: (limit) => {
      if (build !== null) {
        advance(build, limit);
        if (!build.isComplete || !mayReplace(build)) return;
        ({ content } = build);
        build = null;
        version += 1;
      }
      if (content !== null && motion !== 'frozen') drain(content, limit);
    },
    isBusy: () =>
      build === null ? motion !== 'frozen' && isOwed() : !build.isComplete || mayReplace(build),
    rows: () => {
      if (shown?.version !== version || shown.content !== content)
        shown = { version, content, rows: content ? listOf(content) : [] };
      return shown.rows;
    },
    total,
    has: (ref) =>
      list?.has(ref) ??
      parts.some(
        ({ source }) =>
          source !== null &&
          ref.startsWith(source.prefix) &&
          source.table.byKey.has(ref.slice(source.prefix.length)),
      ),
    working: () =>
      build === null
        ? null
        : { what: build.what, done: Math.min(1, build.done / Math.max(1, build.total)) },
  };
}

const createPart = (order: number, source: BoundSource | null): Part => ({
  order,
  prefix: source?.prefix ?? '',
  source,
  revision: source?.table.revision ?? 0,
  dirty: new Set(),
  deferred: new Set(),
});

/** Takes note of what has changed; false when that is not known, or when it may be everything. */
function takeSource(part: Part, source: BoundSource): boolean {
  const before = part.source;
  const { table, depends } = source;
  const changes =
    table.revision === part.revision ? NO_CHANGES : table.changes?.since(part.revision);
  part.source = source;
  part.revision = table.revision;
  if (!changes || before?.table.byKey !== table.byKey || isOther(before.depends, depends))
    return false;
  for (const key of changes.keys()) part.dirty.add(key);
  return true;
}

const isOther = (before: readonly unknown[] | undefined, after: readonly unknown[]): boolean =>
  before?.length !== after.length || after.some((each, at) => each !== before[at]);

const NO_CHANGES: ReadonlyMap<string, unknown> = new Map();
const NONE: ReadonlyMap<Sign, number> = new Map();

const refOf = ({ part, key }: Entry): Ref => `${part.prefix}${key}` as Ref;

const createEntry = (part: Part, key: string, object: unknown, index: number): Entry => ({
  key,
  part,
  group: part.source?.part ?? refPath(key as Ref)[0] ?? '',
  object,
  identity: part.source === null ? (object as BoundRow).identity : object,
  index,
  sign: 'unknown',
  rank: 0,
  keys: NO_KEYS,
  match: null,
  chunk: null,
});

const createContent = (shape: Shape, parts: readonly Part[]): Content => ({
  parts,
  shape,
  matcher: createMatcher(shape),
  dueAt: Number.POSITIVE_INFINITY,
  entries: parts.map(() => new Map<string, Entry>()),
  order: createChunks(comparing(shape)),
  counts: new Map(),
});

const comparing = (shape: Shape): ((a: Entry, b: Entry) => number) =>
  shape.sort.length === 0
    ? compareEntries
    : (a, b) => compareKeys(shape, a.keys, b.keys) || compareEntries(a, b);

/** Faults first, then the order of the list, or that of the tables and their keys. */
const compareEntries = (a: Entry, b: Entry): number =>
  a.rank - b.rank ||
  a.part.order - b.part.order ||
  a.index - b.index ||
  (a.key < b.key ? -1 : Number(a.key > b.key));

function read(into: Content, entry: Entry, row: BoundRow, now: EpochMs): void {
  entry.sign = row.sign;
  entry.rank = SIGN_RANK[row.sign];
  entry.match = null;
  matches(into, entry, row, now);
  entry.keys = keysOf(into.shape, row);
}

/** Asks the filter about an entry, whose text is read again only when it may be another. */
function matches(into: Content, entry: Entry, row: BoundRow, now: EpochMs): void {
  const { shape, matcher } = into;
  if (matcher === null) {
    keepMatch(into, entry, null);
    return;
  }
  const { text, textUntil } =
    entry.match !== null && now < entry.match.textUntil ? entry.match : cellsOf(shape, row, now);
  const { result, ms } = lasting(() => matcher(row, text, now));
  const until = Math.min(now + ms, textUntil);
  keepMatch(into, entry, { matched: result, until, text, textUntil });
}

/** What its cells say; some tell time within other words: `7 (5h6m ago)`. */
function cellsOf(shape: Shape, row: BoundRow, now: EpochMs): Pick<Match, 'text' | 'textUntil'> {
  const { result, ms } = lasting(() => textOf(shape, row));
  return { text: result, textUntil: now + ms };
}

function keepMatch(into: Content, entry: Entry, match: Match | null): void {
  entry.match = match;
  into.dueAt = Math.min(into.dueAt, holdsUntil(entry));
}

const holdsUntil = ({ match }: Entry): EpochMs => match?.until ?? Number.POSITIVE_INFINITY;

const isWanted = ({ faultsOnly }: Shape, { match, rank }: Entry): boolean =>
  match?.matched !== false && !(faultsOnly && rank >= FAULTS);

const isSame = (a: unknown, b: unknown): boolean => a !== undefined && a === b;

const isUp = (limit: Limit): boolean =>
  limit.rows <= 0 || (limit.rows % CLOCK_ROWS === 0 && limit.isOver());

function count({ counts }: Content, { group }: Entry, sign: Sign, by: 1 | -1): void {
  const own = counts.get(group) ?? new Map<Sign, number>();
  counts.set(group, own);
  const amount = (own.get(sign) ?? 0) + by;
  if (amount === 0) own.delete(sign);
  else own.set(sign, amount);
}

function sumOf(counts: readonly ReadonlyMap<Sign, number>[]): ReadonlyMap<Sign, number> {
  const sum = new Map<Sign, number>();
  for (const own of counts)
    for (const [sign, amount] of own) sum.set(sign, (sum.get(sign) ?? 0) + amount);
  return sum;
}
