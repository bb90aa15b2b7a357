import type { CollectError } from './feed.ts';
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
  /** The only namespaces that the user may count in; null: all of them are counted. */
  readonly namespaces: readonly string[] | null;
  /** Some of them, where there are many or they multiply; null where nobody looked. */
  readonly sample: ObjectSample | null;
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

/** Whether a kind is counted and not listed because its objects are too many, or would take too much memory. */
export const isCountedOnly = ({ code }: CollectError): boolean =>
  code === 'over-cap' || code === 'over-budget';

/** From so many on, how fast they grow is found out at once. */
export const MANY_OBJECTS = 1_000;

/** Some objects of a resource that were looked at: who makes them, and where. */
export type ObjectSample = {
  readonly at: EpochMs;
  /** So many were looked at. */
  readonly size: number;
  /** They came while somebody looked; else they are the first by their names. */
  readonly isNewest: boolean;
  /** Who wrote them first, by their managed fields. */
  readonly managers: readonly Share[];
  /** What owns them, `Kind/name`. */
  readonly owners: readonly Share[];
  readonly namespaces: readonly Share[];
  /** When the newest of them was made. */
  readonly newestAt: EpochMs | null;
  /** The newest of them. */
  readonly names: readonly string[];
};

/** How many of a sample have that in common. */
export type Share = { readonly name: string; readonly count: number };

/** `48 longhorn-manager, 2 kubectl`. */
export const sharesText = (shares: readonly Share[]): string =>
  shares.map(({ name, count }) => `${count} ${name}`).join(', ');
