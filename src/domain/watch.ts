import type { ClusterFeedName, ClusterFeeds } from './inventory.ts';

/** What one object of a table is. */
export type ObjectOf<K extends ClusterFeedName> =
  ClusterFeeds[K]['byKey'] extends ReadonlyMap<string, infer T> ? T : never;

/** A Kubernetes kind that is watched, and what is kept of each object. */
export type ClusterWatch<K extends ClusterFeedName = ClusterFeedName> = {
  readonly id: string;
  readonly feed: K;
  /** `/api/v1/nodes`. */
  readonly path: string;
  /** Kinds above it are counted only. */
  readonly maxObjects: number;
  /** Key of the object: name, or namespace/name. */
  readonly key: (object: unknown) => string | undefined;
  /** Only the fields that are shown; undefined for an object that cannot be read. */
  readonly project: (object: unknown) => ObjectOf<K> | undefined;
};
