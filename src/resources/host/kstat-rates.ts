import type {
  CpuCounters,
  HostKstats,
  KstatCounters,
  LinkRates,
  ZoneCounters,
  ZoneRates,
} from '../../domain/host.ts';
import { PAGE_BYTES } from '../../domain/host.ts';
import { diskRates } from './disk-counters.ts';
import { NO_LINK_RATES, nextErrors, nextSilence } from './link-windows.ts';
import { nextLevels } from './process-levels.ts';
import { nextBoots } from './zone-boots.ts';

const NS_PER_SECOND = 1e9;

/** Of a zone that is in one frame only. */
export const NO_ZONE_RATES: ZoneRates = {
  cpuPercent: null,
  pagedOutBytesPerSecond: null,
  capHitsPerSecond: null,
  cpuCapTimePercent: null,
};

/**
 * The next frame with the rates since the previous one. A rate is null when either frame lacks its counters, when
 * a counter fell (it was made anew), when a zone has a new id (it was booted in between), and all of them are
 * null when the host was booted in between or no time has passed.
 */
export function foldKstats(previous: HostKstats, next: HostKstats): HostKstats {
  const before = previous.counters;
  const now = next.counters;
  const seconds = elapsedSeconds(before, now);
  const previousBootTimeSeconds = isRebooted(before, now)
    ? before.bootTimeSeconds
    : previous.previousBootTimeSeconds;
  const zoneBoots = nextBoots(previous.zoneBoots, now);
  const processLevels = nextLevels(previous.processLevels, now);
  if (seconds === null) return { ...next, previousBootTimeSeconds, zoneBoots, processLevels };
  return {
    counters: now,
    cpuPercent: cpuPercent(before.cpus, now.cpus),
    cpuPercents: mapPairs(before.cpus, now.cpus, (a, b) => (a ? busyPercent([[a, b]]) : null)),
    ...swapBytes(before, now),
    previousBootTimeSeconds,
    zones: mapPairs(before.zones, now.zones, (a, b) => zoneRates(a, b, seconds)),
    links: new Map([...now.links.keys()].map((name) => [name, linkRates(previous, next, name)])),
    zoneBoots,
    processLevels,
    disks: new Map(
      [...now.disks].map(([instance, counters]) => {
        const old = before.disks.get(instance);
        const frame = old && { counters: old, rates: previous.disks.get(instance) };
        return [instance, diskRates(frame, counters, seconds, now.snaptimeSeconds)];
      }),
    ),
  };
}

function elapsedSeconds(before: KstatCounters, now: KstatCounters): number | null {
  if (before.snaptimeSeconds === null || now.snaptimeSeconds === null) return null;
  if (before.bootTimeSeconds !== now.bootTimeSeconds) return null;
  const seconds = now.snaptimeSeconds - before.snaptimeSeconds;
  return seconds > 0 ? seconds : null;
}

/** A clock that was set right moves the time of the boot too, by less than this. */
const BOOT_SLACK_SECONDS = 30;

/** Whether the host was booted between the frames. */
const isRebooted = (before: KstatCounters, now: KstatCounters): boolean =>
  before.bootTimeSeconds !== null &&
  now.bootTimeSeconds !== null &&
  Math.abs(now.bootTimeSeconds - before.bootTimeSeconds) > BOOT_SLACK_SECONDS;

/** How far a counter went; null when it is not known or fell. */
const delta = (before: bigint | null | undefined, now: bigint | null | undefined): number | null =>
  before === null || before === undefined || now === null || now === undefined || now < before
    ? null
    : Number(now - before);

/** Over the CPUs that are in both frames: a CPU may go off-line. */
function cpuPercent(
  before: ReadonlyMap<number, CpuCounters>,
  now: ReadonlyMap<number, CpuCounters>,
): number | null {
  return busyPercent(
    [...now].flatMap(([id, cpu]) => {
      const old = before.get(id);
      return old ? [[old, cpu] as const] : [];
    }),
  );
}

/** Time not idle of all time, between two frames of some CPUs. */
function busyPercent(
  pairs: readonly (readonly [before: CpuCounters, now: CpuCounters])[],
): number | null {
  let idleNs = 0;
  let totalNs = 0;
  for (const [old, cpu] of pairs) {
    const idle = delta(old.idleNs, cpu.idleNs);
    const user = delta(old.userNs, cpu.userNs);
    const kernel = delta(old.kernelNs, cpu.kernelNs);
    if (idle === null || user === null || kernel === null) return null;
    idleNs += idle;
    totalNs += idle + user + kernel;
  }
  return totalNs > 0 ? 100 * (1 - idleNs / totalNs) : null;
}

/**
 * Once a second the kernel adds the present numbers of pages to vminfo and counts that in `updates`, so a
 * difference of sums by the difference of updates is the mean since the previous frame. Reserved and available
 * together are all the swap there is, memory included: what `swap -s` calls used and available. Allocated pages are
 * among the reserved ones (uts/common/os/clock.c).
 */
function swapBytes(
  before: KstatCounters,
  now: KstatCounters,
): Pick<HostKstats, 'swapUsedBytes' | 'swapAllocatedBytes' | 'swapTotalBytes'> {
  const updates = delta(before.vminfoUpdates, now.vminfoUpdates);
  const reserved = delta(before.swapResvPageSum, now.swapResvPageSum);
  const allocated = delta(before.swapAllocPageSum, now.swapAllocPageSum);
  const available = delta(before.swapAvailPageSum, now.swapAvailPageSum);
  if (!updates || reserved === null)
    return { swapUsedBytes: null, swapAllocatedBytes: null, swapTotalBytes: null };
  const toBytes = (pageSum: number) => Math.round((pageSum / updates) * PAGE_BYTES);
  return {
    swapUsedBytes: toBytes(reserved),
    swapAllocatedBytes: allocated === null ? null : toBytes(allocated),
    swapTotalBytes: available === null ? null : toBytes(reserved + available),
  };
}

function zoneRates(
  before: ZoneCounters | undefined,
  now: ZoneCounters,
  seconds: number,
): ZoneRates {
  if (!before || before.zoneId !== now.zoneId) return NO_ZONE_RATES;
  const user = delta(before.userNs, now.userNs);
  const sys = delta(before.sysNs, now.sysNs);
  const perSecond = (amount: number | null) => (amount === null ? null : amount / seconds);
  // A whole second more than has passed is a matter of rounding.
  const percentOf = (amount: number | null) =>
    amount === null ? null : Math.min(100, (100 * amount) / seconds);
  return {
    cpuPercent:
      user === null || sys === null ? null : (100 * (user + sys)) / NS_PER_SECOND / seconds,
    pagedOutBytesPerSecond: perSecond(delta(before.pagedOutBytes, now.pagedOutBytes)),
    capHitsPerSecond: perSecond(delta(before.capHits, now.capHits)),
    cpuCapTimePercent: percentOf(delta(before.cpuCapSeconds, now.cpuCapSeconds)),
  };
}

function linkRates(previous: HostKstats, next: HostKstats, name: string): LinkRates {
  const now = next.counters.links.get(name);
  const before = previous.counters.links.get(name);
  const beforeAt = previous.counters.snaptimeSeconds;
  const nowAt = next.counters.snaptimeSeconds;
  if (!now || !before || beforeAt === null || nowAt === null) return NO_LINK_RATES;
  const known = previous.links.get(name);
  const perSecond = (amount: number | null) =>
    amount === null ? null : amount / (nowAt - beforeAt);
  const frames = { before, beforeAt, now, nowAt };
  return {
    rxBytesPerSecond: perSecond(delta(before.rxBytes, now.rxBytes)),
    txBytesPerSecond: perSecond(delta(before.txBytes, now.txBytes)),
    txBytesPerSecondBefore: known?.txBytesPerSecond ?? null,
    errors: nextErrors(known?.errors ?? null, frames),
    silence: nextSilence(known?.silence ?? null, frames),
  };
}

const mapPairs = <K, T, R>(
  before: ReadonlyMap<K, T>,
  now: ReadonlyMap<K, T>,
  rate: (before: T | undefined, now: T) => R,
): ReadonlyMap<K, R> =>
  new Map([...now].map(([name, counters]) => [name, rate(before.get(name), counters)]));
