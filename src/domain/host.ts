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
  /** vminfo swap_* are sums over `updates`, in pages. */
  readonly swapAllocPageSum: bigint | null;
  readonly swapResvPageSum: bigint | null;
  readonly swapAvailPageSum: bigint | null;
  readonly swapFreePageSum: bigint | null;
  readonly vminfoUpdates: bigint | null;
  readonly cpus: ReadonlyMap<number, CpuCounters>;
  readonly zones: ReadonlyMap<string, ZoneCounters>;
  readonly links: ReadonlyMap<string, LinkCounters>;
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
  /** 100 = one CPU; null when there is no cap. */
  readonly cpuCapPercent: number | null;
};
export type LinkCounters = {
  readonly rxBytes: bigint | null;
  readonly txBytes: bigint | null;
  readonly rxErrors: bigint | null;
  readonly txErrors: bigint | null;
  readonly up: boolean | null;
  readonly speedBitsPerSecond: number | null;
};

/** Counters and the rates between the last two frames; a rate is null until there are two. */
export type HostKstats = {
  readonly counters: KstatCounters;
  /** 100 = all CPUs busy. */
  readonly cpuPercent: number | null;
  readonly swapUsedBytes: number | null;
  readonly swapTotalBytes: number | null;
  readonly zones: ReadonlyMap<string, ZoneRates>;
  readonly links: ReadonlyMap<string, LinkRates>;
};
/** 100 = one CPU busy. */
export type ZoneRates = { readonly cpuPercent: number | null };
export type LinkRates = {
  readonly rxBytesPerSecond: number | null;
  readonly txBytesPerSecond: number | null;
};

export const PAGE_BYTES = 4096;
