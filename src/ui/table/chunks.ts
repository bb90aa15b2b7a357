/** A run of neighbours in a sorted list. */
export type Chunk<T> = { readonly items: T[] };

/** What stands in a sorted list knows where, so that it is found without being compared. */
export type Held<T> = { chunk: Chunk<T> | null };

/**
 * A sorted list in pieces, so that putting something in moves only its neighbours. Nothing in it may change its order
 * relative to the others while it is there.
 */
export type Chunks<T> = {
  readonly size: () => number;
  /** Behind all that are equal. */
  readonly insert: (item: T) => void;
  /** Puts something behind all others, where it must belong. */
  readonly append: (item: T) => void;
  /** Does nothing if it is not in the list. */
  readonly remove: (item: T) => void;
  readonly at: (index: number) => T | undefined;
  /** Place of something in the list; -1 when it is not there. */
  readonly indexOf: (item: T) => number;
  readonly slice: (from: number, to: number) => readonly T[];
};

/** Where a piece is cut in two: short enough to be moved at once, long enough that there are few of them. */
const LONGEST = 512;
/** So long are pieces at first, that they can grow. */
const FILLED = 384;
/** Below it a piece is joined to the one beside it, if both fit into one. */
const SHORTEST = 128;

/** See {@link Chunks}. */
export function createChunks<T extends Held<T>>(compare: (a: T, b: T) => number): Chunks<T> {
  const chunks: Chunk<T>[] = [];
  let size = 0;

  /** The first piece whose last item comes behind the item; the last one when there is none. */
  const chunkFor = (item: T): number => {
    let low = 0;
    let high = chunks.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const last = chunks[middle]?.items.at(-1);
      if (last !== undefined && compare(last, item) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const cut = (index: number, chunk: Chunk<T>): void => {
    const right: Chunk<T> = { items: chunk.items.splice(LONGEST / 2) };
    for (const item of right.items) item.chunk = right;
    chunks.splice(index + 1, 0, right);
  };

  const join = (index: number, chunk: Chunk<T>): void => {
    if (chunk.items.length === 0) {
      chunks.splice(index, 1);
      return;
    }
    const left = chunks[index - 1];
    if (!left || left.items.length + chunk.items.length > LONGEST / 2) return;
    for (const item of chunk.items) {
      item.chunk = left;
      left.items.push(item);
    }
    chunks.splice(index, 1);
  };

  return {
    size: () => size,
    insert: (item) => {
      size += 1;
      const index = Math.max(0, chunkFor(item));
      const chunk = chunks[index];
      if (!chunk) {
        chunks.push((item.chunk = { items: [item] }));
        return;
      }
      const { items } = chunk;
      item.chunk = chunk;
      items.splice(placeIn(items, item, compare), 0, item);
      if (items.length > LONGEST) cut(index, chunk);
    },
    append: (item) => {
      size += 1;
      let last = chunks.at(-1);
      if (!last || last.items.length >= FILLED) chunks.push((last = { items: [] }));
      last.items.push(item);
      item.chunk = last;
    },
    remove: (item) => {
      const { chunk } = item;
      const index = chunk ? chunk.items.indexOf(item) : -1;
      if (!chunk || index < 0) return;
      chunk.items.splice(index, 1);
      item.chunk = null;
      size -= 1;
      if (chunk.items.length < SHORTEST) join(chunks.indexOf(chunk), chunk);
    },
    at: (index) => {
      let rest = index;
      for (const { items } of chunks) {
        if (rest < items.length) return items[rest];
        rest -= items.length;
      }
      return undefined;
    },
    indexOf: (item) => {
      let before = 0;
      for (const chunk of chunks) {
        if (chunk === item.chunk) return before + chunk.items.indexOf(item);
        before += chunk.items.length;
      }
      return -1;
    },
    slice: (from, to) => {
      const found: T[] = [];
      let before = 0;
      for (const { items } of chunks) {
        if (before >= to) break;
        if (before + items.length > from)
          found.push(...items.slice(Math.max(0, from - before), to - before));
        before += items.length;
      }
      return found;
    },
  };
}

/** Place behind all that are equal. */
function placeIn<T>(items: readonly T[], item: T, compare: (a: T, b: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = items[middle];
    if (other !== undefined && compare(other, item) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
