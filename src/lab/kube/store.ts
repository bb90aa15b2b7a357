import { isDeepStrictEqual } from 'node:util';
import { alreadyExists, modifiedMeanwhile, notFound } from './api-error.ts';
import {
  insertKey,
  position,
  rangeOf,
  readEntry,
  readPage,
  type Collection,
  type Entry,
  type Listener,
  type Page,
  type PageRequest,
  type StoredEvent,
} from './collection.ts';
import { resourceOf, type Kind } from './kinds/kind.ts';
import { written, type Writer } from './managed-fields.ts';
import { keyOf, type Draft, type KubeObject } from './object.ts';
import { uuidOf } from './random.ts';
import { rfc3339 } from './time.ts';

/** All objects of the cluster, with one version counter and a ring of the last events per resource. */
export type Store = {
  /** What is served now. */
  readonly kinds: readonly Kind[];
  /** Begins to serve a kind without objects. */
  readonly serve: (kind: Kind) => void;
  /** Serves a resource no longer: its objects are forgotten, its watches end. */
  readonly unserve: (resource: string) => void;
  readonly version: () => number;
  readonly oldestVersion: (resource: string) => number;
  /** @throws {Error} when the resource is not registered; so do all others. */
  readonly get: (
    resource: string,
    namespace: string | undefined,
    name: string,
  ) => KubeObject | undefined;
  readonly list: (resource: string, namespace?: string) => readonly KubeObject[];
  readonly count: (resource: string) => number;
  readonly page: (resource: string, request: PageRequest) => Page | undefined;
  readonly eventsSince: (resource: string, version: number) => readonly StoredEvent[];
  /** @throws {ApiError} 409 when it exists. */
  readonly create: (resource: string, draft: Draft, writer?: Writer) => KubeObject;
  /** Adds an object that is built when it is read, from what the store gives it. For storms. */
  readonly createLazy: (
    resource: string,
    namespace: string | undefined,
    name: string,
    build: (given: Given) => KubeObject,
  ) => void;
  /** @throws {ApiError} 404 when it is gone, 409 when `resourceVersion` is not the current one. */
  readonly update: (resource: string, object: KubeObject, writer?: Writer) => KubeObject;
  /** Applies a change to the current state; undefined from `change`, or an absent object, changes nothing. */
  readonly modify: (
    resource: string,
    namespace: string | undefined,
    name: string,
    change: (object: KubeObject) => KubeObject | undefined,
    writer?: Writer,
  ) => KubeObject | undefined;
  /** Removes it at once, whatever its finalizers. Returns its last state, or undefined when it is absent. */
  readonly remove: (
    resource: string,
    namespace: string | undefined,
    name: string,
  ) => KubeObject | undefined;
  /** Listeners hear of a change while it is made: they must not write, or others would hear in another order. */
  readonly subscribe: (resource: string, listener: Listener, onGone?: () => void) => () => void;
  /** Forgets all events: every older version and every continue token is expired from now on. */
  readonly compact: () => void;
};

/** What the store gives to an object when it is created. */
export type Given = {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
};

export type StoreOptions = {
  readonly kinds: readonly Kind[];
  readonly seed: number;
  readonly clock: () => number;
  /** The first version is one above it. */
  readonly startVersion?: number;
  readonly ringSize?: number;
};

const RING_SIZE = 1_000;
const CONTROLLER_MANAGER: Writer = { manager: 'kube-controller-manager' };

/** An empty store for the given kinds. */
export function createStore(options: StoreOptions): Store {
  const { clock, ringSize = RING_SIZE } = options;
  let kinds: readonly Kind[] = [];
  let version = options.startVersion ?? 0;
  const collections = new Map<string, Collection>();
  function serve(kind: Kind): void {
    kinds = [...kinds, kind];
    if (kind.sameObjectsAs) return;
    collections.set(resourceOf(kind), {
      kind,
      entries: new Map(),
      keys: [],
      ring: [],
      oldest: version,
      listeners: new Map(),
    });
  }
  for (const kind of options.kinds) serve(kind);

  function collectionOf(resource: string): Collection {
    const collection = collections.get(resource);
    if (!collection)
      throw new Error(
        `no such resource in the lab: ${resource}; registered: ${[...collections.keys()].join(', ')}`,
      );
    return collection;
  }

  function commit(
    collection: Collection,
    type: StoredEvent['type'],
    key: string,
    object: Entry,
  ): void {
    const event = { type, version, key, object, previous: collection.entries.get(key) };
    if (type === 'DELETED') {
      collection.entries.delete(key);
      collection.keys.splice(position(collection.keys, key), 1);
    } else {
      collection.entries.set(key, object);
      if (type === 'ADDED') insertKey(collection.keys, key);
    }
    collection.ring.push(event);
    if (collection.ring.length > ringSize)
      collection.oldest = collection.ring.shift()?.version ?? collection.oldest;
    for (const listener of collection.listeners.keys()) listener(event);
  }

  function give(resource: string, key: string): Given {
    version += 1;
    const uid = uuidOf(`${options.seed} ${resource} ${key} ${version}`);
    return { uid, resourceVersion: String(version), creationTimestamp: rfc3339(clock()) };
  }

  function create(resource: string, draft: Draft, writer: Writer = CONTROLLER_MANAGER): KubeObject {
    const collection = collectionOf(resource);
    const key = keyOf(draft.metadata.namespace, draft.metadata.name);
    if (collection.entries.has(key)) throw alreadyExists(collection.kind, draft.metadata.name);
    const given = give(resource, key);
    const object: KubeObject = {
      ...draft,
      metadata: {
        ...draft.metadata,
        uid: draft.metadata.uid ?? given.uid,
        resourceVersion: given.resourceVersion,
        ...(collection.kind.generation && { generation: draft.metadata.generation ?? 1 }),
        creationTimestamp: draft.metadata.creationTimestamp ?? given.creationTimestamp,
        managedFields: draft.metadata.managedFields ?? written(draft, [], writer, clock()),
      },
    };
    commit(collection, 'ADDED', key, object);
    return object;
  }

  function replace(
    collection: Collection,
    key: string,
    current: KubeObject,
    next: KubeObject,
    writer: Writer,
  ): KubeObject {
    if (sameContent(current, next)) return current;
    version += 1;
    const respecified =
      collection.kind.generation && !isDeepStrictEqual(current['spec'], next['spec']);
    const { uid, creationTimestamp, generation = 1, managedFields = [] } = current.metadata;
    const object: KubeObject = {
      ...next,
      metadata: {
        ...next.metadata,
        uid,
        creationTimestamp,
        resourceVersion: String(version),
        ...(collection.kind.generation && {
          generation: respecified ? generation + 1 : generation,
        }),
        managedFields: written(next, managedFields, writer, clock()),
      },
    };
    commit(collection, 'MODIFIED', key, object);
    return object;
  }

  return {
    get kinds() {
      return kinds;
    },
    serve,
    unserve(resource) {
      const { listeners } = collectionOf(resource);
      collections.delete(resource);
      kinds = kinds.filter((kind) => resourceOf(kind) !== resource);
      for (const onGone of listeners.values()) onGone?.();
    },
    version: () => version,
    oldestVersion: (resource) => collectionOf(resource).oldest,
    get(resource, namespace, name) {
      const entry = collectionOf(resource).entries.get(keyOf(namespace, name));
      return entry && readEntry(entry);
    },
    list(resource, namespace) {
      const { keys, entries } = collectionOf(resource);
      const [from, to] = rangeOf(keys, namespace);
      return keys.slice(from, to).flatMap((key) => readEntries(entries, key));
    },
    count: (resource) => collectionOf(resource).entries.size,
    page: (resource, request) => readPage(collectionOf(resource), request),
    eventsSince(resource, since) {
      return collectionOf(resource).ring.filter((event) => event.version > since);
    },
    create,
    createLazy(resource, namespace, name, build) {
      const collection = collectionOf(resource);
      const key = keyOf(namespace, name);
      if (collection.entries.has(key)) throw alreadyExists(collection.kind, name);
      const given = give(resource, key);
      commit(collection, 'ADDED', key, () => build(given));
    },
    update(resource, object, writer = CONTROLLER_MANAGER) {
      const collection = collectionOf(resource);
      const { namespace, name, resourceVersion } = object.metadata;
      const key = keyOf(namespace, name);
      const entry = collection.entries.get(key);
      if (!entry) throw notFound(collection.kind, name);
      const current = readEntry(entry);
      if (resourceVersion && resourceVersion !== current.metadata.resourceVersion)
        throw modifiedMeanwhile(collection.kind, name);
      return replace(collection, key, current, object, writer);
    },
    modify(resource, namespace, name, change, writer = CONTROLLER_MANAGER) {
      const collection = collectionOf(resource);
      const key = keyOf(namespace, name);
      const entry = collection.entries.get(key);
      if (!entry) return undefined;
      const current = readEntry(entry);
      const next = change(current);
      return next && replace(collection, key, current, next, writer);
    },
    remove(resource, namespace, name) {
      const collection = collectionOf(resource);
      const key = keyOf(namespace, name);
      const entry = collection.entries.get(key);
      if (!entry) return undefined;
      const last = readEntry(entry);
      version += 1;
      const object = { ...last, metadata: { ...last.metadata, resourceVersion: String(version) } };
      commit(collection, 'DELETED', key, object);
      return object;
    },
    subscribe(resource, listener, onGone) {
      const { listeners } = collectionOf(resource);
      listeners.set(listener, onGone);
      return () => listeners.delete(listener);
    },
    compact() {
      for (const collection of collections.values()) {
        collection.ring.length = 0;
        collection.oldest = version;
      }
    },
  };
}

/** Whether a write would change nothing: the server then writes nothing, and nobody hears of it. */
function sameContent(current: KubeObject, next: KubeObject): boolean {
  const bare = ({ metadata, ...rest }: KubeObject): unknown => {
    const {
      resourceVersion: _version,
      managedFields: _fields,
      generation: _generation,
      ...meta
    } = metadata;
    return { ...rest, metadata: meta };
  };
  return isDeepStrictEqual(bare(current), bare(next));
}

function readEntries(entries: ReadonlyMap<string, Entry>, key: string): readonly KubeObject[] {
  const entry = entries.get(key);
  return entry ? [readEntry(entry)] : [];
}
