import { plural } from '../../domain/format.ts';
import type { CpuCounters, KstatCounters, LinkCounters, ZoneCounters } from '../../domain/host.ts';
import { PAGE_BYTES } from '../../domain/host.ts';
import { ownText } from '../../domain/own-text.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import { diskInstance } from '../../parse/kstat-disks.ts';
import { KstatReader } from '../../parse/kstat-lines.ts';
import { DISK_LAYOUT, toDiskCounters } from './disk-counters.ts';
import { KstatLayout, readKstatValue } from './kstat-layout.ts';
import type { KstatPlaces, KstatValues } from './kstat-layout.ts';

/** By the names of kstats: both modules have one of each. */
const HOST = new KstatLayout({
  system_misc: {
    boot_time: 'whole',
    ncpus: 'whole',
    avenrun_1min: 'whole',
    avenrun_5min: 'whole',
    avenrun_15min: 'whole',
    snaptime: 'decimal',
  },
  system_pages: { physmem: 'whole', freemem: 'whole' },
  vminfo: {
    swap_resv: 'counter',
    swap_alloc: 'counter',
    swap_avail: 'counter',
    swap_free: 'counter',
    updates: 'counter',
  },
  arcstats: { size: 'whole', c_min: 'whole' },
} as const);
const CPU = new KstatLayout({
  sys: { cpu_nsec_idle: 'counter', cpu_nsec_user: 'counter', cpu_nsec_kernel: 'counter' },
} as const);
const ZONE = new KstatLayout({
  zones: {
    zonename: 'text',
    nsec_user: 'counter',
    nsec_sys: 'counter',
    boot_time: 'whole',
    init_pid: 'whole',
  },
  memory_cap: {
    zonename: 'text',
    rss: 'whole',
    physcap: 'whole',
    swap: 'whole',
    swapcap: 'whole',
    nover: 'counter',
    pagedout: 'counter',
    anon_alloc_fail: 'counter',
  },
  caps: { zonename: 'text', value: 'whole', nwait: 'whole', above_sec: 'counter' },
  nprocs: { usage: 'whole' },
} as const);
const LINK = new KstatLayout({
  link: {
    rbytes64: 'counter',
    obytes64: 'counter',
    ipackets64: 'counter',
    opackets64: 'counter',
    ierrors: 'counter',
    oerrors: 'counter',
    norcvbuf: 'counter',
    noxmtbuf: 'counter',
    link_state: 'whole',
    ifspeed: 'whole',
  },
} as const);

/** Load averages are printed times 256. */
const LOAD_SCALE = 256;
/** Where a kernel has no cap it prints 2^64 - 1, or the same rounded to pages or halved. */
const NO_CAP = 2 ** 60;

const LARGEST_PID = 2 ** 31 - 1;

type Where = Pick<Complaint, 'line' | 'text'>;
const whereOf = (kstats: KstatReader): Where => ({ line: kstats.line, text: kstats.text() });

/** What one frame tells, sorted by what it is about. */
type Frame = {
  readonly host: KstatValues;
  readonly cpus: Map<number, KstatValues>;
  readonly zones: Map<number, KstatValues>;
  /** Where the first kstat of each zone stands. */
  readonly zoneLines: Map<number, Where>;
  readonly links: Map<string, KstatValues>;
  readonly disks: Map<string, KstatValues>;
};
/** What the present kstat is about, and what is read of it. */
type Target = { readonly values: KstatValues; readonly places: KstatPlaces | undefined };

function targetOf(frame: Frame, kstats: KstatReader): Target | undefined {
  const { module, instance, name } = kstats;
  if (module === 'unix' || module === 'zfs')
    return { values: frame.host, places: HOST.placesOf(name) };
  if (module === 'cpu' && name === 'sys') return target(frame.cpus, instance, CPU, name);
  if (module === 'link') return target(frame.links, name, LINK, module);
  const part = zonePart(module, name);
  if (part !== undefined) {
    if (!frame.zones.has(instance)) frame.zoneLines.set(instance, whereOf(kstats));
    return target(frame.zones, instance, ZONE, part);
  }
  const disk = diskInstance({ module, name });
  return disk === undefined ? undefined : target(frame.disks, disk, DISK_LAYOUT, 'disk');
}

function zonePart(module: string, name: string): string | undefined {
  if (module === 'zones' || module === 'memory_cap') return module;
  if (module !== 'caps') return undefined;
  if (name.startsWith('cpucaps_zone_')) return 'caps';
  return name.startsWith('nprocs_zone_') ? 'nprocs' : undefined;
}

function target<K>(
  things: Map<K, KstatValues>,
  key: K,
  layout: Pick<typeof ZONE, 'begin' | 'placesOf'>,
  part: string,
): Target {
  let values = things.get(key);
  if (!values) things.set(key, (values = layout.begin()));
  return { values, places: layout.placesOf(part) };
}

/**
 * The counters of one frame. What nobody asked for is counted in one complaint: a kstat(8) that understands its operands
 * in another way would print thousands of lines.
 */
export function readKstatCounters(stdout: string): Parsed<KstatCounters> {
  const kstats = new KstatReader(stdout);
  const frame: Frame = {
    host: HOST.begin(),
    cpus: new Map(),
    zones: new Map(),
    zoneLines: new Map(),
    links: new Map(),
    disks: new Map(),
  };
  let unasked = 0;
  let firstUnasked: Where | undefined;
  let at: Target | undefined;
  while (kstats.next()) {
    if (kstats.isNewKstat) at = targetOf(frame, kstats);
    const place = at?.places?.get(kstats.statistic);
    if (!at || !place) {
      unasked += 1;
      firstUnasked ??= whereOf(kstats);
      continue;
    }
    const value = readKstatValue(kstats, place.kind);
    if (value === null) kstats.complain(`${kstats.statistic} is not a number of its kind`);
    else at.values[place.index] = value;
  }
  const { complaints } = kstats;
  if (firstUnasked)
    complaints.push(
      complaint(
        firstUnasked.line,
        firstUnasked.text,
        `${plural(unasked, 'statistic')} nobody asked for`,
      ),
    );
  const { host, cpus } = frame;
  const snaptimeSeconds = HOST.number(host, 'system_misc:snaptime');
  if (snaptimeSeconds === null)
    complaints.push(complaint(0, '', 'the last operand, unix:0:system_misc:snaptime, is missing'));
  const physmemPages = HOST.number(host, 'system_pages:physmem');
  return {
    value: {
      snaptimeSeconds,
      bootTimeSeconds: HOST.number(host, 'system_misc:boot_time'),
      cpuCount: HOST.number(host, 'system_misc:ncpus') ?? (cpus.size > 0 ? cpus.size : null),
      load1: load(HOST.number(host, 'system_misc:avenrun_1min')),
      load5: load(HOST.number(host, 'system_misc:avenrun_5min')),
      load15: load(HOST.number(host, 'system_misc:avenrun_15min')),
      physmemPages,
      freememPages: HOST.number(host, 'system_pages:freemem'),
      arcBytes: HOST.number(host, 'arcstats:size'),
      arcMinBytes: HOST.number(host, 'arcstats:c_min'),
      swapAllocPageSum: HOST.counter(host, 'vminfo:swap_alloc'),
      swapResvPageSum: HOST.counter(host, 'vminfo:swap_resv'),
      swapAvailPageSum: HOST.counter(host, 'vminfo:swap_avail'),
      swapFreePageSum: HOST.counter(host, 'vminfo:swap_free'),
      vminfoUpdates: HOST.counter(host, 'vminfo:updates'),
      cpus: readCpus(cpus),
      zones: readZones(frame.zones, physmemPages, (zoneId) => {
        const { line, text } = frame.zoneLines.get(zoneId) ?? { line: 0, text: '' };
        complaints.push(complaint(line, text, `no zonename for zone id ${zoneId}`));
      }),
      links: mapValues(frame.links, toLinkCounters),
      disks: mapValues(frame.disks, toDiskCounters),
    },
    complaints,
  };
}

const load = (value: number | null): number | null => (value === null ? null : value / LOAD_SCALE);

function mapValues<T>(
  things: ReadonlyMap<string, KstatValues>,
  read: (values: KstatValues) => T,
): ReadonlyMap<string, T> {
  const all = new Map<string, T>();
  for (const [name, values] of things) all.set(name, read(values));
  return all;
}

function readCpus(groups: ReadonlyMap<number, KstatValues>): ReadonlyMap<number, CpuCounters> {
  const cpus = new Map<number, CpuCounters>();
  for (const [id, values] of groups) {
    const idleNs = CPU.counter(values, 'sys:cpu_nsec_idle');
    const userNs = CPU.counter(values, 'sys:cpu_nsec_user');
    const kernelNs = CPU.counter(values, 'sys:cpu_nsec_kernel');
    if (idleNs !== null && userNs !== null && kernelNs !== null)
      cpus.set(id, { idleNs, userNs, kernelNs });
  }
  return cpus;
}

/**
 * The instance is the zone's id. The name of a kstat is cut at 30 characters, so the zone's name is taken from the
 * statistic `zonename`, of whichever of its kstats has one.
 */
function readZones(
  groups: ReadonlyMap<number, KstatValues>,
  physmemPages: number | null,
  onNameless: (zoneId: number) => void,
): ReadonlyMap<string, ZoneCounters> {
  const zones = new Map<string, ZoneCounters>();
  for (const [zoneId, values] of groups) {
    const name =
      ZONE.text(values, 'zones:zonename') ||
      ZONE.text(values, 'memory_cap:zonename') ||
      ZONE.text(values, 'caps:zonename');
    if (name) zones.set(ownText(name), readZone(zoneId, values, physmemPages));
    else if (values.some((value) => value !== undefined)) onNameless(zoneId);
  }
  return zones;
}

function readZone(zoneId: number, values: KstatValues, physmemPages: number | null): ZoneCounters {
  const rssBytes = ZONE.number(values, 'memory_cap:rss');
  const rssCapBytes = cap(ZONE.number(values, 'memory_cap:physcap'));
  const cpuCap = cap(ZONE.number(values, 'caps:value'));
  const initPid = ZONE.number(values, 'zones:init_pid');
  const nover = ZONE.counter(values, 'memory_cap:nover');
  const allocFailures = ZONE.counter(values, 'memory_cap:anon_alloc_fail');
  return {
    zoneId,
    userNs: ZONE.counter(values, 'zones:nsec_user'),
    sysNs: ZONE.counter(values, 'zones:nsec_sys'),
    bootTimeSeconds: ZONE.number(values, 'zones:boot_time'),
    // The kernel does not account the global zone's memory on every release, and prints 0 then.
    rssBytes: zoneId === 0 && rssBytes === 0 ? null : rssBytes,
    // A cap that is larger than the machine caps nothing.
    rssCapBytes:
      rssCapBytes !== null && physmemPages !== null && rssCapBytes > physmemPages * PAGE_BYTES
        ? null
        : rssCapBytes,
    swapBytes: ZONE.number(values, 'memory_cap:swap'),
    swapCapBytes: cap(ZONE.number(values, 'memory_cap:swapcap')),
    capHits:
      nover === null && allocFailures === null ? null : (nover ?? 0n) + (allocFailures ?? 0n),
    pagedOutBytes: ZONE.counter(values, 'memory_cap:pagedout'),
    cpuCapPercent: cpuCap === 0 ? null : cpuCap,
    cpuCapWaiting: ZONE.number(values, 'caps:nwait'),
    cpuCapSeconds: ZONE.counter(values, 'caps:above_sec'),
    // A pid_t of -1, printed without its sign, is what an init that ended leaves.
    initPid: initPid !== null && initPid > LARGEST_PID ? 0 : initPid,
    processes: ZONE.number(values, 'nprocs:usage'),
  };
}

const cap = (value: number | null): number | null =>
  value === null || value >= NO_CAP ? null : value;

function toLinkCounters(values: KstatValues): LinkCounters {
  const state = LINK.number(values, 'link:link_state');
  return {
    rxBytes: LINK.counter(values, 'link:rbytes64'),
    txBytes: LINK.counter(values, 'link:obytes64'),
    rxPackets: LINK.counter(values, 'link:ipackets64'),
    txPackets: LINK.counter(values, 'link:opackets64'),
    rxErrors: LINK.counter(values, 'link:ierrors'),
    txErrors: LINK.counter(values, 'link:oerrors'),
    rxDrops: LINK.counter(values, 'link:norcvbuf'),
    txDrops: LINK.counter(values, 'link:noxmtbuf'),
    // mac.h: 1 up, 0 down, and -1 as an unsigned number for unknown.
    up: state === 1 ? true : state === 0 ? false : null,
    speedBitsPerSecond: LINK.number(values, 'link:ifspeed'),
  };
}
