import type { DiskCounters } from '../../domain/disk.ts';
import { plural } from '../../domain/format.ts';
import type { CpuCounters, KstatCounters, LinkCounters, ZoneCounters } from '../../domain/host.ts';
import { PAGE_BYTES } from '../../domain/host.ts';
import { ownText } from '../../domain/own-text.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import { diskInstance } from '../../parse/kstat-disks.ts';
import type { KstatRow } from '../../parse/kstat-lines.ts';
import { parseCounter, parseDecimal } from '../../parse/numbers.ts';
import { DISK_COUNTERS, DISK_DECIMALS, readDiskCounters } from './disk-counters.ts';

/** Statistics that are read as unsigned whole numbers; `snaptime` has decimals, `zonename` is text. */
const COUNTERS: ReadonlySet<string> = new Set([
  ...(
    'boot_time ncpus avenrun_1min avenrun_5min avenrun_15min physmem freemem swap_alloc swap_avail ' +
    'swap_free swap_resv updates size c_min cpu_nsec_idle cpu_nsec_kernel cpu_nsec_user nsec_sys nsec_user ' +
    'rss physcap swap swapcap nover pagedout anon_alloc_fail value usage nwait above_sec init_pid ' +
    'rbytes64 obytes64 ' +
    'ipackets64 opackets64 ierrors oerrors norcvbuf noxmtbuf link_state ifspeed'
  ).split(' '),
  ...DISK_COUNTERS,
]);
/** Load averages are printed times 256. */
const LOAD_SCALE = 256;
/** Where a kernel has no cap it prints 2^64 - 1, or the same rounded to pages or halved. */
const NO_CAP = 2n ** 60n;

const LARGEST_PID = 2 ** 31 - 1;

type Statistics = Map<string, KstatRow>;

/**
 * Sorts the statistics of one frame into counters. What nobody asked for is counted in one complaint: a kstat(8) that
 * understands its operands in another way would print thousands of lines.
 */
export function readKstatCounters(rows: readonly KstatRow[]): Parsed<KstatCounters> {
  const complaints: Complaint[] = [];
  const host: Statistics = new Map();
  const cpus = new Map<number, Statistics>();
  const zones = new Map<number, Statistics>();
  const links = new Map<string, Statistics>();
  const disks = new Map<string, Statistics>();
  const unasked: KstatRow[] = [];
  for (const row of rows) {
    const { module, name, statistic } = row;
    const target =
      module === 'unix' || module === 'zfs'
        ? host
        : module === 'cpu' && name === 'sys'
          ? group(cpus, row.instance)
          : module === 'zones' || module === 'memory_cap' || isZoneCap(row)
            ? group(zones, row.instance)
            : module === 'link'
              ? group(links, name)
              : diskOf(disks, row);
    const isReadable = READABLE.get(statistic);
    if (!target || !isReadable) {
      unasked.push(row);
      continue;
    }
    if (!isReadable(row.value)) {
      complaints.push(complaint(row.line, row.text, `${statistic} is not a number of its kind`));
      continue;
    }
    target.set(keyOf(row), row);
  }
  const [first] = unasked;
  if (first)
    complaints.push(
      complaint(first.line, first.text, `${plural(unasked.length, 'statistic')} nobody asked for`),
    );
  const snaptimeSeconds = decimal(host, 'system_misc:snaptime');
  if (snaptimeSeconds === null)
    complaints.push(complaint(0, '', 'the last operand, unix:0:system_misc:snaptime, is missing'));
  const physmemPages = whole(host, 'system_pages:physmem');
  return {
    value: {
      snaptimeSeconds,
      bootTimeSeconds: whole(host, 'system_misc:boot_time'),
      cpuCount: whole(host, 'system_misc:ncpus') ?? (cpus.size > 0 ? cpus.size : null),
      load1: load(host, 'system_misc:avenrun_1min'),
      load5: load(host, 'system_misc:avenrun_5min'),
      load15: load(host, 'system_misc:avenrun_15min'),
      physmemPages,
      freememPages: whole(host, 'system_pages:freemem'),
      arcBytes: whole(host, 'arcstats:size'),
      arcMinBytes: whole(host, 'arcstats:c_min'),
      swapAllocPageSum: counter(host, 'vminfo:swap_alloc'),
      swapResvPageSum: counter(host, 'vminfo:swap_resv'),
      swapAvailPageSum: counter(host, 'vminfo:swap_avail'),
      swapFreePageSum: counter(host, 'vminfo:swap_free'),
      vminfoUpdates: counter(host, 'vminfo:updates'),
      cpus: readCpus(cpus),
      zones: readZones(zones, physmemPages, complaints),
      links: readLinks(links),
      disks: readDisks(disks),
    },
    complaints,
  };
}

/** Names of statistics are only unique within their module: zones and unix both have a boot_time. */
function keyOf({ module, name, statistic }: KstatRow): string {
  if (module === 'unix' || module === 'zfs') return joined(name, statistic);
  if (isProcessCount({ module, name })) return joined('nprocs', statistic);
  return diskInstance({ module, name }) === undefined ? joined(module, statistic) : statistic;
}

/** Thousands of lines have a few dozen keys, which are made once. */
const KEYS = new Map(
  ['zones', 'memory_cap', 'caps', 'nprocs', 'cpu', 'link'].map((module) => [
    module,
    new Map([...COUNTERS, 'zonename'].map((name) => [name, `${module}:${name}`])),
  ]),
);

const joined = (module: string, statistic: string): string =>
  KEYS.get(module)?.get(statistic) ?? `${module}:${statistic}`;

function diskOf(disks: Map<string, Statistics>, row: KstatRow): Statistics | undefined {
  const instance = diskInstance(row);
  return instance === undefined ? undefined : group(disks, instance);
}

const isZoneCap = (row: KstatRow): boolean =>
  row.module === 'caps' && (row.name.startsWith('cpucaps_zone_') || isProcessCount(row));
const isProcessCount = ({ module, name }: Pick<KstatRow, 'module' | 'name'>): boolean =>
  module === 'caps' && name.startsWith('nprocs_zone_');

function group<K>(groups: Map<K, Statistics>, key: K): Statistics {
  let statistics = groups.get(key);
  if (!statistics) groups.set(key, (statistics = new Map()));
  return statistics;
}

/** What is asked for, and whether a value is one of its kind. */
const READABLE: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ...[...COUNTERS].map((name) => [name, (value: string) => parseCounter(value) !== null] as const),
  ...['snaptime', ...DISK_DECIMALS].map(
    (name) => [name, (value: string) => parseDecimal(value) !== null] as const,
  ),
  ['zonename', () => true],
]);

const counter = (statistics: Statistics, key: string): bigint | null =>
  parseCounter(statistics.get(key)?.value ?? '');

const whole = (statistics: Statistics, key: string): number | null => {
  const value = counter(statistics, key);
  return value === null ? null : Number(value);
};

const decimal = (statistics: Statistics, key: string): number | null =>
  parseDecimal(statistics.get(key)?.value ?? '');

const load = (statistics: Statistics, key: string): number | null => {
  const value = whole(statistics, key);
  return value === null ? null : value / LOAD_SCALE;
};

function readCpus(groups: ReadonlyMap<number, Statistics>): ReadonlyMap<number, CpuCounters> {
  const cpus = new Map<number, CpuCounters>();
  for (const [id, statistics] of groups) {
    const idleNs = counter(statistics, 'cpu:cpu_nsec_idle');
    const userNs = counter(statistics, 'cpu:cpu_nsec_user');
    const kernelNs = counter(statistics, 'cpu:cpu_nsec_kernel');
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
  groups: ReadonlyMap<number, Statistics>,
  physmemPages: number | null,
  complaints: Complaint[],
): ReadonlyMap<string, ZoneCounters> {
  const zones = new Map<string, ZoneCounters>();
  for (const [zoneId, statistics] of groups) {
    const zonename = ['zones', 'memory_cap', 'caps']
      .map((module) => statistics.get(`${module}:zonename`)?.value)
      .find((name) => name !== undefined && name !== '');
    const row = statistics.values().next().value;
    if (zonename === undefined) {
      if (row) complaints.push(complaint(row.line, row.text, `no zonename for zone id ${zoneId}`));
    } else zones.set(ownText(zonename), readZone(zoneId, statistics, physmemPages));
  }
  return zones;
}

function readZone(
  zoneId: number,
  statistics: Statistics,
  physmemPages: number | null,
): ZoneCounters {
  const rssBytes = whole(statistics, 'memory_cap:rss');
  const rssCapBytes = cap(statistics, 'memory_cap:physcap');
  const cpuCap = cap(statistics, 'caps:value');
  const initPid = whole(statistics, 'zones:init_pid');
  const nover = counter(statistics, 'memory_cap:nover');
  const allocFailures = counter(statistics, 'memory_cap:anon_alloc_fail');
  return {
    zoneId,
    userNs: counter(statistics, 'zones:nsec_user'),
    sysNs: counter(statistics, 'zones:nsec_sys'),
    bootTimeSeconds: whole(statistics, 'zones:boot_time'),
    // The kernel does not account the global zone's memory on every release, and prints 0 then.
    rssBytes: zoneId === 0 && rssBytes === 0 ? null : rssBytes,
    // A cap that is larger than the machine caps nothing.
    rssCapBytes:
      rssCapBytes !== null && physmemPages !== null && rssCapBytes > physmemPages * PAGE_BYTES
        ? null
        : rssCapBytes,
    swapBytes: whole(statistics, 'memory_cap:swap'),
    swapCapBytes: cap(statistics, 'memory_cap:swapcap'),
    capHits:
      nover === null && allocFailures === null ? null : (nover ?? 0n) + (allocFailures ?? 0n),
    pagedOutBytes: counter(statistics, 'memory_cap:pagedout'),
    cpuCapPercent: cpuCap === 0 ? null : cpuCap,
    cpuCapWaiting: whole(statistics, 'caps:nwait'),
    cpuCapSeconds: counter(statistics, 'caps:above_sec'),
    // A pid_t of -1, printed without its sign, is what an init that ended leaves.
    initPid: initPid !== null && initPid > LARGEST_PID ? 0 : initPid,
    processes: whole(statistics, 'nprocs:usage'),
  };
}

const cap = (statistics: Statistics, key: string): number | null => {
  const value = counter(statistics, key);
  return value === null || value >= NO_CAP ? null : Number(value);
};

function readLinks(groups: ReadonlyMap<string, Statistics>): ReadonlyMap<string, LinkCounters> {
  const links = new Map<string, LinkCounters>();
  for (const [name, statistics] of groups) {
    const state = whole(statistics, 'link:link_state');
    links.set(name, {
      rxBytes: counter(statistics, 'link:rbytes64'),
      txBytes: counter(statistics, 'link:obytes64'),
      rxPackets: counter(statistics, 'link:ipackets64'),
      txPackets: counter(statistics, 'link:opackets64'),
      rxErrors: counter(statistics, 'link:ierrors'),
      txErrors: counter(statistics, 'link:oerrors'),
      rxDrops: counter(statistics, 'link:norcvbuf'),
      txDrops: counter(statistics, 'link:noxmtbuf'),
      // mac.h: 1 up, 0 down, and -1 as an unsigned number for unknown.
      up: state === 1 ? true : state === 0 ? false : null,
      speedBitsPerSecond: whole(statistics, 'link:ifspeed'),
    });
  }
  return links;
}

const readDisks = (groups: ReadonlyMap<string, Statistics>): ReadonlyMap<string, DiskCounters> =>
  new Map(
    [...groups].map(([instance, statistics]) => [
      instance,
      readDiskCounters((statistic) => statistics.get(statistic)?.value),
    ]),
  );
