import { expect, test } from 'vitest';
import type { PoolHealth, Vdev } from '../../../src/domain/pool.ts';
import { poolDevice } from '../../../src/resources/pool/pool-device.rule.ts';
import { answered, makeHost, NOW } from '../../derive/inventory.ts';
import { poolEntry, poolStatus, vdev } from '../../support/pools.ts';
import { plainContext } from '../../support/rule-context.ts';

const tree = (...below: readonly Vdev[]) => [vdev('tank', 0), vdev('raidz2-0', 1), ...below];
const check = (vdevs: readonly Vdev[], health: PoolHealth = 'ONLINE') =>
  poolDevice.check(
    { poolStatus: [poolStatus({ vdevs })] },
    makeHost('store1', { pools: answered([poolEntry({ health })]) }),
    NOW,
    plainContext,
  );

test.for<[string, readonly Vdev[], PoolHealth, string[]]>([
  ['all well', tree(vdev('c0t1d0', 2), vdev('c0t2d0', 2)), 'ONLINE', []],
  [
    'a disk with read errors',
    tree(vdev('c0t1d0', 2, { readErrors: 4 })),
    'ONLINE',
    ['c0t1d0 4 read errors'],
  ],
  [
    'all kinds of errors, and a slice',
    tree(vdev('c0t1d0s0', 2, { readErrors: 1, writeErrors: 2, checksumErrors: 3 })),
    'ONLINE',
    ['c0t1d0 1 read, 2 write, 3 checksum errors'],
  ],
  [
    'errors of the disk and of the raidz above it: the disk tells more',
    [
      vdev('tank', 0, { checksumErrors: 9 }),
      vdev('raidz2-0', 1, { checksumErrors: 9 }),
      vdev('c0t1d0', 2, { checksumErrors: 9 }),
    ],
    'ONLINE',
    ['c0t1d0 9 checksum errors'],
  ],
  [
    'errors of a raidz that no disk has',
    [vdev('tank', 0), vdev('raidz2-0', 1, { checksumErrors: 2 }), vdev('c0t1d0', 2)],
    'ONLINE',
    ['raidz2-0 2 checksum errors'],
  ],
  [
    'counters that are not known',
    tree(vdev('c0t1d0', 2, { readErrors: null, writeErrors: null, checksumErrors: null })),
    'ONLINE',
    [],
  ],
  [
    'a failed device: the state of the pool tells it',
    tree(vdev('c0t1d0', 2, { state: 'FAULTED' })),
    'DEGRADED',
    [],
  ],
  [
    'a failed cache of a pool that is online',
    tree(vdev('c0t1d0', 2), vdev('c9t0d0s1', 0, { section: 'cache', state: 'FAULTED' })),
    'ONLINE',
    ['cache c9t0d0 FAULTED'],
  ],
  [
    'a device that went into another pool',
    tree(vdev('c0t1d0', 2), vdev('c0t2d0', 2, { state: 'SPLIT' })),
    'ONLINE',
    ['c0t2d0 SPLIT'],
  ],
  [
    'spares that wait or serve',
    tree(
      vdev('c9t0d0', 0, { section: 'spares', state: 'AVAIL' }),
      vdev('c9t1d0', 0, { section: 'spares', state: 'INUSE' }),
    ),
    'ONLINE',
    [],
  ],
  [
    'a spare that is gone',
    tree(vdev('c9t0d0', 0, { section: 'spares', state: 'UNAVAIL' })),
    'ONLINE',
    ['spares c9t0d0 UNAVAIL'],
  ],
  ['a state of a newer release', tree(vdev('c0t1d0', 2, { state: 'RESTING' })), 'ONLINE', []],
  [
    'many devices are counted',
    tree(...['1', '2', '3', '4', '5', '6'].map((id) => vdev(`c0t${id}d0`, 2, { readErrors: 1 }))),
    'ONLINE',
    [
      'c0t1d0 1 read errors; c0t2d0 1 read errors; c0t3d0 1 read errors; c0t4d0 1 read errors and 2 more',
    ],
  ],
])('%s', ([, vdevs, health, titles]) => {
  expect(check(vdevs, health).map(({ title }) => title)).toEqual(titles);
});

test('tells what was counted', () => {
  expect(
    check(tree(vdev('c0t1d0', 2, { readErrors: 4 }), vdev('c0t2d0', 2, { readErrors: 1 })))[0],
  ).toMatchObject({
    subject: 'pool:store1/tank',
    evidence: { read: 5, write: 0, checksum: 0, from: 'zpool status' },
  });
});
