import type { DiskCounters, DiskEntry, DiskErrors, DiskRates } from '../../src/domain/disk.ts';

export const NO_DISK_ERRORS: DiskErrors = {
  soft: 0,
  hard: 0,
  transport: 0,
  media: 0,
  notReady: 0,
  noDevice: 0,
  recoverable: 0,
  illegalRequests: 0,
  predictedFailures: 0,
};

/** A disk that is well, by its driver's name. */
export const diskEntry = (instance: string, change: Partial<DiskEntry> = {}): DiskEntry => ({
  instance,
  vendor: 'ATA',
  product: 'LAB HDD',
  revision: '1.0',
  serial: `S${instance}`,
  sizeBytes: 10 ** 13,
  errors: NO_DISK_ERRORS,
  ...change,
});

export const diskCounters = (change: Partial<DiskCounters> = {}): DiskCounters => ({
  readBytes: 0n,
  writtenBytes: 0n,
  reads: 0n,
  writes: 0n,
  busySeconds: 0,
  serviceSeconds: 0,
  hardErrors: 0,
  transportErrors: 0,
  mediaErrors: 0,
  ...change,
});

/** A disk that does some work at its usual pace. */
export const diskRates = (change: Partial<DiskRates> = {}): DiskRates => ({
  readBytesPerSecond: 1_000_000,
  writeBytesPerSecond: 500_000,
  operationsPerSecond: 60,
  serviceMs: 6,
  busyPercent: 30,
  newErrors: { hard: 0, transport: 0, media: 0, sinceSeconds: 100, roseAtSeconds: null },
  ...change,
});
