import type { Argv, HostCommand } from '../../domain/command.ts';
import type { HostKstats } from '../../domain/host.ts';
import type { Parsed } from '../../domain/parsed.ts';
import { DISK_OPERANDS, firstDiskRates } from './disk-counters.ts';
import { readKstatCounters } from './kstat-counters.ts';
import { foldKstats, NO_ZONE_RATES } from './kstat-rates.ts';
import { NO_LINK_RATES } from './link-windows.ts';
import { nextLevels } from './process-levels.ts';
import { firstBoots } from './zone-boots.ts';

const KSTAT: Argv = [
  'kstat',
  '-p',
  'unix:0:system_misc:/^(boot_time|ncpus|avenrun_1min|avenrun_5min|avenrun_15min)$/',
  'unix:0:system_pages:/^(physmem|freemem)$/',
  'unix:0:vminfo:/^(swap_resv|swap_alloc|swap_avail|swap_free|updates)$/',
  'zfs:0:arcstats:/^(size|c_min)$/',
  'cpu::sys:/^cpu_nsec_(idle|user|kernel)$/',
  'zones:::/^(zonename|nsec_user|nsec_sys|boot_time|init_pid)$/',
  'memory_cap:::/^(zonename|rss|physcap|swap|swapcap|nover|pagedout|anon_alloc_fail)$/',
  'caps::/^cpucaps_zone_[0-9]+$/:/^(zonename|value|nwait|above_sec)$/',
  'caps::/^nprocs_zone_[0-9]+$/:usage',
  'link:0::/^(rbytes64|obytes64|ipackets64|opackets64|ierrors|oerrors|norcvbuf|noxmtbuf|link_state|ifspeed)$/',
  ...DISK_OPERANDS,
  'unix:0:system_misc:snaptime',
];

/**
 * All fast numbers of a host from one kstat(8) process. Operands are `module:instance:name:statistic`, each part
 * empty for any, or a regular expression between slashes. They are printed in the order given here, so the last
 * one tells that the frame is whole, and its value is the time of the frame. Without a match kstat exits with 1,
 * which cannot happen here: unix:0:system_misc is always there. Any user may read kstats.
 */
export const hostKstats: HostCommand<'kstats'> = {
  id: 'host-kstats',
  feed: 'kstats',
  pace: 'fast',
  timeoutSeconds: 20,
  question: () => [KSTAT],
  // kstat.c: a frame begins with the empty line that is written behind the sleep, so only its last operand ends it.
  stream: {
    programs: (_known, intervalSeconds) => [[...KSTAT, String(intervalSeconds)]],
    lastLine: 'unix:0:system_misc:snaptime\t',
    isCounted: true,
  },
  parse: parseHostKstats,
  fold: foldKstats,
  hides: 'load, CPU, memory, swap and traffic of the host, its zones, links and disks',
};

/** One frame; everything that needs two frames is null. */
export function parseHostKstats(stdout: string): Parsed<HostKstats> {
  const counters = readKstatCounters(stdout);
  return {
    value: {
      counters: counters.value,
      cpuPercent: null,
      cpuPercents: new Map([...counters.value.cpus.keys()].map((id) => [id, null])),
      swapUsedBytes: null,
      swapAllocatedBytes: null,
      swapTotalBytes: null,
      previousBootTimeSeconds: null,
      zones: new Map([...counters.value.zones.keys()].map((name) => [name, NO_ZONE_RATES])),
      zoneBoots: firstBoots(counters.value),
      processLevels: nextLevels(new Map(), counters.value),
      links: new Map([...counters.value.links.keys()].map((name) => [name, NO_LINK_RATES])),
      disks: new Map(
        [...counters.value.disks].map(([instance, disk]) => [
          instance,
          firstDiskRates(disk, counters.value.snaptimeSeconds),
        ]),
      ),
    },
    complaints: counters.complaints.toSorted((a, b) => a.line - b.line),
  };
}
