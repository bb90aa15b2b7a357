import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cephClustersWatch } from '../../../src/resources/storage/ceph-clusters.watch.ts';
import { claimsWatch } from '../../../src/resources/storage/claims.watch.ts';
import { diskPoolsWatch } from '../../../src/resources/storage/disk-pools.watch.ts';
import { longhornBackupsWatch } from '../../../src/resources/storage/longhorn-backups.watch.ts';
import { longhornEnginesWatch } from '../../../src/resources/storage/longhorn-engines.watch.ts';
import { longhornJobsWatch } from '../../../src/resources/storage/longhorn-jobs.watch.ts';
import { longhornNodesWatch } from '../../../src/resources/storage/longhorn-nodes.watch.ts';
import { longhornReplicasWatch } from '../../../src/resources/storage/longhorn-replicas.watch.ts';
import { longhornVolumesWatch } from '../../../src/resources/storage/longhorn-volumes.watch.ts';
import { persistentVolumesWatch } from '../../../src/resources/storage/persistent-volumes.watch.ts';
import { storageClassesWatch } from '../../../src/resources/storage/storage-classes.watch.ts';

const metadata = { name: 'data', namespace: 'apps', creationTimestamp: '2026-01-01T00:00:00Z' };
const meta = { name: 'data', namespace: 'apps', createdAt: Date.UTC(2026, 0, 1) };
const condition = (type: string, status: string, more = {}) => ({ type, status, ...more });

test('keeps what is shown of a claim', () => {
  const object = {
    metadata: { ...metadata, annotations: { 'volume.kubernetes.io/selected-node': 'worker1' } },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '10Gi' } },
      storageClassName: 'longhorn',
      volumeName: 'pvc-1',
    },
    status: { phase: 'Bound', capacity: { storage: '12Gi' } },
  };
  expect(claimsWatch.project(object)).toEqual({
    ...meta,
    phase: 'Bound',
    volume: 'pvc-1',
    storageClass: 'longhorn',
    requestedBytes: 10 * 2 ** 30,
    capacityBytes: 12 * 2 ** 30,
    accessModes: ['ReadWriteOnce'],
    selectedNode: 'worker1',
  });
});

test('keeps what is shown of a volume: its driver, or what kind of volume it is', () => {
  const spec = {
    capacity: { storage: '1Ti' },
    accessModes: ['ReadWriteMany'],
    persistentVolumeReclaimPolicy: 'Retain',
    claimRef: { namespace: 'apps', name: 'data' },
    nodeAffinity: { required: {} },
  };
  const read = (source: object) =>
    persistentVolumesWatch.project({
      metadata: { name: 'pv-1' },
      spec: { ...spec, ...source },
      status: { phase: 'Bound' },
    });
  expect(read({ csi: { driver: 'driver.longhorn.io', volumeHandle: 'pvc-1' } })).toMatchObject({
    namespace: '',
    name: 'pv-1',
    claim: 'apps/data',
    driver: 'driver.longhorn.io',
    handle: 'pvc-1',
    capacityBytes: 2 ** 40,
    reclaimPolicy: 'Retain',
  });
  expect(read({ nfs: { server: 'store1', path: '/tank' } })).toMatchObject({
    driver: 'nfs',
    handle: null,
  });
});

test('a class waits for the first pod, or does not', () => {
  const read = (volumeBindingMode?: string) =>
    storageClassesWatch.project({ metadata: { name: 'c' }, provisioner: 'p', volumeBindingMode });
  expect(read('WaitForFirstConsumer')).toMatchObject({ name: 'c', waitsForConsumer: true });
  expect(read()).toMatchObject({ waitsForConsumer: false, isDefault: false });
});

test('keeps what is shown of a volume of Longhorn', () => {
  const object = {
    metadata: {
      ...metadata,
      labels: {
        'recurring-job.longhorn.io/nightly': 'enabled',
        'recurring-job-group.longhorn.io/default': 'enabled',
        'recurring-job-group.longhorn.io/old': 'disabled',
      },
    },
    spec: { size: '10737418240', numberOfReplicas: 3 },
    status: {
      state: 'attached',
      robustness: 'degraded',
      actualSize: 4096,
      currentNodeID: 'worker1',
      lastDegradedAt: '2026-02-01T00:00:00Z',
      lastBackupAt: '',
      kubernetesStatus: { namespace: 'apps', pvcName: 'data', pvName: 'pvc-1' },
      conditions: [
        condition('Scheduled', 'False', {
          reason: 'ReplicaSchedulingFailure',
          message: 'insufficient storage',
        }),
      ],
    },
  };
  expect(longhornVolumesWatch.project(object)).toEqual({
    ...meta,
    state: 'attached',
    robustness: 'degraded',
    replicas: 3,
    sizeBytes: 10 * 2 ** 30,
    actualBytes: 4096,
    node: 'worker1',
    claim: 'apps/data',
    persistentVolume: 'pvc-1',
    degradedAt: Date.UTC(2026, 1, 1),
    lastBackupAt: null,
    unscheduled: 'insufficient storage',
    jobs: ['nightly'],
    jobGroups: ['default'],
  });
});

test('an engine tells how its replicas are, and how far one is rebuilt', () => {
  const status = {
    replicaModeMap: { 'r-1': 'RW', 'r-2': 'WO' },
    rebuildStatus: {
      'tcp://10.0.0.1:10000': { isRebuilding: true, progress: 42 },
      'tcp://10.0.0.2:10000': { isRebuilding: false, progress: 100 },
    },
  };
  expect(
    longhornEnginesWatch.project({ metadata, spec: { volumeName: 'v' }, status }),
  ).toMatchObject({ volume: 'v', modes: { 'r-1': 'RW', 'r-2': 'WO' }, rebuildPercent: 42 });
  expect(longhornEnginesWatch.project({ metadata, status: { rebuildStatus: null } })).toMatchObject(
    { modes: {}, rebuildPercent: null },
  );
});

test('a replica tells when it failed', () => {
  const read = (failedAt: string) =>
    longhornReplicasWatch.project({
      metadata,
      spec: { volumeName: 'v', nodeID: 'worker2', failedAt },
      status: { currentState: 'error' },
    });
  expect(read('2026-02-01T00:00:00Z')).toMatchObject({
    node: 'worker2',
    state: 'error',
    failedAt: Date.UTC(2026, 1, 1),
  });
  expect(read('')).toMatchObject({ failedAt: null });
});

test('a node of Longhorn tells of itself and of its disks', () => {
  const object = {
    metadata,
    spec: {
      allowScheduling: true,
      disks: { d1: { path: '/var/lib/longhorn/', allowScheduling: true } },
    },
    status: {
      conditions: [condition('Ready', 'True'), condition('Schedulable', 'True')],
      diskStatus: {
        d1: {
          conditions: [
            condition('Ready', 'True'),
            condition('Schedulable', 'False', { reason: 'DiskPressure', message: 'too full' }),
          ],
          storageAvailable: 10,
          storageMaximum: 100,
        },
      },
    },
  };
  expect(longhornNodesWatch.project(object)).toMatchObject({
    ready: 'True',
    reason: null,
    allowsScheduling: true,
    disks: [
      {
        name: 'd1',
        path: '/var/lib/longhorn/',
        ready: 'True',
        schedulable: 'False',
        reason: 'DiskPressure',
        availableBytes: 10,
        maximumBytes: 100,
      },
    ],
  });
});

test('keeps what is shown of backups, recurring jobs, pools of Mayastor and clusters of Ceph', () => {
  expect(
    longhornBackupsWatch.project({
      metadata,
      status: {
        volumeName: 'v',
        state: 'Completed',
        progress: 100,
        size: '4096',
        backupCreatedAt: '2026-02-01T00:00:00Z',
      },
    }),
  ).toMatchObject({
    volume: 'v',
    state: 'Completed',
    sizeBytes: 4096,
    backupAt: Date.UTC(2026, 1, 1),
  });
  expect(
    longhornJobsWatch.project({
      metadata,
      spec: { task: 'backup', cron: '@daily', groups: ['default'] },
    }),
  ).toMatchObject({ task: 'backup', cron: '@daily', groups: ['default'] });
  expect(
    diskPoolsWatch.project({
      metadata,
      spec: { node: 'worker1', disks: ['/dev/sdb'] },
      status: { cr_state: 'Created', pool_status: 'Online', capacity: 100, used: 40 },
    }),
  ).toMatchObject({
    node: 'worker1',
    status: 'Online',
    state: 'Created',
    capacityBytes: 100,
    usedBytes: 40,
  });
  expect(
    cephClustersWatch.project({
      metadata,
      status: {
        phase: 'Ready',
        ceph: {
          health: 'HEALTH_WARN',
          details: { OSD_DOWN: { message: '1 osds down', severity: 'HEALTH_WARN' } },
          capacity: { bytesTotal: 1000, bytesUsed: 200 },
        },
      },
    }),
  ).toMatchObject({
    health: 'HEALTH_WARN',
    checks: [{ code: 'OSD_DOWN', message: '1 osds down' }],
    capacityBytes: 1000,
    usedBytes: 200,
  });
});

const WATCHES = [
  claimsWatch,
  longhornVolumesWatch,
  longhornReplicasWatch,
  longhornEnginesWatch,
  longhornNodesWatch,
  longhornBackupsWatch,
  longhornJobsWatch,
  diskPoolsWatch,
  cephClustersWatch,
];

test('any object gives a projection or nothing', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (spec, status) => {
      for (const watch of [...WATCHES, persistentVolumesWatch, storageClassesWatch]) {
        expect(watch.project({ metadata, spec, status })).toMatchObject({ name: 'data' });
        expect(watch.project({ spec, status })).toBeUndefined();
      }
    }),
  );
});

test('what lies in namespaces has one', () => {
  for (const watch of WATCHES)
    expect(watch.project({ metadata: { name: 'data' } })).toBeUndefined();
});
