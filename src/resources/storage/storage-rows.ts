import { lastKnown } from '../../domain/feed.ts';
import { bytes, count, duration, percent, UNKNOWN } from '../../domain/format.ts';
import type { ClusterInventory } from '../../domain/inventory.ts';
import type {
  CephCluster,
  Claim,
  DiskPool,
  LonghornBackup,
  LonghornNode,
  LonghornVolume,
  PersistentVolume,
  StorageKind,
} from '../../domain/storage.ts';
import { diskSums, mayastorOf, replicaHealth, usedPercent } from '../../domain/storage.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Sign } from '../../domain/view.ts';

/** What a row of the storage tab tells of a thing, whatever its kind. */
export type StorageCells = {
  readonly state: string;
  /** How well it is, where its kind tells that besides its state. */
  readonly health: string;
  readonly detail: string;
  readonly sizeBytes: number | null;
  readonly usedBytes: number | null;
  readonly node: string | null;
  readonly sign: Sign;
};

const cells = (
  own: Partial<StorageCells> & Pick<StorageCells, 'state' | 'sign'>,
): StorageCells => ({
  health: '',
  detail: '',
  sizeBytes: null,
  usedBytes: null,
  node: null,
  ...own,
});

/** What each kind of storage tells in the columns that all have. */
export const CELLS: {
  readonly [K in StorageKind]: (object: ObjectOfKind[K], cluster: ClusterInventory) => StorageCells;
} = {
  PersistentVolumeClaim: claimCells,
  PersistentVolume: volumeCells,
  LonghornVolume: longhornCells,
  LonghornNode: nodeCells,
  LonghornBackup: backupCells,
  DiskPool: poolCells,
  CephCluster: cephCells,
};
export type ObjectOfKind = {
  readonly PersistentVolumeClaim: Claim;
  readonly PersistentVolume: PersistentVolume;
  readonly LonghornVolume: LonghornVolume;
  readonly LonghornNode: LonghornNode;
  readonly LonghornBackup: LonghornBackup;
  readonly DiskPool: DiskPool;
  readonly CephCluster: CephCluster;
};

const SHORT_MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** As kubectl prints them: `RWO,RWX`. */
export const modesText = (modes: readonly string[]): string =>
  modes.map((mode) => SHORT_MODES[mode] ?? mode).join(',');

function claimCells(claim: Claim): StorageCells {
  const state = claim.phase ?? UNKNOWN;
  return cells({
    state,
    detail: [claim.storageClass ?? 'no class', modesText(claim.accessModes)].join('  '),
    sizeBytes: claim.capacityBytes ?? claim.requestedBytes,
    node: claim.phase === 'Pending' ? claim.selectedNode : null,
    sign:
      state === 'Bound'
        ? 'ok'
        : state === 'Pending'
          ? 'changing'
          : state === 'Lost'
            ? 'down'
            : 'unknown',
  });
}

/** That all is well with its replicas nobody tells. */
const MAYASTOR_HEALTH = { ok: '', unknown: '', degraded: 'degraded', faulted: 'faulted' } as const;

function volumeCells(volume: PersistentVolume, cluster: ClusterInventory): StorageCells {
  const state = volume.phase ?? UNKNOWN;
  const mayastor = mayastorOf(cluster, volume);
  const signs: Readonly<Record<string, Sign>> = {
    Bound: 'ok',
    Available: 'off',
    Released: 'off',
    Pending: 'changing',
    Failed: 'down',
  };
  return cells({
    state,
    health: mayastor && state === 'Bound' ? MAYASTOR_HEALTH[mayastor.health] : '',
    detail: [
      volume.claim ?? '-',
      volume.reason ?? volume.driver ?? '',
      mayastor ? `${mayastor.replicas} ${mayastor.replicas === 1 ? 'replica' : 'replicas'}` : '',
    ]
      .join('  ')
      .trim(),
    sizeBytes: volume.capacityBytes,
    sign:
      state !== 'Bound' || mayastor === undefined || mayastor.health === 'ok'
        ? (signs[state] ?? 'unknown')
        : mayastor.health === 'faulted'
          ? 'down'
          : mayastor.health === 'degraded'
            ? 'degraded'
            : (signs[state] ?? 'unknown'),
  });
}

/** `2/3 replicas`, `2/3 replicas, rebuilding 40%`. */
export function replicaText(cluster: ClusterInventory, volume: LonghornVolume): string {
  const health = replicaHealth(cluster, volume);
  const share = `${health ? health.healthy : UNKNOWN}/${count(volume.replicas)} replicas`;
  return !health || health.rebuildPercent === null
    ? share
    : `${share}, rebuilding ${percent(health.rebuildPercent)}`;
}

function longhornCells(volume: LonghornVolume, cluster: ClusterInventory): StorageCells {
  const { state, robustness } = volume;
  return cells({
    state: state ?? UNKNOWN,
    health: robustness ?? UNKNOWN,
    detail: [
      volume.claim ?? '-',
      ...(state === 'attached' ? [replicaText(cluster, volume)] : []),
    ].join('  '),
    sizeBytes: volume.sizeBytes,
    usedBytes: volume.actualBytes,
    node: volume.node,
    sign: longhornSign(volume),
  });
}

/** A detached volume is off, however its replicas are, unless none of them is left. */
export function longhornSign({ state, robustness }: LonghornVolume): Sign {
  if (robustness === 'faulted') return 'down';
  if (state === 'detached') return 'off';
  if (state !== 'attached') return state === null ? 'unknown' : 'changing';
  return robustness === 'healthy' ? 'ok' : robustness === 'degraded' ? 'degraded' : 'unknown';
}

function nodeCells(node: LonghornNode): StorageCells {
  const { maximumBytes, usedBytes } = diskSums(node);
  const isReady = node.ready === 'True';
  const badDisk = node.disks.find(({ ready }) => ready !== null && ready !== 'True');
  const full = node.disks.find(
    ({ schedulable, allowsScheduling }) =>
      allowsScheduling && schedulable !== null && schedulable !== 'True',
  );
  return cells({
    state: node.ready === null ? UNKNOWN : isReady ? 'Ready' : 'NotReady',
    health: !node.allowsScheduling
      ? 'disabled'
      : node.schedulable === 'True' && full === undefined
        ? 'schedulable'
        : 'unschedulable',
    detail:
      node.reason ??
      (badDisk ?? full)?.reason ??
      `${node.disks.length} ${node.disks.length === 1 ? 'disk' : 'disks'}  ${percent(usedPercent(usedBytes, maximumBytes))} used`,
    sizeBytes: maximumBytes,
    usedBytes,
    node: node.name,
    sign:
      node.ready === null
        ? 'unknown'
        : !isReady
          ? 'down'
          : badDisk
            ? 'degraded'
            : !node.allowsScheduling
              ? 'off'
              : full || node.schedulable !== 'True'
                ? 'warning'
                : 'ok',
  });
}

function poolCells(pool: DiskPool): StorageCells {
  const signs: Readonly<Record<string, Sign>> = {
    Online: 'ok',
    Degraded: 'degraded',
    Faulted: 'down',
  };
  return cells({
    state: pool.state ?? UNKNOWN,
    health: pool.status ?? UNKNOWN,
    detail:
      `${percent(usedPercent(pool.usedBytes, pool.capacityBytes))} used  ${pool.disks.join(' ')}`.trim(),
    sizeBytes: pool.capacityBytes,
    usedBytes: pool.usedBytes,
    node: pool.node,
    sign: pool.state === 'Creating' ? 'changing' : (signs[pool.status ?? ''] ?? 'unknown'),
  });
}

function cephCells(ceph: CephCluster): StorageCells {
  const signs: Readonly<Record<string, Sign>> = {
    HEALTH_OK: 'ok',
    HEALTH_WARN: 'warning',
    HEALTH_ERR: 'down',
  };
  return cells({
    state: ceph.phase ?? UNKNOWN,
    health: ceph.health ?? UNKNOWN,
    detail: ceph.checks.map(({ code }) => code).join(' '),
    sizeBytes: ceph.capacityBytes,
    usedBytes: ceph.usedBytes,
    sign: signs[ceph.health ?? ''] ?? 'unknown',
  });
}

function backupCells(backup: LonghornBackup, cluster: ClusterInventory): StorageCells {
  const signs: Readonly<Record<string, Sign>> = {
    Completed: 'ok',
    Error: 'down',
    Unknown: 'unknown',
  };
  const { state, volume } = backup;
  const of =
    volume === null
      ? undefined
      : lastKnown(cluster.feeds.longhornVolumes)?.value.byKey.get(`${backup.namespace}/${volume}`);
  return cells({
    state: state ?? 'New',
    health: state === 'InProgress' ? percent(backup.progressPercent) : '',
    detail: backup.error ?? of?.claim ?? volume ?? '-',
    sizeBytes: backup.sizeBytes,
    sign: signs[state ?? ''] ?? 'changing',
  });
}

/** `3m20s ago`, or that it is not known. */
export const agoText = (at: EpochMs | null, now: EpochMs): string =>
  at === null ? UNKNOWN : `${duration(now - at)} ago`;

/** `31G of 50G`. */
export const usedText = (used: number | null, of: number | null): string =>
  `${bytes(used)} of ${bytes(of)}`;
