import { percent } from '../../domain/format.ts';
import type { ClusterInventory } from '../../domain/inventory.ts';
import type { ClusterRule } from '../../domain/problem.ts';
import { storageRef } from '../../domain/ref.ts';
import { isReplicaLost, mayastorOf, replicaHealth, replicasOf } from '../../domain/storage.ts';
import type { CephCluster, LonghornVolume } from '../../domain/storage.ts';

/** A volume of Longhorn that lives on with fewer replicas than it is to have. */
export const longhornDegraded: ClusterRule<'longhornVolumes'> = {
  id: 'volume.degraded',
  scope: 'cluster',
  severity: 'warning',
  holdSeconds: 0,
  needs: ['longhornVolumes'],
  check: ({ longhornVolumes }, cluster) =>
    [...longhornVolumes.byKey]
      .filter(([, volume]) => volume.state === 'attached' && volume.robustness === 'degraded')
      .map(([key, volume]) => {
        const health = replicaHealth(cluster, volume);
        const rebuilt = health?.rebuildPercent ?? null;
        const rebuilding = rebuilt === null ? '' : `, rebuilding ${percent(rebuilt)}`;
        return {
          subject: storageRef(cluster.name, 'LonghornVolume', key),
          title:
            health === null
              ? `degraded: ${nameOf(volume)}`
              : `${nameOf(volume)} has ${health.healthy} of ${volume.replicas ?? 0} replicas${rebuilding}`,
          ...(volume.degradedAt === null ? {} : { began: volume.degradedAt }),
          evidence: evidenceOf(volume, cluster),
          hint: volume.unscheduled
            ? 'give Longhorn room for a replica: open the nodes and disks of the storage tab'
            : rebuilt === null
              ? 'open it to see which replica has failed; its node and disk are one J away'
              : 'wait for the rebuild; no other node with a replica of it may go down now',
        };
      }),
};

/** A volume of Longhorn without a replica that serves: its data cannot be read. */
export const longhornFaulted: ClusterRule<'longhornVolumes'> = {
  id: 'volume.faulted',
  scope: 'cluster',
  severity: 'critical',
  holdSeconds: 0,
  needs: ['longhornVolumes'],
  check: ({ longhornVolumes }, cluster) =>
    [...longhornVolumes.byKey]
      .filter(([, { robustness }]) => robustness === 'faulted')
      .map(([key, volume]) => ({
        subject: storageRef(cluster.name, 'LonghornVolume', key),
        title: `${nameOf(volume)} has no replica that serves`,
        evidence: evidenceOf(volume, cluster),
        hint: 'open it: bring back a node that has a replica of it, or salvage one in the Longhorn UI; else restore its newest backup',
      })),
};

/** What its user knows it by. */
const nameOf = ({ claim, name }: LonghornVolume): string => claim ?? name;

function evidenceOf(volume: LonghornVolume, cluster: ClusterInventory) {
  const health = replicaHealth(cluster, volume);
  const lost = replicasOf(cluster, volume).filter((replica) => isReplicaLost(cluster, replica));
  const failedAt = lost.flatMap((replica) => replica.failedAt ?? []);
  return {
    robustness: volume.robustness,
    state: volume.state,
    claim: volume.claim,
    replicas: volume.replicas,
    healthy: health?.healthy ?? null,
    rebuildPercent: health?.rebuildPercent ?? null,
    lostOn: lost.map(({ node }) => node ?? 'no node').join(', ') || null,
    failedAt: failedAt.length === 0 ? null : new Date(Math.max(...failedAt)).toISOString(),
    attachedTo: volume.node,
    unscheduled: volume.unscheduled,
    from: 'GET /apis/longhorn.io/v1beta2/volumes',
  };
}

const mayastorRule = (
  id: 'volume.degraded' | 'volume.faulted',
): ClusterRule<'persistentVolumes' | 'storageClasses' | 'diskPools'> => ({
  id,
  scope: 'cluster',
  severity: id === 'volume.faulted' ? 'critical' : 'warning',
  // As long as what serves a pool may take to start anew.
  holdSeconds: 30,
  needs: ['persistentVolumes', 'storageClasses', 'diskPools'],
  check: ({ persistentVolumes }, cluster) =>
    [...persistentVolumes.byKey].flatMap(([key, volume]) => {
      const mayastor = volume.phase === 'Bound' ? mayastorOf(cluster, volume) : undefined;
      if (mayastor === undefined || `volume.${mayastor.health}` !== id) return [];
      const { replicas, pools } = mayastor;
      if (pools === null) return [];
      return [
        {
          subject: storageRef(cluster.name, 'PersistentVolume', key),
          title:
            pools.online === 0
              ? `${volume.claim ?? key}: no pool is online that could hold a replica of it`
              : `${volume.claim ?? key}: ${replicas} replicas in ${replicas} pools, but only ${pools.online} online`,
          evidence: {
            claim: volume.claim,
            class: volume.storageClass,
            replicas,
            poolsOnline: pools.online,
            pools: pools.total,
            from: 'GET /apis/openebs.io/v1beta2/diskpools, GET /apis/storage.k8s.io/v1/storageclasses',
          },
          hint: 'bring back the pools that are not online; the plugin tells of each replica: kubectl mayastor get volumes',
        },
      ];
    }),
});

/** Volumes of Mayastor for whose replicas there are too few pools, or none. */
export const mayastorDegraded = mayastorRule('volume.degraded');
export const mayastorFaulted = mayastorRule('volume.faulted');

/** What Ceph calls data with fewer copies than there should be, and data that cannot be reached. */
const DEGRADED = new Set([
  'PG_DEGRADED',
  'OBJECT_DEGRADED',
  'PG_DEGRADED_FULL',
  'PG_BACKFILL_FULL',
]);
const FAULTED = new Set(['PG_AVAILABILITY', 'OBJECT_UNFOUND', 'PG_DAMAGED']);

const cephRule = (
  id: 'volume.degraded' | 'volume.faulted',
  codes: ReadonlySet<string>,
  title: string,
): ClusterRule<'cephClusters'> => ({
  id,
  scope: 'cluster',
  severity: id === 'volume.faulted' ? 'critical' : 'warning',
  holdSeconds: 0,
  needs: ['cephClusters'],
  check: ({ cephClusters }, cluster) =>
    [...cephClusters.byKey].flatMap(([key, ceph]) => {
      const found = ceph.checks.filter(({ code }) => codes.has(code));
      if (found.length === 0) return [];
      return [
        {
          subject: storageRef(cluster.name, 'CephCluster', key),
          title: `${title}: ${found[0]?.message ?? found[0]?.code ?? ''}`,
          evidence: cephEvidence(ceph),
          hint: `see which OSDs are down: kubectl -n ${ceph.namespace} exec deploy/rook-ceph-tools -- ceph status`,
        },
      ];
    }),
});

export const cephDegraded = cephRule('volume.degraded', DEGRADED, 'data with too few copies');
export const cephFaulted = cephRule('volume.faulted', FAULTED, 'data that cannot be reached');

/** Whether a check of Ceph is told by these rules already. */
export const isAboutData = (code: string): boolean => DEGRADED.has(code) || FAULTED.has(code);

/** What Ceph tells of itself. */
export const cephEvidence = (ceph: CephCluster) => ({
  health: ceph.health,
  phase: ceph.phase,
  checks: ceph.checks.map(({ code }) => code).join(', ') || null,
  usedBytes: ceph.usedBytes,
  capacityBytes: ceph.capacityBytes,
  from: 'GET /apis/ceph.rook.io/v1/cephclusters',
});
