import { lastKnown } from '../domain/feed.ts';
import type { ClusterInventory } from '../domain/inventory.ts';
import { clusterFresh } from '../domain/joined.ts';
import type { KubevirtMachine } from '../domain/kubevirt.ts';
import {
  diskSums,
  longhornOf,
  podsOfClaim,
  replicaHealth,
  volumeOfClaim,
} from '../domain/storage.ts';
import type { LonghornVolume, StorageFeed } from '../domain/storage.ts';
import type { EpochMs } from '../domain/time.ts';
import { isoOrNull } from './iso-time.ts';
import type {
  ClaimJson,
  ClusterJson,
  StoragePoolJson,
  VmDiskJson,
  VolumeJson,
} from './snapshot-json.ts';

/** Claims, volumes and pools of a cluster as last told; how they are only while that is fresh. */
export function toStorage(
  cluster: ClusterInventory,
  now: EpochMs,
): Pick<ClusterJson, 'claims' | 'volumes' | 'storagePools'> {
  const { feeds } = cluster;
  const isFresh = (feed: StorageFeed): boolean => clusterFresh(cluster, feed, now);
  const volumes = [...(lastKnown(feeds.persistentVolumes)?.value.byKey.values() ?? [])];
  const longhorn = [...(lastKnown(feeds.longhornVolumes)?.value.byKey.values() ?? [])];
  const bound = new Set(volumes.map((volume) => longhornOf(cluster, volume)));
  const ofLonghorn = (volume: LonghornVolume): VolumeJson['longhorn'] => {
    const isTold = isFresh('longhornVolumes');
    const health = isTold ? replicaHealth(cluster, volume) : null;
    return {
      state: isTold ? (volume.state ?? 'unknown') : 'unknown',
      robustness: isTold ? (volume.robustness ?? 'unknown') : 'unknown',
      replicas: volume.replicas,
      replicasHealthy: health?.healthy ?? null,
      rebuildPercent: health?.rebuildPercent ?? null,
      usedBytes: isTold ? volume.actualBytes : null,
      node: isTold ? volume.node : null,
      lastBackupAt: isoOrNull(volume.lastBackupAt),
    };
  };
  return {
    claims: [...(lastKnown(feeds.claims)?.value.byKey ?? [])].map(([key, claim]): ClaimJson => ({
      namespace: claim.namespace,
      name: claim.name,
      phase: isFresh('claims') ? (claim.phase ?? 'Unknown') : 'Unknown',
      volume: claim.volume,
      storageClass: claim.storageClass,
      sizeBytes: claim.capacityBytes ?? claim.requestedBytes,
      accessModes: claim.accessModes,
      pods: (podsOfClaim(cluster, key) ?? []).map(({ name }) => name),
    })),
    volumes: [
      ...volumes.map((volume): VolumeJson => {
        const behind = longhornOf(cluster, volume);
        return {
          name: volume.name,
          claim: volume.claim,
          storageClass: volume.storageClass,
          driver: volume.driver,
          phase: isFresh('persistentVolumes') ? (volume.phase ?? 'Unknown') : 'Unknown',
          sizeBytes: volume.capacityBytes,
          longhorn: behind ? ofLonghorn(behind) : null,
        };
      }),
      ...longhorn
        .filter((volume) => !bound.has(volume))
        .map((volume): VolumeJson => ({
          name: volume.name,
          claim: volume.claim,
          storageClass: null,
          driver: null,
          phase: null,
          sizeBytes: volume.sizeBytes,
          longhorn: ofLonghorn(volume),
        })),
    ],
    storagePools: poolsOf(cluster, isFresh),
  };
}

const poolsOf = (
  { feeds }: ClusterInventory,
  isFresh: (feed: StorageFeed) => boolean,
): readonly StoragePoolJson[] => [
  ...[...(lastKnown(feeds.longhornNodes)?.value.byKey.values() ?? [])].map(
    (node): StoragePoolJson => {
      const { maximumBytes, usedBytes } = diskSums(node);
      const isTold = isFresh('longhornNodes') && node.ready !== null;
      return {
        kind: 'longhorn',
        namespace: node.namespace,
        name: node.name,
        node: node.name,
        state: isTold ? (node.ready === 'True' ? 'Ready' : 'NotReady') : 'unknown',
        sizeBytes: maximumBytes,
        usedBytes: isTold ? usedBytes : null,
      };
    },
  ),
  ...[...(lastKnown(feeds.diskPools)?.value.byKey.values() ?? [])].map((pool): StoragePoolJson => ({
    kind: 'mayastor',
    namespace: pool.namespace,
    name: pool.name,
    node: pool.node,
    state: isFresh('diskPools') ? (pool.status ?? 'unknown') : 'unknown',
    sizeBytes: pool.capacityBytes,
    usedBytes: isFresh('diskPools') ? pool.usedBytes : null,
  })),
  ...[...(lastKnown(feeds.cephClusters)?.value.byKey.values() ?? [])].map(
    (ceph): StoragePoolJson => ({
      kind: 'ceph',
      namespace: ceph.namespace,
      name: ceph.name,
      node: null,
      state: isFresh('cephClusters') ? (ceph.health ?? 'unknown') : 'unknown',
      sizeBytes: ceph.capacityBytes,
      usedBytes: isFresh('cephClusters') ? ceph.usedBytes : null,
    }),
  ),
];

/** The claims of a virtual machine as its disks. */
export const disksOfMachine = (
  cluster: ClusterInventory,
  { namespace, instance, machine }: KubevirtMachine,
): readonly VmDiskJson[] =>
  ((instance ?? machine)?.claims ?? []).map((name) => {
    const claim = lastKnown(cluster.feeds.claims)?.value.byKey.get(`${namespace}/${name}`);
    const volume = claim && volumeOfClaim(cluster, claim);
    return {
      dataset: `${namespace}/${name}`,
      sizeBytes: claim?.capacityBytes ?? null,
      usedBytes: (volume && longhornOf(cluster, volume)?.actualBytes) ?? null,
    };
  });
