import { expect, test } from 'vitest';
import type { CephCluster, DiskPool, LonghornNode } from '../../../src/domain/storage.ts';
import { THRESHOLDS } from '../../../src/domain/thresholds.ts';
import {
  cephPool,
  diskPoolPool,
  longhornNodePool,
} from '../../../src/resources/storage/storage-pool.rule.ts';
import { NOW } from '../../support/inventory.ts';
import {
  ceph,
  diskPool,
  longhornDisk,
  longhornNode,
  tableOf,
  withTables,
} from '../../support/storage.ts';

const context = { limits: THRESHOLDS['storage.pool'].defaults, raised: () => null };
const GIB = 1024 ** 3;
const told = (found: readonly { readonly severity?: string; readonly title: string }[]) =>
  found.map(({ severity, title }) => `${severity ?? ''} ${title}`);

test.for<[string, Partial<LonghornNode>, readonly string[]]>([
  ['is well', {}, []],
  ['is switched off', { allowsScheduling: false, schedulable: 'False' }, []],
  ['is cordoned', { schedulable: 'False', reason: 'KubernetesNodeCordoned' }, []],
  [
    'is not ready',
    { ready: 'False', reason: 'ManagerPodDown' },
    ['warning not ready: ManagerPodDown'],
  ],
  [
    'has a disk that is not ready',
    { disks: [longhornDisk({ ready: 'False', reason: 'NoDiskInfo' })] },
    ['warning disk default-disk-1 is not ready: NoDiskInfo'],
  ],
  [
    'has a disk that takes nothing',
    { disks: [longhornDisk({ schedulable: 'False', reason: 'DiskPressure' })] },
    ['warning disk default-disk-1 takes no replicas: DiskPressure'],
  ],
  [
    'fills up',
    { disks: [longhornDisk({ availableBytes: 10 * GIB })] },
    ['warning 90% of its disks used'],
  ],
  [
    'is full',
    { disks: [longhornDisk({ availableBytes: GIB })] },
    ['critical 99% of its disks used'],
  ],
  ['tells nothing', { ready: null, schedulable: null, disks: [] }, []],
])('a node of Longhorn that %s', ([, change, expected]) => {
  const longhornNodes = tableOf(longhornNode('worker1', change));
  const cluster = withTables({ longhornNodes });
  expect(told(longhornNodePool.check({ longhornNodes }, cluster, NOW, context))).toEqual(expected);
});

test.for<[string, Partial<DiskPool>, readonly string[]]>([
  ['is online', {}, []],
  ['is made', { status: null, state: 'Creating' }, []],
  ['is degraded', { status: 'Degraded' }, ['warning degraded on worker1']],
  ['is faulted', { status: 'Faulted' }, ['critical faulted on worker1']],
  ['is of unknown state', { status: 'Unknown' }, ['warning unknown on worker1']],
  ['fills up', { usedBytes: 96 * GIB }, ['critical 96% used']],
])('a pool of Mayastor that %s', ([, change, expected]) => {
  const diskPools = tableOf(diskPool('pool-1', change));
  expect(told(diskPoolPool.check({ diskPools }, withTables({ diskPools }), NOW, context))).toEqual(
    expected,
  );
});

const check = (code: string) => [{ code, message: `${code} it is` }];
test.for<[string, Partial<CephCluster>, readonly string[]]>([
  ['is well', {}, []],
  [
    'warns',
    { health: 'HEALTH_WARN', checks: check('OSD_DOWN') },
    ['warning HEALTH_WARN: OSD_DOWN it is'],
  ],
  [
    'fails',
    { health: 'HEALTH_ERR', checks: check('OSD_FULL') },
    ['critical HEALTH_ERR: OSD_FULL it is'],
  ],
  ['warns of its data only', { health: 'HEALTH_WARN', checks: check('PG_DEGRADED') }, []],
  ['is nearly full', { usedBytes: 900 * GIB }, ['warning 90% used']],
])('a cluster of Ceph that %s', ([, change, expected]) => {
  const cephClusters = tableOf(ceph(change));
  expect(
    told(cephPool.check({ cephClusters }, withTables({ cephClusters }), NOW, context)),
  ).toEqual(expected);
});
