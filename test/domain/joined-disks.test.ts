import { expect, test } from 'vitest';
import type { DiskEntry, DiskErrors } from '../../src/domain/disk.ts';
import { diskOfVdev, disksOf } from '../../src/domain/joined-disks.ts';
import { parseZpoolStatus } from '../../src/resources/pool/zpool-status.command.ts';
import { diskCounters, diskEntry, NO_DISK_ERRORS } from '../support/disks.ts';
import { host, kstats, ok } from '../support/inventory.ts';

const errors: DiskErrors = { ...NO_DISK_ERRORS, soft: 1, illegalRequests: 9000 };
const entry = (instance: string, change: Partial<DiskEntry> = {}): DiskEntry =>
  diskEntry(instance, { errors, ...change });
const status = parseZpoolStatus(`  pool: tank
 state: DEGRADED
  scan: none requested
config:

\tNAME                     STATE     READ WRITE CKSUM
\ttank                     DEGRADED     0     0     0
\t  raidz2-0               DEGRADED     0     0     0
\t    c0t1d0               ONLINE       0     0     0
\t    spare-1              DEGRADED     0     0     0
\t      9669136929555758   UNAVAIL      0     0     0  was /dev/dsk/c0t2d0s0
\t      c0t3d0             ONLINE       0     0     0  (resilvering)
\tlogs
\t  mirror-1               ONLINE       0     0     0
\t    c1t0d0s1             ONLINE       0     0     0
\tspares
\t  c0t3d0                 INUSE     currently in use

errors: No known data errors
`).value;
const named = (names: Readonly<Record<string, string>>) =>
  ok(Object.entries(names).map(([instance, name]) => ({ instance, name })));
const store = host('store1', {
  feeds: {
    disks: ok([entry('sd1'), entry('sd3'), entry('blkdev0', { errors: { ...errors, hard: 4 } })]),
    diskNames: named({ sd1: 'c0t1d0', sd3: 'c0t3d0', blkdev0: 'c1t0d0' }),
    poolStatus: ok(status),
    kstats: ok(
      kstats({
        disks: new Map([
          ['sd1', diskCounters({ hardErrors: 3, transportErrors: null, mediaErrors: 5 })],
        ]),
      }),
    ),
  },
});

test('a disk is told by its device, its driver and its place in a pool', () => {
  const [first, spare, log] = disksOf(store);
  expect(first).toMatchObject({
    ref: 'disk:store1/c0t1d0',
    instance: 'sd1',
    serial: 'Ssd1',
    member: { pool: 'tank', group: 'raidz2-0', vdev: { state: 'ONLINE' } },
  });
  // Of the two rows of a spare in use that in the tree tells more; it stands in for a disk of the raidz.
  expect(spare?.member).toMatchObject({ group: 'raidz2-0', vdev: { note: '(resilvering)' } });
  expect(log?.member).toMatchObject({ group: 'mirror-1', vdev: { section: 'logs' } });
});

test('the newest count of an error wins, others stay as the slower answer told them', () => {
  const [first, , log] = disksOf(store);
  expect(first?.errors).toMatchObject({ hard: 3, transport: 0, media: 5, illegalRequests: 9000 });
  expect(log?.errors.hard).toBe(4);
});

test('a device of a pool that no driver has is a disk that is missing', () => {
  expect(disksOf(store).at(-1)).toMatchObject({
    ref: 'disk:store1/c0t2d0',
    instance: null,
    serial: null,
    errors: { hard: null },
    member: { group: 'raidz2-0', vdev: { state: 'UNAVAIL' } },
  });
});

test('without the names of devices a disk is called by its driver, and none is missing', () => {
  const { diskNames: _none, ...feeds } = store.feeds;
  const blind = host('store1', { feeds: { ...feeds, diskNames: { status: 'pending' } } });
  expect(disksOf(blind).map(({ name, member }) => [name, member])).toEqual([
    ['sd1', null],
    ['sd3', null],
    ['blkdev0', null],
  ]);
});

test.for([
  ['c0t5000CCA2530A1B2Cd0', null, 'c0t5000CCA2530A1B2Cd0'],
  ['c2t2d0s1', null, 'c2t2d0'],
  ['c1t0d0p0', null, 'c1t0d0'],
  ['/dev/dsk/c1t0d0s0', null, 'c1t0d0'],
  ['9669136929555758172', 'was /dev/dsk/c0t5000C5006349E003d0s0', 'c0t5000C5006349E003d0'],
  ['9669136929555758172', null, '9669136929555758172'],
  ['c0t1d0', 'was /dev/dsk/c0t9d0s0', 'c0t1d0'],
  ['/tank/files/disk0', null, '/tank/files/disk0'],
] as const)('the row %s (%s) is the disk %s', ([name, note, disk]) => {
  expect(diskOfVdev({ name, note })).toBe(disk);
});
