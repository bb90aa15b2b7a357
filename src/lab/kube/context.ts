import type { FaultState } from './faults.ts';
import type { Kind } from './kinds/kind.ts';
import type { Random } from './random.ts';
import type { ResourcePath } from './request.ts';
import type { Rights } from './rights.ts';
import type { Store } from './store.ts';

/** What the handlers of one API server instance work with. */
export type ServerContext = {
  readonly store: Store;
  readonly clock: () => number;
  readonly random: Random;
  readonly faults: FaultState;
  readonly rights: Rights;
  readonly bookmarkSeconds: number;
  /** Whether the feature WatchList is on. */
  readonly watchList: () => boolean;
};

/** A request for a resource, with its kind found. */
export type ResourceRequest = {
  readonly kind: Kind;
  /** The resource in the store. */
  readonly resource: string;
  readonly path: ResourcePath;
  readonly pathname: string;
  readonly query: URLSearchParams;
  readonly user: string;
};
