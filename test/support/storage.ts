import type { ClusterInventory } from '../../src/domain/inventory.ts';
import type { KubeTable } from '../../src/domain/kube.ts';
import type { Migration, VirtualMachineInstance } from '../../src/domain/kubevirt.ts';
import type {
  CephCluster,
  Claim,
  DiskPool,
  LonghornBackup,
  LonghornEngine,
  LonghornJob,
  LonghornNode,
  LonghornReplica,
  LonghornVolume,
  PersistentVolume,
  StorageClass,
} from '../../src/domain/storage.ts';
import { cluster, NOW, ok } from './inventory.ts';

const DAY_MS = 86_400_000;
const GIB = 1024 ** 3;
const createdAt = NOW - 30 * DAY_MS;
const inLonghorn = { namespace: 'longhorn-system', createdAt };

export const claim = (name: string, change: Partial<Claim> = {}): Claim => ({
  namespace: 'media',
  name,
  createdAt,
  phase: 'Bound',
  volume: `pvc-${name}`,
  storageClass: 'longhorn',
  requestedBytes: 10 * GIB,
  capacityBytes: 10 * GIB,
  accessModes: ['ReadWriteOnce'],
  selectedNode: null,
  ...change,
});
export const persistentVolume = (
  name: string,
  change: Partial<PersistentVolume> = {},
): PersistentVolume => ({
  namespace: '',
  name,
  createdAt,
  phase: 'Bound',
  claim: null,
  storageClass: 'longhorn',
  capacityBytes: 10 * GIB,
  accessModes: ['ReadWriteOnce'],
  reclaimPolicy: 'Delete',
  driver: 'driver.longhorn.io',
  handle: name,
  reason: null,
  ...change,
});
export const storageClass = (name: string, waitsForConsumer = false): StorageClass => ({
  name,
  provisioner: 'driver.longhorn.io',
  waitsForConsumer,
  isDefault: false,
  replicas: null,
});
export const longhornVolume = (
  name: string,
  change: Partial<LonghornVolume> = {},
): LonghornVolume => ({
  ...inLonghorn,
  name,
  state: 'attached',
  robustness: 'healthy',
  replicas: 3,
  sizeBytes: 10 * GIB,
  actualBytes: 3 * GIB,
  node: 'worker1',
  claim: 'media/config',
  persistentVolume: name,
  degradedAt: null,
  lastBackupAt: null,
  unscheduled: null,
  jobs: [],
  jobGroups: [],
  ...change,
});
export const replica = (
  volume: string,
  node: string,
  failedAt: number | null = null,
): LonghornReplica => ({
  ...inLonghorn,
  name: `${volume}-r-${node}`,
  volume,
  node,
  state: failedAt === null ? 'running' : 'error',
  failedAt,
});
export const engine = (
  volume: string,
  modes: LonghornEngine['modes'],
  rebuildPercent: number | null = null,
): LonghornEngine => ({ ...inLonghorn, name: `${volume}-e-0`, volume, modes, rebuildPercent });
export const longhornNode = (name: string, change: Partial<LonghornNode> = {}): LonghornNode => ({
  ...inLonghorn,
  name,
  ready: 'True',
  schedulable: 'True',
  reason: null,
  message: null,
  allowsScheduling: true,
  disks: [longhornDisk()],
  ...change,
});
export const longhornDisk = (
  change: Partial<LonghornNode['disks'][number]> = {},
): LonghornNode['disks'][number] => ({
  name: 'default-disk-1',
  path: '/var/lib/longhorn/',
  allowsScheduling: true,
  ready: 'True',
  schedulable: 'True',
  reason: null,
  message: null,
  availableBytes: 70 * GIB,
  maximumBytes: 100 * GIB,
  ...change,
});
export const backup = (
  volume: string,
  ageMs: number,
  change: Partial<LonghornBackup> = {},
): LonghornBackup => ({
  ...inLonghorn,
  name: `backup-${volume}-${ageMs}`,
  volume,
  state: 'Completed',
  progressPercent: 100,
  sizeBytes: GIB,
  backupAt: NOW - ageMs,
  error: null,
  ...change,
});
export const job = (name: string, change: Partial<LonghornJob> = {}): LonghornJob => ({
  ...inLonghorn,
  name,
  task: 'backup',
  cron: '15 2 * * *',
  groups: ['default'],
  ...change,
});
export const diskPool = (name: string, change: Partial<DiskPool> = {}): DiskPool => ({
  namespace: 'openebs',
  name,
  createdAt,
  node: 'worker1',
  disks: ['/dev/nvme0n1'],
  status: 'Online',
  state: 'Created',
  capacityBytes: 100 * GIB,
  usedBytes: 20 * GIB,
  ...change,
});
export const ceph = (change: Partial<CephCluster> = {}): CephCluster => ({
  namespace: 'rook-ceph',
  name: 'rook-ceph',
  createdAt,
  health: 'HEALTH_OK',
  phase: 'Ready',
  checks: [],
  capacityBytes: 1000 * GIB,
  usedBytes: 200 * GIB,
  ...change,
});
export const instance = (
  name: string,
  change: Partial<VirtualMachineInstance> = {},
): VirtualMachineInstance => ({
  namespace: 'apps',
  name,
  phase: 'Running',
  node: 'worker1',
  isReady: true,
  guest: 'Debian GNU/Linux 13',
  hasAgent: true,
  isMigratable: true,
  isPaused: false,
  ip: '10.244.0.9',
  vcpus: 4,
  memoryBytes: 8 * GIB,
  claims: [`${name}-root`],
  startedAt: NOW - DAY_MS,
  migration: null,
  ...change,
});
export const migration = (name: string, change: Partial<Migration> = {}): Migration => ({
  namespace: 'apps',
  name,
  uid: `uid-${name}`,
  instance: 'vm',
  phase: 'Running',
  phases: [],
  state: null,
  createdAt: NOW - 60_000,
  ...change,
});

/** A table of things by their namespaces and names. */
export function tableOf<T extends { readonly name: string; readonly namespace?: string }>(
  ...objects: readonly T[]
): KubeTable<T> {
  const keyOf = ({ namespace = '', name }: T): string =>
    namespace === '' ? name : `${namespace}/${name}`;
  return { revision: 1, byKey: new Map(objects.map((each) => [keyOf(each), each])) };
}

/** A cluster in which those tables are known. */
export const withTables = (
  tables: { readonly [K in keyof ClusterInventory['feeds']]?: KubeTable<unknown> },
  of: ClusterInventory = cluster('k', [], []),
): ClusterInventory => ({
  ...of,
  feeds: {
    ...of.feeds,
    ...(Object.fromEntries(
      Object.entries(tables).map(([feed, table]) => [feed, ok(table)]),
    ) as Partial<ClusterInventory['feeds']>),
  },
});
