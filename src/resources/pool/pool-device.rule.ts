import { fresh } from '../../domain/feed.ts';
import { diskOfVdev } from '../../domain/joined-disks.ts';
import { countedErrors, isFailed } from '../../domain/pool.ts';
import type { PoolStatus, Vdev } from '../../domain/pool.ts';
import type { HostRule } from '../../domain/problem.ts';
import { poolRef } from '../../domain/ref.ts';

const SHOWN_DEVICES = 4;

/**
 * Devices of a pool that gave errors, and devices that are not well although the pool is: spares, logs, caches. Those
 * that keep the pool from being ONLINE are told by `pool.state`.
 */
export const poolDevice: HostRule<'poolStatus'> = {
  id: 'pool.device',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 0,
  needs: ['poolStatus'],
  check: ({ poolStatus }, host, now) => {
    const healths = new Map(
      (fresh(host.feeds.pools, now) ?? []).map(({ name, health }) => [name, health]),
    );
    return poolStatus.flatMap((status) => {
      const health = healths.get(status.name) ?? status.state;
      const failed = health === 'ONLINE' ? status.vdevs.filter(isFailed) : [];
      const counted = withErrors(status);
      const devices = [
        ...failed.map((vdev) => `${nameOf(vdev)} ${vdev.state}`),
        ...counted.map((vdev) => `${nameOf(vdev)} ${countsText(vdev)}`),
      ];
      if (devices.length === 0) return [];
      return [
        {
          subject: poolRef(host.name, status.name),
          title: listed(devices),
          evidence: {
            devices: devices.join('; '),
            read: sum(counted, ({ readErrors }) => readErrors),
            write: sum(counted, ({ writeErrors }) => writeErrors),
            checksum: sum(counted, ({ checksumErrors }) => checksumErrors),
            status: status.status,
            from: 'zpool status',
          },
          hint:
            status.action ??
            `see whether the counts go on rising: zpool status ${status.name}; zpool clear sets them back`,
        },
      ];
    });
  },
};

const nameOf = (vdev: Vdev): string => {
  const name = diskOfVdev(vdev);
  return vdev.section === 'data' ? name : `${vdev.section} ${name}`;
};

/** The rows that count errors and have nothing beneath them that does: a raidz may have some of its own. */
function withErrors({ vdevs }: PoolStatus): readonly Vdev[] {
  return vdevs.filter((vdev, index) => {
    if (countedErrors(vdev) === 0) return false;
    for (let below = index + 1; below < vdevs.length; below += 1) {
      const next = vdevs[below];
      if (!next || next.section !== vdev.section || next.depth <= vdev.depth) return true;
      if (countedErrors(next) > 0) return false;
    }
    return true;
  });
}

const countsText = ({ readErrors, writeErrors, checksumErrors }: Vdev): string =>
  (
    [
      ['read', readErrors],
      ['write', writeErrors],
      ['checksum', checksumErrors],
    ] as const
  )
    .filter(([, count]) => count !== null && count > 0)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ') + ' errors';

const listed = (devices: readonly string[]): string => {
  const more = devices.length - SHOWN_DEVICES;
  return devices.slice(0, SHOWN_DEVICES).join('; ') + (more > 0 ? ` and ${more} more` : '');
};

const sum = (vdevs: readonly Vdev[], pick: (vdev: Vdev) => number | null): number =>
  vdevs.reduce((all, vdev) => all + (pick(vdev) ?? 0), 0);
