import type { ClusterInventory } from '../domain/inventory.ts';

/** What was read of a cluster. */
export type Reads = {
  /** Whether another one has the same in all that was read: whoever goes by nothing else says the same of it. */
  readonly areSameIn: (cluster: ClusterInventory) => boolean;
};

/** What was read of an object, by the names of its properties. */
type Noted = Map<PropertyKey, unknown>;

/** A cluster that looks like the given one and takes note of what is read of it, of its source and of its feeds. */
export function noteReads(cluster: ClusterInventory): {
  readonly cluster: ClusterInventory;
  readonly reads: Reads;
} {
  const [parts, source, feeds]: readonly [Noted, Noted, Noted] = [new Map(), new Map(), new Map()];
  const noted = {
    ...cluster,
    source: noting(cluster.source, source),
    feeds: noting(cluster.feeds, feeds),
  };
  return {
    cluster: noting(noted, parts, ['source', 'feeds']),
    reads: {
      areSameIn: (other) =>
        areSame(feeds, other.feeds) && areSame(source, other.source) && areSame(parts, other),
    },
  };
}

function areSame(noted: Noted, other: object): boolean {
  for (const [name, value] of noted) if (Reflect.get(other, name) !== value) return false;
  return true;
}

/** Who goes through all properties has read them all; those that take note themselves are left out. */
const noting = <T extends object>(of: T, into: Noted, except: readonly PropertyKey[] = []): T =>
  new Proxy(of, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (!except.includes(name)) into.set(name, value);
      return value;
    },
    ownKeys: (target) => {
      const names = Reflect.ownKeys(target);
      for (const name of names)
        if (!except.includes(name)) into.set(name, Reflect.get(target, name));
      return names;
    },
  });
