import type { HostRule } from '../../domain/problem.ts';
import { hostRef } from '../../domain/ref.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';

/** All CPUs of a host busy for a minute. A single one may be: that is what it is for. */
export const hostCpu: HostRule<'kstats'> = {
  id: 'host.cpu',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 60,
  limits: THRESHOLDS['host.cpu'],
  needs: ['kstats'],
  check: ({ kstats }, { name }, _now, { limits, raised }) => {
    const { cpuPercent, counters } = kstats;
    const subject = hostRef(name);
    if (cpuPercent === null) return [];
    const severity = levelOf(cpuPercent, 'above', limits, raised(subject));
    if (severity === null) return [];
    return [
      {
        subject,
        severity,
        title: `CPUs ${Math.round(cpuPercent)}% busy`,
        evidence: {
          cpuPercent: Math.round(cpuPercent * 10) / 10,
          cpuCount: counters.cpuCount,
          load1: counters.load1,
          load15: counters.load15,
          from: 'kstat cpu::sys',
        },
        hint: 'enter tells which zones are the busiest',
      },
    ];
  },
};
