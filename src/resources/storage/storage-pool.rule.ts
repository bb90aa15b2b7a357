import { percent } from '../../domain/format.ts';
import type { ClusterRule, Finding, RuleContext, Severity } from '../../domain/problem.ts';
import { storageRef } from '../../domain/ref.ts';
import type { StorageRef } from '../../domain/ref.ts';
import { diskSums, usedPercent } from '../../domain/storage.ts';
import type { CephCluster, DiskPool, LonghornNode } from '../../domain/storage.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';
import { cephEvidence, isAboutData } from './volume-degraded.rule.ts';

const base = {
  id: 'storage.pool',
  scope: 'cluster',
  severity: 'warning',
  // As long as what serves a pool may take to start anew.
  holdSeconds: 30,
  limits: THRESHOLDS['storage.pool'],
} as const;

/** The disks of a node in Longhorn that cannot be used, or are filling up. Those that were switched off are no alarm. */
export const longhornNodePool: ClusterRule<'longhornNodes'> = {
  ...base,
  needs: ['longhornNodes'],
  check: ({ longhornNodes }, cluster, _now, context) =>
    [...longhornNodes.byKey].flatMap(([key, node]) => {
      const subject = storageRef(cluster.name, 'LonghornNode', key);
      const { maximumBytes, usedBytes } = diskSums(node);
      const used = usedPercent(usedBytes, maximumBytes);
      const trouble = troubleOf(node);
      const level = fillLevel(subject, used, context);
      if (trouble === null && level === null) return [];
      return [
        {
          subject,
          severity: level ?? 'warning',
          title: trouble ?? `${percent(used)} of its disks used`,
          evidence: {
            ready: node.ready,
            schedulable: node.schedulable,
            reason: node.reason ?? badDisk(node)?.reason ?? null,
            message: node.message ?? badDisk(node)?.message ?? null,
            usedPercent: rounded(used),
            limitPercent: context.limits.warning,
            disks: node.disks.length,
            from: 'GET /apis/longhorn.io/v1beta2/nodes',
          },
          hint:
            trouble === null
              ? 'make room: delete snapshots and volumes that nobody needs, or add a disk'
              : 'open it to see which disk it is; the node itself is one J away',
        },
      ];
    }),
};

/** A node that is cordoned is not to take replicas: that is no trouble of its disks. */
function troubleOf(node: LonghornNode): string | null {
  const { ready, reason, allowsScheduling } = node;
  if (ready !== null && ready !== 'True') return `not ready: ${reason ?? 'no reason given'}`;
  const disk = badDisk(node);
  if (disk)
    return `disk ${disk.name} ${disk.ready === 'True' ? 'takes no replicas' : 'is not ready'}: ${disk.reason ?? 'no reason given'}`;
  return allowsScheduling && node.schedulable === 'False' && reason !== 'KubernetesNodeCordoned'
    ? `takes no replicas: ${reason ?? 'no reason given'}`
    : null;
}

const badDisk = ({ disks, allowsScheduling, reason }: LonghornNode) =>
  disks.find(
    (disk) =>
      (disk.ready !== null && disk.ready !== 'True') ||
      (allowsScheduling &&
        disk.allowsScheduling &&
        disk.schedulable === 'False' &&
        reason !== 'KubernetesNodeCordoned'),
  );

/** A pool of Mayastor that is not online, or is filling up. */
export const diskPoolPool: ClusterRule<'diskPools'> = {
  ...base,
  needs: ['diskPools'],
  check: ({ diskPools }, cluster, _now, context) =>
    [...diskPools.byKey].flatMap(([key, pool]) => {
      const subject = storageRef(cluster.name, 'DiskPool', key);
      const used = usedPercent(pool.usedBytes, pool.capacityBytes);
      const level = fillLevel(subject, used, context);
      const status = poolSeverity(pool);
      if (status === null && level === null) return [];
      return [
        {
          subject,
          severity: worse(status, level),
          title:
            status === null
              ? `${percent(used)} used`
              : `${(pool.status ?? 'of unknown state').toLowerCase()} on ${pool.node ?? 'no node'}`,
          evidence: {
            status: pool.status,
            state: pool.state,
            node: pool.node,
            disks: pool.disks.join(' ') || null,
            usedPercent: rounded(used),
            limitPercent: context.limits.warning,
            from: 'GET /apis/openebs.io/v1beta2/diskpools',
          },
          hint:
            status === null
              ? 'make room: delete volumes and snapshots that nobody needs, or add a pool'
              : `see whether the io-engine runs on ${pool.node ?? 'its node'} and its disk is there`,
        },
      ];
    }),
};

/** One that is being made has no status yet. */
function poolSeverity({ status, state }: DiskPool): Severity | null {
  if (status === 'Online' || state === 'Creating' || state === 'Terminating') return null;
  return status === 'Faulted' ? 'critical' : 'warning';
}

/** A cluster of Ceph that complains, of whatever is not told as data in danger. */
export const cephPool: ClusterRule<'cephClusters'> = {
  ...base,
  needs: ['cephClusters'],
  check: ({ cephClusters }, cluster, _now, context) =>
    [...cephClusters.byKey].flatMap(([key, ceph]): readonly Finding[] => {
      const subject = storageRef(cluster.name, 'CephCluster', key);
      const used = usedPercent(ceph.usedBytes, ceph.capacityBytes);
      const level = fillLevel(subject, used, context);
      const health = cephSeverity(ceph);
      if (health === null && level === null) return [];
      const first = ceph.checks.find(({ code }) => !isAboutData(code));
      return [
        {
          subject,
          severity: worse(health, level),
          title:
            health === null
              ? `${percent(used)} used`
              : `${ceph.health ?? ''}: ${first?.message ?? first?.code ?? 'no reason given'}`,
          evidence: {
            ...cephEvidence(ceph),
            usedPercent: rounded(used),
            limitPercent: context.limits.warning,
          },
          hint: `see all of it: kubectl -n ${ceph.namespace} exec deploy/rook-ceph-tools -- ceph health detail`,
        },
      ];
    }),
};

function cephSeverity({ health, checks }: CephCluster): Severity | null {
  if (health !== 'HEALTH_WARN' && health !== 'HEALTH_ERR') return null;
  if (checks.length > 0 && checks.every(({ code }) => isAboutData(code))) return null;
  return health === 'HEALTH_ERR' ? 'critical' : 'warning';
}

const fillLevel = (
  subject: StorageRef,
  used: number | null,
  { limits, raised }: RuleContext,
): 'warning' | 'critical' | null =>
  used === null ? null : levelOf(used, 'above', limits, raised(subject));

const worse = (a: Severity | null, b: Severity | null): Severity =>
  a === 'critical' || b === 'critical' ? 'critical' : 'warning';

const rounded = (value: number | null): number | null =>
  value === null ? null : Math.round(value * 10) / 10;
