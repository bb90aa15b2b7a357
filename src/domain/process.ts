import type { EpochMs } from './time.ts';

/** A process, as ps(1) tells it. There are tens of thousands: whole numbers in small units need no object of their own. */
export type Process = {
  readonly pid: number;
  readonly user: string;
  /** A mean over the last seconds; 100 = all CPUs of the host. null for one that has ended. */
  readonly hostCpuPercent: number | null;
  /** Resident memory. */
  readonly rssKib: number | null;
  /** How long ago it began; null when that is not told. */
  readonly elapsedSeconds: number | null;
  /** argv[0], at most 80 characters. Other arguments are never asked for: there may be secrets among them. */
  readonly command: string;
};

/** The processes of one zone. */
export type ZoneProcesses = {
  readonly count: number;
  /** Those that use the most CPU, then the most memory, the busiest first. */
  readonly top: readonly Process[];
  /** What they all are, without the folders, each once. Without any process: what they were. */
  readonly programs: readonly string[];
  /** Programs that tell what the zone is for, which ran before and do not now: when they were seen last. */
  readonly ended?: ReadonlyMap<string, EpochMs>;
};
