import { expect, test } from 'vitest';
import type { Feed } from '../../../src/domain/feed.ts';
import { pending } from '../../../src/domain/feed.ts';
import type { PoolHealth, PoolStatus, Vdev } from '../../../src/domain/pool.ts';
import { poolState } from '../../../src/resources/pool/pool-state.rule.ts';
import { answered, makeHost, NOW } from '../../derive/inventory.ts';
import { poolEntry, vdev as makeVdev } from '../../support/pools.ts';
import { plainContext } from '../../support/rule-context.ts';

const vdev = (name: string, depth: number, state: string, section = 'data'): Vdev =>
  makeVdev(name, depth, { state, section });
const status: PoolStatus = {
  name: 'tank',
  state: 'DEGRADED',
  status: 'One or more devices are faulted.',
  action: 'Replace the faulted device.',
  scan: {
    kind: 'none',
    finishedAt: null,
    errors: null,
    percentDone: null,
    progress: null,
    text: 'none requested',
  },
  vdevs: [
    vdev('tank', 0, 'DEGRADED'),
    vdev('raidz2-0', 1, 'DEGRADED'),
    vdev('c2t2d0', 2, 'ONLINE'),
    vdev('c2t3d0', 2, 'FAULTED'),
    vdev('c9t0d0', 0, 'AVAIL', 'spares'),
  ],
  errors: null,
  errorCount: 0,
};

function check(health: PoolHealth, poolStatus: Feed<readonly PoolStatus[]> = answered([status])) {
  const pools = [poolEntry({ capacityPercent: 71, health })];
  return poolState.check({ pools }, makeHost('store1', { poolStatus }), NOW, plainContext);
}

test.for<[PoolHealth, string | undefined]>([
  ['ONLINE', undefined],
  ['UNKNOWN', undefined],
  ['DEGRADED', 'warning'],
  ['FAULTED', 'critical'],
  ['UNAVAIL', 'critical'],
  ['SUSPENDED', 'critical'],
  ['OFFLINE', 'critical'],
  ['REMOVED', 'critical'],
])('%s is %s', ([health, severity]) => {
  expect(check(health)[0]?.severity).toBe(severity);
});

test('names the disk that is the reason, and what zpool advises', () => {
  expect(check('DEGRADED')).toEqual([
    {
      subject: 'pool:store1/tank',
      title: 'DEGRADED: c2t3d0 FAULTED',
      severity: 'warning',
      evidence: {
        health: 'DEGRADED',
        capacityPercent: 71,
        devices: 'c2t3d0 FAULTED',
        status: 'One or more devices are faulted.',
        scan: 'none requested',
        from: 'zpool list, zpool status',
      },
      hint: 'Replace the faulted device.',
    },
  ]);
});

test.for<[string, Feed<readonly PoolStatus[]>]>([
  ['never came', pending],
  ['is old', answered([status], NOW - 60_000)],
])('says only what zpool list tells while the status %s', ([, feed]) => {
  expect(check('DEGRADED', feed)).toMatchObject([
    { title: 'DEGRADED', evidence: { devices: null }, hint: 'see zpool status -x tank' },
  ]);
});
