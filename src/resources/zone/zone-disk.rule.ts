import { bytes } from '../../domain/format.ts';
import { fillPercent, zoneDatasets } from '../../domain/joined-datasets.ts';
import { allZonesOf } from '../../domain/joined.ts';
import type { HostRule } from '../../domain/problem.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';

/**
 * A dataset of a zone that has little room left: its own quota, one above it, or the pool. How the disk of a VM is
 * filled only its guest knows.
 */
export const zoneDisk: HostRule<'zones' | 'datasets'> = {
  id: 'zone.disk',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['zone.disk'],
  needs: ['zones', 'datasets'],
  check: (_fresh, host, _now, { limits, raised }) => {
    return allZonesOf(host).flatMap((zone) => {
      const [fullest] = zoneDatasets(zone, host)
        .flatMap((dataset) => {
          const percent = fillPercent(dataset);
          return percent === null ? [] : [{ dataset, percent }];
        })
        .toSorted((a, b) => b.percent - a.percent);
      if (!fullest) return [];
      const { dataset, percent } = fullest;
      const severity = levelOf(percent, 'above', limits, raised(zone.ref));
      if (severity === null) return [];
      return [
        {
          subject: zone.ref,
          severity,
          title: `${dataset.name} ${Math.floor(percent)}% full, ${bytes(dataset.availableBytes)} left`,
          evidence: {
            dataset: dataset.name,
            percent: Math.round(percent * 10) / 10,
            usedBytes: dataset.usedBytes,
            availableBytes: dataset.availableBytes,
            quotaBytes: dataset.quotaBytes,
            snapshotBytes: dataset.usedBySnapshotsBytes,
            from: 'zfs list',
          },
          hint: `make room in the zone (s opens its shell), or see what limits it: zfs get -r quota ${dataset.name}`,
        },
      ];
    });
  },
};
