export type PoolHealth =
  | 'ONLINE'
  | 'DEGRADED'
  | 'FAULTED'
  | 'OFFLINE'
  | 'REMOVED'
  | 'UNAVAIL'
  | 'SUSPENDED'
  | 'UNKNOWN';

/** One line of `zpool list -Hp`. */
export type PoolEntry = {
  readonly name: string;
  readonly sizeBytes: number | null;
  readonly allocatedBytes: number | null;
  readonly freeBytes: number | null;
  readonly fragmentationPercent: number | null;
  readonly capacityPercent: number | null;
  readonly health: PoolHealth;
};

/** One pool of `zpool status -p`. */
export type PoolStatus = {
  readonly name: string;
  readonly state: PoolHealth;
  /** The paragraphs `status:` and `action:` on one line each; null when the pool is healthy. */
  readonly status: string | null;
  readonly action: string | null;
  readonly scan: PoolScan;
  readonly vdevs: readonly Vdev[];
  /** The text behind `errors:`; null when the line is missing. */
  readonly errors: string | null;
  /** Data errors; 0 for `No known data errors`, null when not known. */
  readonly errorCount: number | null;
};
export type PoolScan = {
  readonly kind:
    | 'none'
    | 'scrub-done'
    | 'scrub-running'
    | 'scrub-paused'
    | 'scrub-canceled'
    | 'resilver-done'
    | 'resilver-running'
    | 'resilver-canceled'
    | 'unknown';
  readonly finishedAt: number | null;
  readonly errors: number | null;
  readonly percentDone: number | null;
  /** The scan paragraph as printed, on one line. */
  readonly text: string;
};
/** A row of the config tree, in print order; `depth` 0 is the pool itself or a section's first level. */
export type Vdev = {
  readonly name: string;
  readonly depth: number;
  /** data, or logs, cache, spares, special, dedup. */
  readonly section: string;
  readonly state: string;
  readonly readErrors: number | null;
  readonly writeErrors: number | null;
  readonly checksumErrors: number | null;
  readonly note: string | null;
};
