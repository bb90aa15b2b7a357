import { isDeepStrictEqual } from 'node:util';
import type { KubeTable } from '../../domain/kube.ts';

/**
 * The objects of one kind. Changes are collected and become visible together at `publish`, so that a burst of
 * events is one change. Objects that did not change keep their identity, also over a new list.
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
  /** Makes the changes visible; undefined before the first complete list. */
  readonly publish: () => KubeTable<T> | undefined;
  /** Forgets everything, as before the first list. */
  readonly clear: () => void;
};

/** See {@link KindTable}. */
export function createKindTable<T>(): KindTable<T> {
  let visible: { readonly revision: number; readonly byKey: Map<string, T> } | undefined;
  let revision = 0;
  let changes = new Map<string, T | undefined>();
  let next: Map<string, T> | undefined;
  let staging = new Map<string, T>();
  let size = 0;

  const current = (key: string): T | undefined =>
    changes.has(key) ? changes.get(key) : (next ?? visible?.byKey)?.get(key);

  const same = (key: string, object: T): T => {
    const known = current(key);
    return known !== undefined && isDeepStrictEqual(known, object) ? known : object;
  };

  function publish(): KubeTable<T> | undefined {
    if (next !== undefined) {
      const isEqual =
        visible !== undefined && changes.size === 0 && sameEntries(visible.byKey, next);
      const byKey = next;
      next = undefined;
      if (!isEqual) {
        apply(byKey, changes);
        visible = { revision: (revision += 1), byKey };
      }
    } else if (visible !== undefined && changes.size > 0) {
      apply(visible.byKey, changes);
      visible = { revision: (revision += 1), byKey: visible.byKey };
    }
    changes = new Map();
    return visible;
  }

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
    remove: (key) => {
      if (current(key) === undefined) return;
      size -= 1;
      changes.set(key, undefined);
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

function apply<T>(byKey: Map<string, T>, changes: ReadonlyMap<string, T | undefined>): void {
  for (const [key, object] of changes)
    if (object === undefined) byKey.delete(key);
    else byKey.set(key, object);
}

function sameEntries<T>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, object] of b) if (a.get(key) !== object) return false;
  return true;
}
