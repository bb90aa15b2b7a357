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
  /** null unless it runs or is paused. */
  readonly progress: ScanProgress | null;
  /** The scan paragraph as printed, on one line. */
  readonly text: string;
};
/** How far a scrub or resilver is; null is not told. */
export type ScanProgress = {
  readonly startedAt: number | null;
  /** Bytes whose reading was done, of all that are to be read. */
  readonly doneBytes: number | null;
  readonly totalBytes: number | null;
  /** Bytes a second of late. */
  readonly rate: number | null;
  /** null: zpool does not dare to say. */
  readonly secondsLeft: number | null;
  /** Bytes that were repaired or resilvered. */
  readonly writtenBytes: number | null;
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

/** AVAIL and INUSE are states of spares that are well, and a word that is not known tells nothing. */
const FAILED_STATES: ReadonlySet<string> = new Set([
  'DEGRADED',
  'FAULTED',
  'OFFLINE',
  'REMOVED',
  'SPLIT',
  'UNAVAIL',
  'UNAVAILABLE',
]);

/** A device that does not serve as it should. */
export const isFailed = ({ state }: Vdev): boolean => FAILED_STATES.has(state);

/** Errors of a device that its pool has counted; unknown ones count for none. */
export const countedErrors = ({ readErrors, writeErrors, checksumErrors }: Vdev): number =>
  (readErrors ?? 0) + (writeErrors ?? 0) + (checksumErrors ?? 0);

export const isTroubled = (vdev: Vdev): boolean => isFailed(vdev) || countedErrors(vdev) > 0;

/** A device of a pool with the mirror, raidz or draid that it belongs to; null where it stands alone. */
export type LeafVdev = { readonly vdev: Vdev; readonly group: string | null };

/** The rows of a pool's tree that have nothing beneath them; the pool's own row is none. */
export function leafVdevs({
  name,
  vdevs,
}: Pick<PoolStatus, 'name' | 'vdevs'>): readonly LeafVdev[] {
  const above: Vdev[] = [];
  const leaves: LeafVdev[] = [];
  for (const [index, vdev] of vdevs.entries()) {
    const next = vdevs[index + 1];
    while (above.at(-1) && !isAbove(above.at(-1), vdev)) above.pop();
    if (next && isAbove(vdev, next)) above.push(vdev);
    else if (!(vdev.depth === 0 && vdev.name === name)) {
      // What a spare or a replacement stands in for belongs to the group above these.
      const group = above.findLast((each) => !/^(?:replacing|spare)(?:-|$)/.test(each.name));
      leaves.push({ vdev, group: group && group.name !== name ? group.name : null });
    }
  }
  return leaves;
}

const isAbove = (above: Vdev | undefined, vdev: Vdev): boolean =>
  above !== undefined && above.section === vdev.section && above.depth < vdev.depth;
