/** Errors of a disk by kind, each since boot: the kstats of class device_error (sd.c, blkdev.c); null is not told. */
export type DiskErrors = {
  readonly soft: number | null;
  readonly hard: number | null;
  readonly transport: number | null;
  /** Blocks that cannot be read or written (UNC). */
  readonly media: number | null;
  readonly notReady: number | null;
  readonly noDevice: number | null;
  readonly recoverable: number | null;
  /** Healthy SATA disks count thousands of these: commands that they do not know. */
  readonly illegalRequests: number | null;
  /** Times that the disk itself foretold its failure. */
  readonly predictedFailures: number | null;
};

/** A disk as its driver knows it. */
export type DiskEntry = {
  /** The driver's name for it: `sd3`, `blkdev0`. */
  readonly instance: string;
  readonly vendor: string | null;
  readonly product: string | null;
  readonly revision: string | null;
  readonly serial: string | null;
  readonly sizeBytes: number | null;
  readonly errors: DiskErrors;
};

/** Which device a driver's instance is: `sd3` is `c0t5000CCA2530A1B2Cd0`. */
export type DiskName = { readonly instance: string; readonly name: string };

/** Running sums of one disk, from kstat(3KSTAT) `KSTAT_TYPE_IO` and its device_error kstat. */
export type DiskCounters = {
  readonly readBytes: bigint | null;
  readonly writtenBytes: bigint | null;
  readonly reads: bigint | null;
  readonly writes: bigint | null;
  /** `rtime`: seconds with at least one request in the device. */
  readonly busySeconds: number | null;
  /** `rlentime`: the sum of the seconds that each request was in the device. */
  readonly serviceSeconds: number | null;
  readonly hardErrors: number | null;
  readonly transportErrors: number | null;
  readonly mediaErrors: number | null;
};

/** What changed of a disk between two frames; null is not known. */
export type DiskRates = {
  readonly readBytesPerSecond: number | null;
  readonly writeBytesPerSecond: number | null;
  readonly operationsPerSecond: number | null;
  /** Mean time of a request in the device, as `asvc_t` of iostat(8); null without a request. */
  readonly serviceMs: number | null;
  /** Time with at least one request in the device, as `%b` of iostat(8). */
  readonly busyPercent: number | null;
  readonly newErrors: NewDiskErrors | null;
};

/** Errors that came while the console looked; what had been counted before is no news. */
export type NewDiskErrors = {
  readonly hard: number;
  readonly transport: number;
  readonly media: number;
  /** Seconds since boot of the first frame that they are counted from. */
  readonly sinceSeconds: number;
  /** Seconds since boot of the last frame in which one of them had risen; null: none has. */
  readonly roseAtSeconds: number | null;
};

/** What a disk says of itself (SMART); null is not told. */
export type SmartReport = {
  /** `cNtNdN`. */
  readonly disk: string;
  /** false: it expects to fail soon. */
  readonly passed: boolean | null;
  readonly temperatureCelsius: number | null;
  readonly powerOnHours: number | null;
  /** Sectors that were replaced by spare ones; of SAS disks the grown defect list. */
  readonly reallocatedSectors: number | null;
  /** Sectors that could not be read and wait to be written. */
  readonly pendingSectors: number | null;
  readonly uncorrectableSectors: number | null;
  /** 100: as much was written as the maker of a solid-state disk had in mind. */
  readonly wearPercent: number | null;
};
