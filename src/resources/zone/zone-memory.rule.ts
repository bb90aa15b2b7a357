import { bytes } from '../../domain/format.ts';
import { allZonesOf } from '../../domain/joined.ts';
import type { Zone } from '../../domain/joined.ts';
import type { Finding, HostRule, RuleContext } from '../../domain/problem.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';
import { isVmBrand } from '../../domain/zone.ts';
import { memoryPercent } from './zone-columns.ts';

/** A zone whose RSS is near its memory cap; critical when the kernel pages it out to keep it there. */
export const zoneMemory: HostRule<'zones' | 'kstats'> = {
  id: 'zone.memory',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['zone.memory'],
  needs: ['zones', 'kstats'],
  check: (_fresh, host, _now, context) =>
    allZonesOf(host)
      .filter(({ brand }) => !isVmBrand(brand))
      .flatMap(
        (zone) =>
          capFinding(
            zone,
            context,
            `its Inside tab tells its processes, r restarts it, zonecfg -z ${zone.name} raises its cap`,
          ) ?? [],
      ),
};

/** What is wrong with a zone by its memory cap; nothing while either is not known. */
export function capFinding(
  zone: Zone,
  { limits, raised }: RuleContext,
  hint: string,
): Finding | undefined {
  const percent = memoryPercent(zone);
  if (percent === null || zone.state !== 'running') return undefined;
  const before = raised(zone.ref);
  const level = levelOf(percent, 'above', limits, before);
  if (level === null) return undefined;
  const { pagedOutBytesPerSecond, capHitsPerSecond } = zone;
  // A zone may rest at its cap without harm. Where nobody counts it is taken for harm.
  const isPressed =
    before === 'critical' ||
    (pagedOutBytesPerSecond === null && capHitsPerSecond === null) ||
    (pagedOutBytesPerSecond ?? 0) > 0 ||
    (capHitsPerSecond ?? 0) > 0;
  const severity = level === 'critical' && isPressed ? 'critical' : 'warning';
  const paging = pagedOutBytesPerSecond ? `, ${bytes(pagedOutBytesPerSecond)}/s paged out` : '';
  return {
    subject: zone.ref,
    severity,
    title: `RSS ${Math.floor(percent)}% of its memory cap${paging}`,
    evidence: {
      rssBytes: zone.rssBytes,
      memoryCapBytes: zone.memoryCapBytes,
      capUsedPercent: Math.round(percent * 10) / 10,
      pagedOutBytesPerSecond:
        pagedOutBytesPerSecond === null ? null : Math.round(pagedOutBytesPerSecond),
      capHitsPerSecond: capHitsPerSecond === null ? null : Math.round(capHitsPerSecond * 100) / 100,
      from: `kstat memory_cap:${zone.zoneId ?? ''}`,
    },
    hint,
  };
}
