import { alarmsOf } from '../../domain/components.ts';
import { bytes, percent } from '../../domain/format.ts';
import type { LabRule } from '../../domain/problem.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';
import { inClusters, placeText } from './clusters.ts';

/** The database of a member is near its quota; beyond it etcd raises the alarm NOSPACE and takes no more writes. */
export const etcdSpace: LabRule = {
  id: 'etcd.space',
  scope: 'lab',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['etcd.space'],
  check: (inventory, now, { limits, raised }) =>
    inClusters(inventory, now, (_, components) =>
      components.flatMap((component) => {
        const { ref, etcd, inside } = component;
        if (!etcd || inside?.fresh !== true || etcd.dbBytes === null) return [];
        const { dbBytes, quotaBytes, inUseBytes } = etcd;
        // All members tell that they are not healthy when one has raised it.
        const alarms = alarmsOf(component, components);
        const isAlarmed =
          alarms === null ? /NOSPACE/.test(inside.reason ?? '') : alarms.includes('NOSPACE');
        const share = quotaBytes ? (dbBytes / quotaBytes) * 100 : null;
        const level = share === null ? null : levelOf(share, 'above', limits, raised(ref));
        if (!isAlarmed && level === null) return [];
        const canShrink = inUseBytes !== null && inUseBytes < dbBytes / 2;
        return [
          {
            subject: ref,
            severity: isAlarmed ? ('critical' as const) : (level ?? ('warning' as const)),
            title: isAlarmed
              ? `alarm NOSPACE: no more writes are taken, the database has ${bytes(dbBytes)}`
              : `database ${percent(share)} of its quota`,
            evidence: {
              dbBytes,
              inUseBytes,
              quotaBytes,
              percent: share === null ? null : Math.round(share * 10) / 10,
              alarm: isAlarmed ? 'NOSPACE' : null,
              place: placeText(component),
              from: '/metrics etcd_mvcc_db_total_size_in_bytes, etcd_server_quota_backend_bytes; /v3/maintenance/status errors',
            },
            hint: canShrink
              ? `etcdctl defrag gives ${bytes(dbBytes - inUseBytes)} back, one member at a time, the leader last${isAlarmed ? '; then etcdctl alarm disarm' : ''}`
              : 'see which resource multiplies, tab objects; delete it, compact, then defragment',
          },
        ];
      }),
    ),
};
