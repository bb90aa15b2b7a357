import { readMeter, type Meter } from './meter.ts';

/** The value of a statistic as kstat(8) prints it with -p. */
export type KstatValue = string | number;

export type Kstat = {
  readonly module: string;
  readonly instance: number;
  readonly name: string;
  readonly class: string;
  /** Seconds after the boot of the host. */
  readonly crtime: number;
  /** Reads the statistics; only called for instances that are asked for. */
  readonly read: () => Readonly<Record<string, KstatValue>>;
};

/** What a resource control without a limit prints. */
export const NO_CAP = '18446744073709551615';

export const NAME_LIMIT = 30;

export const nanoseconds = (microseconds: number): KstatValue =>
  microseconds === 0 ? 0 : `${microseconds}000`;

export const stat = (
  [module, instance, name, group]: readonly [string, number, string, string],
  crtime: number,
  read: Kstat['read'],
): Kstat => ({ module, instance, name, class: group, crtime, read });

export function ioCounters(read: Meter, write: Meter, now: number, blockBytes: number) {
  const nread = Math.floor(readMeter(read, now));
  const nwritten = Math.floor(readMeter(write, now));
  const seconds = (nread + nwritten) / 450e6;
  return {
    nread,
    nwritten,
    rcnt: 0,
    reads: Math.floor(nread / blockBytes),
    rlentime: (seconds * 1.3).toFixed(9),
    rtime: seconds.toFixed(9),
    wcnt: 0,
    wlentime: (seconds / 20).toFixed(9),
    writes: Math.floor(nwritten / blockBytes),
    wtime: (seconds / 25).toFixed(9),
  };
}
