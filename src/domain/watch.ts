import type { ClusterFeeds, ClusterTableName } from './inventory.ts';
import type { KubeTable } from './kube.ts';

/** What one object of a table is. */
export type ObjectOf<K extends ClusterTableName> =
  ClusterFeeds[K] extends KubeTable<infer T> ? T : never;

/** Which objects of the Kubernetes API are watched, and how. */
export type WatchedResource = {
  /** API group; empty for the core. */
  readonly group: string;
  /** The versions that are understood, the best first. Where the server has none of them, its own preferred one is read. */
  readonly versions: readonly [string, ...(readonly string[])];
  /** The plural in the path: `pods`. */
  readonly resource: string;
  /** Whether its objects lie in namespaces: their key is then `namespace/name`, otherwise `name`. */
  readonly namespaced: boolean;
  /** Only the objects of this namespace; all of them without it. */
  readonly namespace?: string;
  /** As in `kubectl get --field-selector`; what the server can select by differs from resource to resource. */
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /** Only `metadata` is asked for (PartialObjectMetadata): the rest of an object is never sent. */
  readonly only?: 'metadata';
  /** It has no watch: it is listed at least so many seconds after the last time. */
  readonly pollSeconds?: number;
  /** With more objects than this they are counted only, neither listed nor watched. */
  readonly maxObjects: number;
  /**
   * With more objects than `maxObjects` the newest of them are kept all the same: by this field of what is kept of each, a
   * time.
   */
  readonly newestBy?: string;
  /** What nobody sees without it, as the subject of a sentence in the plural: `the pods`, `leases of nodes`. */
  readonly shows: string;
};

/**
 * A resource that is watched, and what is kept of each of its objects. Where its API is not installed its feed is
 * `absent`, until it is; where a right to it is missing, `denied`.
 */
export type ClusterWatch<K extends ClusterTableName = ClusterTableName> = WatchedResource & {
  readonly feed: K;
  /**
   * Only the fields that are shown, made safe for a screen (`parse/json-fields.ts` does so); undefined for an object
   * that cannot be read. Every field of the object may be missing, and it may be one of another version.
   */
  readonly project: (object: unknown) => ObjectOf<K> | undefined;
};

/** The name of a resource as kubectl and CRDs write it: `pods`, `replicas.longhorn.io`. */
export const resourceName = ({
  group,
  resource,
}: Pick<WatchedResource, 'group' | 'resource'>): string =>
  group === '' ? resource : `${resource}.${group}`;
