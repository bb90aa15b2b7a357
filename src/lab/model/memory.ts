import { PAGE_BYTES, hostLoad, type HostModel, type Leak, type ZoneModel } from './host.ts';
import { meterRate, rateAt } from './meter.ts';
import { runningSoftware } from './services.ts';

const MIB = 1024 * 1024;

/** Bytes of resident memory of a zone; a guest's whole RAM counts for a VM. */
export function zoneRssBytes(host: HostModel, zone: ZoneModel, now: number): number {
  const { runtime, plan } = zone;
  if (!runtime) return 0;
  const seconds = Math.max(0, now - runtime.bootedAt) / 1000;
  const grown = 1 - Math.exp(-seconds / (plan.vm ? 60 : 900));
  const wave = plan.vm ? 1 : rateAt(runtime.memory, seconds);
  const own =
    zone.leak === null ? plan.rssBytes * (0.45 + 0.55 * grown) * wave : wishedBytes(zone.leak, now);
  const bytes = (own + zone.heldBytes) * residentShare(host, zone);
  const capped =
    plan.memoryCapBytes === null ? bytes : Math.min(bytes, plan.memoryCapBytes * OVER_CAP);
  return Math.floor(capped / PAGE_BYTES) * PAGE_BYTES;
}

/** A zone's own system without its software has this part of its memory. */
const SYSTEM_PART = 0.2;

/** The part of a zone's memory that is left when some of its software does not run. */
function residentShare(host: HostModel, zone: ZoneModel): number {
  const weightOf = (software: ZoneModel['plan']['software']): number =>
    software.reduce((sum, { weight }) => sum + weight, 0);
  const all = weightOf(zone.plan.software);
  if (all === 0) return 1;
  return SYSTEM_PART + ((1 - SYSTEM_PART) * weightOf(runningSoftware(host, zone))) / all;
}

/** So far over its cap a zone stands while the kernel pages it out. */
const OVER_CAP = 1.02;
/** How often the kernel finds a zone over its cap that only grows. */
const SECONDS_PER_HIT = 2;

/** What a zone that leaks would have if nothing were paged out. */
const wishedBytes = ({ fromBytes, since, bytesPerSecond }: Leak, now: number): number =>
  fromBytes + (Math.max(0, now - since) / 1000) * bytesPerSecond;

/** What the memory cap has done to a zone since its boot. */
export function capPressure(
  { leak, plan }: ZoneModel,
  now: number,
): { readonly hits: number; readonly pagedOutBytes: number } {
  const cap = plan.memoryCapBytes;
  if (leak === null || cap === null) return { hits: 0, pagedOutBytes: 0 };
  const over = wishedBytes(leak, now) - cap;
  if (over <= 0) return { hits: 0, pagedOutBytes: 0 };
  return {
    hits: 1 + Math.floor(over / leak.bytesPerSecond / SECONDS_PER_HIT),
    pagedOutBytes: Math.floor(over / PAGE_BYTES) * PAGE_BYTES,
  };
}

/** Bytes of swap reserved by a zone. */
export const zoneSwapBytes = (host: HostModel, zone: ZoneModel, now: number): number =>
  Math.floor((zoneRssBytes(host, zone, now) * 1.18) / PAGE_BYTES) * PAGE_BYTES;

/** The memory of a host in pages; the parts add up. */
export function memoryPages(host: HostModel, now: number) {
  const physmem = Math.floor((host.plan.memoryBytes * 0.9965) / PAGE_BYTES);
  const seconds = (now - host.bootedAt) / 1000;
  const warm = 1 - Math.exp(-seconds / 1800);
  const kernel = Math.floor((host.plan.memoryBytes * 0.045) / PAGE_BYTES);
  let resident = Math.floor((900 * MIB) / PAGE_BYTES);
  for (const zone of host.zones.values()) resident += zoneRssBytes(host, zone, now) / PAGE_BYTES;
  const room = physmem - kernel - resident - Math.floor(physmem / 24);
  const wished = Math.floor((rateAt(host.arc, seconds) * (0.1 + 0.9 * warm)) / PAGE_BYTES);
  const arc = Math.max(0, Math.min(wished, room));
  return { physmem, kernel, resident, arc, freemem: physmem - kernel - resident - arc };
}

/** Virtual swap as swap(8) counts it, in KiB. */
export function swapKib(host: HostModel, now: number) {
  const { physmem } = memoryPages(host, now);
  const kib = PAGE_BYTES / 1024;
  const allocated = Math.floor(meterRate(host.pressure.swapAlloc, now)) * kib;
  const reserved = Math.floor(meterRate(host.pressure.swapResv, now)) * kib;
  const used = allocated + reserved;
  return {
    allocated,
    reserved,
    used,
    available: Math.max(0, Math.floor(physmem * 1.02) * kib - used),
  };
}

/** Load averages over 1, 5 and 15 minutes: the shorter, the nearer to the present load. */
export function loadAverages(host: HostModel, now: number): readonly [number, number, number] {
  const at = (secondsAgo: number) =>
    hostLoad(host, Math.max(host.bootedAt, now - secondsAgo * 1000));
  const mean = (seconds: number) =>
    (at(0) + at(seconds / 3) + at((2 * seconds) / 3) + at(seconds)) / 4;
  return [mean(60) * 1.08, mean(300) * 1.05, mean(900) * 1.04];
}
