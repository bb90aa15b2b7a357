import type { Kind } from './kinds/kind.ts';
import type { KubeObject } from './object.ts';

/**
 * An object, or the function that makes it. A storm of 200,000 objects fits in memory when only what differs between
 * them is kept; such an object becomes an ordinary one when it is first updated.
 */
export type Entry = KubeObject | (() => KubeObject);

export const readEntry = (entry: Entry): KubeObject =>
  typeof entry === 'function' ? entry() : entry;

/** One change, as the rings keep it and as watchers hear it. */
export type StoredEvent = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly version: number;
  readonly key: string;
  /** The object after the change; for a delete, its last state with the version of the delete. */
  readonly object: Entry;
  readonly previous: Entry | undefined;
};

/** A part of a list, in the order of the keys. */
export type Page = {
  readonly entries: readonly { readonly key: string; readonly entry: Entry }[];
  /** Objects after the last of this page that the prefix still has. */
  readonly remaining: number;
};

/** What to read of a resource; `at` is a version that the ring must still reach, else the page is undefined. */
export type PageRequest = {
  readonly namespace?: string | undefined;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
  readonly at?: number | undefined;
  readonly selects?: ((object: KubeObject) => boolean) | undefined;
};

export type Listener = (event: StoredEvent) => void;

/** The objects of one resource. */
export type Collection = {
  readonly kind: Kind;
  readonly entries: Map<string, Entry>;
  /** The keys of `entries`, sorted. */
  keys: string[];
  readonly ring: StoredEvent[];
  /** A watch may start at this version or a newer one. */
  oldest: number;
  /** Each with what tells it that the resource is no longer served. */
  readonly listeners: Map<Listener, (() => void) | undefined>;
};

/** Reads a part of the list; undefined when the wanted version is no longer known. */
export function readPage(collection: Collection, request: PageRequest): Page | undefined {
  const { namespace, after = '', limit = Number.POSITIVE_INFINITY, at, selects } = request;
  if (at !== undefined && at < collection.oldest) return undefined;
  const { keys, read } = at === undefined ? present(collection) : past(collection, at);
  const [first, end] = rangeOf(keys, namespace);
  const start = Math.max(first, after === '' ? first : position(keys, `${after}\0`));
  const entries: { key: string; entry: Entry }[] = [];
  let next = start;
  for (; next < end && entries.length < limit; next++) {
    const key = keys[next] ?? '';
    const entry = read(key);
    if (entry && (!selects || selects(readEntry(entry)))) entries.push({ key, entry });
  }
  return { entries, remaining: Math.max(0, end - next) };
}

type View = { readonly keys: readonly string[]; readonly read: (key: string) => Entry | undefined };

const present = ({ keys, entries }: Collection): View => ({
  keys,
  read: (key) => entries.get(key),
});

/** The collection as it was at a version: the events after it are undone, newest first. */
function past({ keys, entries, ring }: Collection, at: number): View {
  const undone = new Map<string, Entry | undefined>();
  for (const event of ring.toReversed()) {
    if (event.version <= at) break;
    undone.set(event.key, event.previous);
  }
  if (undone.size === 0) return { keys, read: (key) => entries.get(key) };
  const then = keys.filter((key) => !undone.has(key) || undone.get(key) !== undefined);
  for (const [key, entry] of undone) if (entry && !entries.has(key)) insertKey(then, key);
  return { keys: then, read: (key) => (undone.has(key) ? undone.get(key) : entries.get(key)) };
}

/** The first position at which the sorted keys have one that is not below the given. */
export function position(keys: readonly string[], key: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Puts a key in its place. */
export function insertKey(keys: string[], key: string): void {
  if ((keys.at(-1) ?? '') < key) keys.push(key);
  else keys.splice(position(keys, key), 0, key);
}

/** The first position of a namespace's keys, and the one after the last. */
export function rangeOf(
  keys: readonly string[],
  namespace: string | undefined,
): readonly [number, number] {
  // '0' is the letter after '/', so it ends the namespace's keys.
  return namespace
    ? [position(keys, `${namespace}/`), position(keys, `${namespace}0`)]
    : [0, keys.length];
}
