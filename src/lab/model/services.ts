import { isGuest } from '../plan.ts';
import type { HostModel, ZoneModel } from './host.ts';

/** The words of smf(7) that the lab's services can stand in. */
export type ServiceState = 'online' | 'offline' | 'degraded' | 'maintenance' | 'disabled';

/** An instance of an SMF service. */
export type ServiceModel = {
  /** `svc:/network/ssh:default` */
  readonly fmri: string;
  readonly description: string;
  readonly state: ServiceState;
  /** Since when it is in that state. */
  readonly since: number;
  /** Why it is not online, as svcs -x says it. */
  readonly reason: string | null;
};

/** What keeps a service from running. */
export type ServiceFault = {
  readonly state: 'degraded' | 'maintenance' | 'offline';
  readonly at: number;
  readonly reason: string;
};

/** The name of the global zone. */
export const GLOBAL = 'global';
const MULTI_USER_SERVER = 'svc:/milestone/multi-user-server:default';
/** Seconds after its boot that a zone's services take to come up. */
const START_SECONDS = 3;

type Known = readonly [fmri: string, description: string];

const EVERYWHERE: readonly Known[] = [
  [MULTI_USER_SERVER, 'multi-user plus exports milestone'],
  ['svc:/network/loopback:default', 'loopback network interface'],
  ['svc:/network/physical:default', 'physical network interfaces'],
  ['svc:/network/ssh:default', 'SSH server'],
  ['svc:/system/cron:default', 'clock daemon (cron)'],
  ['svc:/system/filesystem/local:default', 'local file system mounts'],
  ['svc:/system/identity:node', 'system identity (nodename)'],
  ['svc:/system/svc/restarter:default', 'master restarter'],
  ['svc:/system/utmp:default', 'utmpx monitoring'],
];
const SYSTEM_LOG: Known = ['svc:/system/system-log:default', 'system log'];
const GLOBAL_ONLY: readonly Known[] = [
  SYSTEM_LOG,
  ['svc:/network/chrony:default', 'NTP daemon (chrony)'],
  ['svc:/system/boot-archive:default', 'check boot archive content'],
  ['svc:/system/fmd:default', 'Solaris Fault Manager'],
  ['svc:/system/pfexec:default', 'pfexec'],
  ['svc:/system/zones-monitoring:default', 'Zones monitoring daemon'],
  ['svc:/system/zones:default', 'Zones autoboot and graceful shutdown'],
];
const DISABLED: readonly Known[] = [
  ['svc:/network/smb/server:default', 'smbd daemon'],
  ['svc:/network/telnet:default', 'telnet server'],
];

const faultKey = (zone: string, fmri: string): string => `${zone} ${fmri}`;

/**
 * Keeps a service from running, in the global zone or another; null lets it run again. A service that a zone does not
 * have yet is added to it.
 */
export function setServiceFault(
  host: HostModel,
  zone: string,
  fmri: string,
  fault: ServiceFault | null,
): void {
  if (fault === null) host.serviceFaults.delete(faultKey(zone, fmri));
  else host.serviceFaults.set(faultKey(zone, fmri), fault);
}

/** Whether nothing keeps the processes of a service from running. */
export function serviceRuns(host: HostModel, zone: string, fmri: string): boolean {
  const state = host.serviceFaults.get(faultKey(zone, fmri))?.state;
  return state === undefined || state === 'degraded';
}

/** What runs in a zone of what is installed there. */
export const runningSoftware = (
  host: HostModel,
  { plan }: ZoneModel,
): ZoneModel['plan']['software'] =>
  plan.software.filter(({ fmri }) => fmri === null || serviceRuns(host, plan.name, fmri));

/** Whether svc.startd(8) runs in the zone: not in Linux, nor where a guest brings its own system. */
export const hasSmf = (zone: ZoneModel): boolean =>
  zone.plan.brand !== 'lx' && !isGuest(zone.plan) && zone.state === 'running';

/** The services of the global zone. */
export const globalServices = (host: HostModel): readonly ServiceModel[] =>
  servicesIn(host, GLOBAL, [...EVERYWHERE, ...GLOBAL_ONLY], host.bootedAt, host.bootedAt);

/** The services of a zone; none in one without SMF. */
export function zoneServices(
  host: HostModel,
  zone: ZoneModel,
  now: number,
): readonly ServiceModel[] {
  const { runtime, plan } = zone;
  if (!runtime || !hasSmf(zone)) return [];
  const own = plan.software.flatMap(({ fmri, description }): readonly Known[] =>
    fmri === null ? [] : [[fmri, description]],
  );
  const log = own.some(([fmri]) => fmri.startsWith('svc:/system/system-log:')) ? [] : [SYSTEM_LOG];
  const upAt = runtime.bootedAt + (START_SECONDS * 1000) / host.speed;
  return servicesIn(host, plan.name, [...EVERYWHERE, ...log, ...own], runtime.bootedAt, upAt).map(
    (service) =>
      service.fmri === MULTI_USER_SERVER && now < upAt
        ? { ...service, state: 'offline', since: runtime.bootedAt }
        : service,
  );
}

function servicesIn(
  host: HostModel,
  zone: string,
  present: readonly Known[],
  bootedAt: number,
  upAt: number,
): readonly ServiceModel[] {
  const added = [...host.serviceFaults.keys()].flatMap((key): readonly Known[] => {
    const fmri = key.slice(zone.length + 1);
    return key === faultKey(zone, fmri) && !present.some(([known]) => known === fmri)
      ? [[fmri, fmri.replace(/^svc:\/(?:.*\/)?([^/:]*):.*$/, '$1')]]
      : [];
  });
  const services = [...present, ...added].map(([fmri, description]): ServiceModel => {
    const fault = host.serviceFaults.get(faultKey(zone, fmri));
    return fault
      ? {
          fmri,
          description,
          state: fault.state,
          // A boot tries it again, and it fails again.
          since: Math.max(fault.at, bootedAt),
          reason: fault.reason,
        }
      : { fmri, description, state: 'online', since: upAt, reason: null };
  });
  const off = DISABLED.map(([fmri, description]): ServiceModel => ({
    fmri,
    description,
    state: 'disabled',
    since: bootedAt,
    reason: null,
  }));
  return [...services, ...off].toSorted((a, b) => (a.fmri < b.fmri ? -1 : 1));
}

/** Where svc.startd(8) keeps what a service's methods print. */
export const logFileOf = (fmri: string): string =>
  `/var/svc/log/${fmri.replace(/^svc:\//, '').replaceAll('/', '-')}.log`;
