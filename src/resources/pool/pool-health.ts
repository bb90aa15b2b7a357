import type { PoolHealth } from '../../domain/pool.ts';

const HEALTHS: readonly PoolHealth[] = [
  'ONLINE',
  'DEGRADED',
  'FAULTED',
  'OFFLINE',
  'REMOVED',
  'UNAVAIL',
  'SUSPENDED',
];

/** The state words of zpool(8), `UNAVAILABLE` of the oldest releases among them; a newer word is not known. */
export const toPoolHealth = (text: string | null): PoolHealth =>
  text === 'UNAVAILABLE' ? 'UNAVAIL' : (HEALTHS.find((health) => health === text) ?? 'UNKNOWN');
