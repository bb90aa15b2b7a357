import { isGuest, MIB } from '../plan.ts';
import type { HostModel, ZoneModel } from './host.ts';
import { zoneRssBytes } from './memory.ts';
import { meterRate } from './meter.ts';
import { GLOBAL, runningSoftware, serviceRuns } from './services.ts';

/** A process as ps(1) sees it from the global zone. */
export type ProcessModel = {
  readonly zone: string;
  readonly zoneId: number;
  readonly pid: number;
  readonly ppid: number;
  readonly user: string;
  /** 1 = one CPU busy. */
  readonly cpu: number;
  readonly rssBytes: number;
  readonly startedAt: number;
  /** argv[0]. */
  readonly command: string;
  /** The others. */
  readonly args: readonly string[];
};

type Kind = {
  readonly command: string;
  readonly user: string;
  readonly rssMib: number;
  /** The service whose process it is; null: it runs as long as its zone does. */
  readonly fmri: string | null;
};
const system = (
  command: string,
  rssMib: number,
  { user = 'root', fmri = null }: { readonly user?: string; readonly fmri?: string | null } = {},
): Kind => ({ command, user, rssMib, fmri });

/** Beside init, in each zone with SMF. */
const ZONE_SYSTEM: readonly Kind[] = [
  system('/lib/svc/bin/svc.startd', 9),
  system('/lib/svc/bin/svc.configd', 8),
  system('/lib/inet/ipmgmtd', 4),
  system('/usr/sbin/nscd', 5),
  system('/usr/sbin/cron', 3, { fmri: 'svc:/system/cron:default' }),
  system('/usr/lib/utmpd', 2, { fmri: 'svc:/system/utmp:default' }),
  system('/usr/lib/saf/ttymon', 3),
  system('/usr/sbin/syslogd', 4, { fmri: 'svc:/system/system-log:default' }),
  system('/usr/lib/ssh/sshd', 6, { fmri: 'svc:/network/ssh:default' }),
];
const LX_SYSTEM: readonly Kind[] = [system('/lib/systemd/systemd-journald', 9)];
const GLOBAL_SYSTEM: readonly Kind[] = [
  ...ZONE_SYSTEM,
  system('/lib/inet/netcfgd', 4, { user: 'netcfg' }),
  system('/lib/inet/dlmgmtd', 4, { user: 'dladm' }),
  system('/usr/lib/fm/fmd/fmd', 24, { fmri: 'svc:/system/fmd:default' }),
  system('/usr/lib/pfexecd', 4, { fmri: 'svc:/system/pfexec:default' }),
  system('/usr/lib/zones/zonestatd', 6, { fmri: 'svc:/system/zones-monitoring:default' }),
  system('/usr/lib/sysevent/syseventd', 5),
  system('/usr/sbin/chronyd', 3, { fmri: 'svc:/network/chrony:default' }),
  system('zpool-zones', 0),
];
/** What the zone's own system uses of its CPU. */
const SYSTEM_SHARE = 0.03;
/** Process ids that each zone id has for itself. */
const PIDS_PER_ZONE = 40;
const FIRST_ZONE_PID = 1000;

const isKnownToKernel = ({ runtime }: ZoneModel): boolean => runtime !== null;

/** How many processes a zone has; without the work of making them. */
export function zoneProcessCount(host: HostModel, zone: ZoneModel): number {
  if (!zone.runtime) return 0;
  if (zone.state !== 'running' && zone.state !== 'shutting_down') return 1;
  return isGuest(zone.plan)
    ? 2
    : 2 + present(host, zone.plan.name, systemOf(zone)).length + runningSoftware(host, zone).length;
}

/** How many processes the global zone has. */
export const globalProcessCount = (host: HostModel): number =>
  2 +
  present(host, GLOBAL, GLOBAL_SYSTEM).length +
  [...host.zones.values()].filter(isKnownToKernel).length;

/** Those that no fault of their service keeps from running, with their places among all. */
const present = (
  host: HostModel,
  zone: string,
  kinds: readonly Kind[],
): readonly (readonly [Kind, number])[] =>
  kinds.flatMap((kind, index) =>
    kind.fmri === null || serviceRuns(host, zone, kind.fmri) ? [[kind, index] as const] : [],
  );

const systemOf = ({ plan }: ZoneModel): readonly Kind[] =>
  plan.brand === 'lx' ? LX_SYSTEM : ZONE_SYSTEM;

/** All processes of a host; what they use adds up to what their zones use. */
export const listProcesses = (host: HostModel, now: number): readonly ProcessModel[] => [
  ...globalProcesses(host, now),
  ...[...host.zones.values()].flatMap((zone) => zoneProcesses(host, zone, now)),
];

function globalProcesses(host: HostModel, now: number): readonly ProcessModel[] {
  const load = meterRate(host.globalCpu, now);
  const agents = [...host.zones.values()]
    .filter(isKnownToKernel)
    .map(() => system('/usr/lib/zones/zoneadmd', 5));
  const kinds = [system('sched', 0), system('/etc/init', 3), ...GLOBAL_SYSTEM, ...agents];
  const running = present(host, GLOBAL, kinds);
  return running.map(([{ command, user, rssMib }, index]) => ({
    zone: GLOBAL,
    zoneId: 0,
    pid: index < 2 ? index : 3 + index * 4,
    ppid: index < 2 ? 0 : 1,
    user,
    cpu: load / running.length,
    rssBytes: rssMib * MIB,
    startedAt: host.bootedAt,
    command,
    args: [],
  }));
}

function zoneProcesses(host: HostModel, zone: ZoneModel, now: number): readonly ProcessModel[] {
  const { runtime, plan } = zone;
  if (!runtime) return [];
  const firstPid = FIRST_ZONE_PID + runtime.id * PIDS_PER_ZONE;
  const base = {
    zone: plan.name,
    zoneId: runtime.id,
    startedAt: runtime.bootedAt,
    user: 'root',
    args: [],
  };
  const zsched = { ...base, pid: firstPid, ppid: 1, cpu: 0, rssBytes: 0, command: 'zsched' };
  if (zoneProcessCount(host, zone) === 1) return [zsched];
  const cpu = meterRate(runtime.cpu, now);
  const rss = zoneRssBytes(host, zone, now);
  const init = { ...base, pid: runtime.initPid, ppid: firstPid };
  if (isGuest(plan))
    return [zsched, { ...init, cpu, rssBytes: rss, command: `/usr/sbin/${plan.brand}` }];
  const daemons = runningSoftware(host, zone);
  const all = systemOf(zone);
  const own = present(host, plan.name, all);
  const hasDaemons = daemons.length > 0;
  const systemCpu = hasDaemons ? cpu * SYSTEM_SHARE : cpu;
  const wishedMib = 3 + own.reduce((sum, [{ rssMib }]) => sum + rssMib, 0);
  const systemRss = hasDaemons ? Math.min(rss * 0.3, wishedMib * MIB) : rss;
  const weights = daemons.reduce((sum, { weight }) => sum + weight, 0);
  return [
    zsched,
    {
      ...init,
      cpu: 0,
      rssBytes: (systemRss * 3) / wishedMib,
      command: '/sbin/init',
    },
    ...own.map(([{ command, user, rssMib }, index]) => ({
      ...base,
      user,
      command,
      pid: firstPid + 1 + index,
      ppid: runtime.initPid,
      cpu: systemCpu / own.length,
      rssBytes: (systemRss * rssMib) / wishedMib,
    })),
    ...daemons.map((daemon) => ({
      ...base,
      user: daemon.user,
      command: daemon.program,
      args: daemon.args,
      pid: firstPid + 1 + all.length + plan.software.indexOf(daemon),
      ppid: runtime.initPid,
      cpu: ((cpu - systemCpu) * daemon.weight) / weights,
      rssBytes: ((rss - systemRss) * daemon.weight) / weights,
    })),
  ];
}
