import { bytes, percent } from '../../domain/format.ts';
import type { LabRule } from '../../domain/problem.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';
import { inClusters, placeText } from './clusters.ts';

/** Below it there is nothing worth to be won. */
const LEAST_WIN_BYTES = 100 * 2 ** 20;

/** Most of a member's database file is free pages, which only a defragmentation gives back. */
export const etcdFragmentation: LabRule = {
  id: 'etcd.fragmentation',
  scope: 'lab',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['etcd.fragmentation'],
  check: (inventory, now, { limits, raised }) =>
    inClusters(inventory, now, (_, components) =>
      components.flatMap((component) => {
        const { ref, etcd, inside, leader, name } = component;
        if (!etcd?.dbBytes || etcd.inUseBytes === null || inside?.fresh !== true) return [];
        const { dbBytes, inUseBytes, quotaBytes } = etcd;
        const share = (inUseBytes / dbBytes) * 100;
        const severity = levelOf(share, 'below', limits, raised(ref));
        if (severity === null || dbBytes - inUseBytes < LEAST_WIN_BYTES) return [];
        return [
          {
            subject: ref,
            severity,
            title: `${percent(share)} of the database in use, ${bytes(dbBytes - inUseBytes)} to be won back`,
            evidence: {
              dbBytes,
              inUseBytes,
              quotaBytes,
              inUsePercent: Math.round(share * 10) / 10,
              isLeader: leader,
              place: placeText(component),
              from: '/metrics etcd_mvcc_db_total_size_in_use_in_bytes',
            },
            hint: `s on zone ${name}, then etcdctl defrag: it blocks this member, so one at a time and the leader last`,
          },
        ];
      }),
    ),
};
