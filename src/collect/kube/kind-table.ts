import { isDeepStrictEqual } from 'node:util';
import type { KubeTable } from '../../domain/kube.ts';
import { createChangeLog } from './change-log.ts';
import type { ChangeLog } from './change-log.ts';

/**
 * The objects of one kind. Changes are collected and become visible together at `publish`, so that a burst of
 * events is one change. Objects that did not change keep their identity and their place, also over a new list.
 */
export type KindTable<T> = {
  /** Begins a new list beside the present one. */
  readonly begin: () => void;
  readonly add: (key: string, object: T) => void;
  /** Ends the new list: it replaces everything; what did not come in it is gone. */
  readonly replace: () => void;
  readonly put: (key: string, object: T) => void;
  readonly remove: (key: string) => void;
  /** Objects there are, those not yet published included. */
  readonly size: () => number;
  /** Objects of the list that is being read. */
  readonly staged: () => number;
  /** Forgets the objects of the list that is being read with the smallest ranks, all but `most`; gives how many. */
  readonly trimStaged: (most: number, rank: (object: T) => number) => number;
  /** The same of all objects that there are. */
  readonly trim: (most: number, rank: (object: T) => number) => number;
  /** Makes the changes visible; undefined before the first complete list. */
  readonly publish: () => KubeTable<T> | undefined;
  /** Forgets everything, as before the first list. */
  readonly clear: () => void;
};

type Visible<T> = KubeTable<T> & { readonly byKey: Map<string, T>; readonly changes: ChangeLog<T> };

/** See {@link KindTable}. */
export function createKindTable<T>(): KindTable<T> {
  let visible: Visible<T> | undefined;
  let revision = 0;
  let changes = new Map<string, T | undefined>();
  let next: Map<string, T> | undefined;
  let staging = new Map<string, T>();
  let size = 0;

  const current = (key: string): T | undefined =>
    changes.has(key) ? changes.get(key) : (next ?? visible?.byKey)?.get(key);

  const same = (key: string, object: T): T => {
    const known = current(key);
    return known !== undefined && isEqual(known, object) ? known : object;
  };

  function publish(): KubeTable<T> | undefined {
    if (next !== undefined) {
      apply(next, changes);
      if (visible === undefined) {
        revision += 1;
        visible = { revision, byKey: next, changes: createChangeLog(revision) };
        changes = new Map();
      } else changes = difference(visible.byKey, next);
      next = undefined;
    }
    if (visible !== undefined && changes.size > 0) {
      const { byKey, changes: log } = visible;
      const before = apply(byKey, changes);
      if (before.size > 0) {
        revision += 1;
        log.add(revision, before, byKey.size);
        visible = { revision, byKey, changes: log };
      }
      changes = new Map();
    }
    return visible;
  }

  /** All objects there are, those not yet published included. */
  function* present(): Generator<readonly [string, T]> {
    for (const entry of next ?? visible?.byKey ?? []) if (!changes.has(entry[0])) yield entry;
    for (const [key, object] of changes) if (object !== undefined) yield [key, object];
  }

  const remove = (key: string): void => {
    if (current(key) === undefined) return;
    size -= 1;
    changes.set(key, undefined);
  };

  return {
    begin: () => {
      staging = new Map();
    },
    add: (key, object) => {
      staging.set(key, same(key, object));
    },
    replace: () => {
      next = staging;
      size = staging.size;
      staging = new Map();
      changes = new Map();
    },
    put: (key, object) => {
      const before = current(key);
      const after = same(key, object);
      if (before === undefined) size += 1;
      if (before !== after) changes.set(key, after);
    },
    remove,
    trimStaged: (most, rank) => {
      const keys = lowest(staging, staging.size - most, rank);
      for (const key of keys) staging.delete(key);
      return keys.length;
    },
    trim: (most, rank) => {
      const keys = lowest(present(), size - most, rank);
      for (const key of keys) remove(key);
      return keys.length;
    },
    size: () => size,
    staged: () => staging.size,
    publish,
    clear: () => {
      visible = undefined;
      next = undefined;
      changes = new Map();
      staging = new Map();
      size = 0;
    },
  };
}

/** The keys of so many entries with the smallest ranks. */
const lowest = <T>(
  entries: Iterable<readonly [string, T]>,
  count: number,
  rank: (object: T) => number,
): readonly string[] =>
  count <= 0
    ? []
    : Array.from(entries, ([key, object]) => ({ key, rank: rank(object) }))
        .toSorted((a, b) => a.rank - b.rank)
        .slice(0, count)
        .map(({ key }) => key);

/** Projections are mostly flat: their fields are compared one by one, and only what is no plain value deeply. */
function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  const fields = Object.keys(left);
  return (
    fields.length === Object.keys(right).length &&
    fields.every(
      (field) => left[field] === right[field] || isDeepStrictEqual(left[field], right[field]),
    )
  );
}

/** Puts the changes into the map; returns what was there before, of what has really changed. */
function apply<T>(
  byKey: Map<string, T>,
  changes: ReadonlyMap<string, T | undefined>,
): ReadonlyMap<string, T | undefined> {
  const before = new Map<string, T | undefined>();
  for (const [key, object] of changes) {
    const old = byKey.get(key);
    if (old === object) continue;
    before.set(key, old);
    if (object === undefined) byKey.delete(key);
    else byKey.set(key, object);
  }
  return before;
}

/** What makes the second map of the first. */
function difference<T>(
  from: ReadonlyMap<string, T>,
  to: ReadonlyMap<string, T>,
): Map<string, T | undefined> {
  const changes = new Map<string, T | undefined>();
  let kept = 0;
  for (const [key, object] of to) {
    const old = from.get(key);
    if (old !== undefined) kept += 1;
    if (old !== object) changes.set(key, object);
  }
  if (kept < from.size)
    for (const key of from.keys()) if (!to.has(key)) changes.set(key, undefined);
  return changes;
}
