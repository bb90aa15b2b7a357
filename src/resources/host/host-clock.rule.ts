import type { LabRule } from '../../domain/problem.ts';
import { hostRef } from '../../domain/ref.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';

/** A host's clock that is off: certificates, leases, logs and tickets go by it. Compared hourly, to half a second. */
export const hostClock: LabRule = {
  id: 'host.clock',
  scope: 'lab',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['host.clock'],
  check: ({ hosts }, _now, { limits, raised }) =>
    hosts.flatMap(({ name, source, observer }) => {
      if (source.state !== 'up' || observer.clockSkewMs === null) return [];
      const subject = hostRef(name);
      const seconds = observer.clockSkewMs / 1000;
      const severity = levelOf(Math.abs(seconds), 'above', limits, raised(subject));
      if (severity === null) return [];
      return [
        {
          subject,
          severity,
          title: `clock is ${Math.abs(seconds).toFixed(1)} s ${seconds > 0 ? 'ahead' : 'behind'}`,
          evidence: { skewSeconds: Math.round(seconds * 10) / 10, from: 'date +%s' },
          hint: 'svcs ntp chrony on the host; if several hosts differ alike, it is the clock of this machine',
        },
      ];
    }),
};
