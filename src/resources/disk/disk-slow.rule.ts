import { disksOf } from '../../domain/joined-disks.ts';
import type { Disk } from '../../domain/joined-disks.ts';
import type { Finding, HostRule } from '../../domain/problem.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';

/** Below so many requests a second a mean says little. */
const LEAST_OPERATIONS = 2;
/** Milliseconds: a request that is faster is not slow, whatever its like do. */
const LEAST_MS = 15;

/**
 * A disk whose requests take far longer than those of the other disks of its pool that do the same work. A disk that
 * is about to fail does so often hours before it counts an error, and a whole raidz waits for it.
 */
export const diskSlow: HostRule<'kstats' | 'poolStatus'> = {
  id: 'disk.slow',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 30,
  limits: THRESHOLDS['disk.slow'],
  needs: ['kstats', 'poolStatus'],
  check: (_fresh, host, _now, { limits, raised }) => {
    const disks = disksOf(host).filter(({ member }) => member?.vdev.section === 'data');
    const byPool = Map.groupBy(disks.filter(isWorking), ({ member }) => member?.pool ?? '');
    return [...byPool].flatMap(([pool, members]) =>
      members.flatMap((disk): readonly Finding[] => {
        const serviceMs = disk.rates?.serviceMs ?? 0;
        if (serviceMs < LEAST_MS) return [];
        const peers = members.filter((other) => other !== disk);
        const peerMs = median(peers.map(({ rates }) => rates?.serviceMs ?? 0));
        if (peerMs === null || peerMs === 0) return [];
        const percent = (100 * serviceMs) / peerMs;
        const severity = levelOf(percent, 'above', limits, raised(disk.ref));
        if (severity === null) return [];
        return [
          {
            subject: disk.ref,
            severity,
            title: `${Math.round(serviceMs)} ms a request, ${times(percent)} its peers`,
            evidence: {
              serviceMs: round(serviceMs),
              peersMs: round(peerMs),
              peers: peers.length,
              busyPercent: round(disk.rates?.busyPercent ?? null),
              operationsPerSecond: round(disk.rates?.operationsPerSecond ?? null),
              pool,
              serial: disk.serial,
              from: `kstat ${disk.instance ?? ''}`,
            },
            hint: `see its errors: iostat -En ${disk.name}; a disk that stays slow is to be replaced`,
          },
        ];
      }),
    );
  },
};

const isWorking = ({ rates }: Disk): boolean =>
  rates !== null &&
  rates.serviceMs !== null &&
  (rates.operationsPerSecond ?? 0) >= LEAST_OPERATIONS;

/** null of nothing. */
function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1], sorted[middle]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

const times = (percent: number): string => `${Math.round(percent / 10) / 10} times`;

const round = (value: number | null): number | null =>
  value === null ? null : Math.round(value * 100) / 100;
