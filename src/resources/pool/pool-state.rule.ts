import { fresh } from '../../domain/feed.ts';
import { diskOfVdev } from '../../domain/joined-disks.ts';
import { isFailed, leafVdevs } from '../../domain/pool.ts';
import type { PoolHealth, PoolStatus } from '../../domain/pool.ts';
import type { HostRule, Severity } from '../../domain/problem.ts';
import { poolRef } from '../../domain/ref.ts';

/** A pool that is not ONLINE, with the devices that are the reason when `zpool status` tells them. */
export const poolState: HostRule<'pools'> = {
  id: 'pool.state',
  scope: 'host',
  severity: 'critical',
  holdSeconds: 0,
  needs: ['pools'],
  check: ({ pools }, host, now) => {
    const details = new Map(
      (fresh(host.feeds.poolStatus, now) ?? []).map((status) => [status.name, status]),
    );
    return pools.flatMap(({ name, health, capacityPercent }) => {
      const severity = severityOf(health);
      if (!severity) return [];
      const status = details.get(name);
      const devices = faultyDevices(status);
      return [
        {
          subject: poolRef(host.name, name),
          title: devices === '' ? health : `${health}: ${devices}`,
          severity,
          evidence: {
            health,
            capacityPercent,
            devices: devices || null,
            status: status?.status ?? null,
            scan: status?.scan.text ?? null,
            from: 'zpool list, zpool status',
          },
          hint: status?.action ?? `see zpool status -x ${name}`,
        },
      ];
    });
  },
};

/** undefined for a pool in order, and for a word that is not known: that is no fault of the pool. */
function severityOf(health: PoolHealth): Severity | undefined {
  switch (health) {
    case 'ONLINE':
    case 'UNKNOWN':
      return undefined;
    case 'DEGRADED':
      return 'warning';
    case 'FAULTED':
    case 'OFFLINE':
    case 'REMOVED':
    case 'UNAVAIL':
    case 'SUSPENDED':
      return 'critical';
  }
}

/** The disks at fault; a mirror above them is only their consequence. */
const faultyDevices = (status: PoolStatus | undefined): string =>
  (status ? leafVdevs(status) : [])
    .filter(({ vdev }) => isFailed(vdev))
    .map(({ vdev }) => `${diskOfVdev(vdev)} ${vdev.state}`)
    .join(', ');
