import type { PoolEntry, PoolScan, PoolStatus, Vdev } from '../../src/domain/pool.ts';

/** A row of a pool's tree that is well. */
export const vdev = (name: string, depth: number, change: Partial<Vdev> = {}): Vdev => ({
  name,
  depth,
  section: 'data',
  state: 'ONLINE',
  readErrors: 0,
  writeErrors: 0,
  checksumErrors: 0,
  note: null,
  ...change,
});

export const scan = (kind: PoolScan['kind'], change: Partial<PoolScan> = {}): PoolScan => ({
  kind,
  finishedAt: null,
  errors: null,
  percentDone: null,
  progress: null,
  text: kind,
  ...change,
});

/** The pool tank, well, of one raidz2. */
export const poolStatus = (change: Partial<PoolStatus> = {}): PoolStatus => ({
  name: 'tank',
  state: 'ONLINE',
  status: null,
  action: null,
  scan: scan('none'),
  vdevs: [
    vdev('tank', 0),
    vdev('raidz2-0', 1),
    vdev('c0t1d0', 2),
    vdev('c0t2d0', 2),
    vdev('c0t3d0', 2),
  ],
  errors: 'No known data errors',
  errorCount: 0,
  ...change,
});

export const poolEntry = (change: Partial<PoolEntry> = {}): PoolEntry => ({
  name: 'tank',
  sizeBytes: 1000,
  allocatedBytes: 400,
  freeBytes: 600,
  fragmentationPercent: 1,
  capacityPercent: 40,
  health: 'ONLINE',
  ...change,
});
