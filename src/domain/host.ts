import type { DiskCounters, DiskRates } from './disk.ts';
import type { EpochMs } from './time.ts';

/** What a host says of itself: uname(1), /etc/os-release, id(1). */
export type HostIdentity = {
  /** `PRETTY_NAME` or `VERSION` of /etc/os-release, such as `r151058`; null when the file is missing. */
  readonly release: string | null;
  /** `uname -v`, such as `omnios-r151058-516f7694c9`. */
  readonly kernel: string | null;
  /** `uname -n`. */
  readonly nodename: string | null;
  /** The user that the console is on this host. */
  readonly user: string | null;
};

/** One frame of kstat(8) counters; every number is a running sum unless its unit says otherwise. */
export type KstatCounters = {
  /** Seconds since boot at which the frame was taken, the denominator of all rates. */
  readonly snaptimeSeconds: number | null;
  readonly bootTimeSeconds: number | null;
  readonly cpuCount: number | null;
  readonly load1: number | null;
  readonly load5: number | null;
  readonly load15: number | null;
  readonly physmemPages: number | null;
  readonly freememPages: number | null;
  readonly arcBytes: number | null;
  /** `c_min`: down to this the ARC yields under pressure. */
  readonly arcMinBytes: number | null;
  /** vminfo swap_* are sums over `updates`, in pages. */
  readonly swapAllocPageSum: bigint | null;
  readonly swapResvPageSum: bigint | null;
  readonly swapAvailPageSum: bigint | null;
  readonly swapFreePageSum: bigint | null;
  readonly vminfoUpdates: bigint | null;
  readonly cpus: ReadonlyMap<number, CpuCounters>;
  readonly zones: ReadonlyMap<string, ZoneCounters>;
  readonly links: ReadonlyMap<string, LinkCounters>;
  /** By the driver's instance: `sd3`. */
  readonly disks: ReadonlyMap<string, DiskCounters>;
};
export type CpuCounters = {
  readonly idleNs: bigint;
  readonly userNs: bigint;
  readonly kernelNs: bigint;
};
export type ZoneCounters = {
  readonly zoneId: number;
  readonly userNs: bigint | null;
  readonly sysNs: bigint | null;
  readonly bootTimeSeconds: number | null;
  readonly rssBytes: number | null;
  /** null when there is no cap (the kernel prints a number near 2^64). */
  readonly rssCapBytes: number | null;
  readonly swapBytes: number | null;
  readonly swapCapBytes: number | null;
  /** Times that the zone ran into its memory cap. */
  readonly capHits: bigint | null;
  /** Bytes that were paged out to bring it back under its cap. */
  readonly pagedOutBytes: bigint | null;
  /** 100 = one CPU; null when there is no cap. */
  readonly cpuCapPercent: number | null;
  /** Threads that wait because the zone is at its CPU cap. */
  readonly cpuCapWaiting: number | null;
  /** Seconds that it was at its CPU cap. */
  readonly cpuCapSeconds: bigint | null;
  /** 0: no init, so nothing of the zone runs. In a virtual machine init is the hypervisor's process. */
  readonly initPid: number | null;
  /** null where the kernel does not count them. */
  readonly processes: number | null;
};
export type LinkCounters = {
  readonly rxBytes: bigint | null;
  readonly txBytes: bigint | null;
  readonly rxPackets: bigint | null;
  readonly txPackets: bigint | null;
  readonly rxErrors: bigint | null;
  readonly txErrors: bigint | null;
  /** Packets for which there was no buffer: norcvbuf, noxmtbuf. */
  readonly rxDrops: bigint | null;
  readonly txDrops: bigint | null;
  readonly up: boolean | null;
  readonly speedBitsPerSecond: number | null;
};

/** Counters and the rates between the last two frames; a rate is null until there are two. */
export type HostKstats = {
  readonly counters: KstatCounters;
  /** 100 = all CPUs busy. */
  readonly cpuPercent: number | null;
  /** By the id of the CPU; 100 = that CPU busy. */
  readonly cpuPercents: ReadonlyMap<number, number | null>;
  /** Reserved, whether allocated yet or not: what swap(8) calls used. */
  readonly swapUsedBytes: number | null;
  /** The part of it that is allocated: holds data. */
  readonly swapAllocatedBytes: number | null;
  /** Swap files, swap devices and the memory that may be swapped to: what swap(8) calls used and available. */
  readonly swapTotalBytes: number | null;
  /** When the boot before the present one was; null unless the console saw both. */
  readonly previousBootTimeSeconds: number | null;
  readonly zones: ReadonlyMap<string, ZoneRates>;
  /** Starts that were seen, by the zone's name, the latest last; also of zones that are gone. */
  readonly zoneBoots: ReadonlyMap<string, readonly ZoneBoot[]>;
  /** By the zone's name; not of zones of which the kernel does not count the processes. */
  readonly processLevels: ReadonlyMap<string, ProcessLevel>;
  readonly links: ReadonlyMap<string, LinkRates>;
  readonly disks: ReadonlyMap<string, DiskRates>;
};
/** How many processes a zone has for longer than a moment. */
export type ProcessLevel = {
  readonly zoneId: number;
  readonly level: number;
  /** The frames since it had no more than that. */
  readonly above: readonly number[];
  /** How often the level was another one since the console began to look. */
  readonly changes: number;
};
export type ZoneRates = {
  /** 100 = one CPU busy. */
  readonly cpuPercent: number | null;
  readonly pagedOutBytesPerSecond: number | null;
  readonly capHitsPerSecond: number | null;
  /** The part of the time that it was at its CPU cap; 100 = all of it. */
  readonly cpuCapTimePercent: number | null;
};
/** A start of a zone, or of what runs in it. */
export type ZoneBoot = {
  readonly at: EpochMs;
  readonly zoneId: number;
  /** Of the zone, by the host's clock. */
  readonly bootTimeSeconds: number | null;
  readonly initPid: number | null;
  /** `init`: only init began anew, as when a guest reboots itself: the zone keeps its id. */
  readonly kind: 'zone' | 'init';
};
export type LinkRates = {
  readonly rxBytesPerSecond: number | null;
  readonly txBytesPerSecond: number | null;
  /** The same of the frame before. */
  readonly txBytesPerSecondBefore: number | null;
  /** What the last minute tells of its errors; null until there are two frames. */
  readonly errors: RisingErrors | null;
  /** How long nothing has come in; null until there are two frames. */
  readonly silence: Silence | null;
};
/** The errors of a link over a window of time. */
export type RisingErrors = {
  /** Seconds that it looks back, at most a minute. */
  readonly seconds: number;
  /** Errors in that time. */
  readonly count: number;
  /** In how many frames of it there were any. */
  readonly rises: number;
  /** The sum of errors at the frames at which it rose, the oldest first; the first one begins the window. */
  readonly marks: readonly { readonly at: number; readonly total: bigint }[];
};
/** Since when a link has received no packet, as far as it was watched. */
export type Silence = {
  /** 0 when packets came since the previous frame. */
  readonly seconds: number;
  /** Packets that it sent meanwhile. */
  readonly sent: number;
  /** Seconds since boot; 0, as what was sent before, while packets come. */
  readonly since: number;
  readonly sentBefore: bigint;
};

export const PAGE_BYTES = 4096;

const toBytes = (pages: number | null): number | null =>
  pages === null ? null : pages * PAGE_BYTES;

/** The memory of a host and what of it can be had. */
export type HostMemory = {
  readonly totalBytes: number | null;
  readonly freeBytes: number | null;
  readonly arcBytes: number | null;
  /** What the ARC gives back under pressure: all above its least size; null when that is not known. */
  readonly reclaimableBytes: number | null;
};

export function memoryOf({
  physmemPages,
  freememPages,
  arcBytes,
  arcMinBytes,
}: KstatCounters): HostMemory {
  return {
    totalBytes: toBytes(physmemPages),
    freeBytes: toBytes(freememPages),
    arcBytes,
    reclaimableBytes:
      arcBytes === null || arcMinBytes === null ? null : Math.max(0, arcBytes - arcMinBytes),
  };
}

/** What could be had of all memory, from 0 to 1: free pages, and what the ARC would give back. null when not known. */
export function availableShare(counters: KstatCounters): number | null {
  const { totalBytes, freeBytes, reclaimableBytes } = memoryOf(counters);
  return !totalBytes || freeBytes === null || reclaimableBytes === null
    ? null
    : (freeBytes + reclaimableBytes) / totalBytes;
}
