import type { HostRule } from '../../domain/problem.ts';
import { hostRef } from '../../domain/ref.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';

/**
 * Swap, which on illumos is all memory that a process can ask for, is nearly reserved: soon malloc(3C) and fork(2)
 * fail, with memory still free.
 */
export const hostSwap: HostRule<'kstats'> = {
  id: 'host.swap',
  scope: 'host',
  severity: 'critical',
  holdSeconds: 10,
  limits: THRESHOLDS['host.swap'],
  needs: ['kstats'],
  check: ({ kstats }, { name }, _now, { limits, raised }) => {
    const { swapUsedBytes, swapAllocatedBytes, swapTotalBytes } = kstats;
    const subject = hostRef(name);
    if (swapUsedBytes === null || !swapTotalBytes) return [];
    const percent = (swapUsedBytes / swapTotalBytes) * 100;
    const severity = levelOf(percent, 'above', limits, raised(subject));
    if (severity === null) return [];
    return [
      {
        subject,
        severity,
        title: `swap ${Math.floor(percent)}% reserved`,
        evidence: {
          reservedPercent: Math.round(percent * 10) / 10,
          reservedBytes: swapUsedBytes,
          allocatedBytes: swapAllocatedBytes,
          availableBytes: swapTotalBytes - swapUsedBytes,
          from: 'kstat unix:0:vminfo',
        },
        hint: 'add swap, or restart what reserves it: swap -s and prstat -s size on the host',
      },
    ];
  },
};
