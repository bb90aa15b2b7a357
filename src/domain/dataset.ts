import type { EpochMs } from './time.ts';

/** One line of `zfs list`; null is not set, or not known. */
export type Dataset = {
  readonly name: string;
  /** null where the list does not tell. */
  readonly type: 'filesystem' | 'volume' | null;
  /** With everything below it, its snapshots and its reservations. */
  readonly usedBytes: number | null;
  /** What could still be written: the least that the pool and all quotas above it leave. */
  readonly availableBytes: number | null;
  readonly referencedBytes: number | null;
  readonly quotaBytes: number | null;
  readonly refquotaBytes: number | null;
  readonly reservationBytes: number | null;
  readonly refreservationBytes: number | null;
  /** The size of a volume, as its guest sees it. */
  readonly volsizeBytes: number | null;
  readonly usedBySnapshotsBytes: number | null;
  /** 1.62: what is stored takes that much less room than it holds. */
  readonly compressRatio: number | null;
  readonly mountpoint: string | null;
  readonly createdAt: EpochMs | null;
};

/** The snapshots of one dataset, without those of what lies below it. */
export type NewestSnapshot = {
  readonly dataset: string;
  readonly count: number;
  /** The part behind the `@` of the newest one. */
  readonly name: string;
  readonly createdAt: EpochMs;
};
