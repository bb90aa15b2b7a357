import { availableShare, memoryOf } from '../../domain/host.ts';
import type { HostRule } from '../../domain/problem.ts';
import { hostRef } from '../../domain/ref.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';

/**
 * Little memory that could be had: free pages, and what the ARC would give back down to its least size. A large ARC
 * alone is no lack of memory. Without the sizes of the ARC it is not known how much that is.
 */
export const hostMemory: HostRule<'kstats'> = {
  id: 'host.memory',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 30,
  limits: THRESHOLDS['host.memory'],
  needs: ['kstats'],
  check: ({ kstats }, { name }, _now, { limits, raised }) => {
    const { totalBytes, freeBytes, arcBytes, reclaimableBytes } = memoryOf(kstats.counters);
    const subject = hostRef(name);
    const share = availableShare(kstats.counters);
    if (share === null) return [];
    const percent = share * 100;
    const severity = levelOf(percent, 'below', limits, raised(subject));
    if (severity === null) return [];
    return [
      {
        subject,
        severity,
        title: `memory ${Math.floor(percent)}% free or reclaimable`,
        evidence: {
          availablePercent: Math.round(percent * 10) / 10,
          freeBytes,
          reclaimableBytes,
          arcBytes,
          totalBytes,
          from: 'kstat unix:0:system_pages zfs:0:arcstats',
        },
        hint: 'enter tells which zones hold the most',
      },
    ];
  },
};
