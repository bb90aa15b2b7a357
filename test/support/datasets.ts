import type { Dataset } from '../../src/domain/dataset.ts';

/** A file system without limits that holds a little. */
export const dataset = (name: string, change: Partial<Dataset> = {}): Dataset => ({
  name,
  type: 'filesystem',
  usedBytes: 1000,
  availableBytes: 100_000,
  referencedBytes: 1000,
  quotaBytes: null,
  refquotaBytes: null,
  reservationBytes: null,
  refreservationBytes: null,
  volsizeBytes: null,
  usedBySnapshotsBytes: 0,
  compressRatio: 1,
  mountpoint: `/${name}`,
  createdAt: null,
  ...change,
});
