import { lastKnown } from './feed.ts';
import { createFold } from './fold.ts';
import type { ClusterFeedName, ClusterInventory } from './inventory.ts';
import type { KubeTable, Pod } from './kube.ts';
import { hasEnded } from './pods.ts';
import type { EpochMs } from './time.ts';

/** Kinds of stored things as their references spell them, each with its feed and the word for one. */
export const STORAGE_KINDS = {
  PersistentVolumeClaim: { feed: 'claims', word: 'claim' },
  LonghornVolume: { feed: 'longhornVolumes', word: 'Longhorn volume' },
  LonghornNode: { feed: 'longhornNodes', word: 'Longhorn node' },
  DiskPool: { feed: 'diskPools', word: 'disk pool' },
  CephCluster: { feed: 'cephClusters', word: 'Ceph cluster' },
  PersistentVolume: { feed: 'persistentVolumes', word: 'volume' },
  LonghornBackup: { feed: 'longhornBackups', word: 'backup' },
} as const satisfies Readonly<
  Record<string, { readonly feed: ClusterFeedName; readonly word: string }>
>;
export type StorageKind = keyof typeof STORAGE_KINDS;
export type StorageFeed = (typeof STORAGE_KINDS)[StorageKind]['feed'];

/** The word for a stored thing of a kind: `claim`, `Longhorn volume`. */
export const storageWord = (kind: string): string =>
  Object.hasOwn(STORAGE_KINDS, kind) ? STORAGE_KINDS[kind as StorageKind].word : kind;

/** What all of them have of their `metadata`. */
export type StorageMeta = {
  /** Empty for what lies in no namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly createdAt: EpochMs | null;
};

/** A v1 PersistentVolumeClaim, only what is shown. */
export type Claim = StorageMeta & {
  /** `Pending`, `Bound` or `Lost`. */
  readonly phase: string | null;
  /** The PersistentVolume that it is bound to. */
  readonly volume: string | null;
  /** null: none is named, and the cluster has no default. */
  readonly storageClass: string | null;
  readonly requestedBytes: number | null;
  /** What it got. */
  readonly capacityBytes: number | null;
  readonly accessModes: readonly string[];
  /** Where the scheduler wants the volume to be made (annotation `volume.kubernetes.io/selected-node`). */
  readonly selectedNode: string | null;
};

/** A v1 PersistentVolume, only what is shown. */
export type PersistentVolume = StorageMeta & {
  /** `Available`, `Bound`, `Released`, `Failed` or `Pending`. */
  readonly phase: string | null;
  /** `namespace/name` of the claim that it is bound to. */
  readonly claim: string | null;
  readonly storageClass: string | null;
  readonly capacityBytes: number | null;
  readonly accessModes: readonly string[];
  readonly reclaimPolicy: string | null;
  /** The CSI driver, or the name of the kind of volume: `nfs`, `hostPath`. */
  readonly driver: string | null;
  /** What the driver calls it; Longhorn's name of the volume. */
  readonly handle: string | null;
  readonly reason: string | null;
};

/** A storage.k8s.io/v1 StorageClass, only what is needed to judge claims. */
export type StorageClass = {
  readonly name: string;
  readonly provisioner: string | null;
  readonly waitsForConsumer: boolean;
  readonly isDefault: boolean;
  /** Copies of each volume, of those whose provisioner takes a number of them; null for others. */
  readonly replicas: number | null;
};

/** A longhorn.io Volume (`k8s/pkg/apis/longhorn/v1beta2/volume.go` of longhorn-manager), only what is shown. */
export type LonghornVolume = StorageMeta & {
  /** `creating`, `attached`, `detached`, `attaching`, `detaching`, `deleting`. */
  readonly state: string | null;
  /** `healthy`, `degraded`, `faulted`; `unknown` while it is detached. */
  readonly robustness: string | null;
  /** Replicas that it is to have. */
  readonly replicas: number | null;
  readonly sizeBytes: number | null;
  /** What its snapshots and its head hold, of one replica. */
  readonly actualBytes: number | null;
  readonly node: string | null;
  /** `namespace/name` */
  readonly claim: string | null;
  readonly persistentVolume: string | null;
  readonly degradedAt: EpochMs | null;
  readonly lastBackupAt: EpochMs | null;
  /** Why a replica cannot be placed; null when all can. */
  readonly unscheduled: string | null;
  /** Recurring jobs that it is enrolled for by name, and by group. */
  readonly jobs: readonly string[];
  readonly jobGroups: readonly string[];
};

/** A longhorn.io Replica, only what is shown. */
export type LonghornReplica = StorageMeta & {
  readonly volume: string | null;
  readonly node: string | null;
  /** `running`, `stopped`, `error` … */
  readonly state: string | null;
  /** null: it has not failed, or is being rebuilt. */
  readonly failedAt: EpochMs | null;
};

/** A longhorn.io Engine, which writes to the replicas of its volume. */
export type LonghornEngine = StorageMeta & {
  readonly volume: string | null;
  /** By the replica's name: `RW` serves, `WO` is being rebuilt, `ERR` has failed. */
  readonly modes: Readonly<Record<string, string>>;
  /** Percent of the replica that is rebuilt; null when none is. */
  readonly rebuildPercent: number | null;
};

/** A longhorn.io Node with its disks, only what is shown. */
export type LonghornNode = StorageMeta & {
  readonly ready: 'True' | 'False' | 'Unknown' | null;
  readonly schedulable: 'True' | 'False' | 'Unknown' | null;
  /** Of the condition that is not True. */
  readonly reason: string | null;
  readonly message: string | null;
  readonly allowsScheduling: boolean;
  readonly disks: readonly LonghornDisk[];
};
export type LonghornDisk = {
  readonly name: string;
  readonly path: string | null;
  readonly allowsScheduling: boolean;
  readonly ready: 'True' | 'False' | 'Unknown' | null;
  readonly schedulable: 'True' | 'False' | 'Unknown' | null;
  readonly reason: string | null;
  readonly message: string | null;
  readonly availableBytes: number | null;
  readonly maximumBytes: number | null;
};

/** A longhorn.io Backup, only what is shown. */
export type LonghornBackup = StorageMeta & {
  readonly volume: string | null;
  /** Empty at first, then `Pending`, `InProgress`, `Completed`, `Error`, `Unknown`. */
  readonly state: string | null;
  readonly progressPercent: number | null;
  readonly sizeBytes: number | null;
  /** When it was complete. */
  readonly backupAt: EpochMs | null;
  readonly error: string | null;
};

/** A longhorn.io RecurringJob. */
export type LonghornJob = StorageMeta & {
  /** `backup`, `snapshot`, `backup-force-create` … */
  readonly task: string | null;
  readonly cron: string | null;
  readonly groups: readonly string[];
};

/** An openebs.io DiskPool of Mayastor (`DiskPoolStatus` of its operator), only what is shown. */
export type DiskPool = StorageMeta & {
  readonly node: string | null;
  readonly disks: readonly string[];
  /** `Online`, `Degraded`, `Faulted`, `Unknown`; null while it is made. */
  readonly status: string | null;
  /** Of the object: `Creating`, `Created`, `Terminating`. */
  readonly state: string | null;
  readonly capacityBytes: number | null;
  readonly usedBytes: number | null;
};

/** A ceph.rook.io CephCluster (`CephStatus` of rook), only what is shown. */
export type CephCluster = StorageMeta & {
  /** `HEALTH_OK`, `HEALTH_WARN`, `HEALTH_ERR`. */
  readonly health: string | null;
  readonly phase: string | null;
  /** What Ceph complains of: `PG_DEGRADED`, with its message. */
  readonly checks: readonly { readonly code: string; readonly message: string | null }[];
  readonly capacityBytes: number | null;
  readonly usedBytes: number | null;
};

/** Of a table that is known, else nothing. */
const tableOf = <K extends ClusterFeedName>({ feeds }: ClusterInventory, feed: K) =>
  lastKnown(feeds[feed])?.value;

type Groups<T> = Map<string, Map<string, T>>;

/** Keeps the objects of a table in groups; an object may be in several. */
const groupsBy = <T>(groupsOf: (object: T) => readonly string[]) =>
  createFold<T, Groups<T>>({
    empty: () => new Map(),
    change: (groups, key, before, after) => {
      for (const group of before === undefined ? [] : groupsOf(before)) {
        const own = groups.get(group);
        own?.delete(key);
        if (own?.size === 0) groups.delete(group);
      }
      for (const group of after === undefined ? [] : groupsOf(after)) {
        const own = groups.get(group) ?? new Map<string, T>();
        own.set(key, after as T);
        groups.set(group, own);
      }
    },
  });

const podsByClaim = groupsBy<Pod>((pod) =>
  hasEnded(pod) ? [] : pod.claims.map((claim) => `${pod.namespace}/${claim}`),
);
const replicasByVolume = groupsBy<LonghornReplica>(({ volume }) =>
  volume === null ? [] : [volume],
);
const enginesByVolume = groupsBy<LonghornEngine>(({ volume }) => (volume === null ? [] : [volume]));
const backupsByVolume = groupsBy<LonghornBackup>(({ volume }) => (volume === null ? [] : [volume]));

const groupOf = <T>(
  groups: (table: KubeTable<T>) => Groups<T>,
  table: KubeTable<T> | undefined,
  group: string,
): readonly T[] => [...((table && groups(table).get(group)?.values()) ?? [])];

/** The pods that mount a claim (`namespace/name`), without those that have ended; null when pods are not known. */
export function podsOfClaim(cluster: ClusterInventory, claim: string): readonly Pod[] | null {
  const table = tableOf(cluster, 'pods');
  return table ? groupOf(podsByClaim, table, claim) : null;
}

export const replicasOf = (
  cluster: ClusterInventory,
  volume: Pick<LonghornVolume, 'name'>,
): readonly LonghornReplica[] =>
  groupOf(replicasByVolume, tableOf(cluster, 'longhornReplicas'), volume.name);

export const enginesOf = (
  cluster: ClusterInventory,
  volume: Pick<LonghornVolume, 'name'>,
): readonly LonghornEngine[] =>
  groupOf(enginesByVolume, tableOf(cluster, 'longhornEngines'), volume.name);

/** The backups of a volume, the newest first. */
export const backupsOf = (
  cluster: ClusterInventory,
  volume: Pick<LonghornVolume, 'name'>,
): readonly LonghornBackup[] =>
  groupOf(backupsByVolume, tableOf(cluster, 'longhornBackups'), volume.name).toSorted(
    (a, b) => (b.backupAt ?? b.createdAt ?? 0) - (a.backupAt ?? a.createdAt ?? 0),
  );

/** How the replicas of a volume are; null where no engine tells. */
export function replicaHealth(
  cluster: ClusterInventory,
  volume: LonghornVolume,
): { readonly healthy: number; readonly rebuildPercent: number | null } | null {
  const engine = enginesOf(cluster, volume).find(({ modes }) => Object.keys(modes).length > 0);
  return engine
    ? {
        healthy: Object.values(engine.modes).filter((mode) => mode === 'RW').length,
        rebuildPercent: engine.rebuildPercent,
      }
    : null;
}

/** Whether a replica does not serve: it has failed, or is being rebuilt. */
export function isReplicaLost(cluster: ClusterInventory, replica: LonghornReplica): boolean {
  const mode = enginesOf(cluster, { name: replica.volume ?? '' })
    .map(({ modes }) => modes[replica.name])
    .find((each) => each !== undefined);
  return replica.failedAt !== null || (mode !== undefined && mode !== 'RW');
}

/** The PersistentVolume behind a claim. */
export const volumeOfClaim = (
  cluster: ClusterInventory,
  { volume }: Claim,
): PersistentVolume | undefined =>
  volume === null ? undefined : tableOf(cluster, 'persistentVolumes')?.byKey.get(volume);

const LONGHORN_DRIVER = 'driver.longhorn.io';

/** The volume of Longhorn behind a PersistentVolume. */
export function longhornOf(
  cluster: ClusterInventory,
  { driver, handle }: PersistentVolume,
): LonghornVolume | undefined {
  const table = tableOf(cluster, 'longhornVolumes');
  if (driver !== LONGHORN_DRIVER || handle === null || !table) return undefined;
  const [namespace] = table.byKey.keys().next().value?.split('/') ?? [];
  return table.byKey.get(`${namespace ?? ''}/${handle}`);
}

/** What is used of a pool, in percent; null when not known. */
export const usedPercent = (used: number | null, of: number | null): number | null =>
  used === null || of === null || of <= 0 ? null : (used / of) * 100;

/** What all disks of a node hold. */
export function diskSums({ disks }: LonghornNode): {
  readonly maximumBytes: number | null;
  readonly usedBytes: number | null;
} {
  const known = disks.flatMap(({ maximumBytes, availableBytes }) =>
    maximumBytes === null || availableBytes === null ? [] : [{ maximumBytes, availableBytes }],
  );
  if (known.length === 0) return { maximumBytes: null, usedBytes: null };
  const maximumBytes = known.reduce((sum, disk) => sum + disk.maximumBytes, 0);
  const available = known.reduce((sum, disk) => sum + disk.availableBytes, 0);
  return { maximumBytes, usedBytes: maximumBytes - available };
}

const MAYASTOR_DRIVER = 'io.openebs.csi-mayastor';

/** What the Kubernetes API tells of a volume of OpenEBS Mayastor, which keeps the state of its replicas to itself. */
export type MayastorVolume = {
  /** Replicas that its class asks for, each in another pool; 1 where the class says nothing. */
  readonly replicas: number;
  /** Pools that are online and those that there are; null while none are known. */
  readonly pools: { readonly online: number; readonly total: number } | null;
  /**
   * `degraded`: there are fewer pools online than it is to have replicas, so at least one is missing. `faulted`: none is
   * online. Otherwise nobody tells, and it counts as well.
   */
  readonly health: 'ok' | 'degraded' | 'faulted' | 'unknown';
};

/** The same; undefined for a volume of another driver. */
export function mayastorOf(
  { feeds }: ClusterInventory,
  { driver, storageClass }: PersistentVolume,
): MayastorVolume | undefined {
  if (driver !== MAYASTOR_DRIVER) return undefined;
  const classes = lastKnown(feeds.storageClasses)?.value.byKey;
  const replicas = (storageClass === null ? null : classes?.get(storageClass)?.replicas) ?? 1;
  const pools = [...(lastKnown(feeds.diskPools)?.value.byKey.values() ?? [])];
  if (pools.length === 0 || classes === undefined)
    return { replicas, pools: null, health: 'unknown' };
  // A degraded pool still serves what is on it.
  const online = pools.filter(({ status }) => status === 'Online' || status === 'Degraded').length;
  return {
    replicas,
    pools: { online, total: pools.length },
    health: online === 0 ? 'faulted' : online < replicas ? 'degraded' : 'ok',
  };
}
