import { decimal } from '../../domain/format.ts';
import type { LabRule } from '../../domain/problem.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';
import { inClusters, placeText } from './clusters.ts';

/** A member waits long for its disk: it misses heart-beats, and writes of the whole cluster wait with it. */
export const etcdSlow: LabRule = {
  id: 'etcd.slow',
  scope: 'lab',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['etcd.slow'],
  check: (inventory, now, { limits, raised }) =>
    inClusters(inventory, now, (_, components) =>
      components.flatMap((component) => {
        const { ref, etcd, inside } = component;
        if (!etcd || inside?.fresh !== true) return [];
        const { fsyncP99Ms, commitP99Ms } = etcd;
        if (fsyncP99Ms === null && commitP99Ms === null) return [];
        const worst = Math.max(fsyncP99Ms ?? 0, commitP99Ms ?? 0);
        const severity = levelOf(worst, 'above', limits, raised(ref));
        if (severity === null) return [];
        return [
          {
            subject: ref,
            severity,
            title: `slow disk: of 100 ${fsyncP99Ms === worst ? 'syncs of its log' : 'commits of its database'} one takes ${decimal(worst)}ms or more`,
            evidence: {
              fsyncP99Ms,
              commitP99Ms,
              pendingProposals: etcd.pending,
              place: placeText(component),
              from: '/metrics etcd_disk_wal_fsync_duration_seconds, etcd_disk_backend_commit_duration_seconds',
            },
            hint: 'see the pool and the disks of its host, and what else writes there',
          },
        ];
      }),
    ),
};
