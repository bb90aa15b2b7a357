import { percent } from '../../domain/format.ts';
import { allZonesOf, cpuCapShare } from '../../domain/joined.ts';
import type { HostRule } from '../../domain/problem.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';

/** A zone or VM that has been at its CPU cap for a minute. */
export const zoneCpu: HostRule<'zones' | 'kstats'> = {
  id: 'zone.cpu',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 60,
  limits: THRESHOLDS['zone.cpu'],
  needs: ['zones', 'kstats'],
  check: (_fresh, host, _now, { limits, raised }) =>
    allZonesOf(host).flatMap((zone) => {
      const { cpuPercent, cpuCapPercent } = zone;
      const used = cpuCapShare(zone);
      if (used === null || cpuPercent === null) return [];
      const severity = levelOf(used, 'above', limits, raised(zone.ref));
      if (severity === null) return [];
      return [
        {
          subject: zone.ref,
          severity,
          title: `at its CPU cap: ${percent(cpuPercent)} of ${percent(cpuCapPercent)}`,
          evidence: {
            cpuPercent: Math.round(cpuPercent * 10) / 10,
            cpuCapPercent,
            timeAtCapPercent: zone.cpuCapTimePercent,
            waitingThreads: zone.cpuCapWaiting,
            from: `kstat zones:${zone.zoneId ?? ''} caps:${zone.zoneId ?? ''}:cpucaps_zone_${zone.zoneId ?? ''}`,
          },
          hint: `its Inside tab tells its processes by CPU; zonecfg -z ${zone.name} raises its capped-cpu`,
        },
      ];
    }),
};
