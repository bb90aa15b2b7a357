import { bytes } from '../../domain/format.ts';
import type { HostRule } from '../../domain/problem.ts';
import { poolRef } from '../../domain/ref.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';

/** A pool that is nearly full: it gets slow first, then nothing on it can be written. */
export const poolCapacity: HostRule<'pools'> = {
  id: 'pool.capacity',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['pool.capacity'],
  needs: ['pools'],
  check: ({ pools }, { name: host }, _now, { limits, raised }) =>
    pools.flatMap(({ name, capacityPercent, allocatedBytes, freeBytes, sizeBytes, ...pool }) => {
      const subject = poolRef(host, name);
      if (capacityPercent === null) return [];
      const severity = levelOf(capacityPercent, 'above', limits, raised(subject));
      if (severity === null) return [];
      const free = freeBytes === null ? '' : `, ${bytes(freeBytes)} free`;
      return [
        {
          subject,
          severity,
          title: `${capacityPercent}% full${free}`,
          evidence: {
            capacityPercent,
            allocatedBytes,
            freeBytes,
            sizeBytes,
            fragmentationPercent: pool.fragmentationPercent,
            from: 'zpool list',
          },
          hint: 'enter opens the host: its tab Storage tells which datasets and snapshots hold the most',
        },
      ];
    }),
};
