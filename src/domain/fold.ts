import type { KubeTable } from './kube.ts';

/** How something is made up from the objects of a table, one at a time. */
export type Folding<T, S> = {
  readonly empty: () => S;
  /** Takes in that an object has come (no `before`), changed, or gone (no `after`); changes `into`. */
  readonly change: (into: S, key: string, before: T | undefined, after: T | undefined) => void;
};

/**
 * Keeps what is made up from a table's objects: a new revision costs what has changed since the last one that was
 * asked for, if the table tells. What is given back is changed in place by the next call, like the table itself.
 */
export function createFold<T, S>({ empty, change }: Folding<T, S>): (table: KubeTable<T>) => S {
  const kept = new WeakMap<
    ReadonlyMap<string, T>,
    { readonly table: KubeTable<T>; readonly value: S }
  >();

  return (table) => {
    const { byKey, revision, changes } = table;
    const known = kept.get(byKey);
    // Of an older wrapper only the present content is left.
    if (known?.table === table || (known && changes && revision <= known.table.revision))
      return known.value;
    const since = known && changes?.since(known.table.revision);
    const value = known && since ? known.value : empty();
    if (since) for (const [key, before] of since) change(value, key, before, byKey.get(key));
    else for (const [key, object] of byKey) change(value, key, undefined, object);
    kept.set(byKey, { table, value });
    return value;
  };
}
