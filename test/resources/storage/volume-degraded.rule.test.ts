import { expect, test } from 'vitest';
import type { LonghornVolume } from '../../../src/domain/storage.ts';
import {
  cephDegraded,
  cephFaulted,
  longhornDegraded,
  longhornFaulted,
  mayastorDegraded,
  mayastorFaulted,
} from '../../../src/resources/storage/volume-degraded.rule.ts';
import { NOW } from '../../support/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';
import {
  ceph,
  diskPool,
  engine,
  longhornVolume,
  persistentVolume,
  replica,
  storageClass,
  tableOf,
  withTables,
} from '../../support/storage.ts';

const findings = (change: Partial<LonghornVolume>, ...engines: ReturnType<typeof engine>[]) => {
  const longhornVolumes = tableOf(longhornVolume('v', change));
  const cluster = withTables({
    longhornVolumes,
    longhornEngines: tableOf(...engines),
    longhornReplicas: tableOf(
      replica('v', 'worker1'),
      replica('v', 'worker2', NOW - 90_000),
      replica('v', 'worker3'),
    ),
  });
  return [longhornDegraded, longhornFaulted].flatMap((rule) =>
    rule
      .check({ longhornVolumes }, cluster, NOW, plainContext)
      .map(({ title }) => [rule.id, title]),
  );
};
const two = { 'v-r-worker1': 'RW', 'v-r-worker2': 'ERR', 'v-r-worker3': 'RW' };

test.for<[string, Partial<LonghornVolume>, ReturnType<typeof engine>[], string[][]]>([
  ['is healthy', {}, [], []],
  [
    'has lost a replica',
    { robustness: 'degraded' },
    [engine('v', two)],
    [['volume.degraded', 'media/config has 2 of 3 replicas']],
  ],
  [
    'rebuilds one',
    { robustness: 'degraded' },
    [engine('v', { ...two, 'v-r-worker2': 'WO' }, 40)],
    [['volume.degraded', 'media/config has 2 of 3 replicas, rebuilding 40%']],
  ],
  [
    'is degraded, and no engine tells how',
    { robustness: 'degraded', claim: null },
    [],
    [['volume.degraded', 'degraded: v']],
  ],
  ['is detached: nobody knows', { state: 'detached', robustness: 'unknown' }, [], []],
  [
    'has none left',
    { state: 'detached', robustness: 'faulted' },
    [],
    [['volume.faulted', 'media/config has no replica that serves']],
  ],
])('a volume %s', ([, change, engines, expected]) => {
  expect(findings(change, ...engines)).toEqual(expected);
});

test('tells which replica is lost, where and since when', () => {
  const longhornVolumes = tableOf(
    longhornVolume('v', { robustness: 'degraded', degradedAt: NOW - 90_000 }),
  );
  const cluster = withTables({
    longhornVolumes,
    longhornEngines: tableOf(engine('v', two)),
    longhornReplicas: tableOf(replica('v', 'worker1'), replica('v', 'worker2', NOW - 90_000)),
  });
  const [found] = longhornDegraded.check({ longhornVolumes }, cluster, NOW, plainContext);
  expect(found).toMatchObject({
    subject: 'storage:k/LonghornVolume/longhorn-system/v',
    began: NOW - 90_000,
    evidence: {
      claim: 'media/config',
      replicas: 3,
      healthy: 2,
      lostOn: 'worker2',
      failedAt: new Date(NOW - 90_000).toISOString(),
      from: expect.stringContaining('longhorn.io') as string,
    },
  });
});

test.for([
  ['is well', [], []],
  ['has few copies', ['PG_DEGRADED'], ['volume.degraded']],
  [
    'has data that nobody reaches',
    ['PG_AVAILABILITY', 'PG_DEGRADED'],
    ['volume.degraded', 'volume.faulted'],
  ],
  ['complains of something else', ['OSDMAP_FLAGS'], []],
] as const)('a cluster of Ceph that %s', ([, codes, expected]) => {
  const cephClusters = tableOf(
    ceph({ health: 'HEALTH_WARN', checks: codes.map((code) => ({ code, message: 'so many' })) }),
  );
  const cluster = withTables({ cephClusters });
  expect(
    [cephDegraded, cephFaulted].flatMap((rule) =>
      rule.check({ cephClusters }, cluster, NOW, plainContext).map(() => rule.id),
    ),
  ).toEqual(expected);
});

test.for<[string, readonly (string | null)[], string[][]]>([
  ['all pools are online', ['Online', 'Online', 'Online'], []],
  ['as many pools are online as there are to be replicas', ['Online', 'Faulted', 'Online'], []],
  ['a pool is degraded, which serves still', ['Online', 'Degraded'], []],
  [
    'there are fewer',
    ['Online', 'Faulted', 'Unknown'],
    [['volume.degraded', 'media/config: 2 replicas in 2 pools, but only 1 online']],
  ],
  [
    'there is none',
    ['Faulted', null],
    [['volume.faulted', 'media/config: no pool is online that could hold a replica of it']],
  ],
  ['no pool is known', [], []],
])('of a volume of Mayastor, when %s', ([, states, expected]) => {
  const tables = {
    persistentVolumes: tableOf(
      persistentVolume('pv', {
        driver: 'io.openebs.csi-mayastor',
        storageClass: 'mayastor-2',
        claim: 'media/config',
        phase: 'Bound',
      }),
      persistentVolume('other', { storageClass: 'mayastor-2', phase: 'Bound' }),
    ),
    storageClasses: tableOf({ ...storageClass('mayastor-2'), replicas: 2 }),
    diskPools: tableOf(...states.map((status, index) => diskPool(`p${index}`, { status }))),
  };
  const cluster = withTables(tables);
  expect(
    [mayastorDegraded, mayastorFaulted].flatMap((rule) =>
      rule.check(tables, cluster, NOW, plainContext).map(({ title }) => [rule.id, title]),
    ),
  ).toEqual(expected);
});
