import type { EpochMs } from './time.ts';

/** How many objects of one resource the cluster has, counted without listing them. */
export type ObjectCount = {
  /** As kubectl and CRDs write it: `pods`, `replicas.longhorn.io`. */
  readonly name: string;
  /** API group; empty for the core. */
  readonly group: string;
  /** The plural in the path: `replicas`. */
  readonly resource: string;
  readonly kind: string;
  /** The request that counts them, `GET` and its path. */
  readonly request: string;
  /** null: not known, or the server does not tell. */
  readonly count: number | null;
  /** How many more they become in a minute, over the last two; null before two counts. */
  readonly perMinute: number | null;
  /** When they were counted last; null: never. */
  readonly countedAt: EpochMs | null;
  /** Why the last count did not succeed; null when it did. */
  readonly trouble: { readonly isDenied: boolean; readonly message: string } | null;
};

/** From so many on, how fast they grow is found out at once. */
export const MANY_OBJECTS = 1_000;
