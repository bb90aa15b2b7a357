import { expect, test } from 'vitest';
import type { ClusterInventory } from '../../../src/domain/inventory.ts';
import type { Ref } from '../../../src/domain/ref.ts';
import { bindView } from '../../../src/domain/view.ts';
import { storageView } from '../../../src/resources/storage/storage.view.ts';
import { allColumns, columnsFor, planColumns } from '../../../src/ui/paint/columns.ts';
import { cluster, lab, NOW, pod } from '../../support/inventory.ts';
import {
  backup,
  ceph,
  claim,
  diskPool,
  engine,
  longhornDisk,
  longhornNode,
  longhornVolume,
  persistentVolume,
  replica,
  tableOf,
  withTables,
} from '../../support/storage.ts';

const user = pod('web', { namespace: 'media', claims: ['config'] });
const known = withTables(
  {
    claims: tableOf(
      claim('config', { volume: 'v' }),
      claim('new', { phase: 'Pending', volume: null, capacityBytes: null }),
    ),
    persistentVolumes: tableOf(persistentVolume('v', { claim: 'media/config' })),
    longhornVolumes: tableOf(longhornVolume('v', { robustness: 'degraded' })),
    longhornEngines: tableOf(engine('v', { 'v-r-worker1': 'RW', 'v-r-worker2': 'WO' }, 40)),
    longhornReplicas: tableOf(replica('v', 'worker1'), replica('v', 'worker2')),
    longhornNodes: tableOf(
      longhornNode('worker1'),
      longhornNode('worker2', {
        disks: [longhornDisk({ schedulable: 'False', reason: 'DiskPressure' })],
      }),
      longhornNode('worker3', { ready: 'False', reason: 'ManagerPodDown' }),
    ),
    longhornBackups: tableOf(backup('v', 3_600_000)),
    diskPools: tableOf(diskPool('pool-1', { status: 'Faulted' })),
    cephClusters: tableOf(ceph()),
  },
  cluster('k', [], [user]),
);
const bound = bindView(storageView);
const cells = (of: ClusterInventory) =>
  bound
    .rows(lab([], [of]), NOW)
    .map((row) =>
      [
        row.sign,
        ...['kind', 'name', 'state', 'robustness', 'detail', 'size', 'used'].map((id) =>
          row.text(bound.columns.findIndex((each) => each.id === id)),
        ),
      ].join('|'),
    );

test('all that stores data stands in one list', () => {
  expect(cells(known)).toEqual([
    'ok|claim|config|Bound||longhorn  RWO|10G|',
    'changing|claim|new|Pending||longhorn  RWO|10G|',
    'degraded|Longhorn volume|v|attached|degraded|media/config  1/3 replicas, rebuilding 40%|10G|3.0G',
    'ok|Longhorn node|worker1|Ready|schedulable|1 disk  30% used|100G|30G',
    'warning|Longhorn node|worker2|Ready|unschedulable|DiskPressure|100G|30G',
    'down|Longhorn node|worker3|NotReady|schedulable|ManagerPodDown|100G|30G',
    'down|disk pool|pool-1|Created|Faulted|20% used  /dev/nvme0n1|100G|20G',
    'ok|Ceph cluster|rook-ceph|Ready|HEALTH_OK||1.0T|200G',
    'ok|volume|v|Bound||media/config  driver.longhorn.io|10G|',
    'ok|backup|backup-v-3600000|Completed||media/config|1.0G|',
  ]);
});

const leadsTo = (ref: Ref): readonly (Ref | undefined)[] =>
  (bound.detail(ref, lab([], [known]), NOW) ?? []).flatMap(({ lines }) =>
    lines.flatMap((line) => line.ref ?? []),
  );

test('a detail leads from claim to volume to where it is stored, and to its pods', () => {
  expect(leadsTo('storage:k/PersistentVolumeClaim/media/config')).toEqual([
    'storage:k/PersistentVolume/v',
    'storage:k/LonghornVolume/longhorn-system/v',
    'pod:k/media/web',
  ]);
  expect(leadsTo('storage:k/PersistentVolume/v')).toEqual([
    'storage:k/PersistentVolumeClaim/media/config',
    'storage:k/LonghornVolume/longhorn-system/v',
    'pod:k/media/web',
  ]);
  expect(leadsTo('storage:k/LonghornVolume/longhorn-system/v')).toEqual([
    'node:k/worker1',
    'storage:k/PersistentVolumeClaim/media/config',
    'storage:k/PersistentVolume/v',
    'node:k/worker1',
    'node:k/worker2',
    'storage:k/LonghornBackup/longhorn-system/backup-v-3600000',
    'pod:k/media/web',
  ]);
  expect(
    bound.detail('storage:k/LonghornVolume/longhorn-system/none', lab([], [known]), NOW),
  ).toBeNull();
});

test('the title of the replicas counts those that serve, as the problem does', () => {
  const titles = (of: ClusterInventory): readonly string[] =>
    (bound.detail('storage:k/LonghornVolume/longhorn-system/v', lab([], [of]), NOW) ?? []).flatMap(
      ({ title }) => (title.startsWith('Replicas') ? [title] : []),
    );
  expect(titles(known)).toEqual(['Replicas 1 of 3']);
  const detached = withTables(
    {
      longhornVolumes: tableOf(longhornVolume('v')),
      longhornReplicas: tableOf(replica('v', 'worker1'), replica('v', 'worker2', NOW)),
    },
    cluster('k', [], []),
  );
  expect(titles(detached)).toEqual(['Replicas 1 of 3']);
});

test('when the cluster is silent nothing is said to be well', () => {
  const silent = { ...known, source: { ...known.source, state: 'down' as const } };
  const rows = bound.rows(lab([], [silent]), NOW);
  expect(rows).toHaveLength(10);
  expect(new Set(rows.map(({ sign, stale }) => `${sign} ${stale}`))).toEqual(
    new Set(['unknown true']),
  );
});

test('on 120 cells whose volume it is has room, before what tells less', () => {
  const { columns } = bindView(storageView);
  const fitted = planColumns(columns, 118, columnsFor(columns, allColumns, 1)).placed;
  expect(fitted.find(({ column }) => column.id === 'detail')?.width).toBeGreaterThanOrEqual(20);
  expect(fitted.map(({ column }) => column.id)).toEqual(
    expect.arrayContaining(['namespace', 'size', 'used']),
  );
});
