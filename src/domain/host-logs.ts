import type { Argv } from './command.ts';
import { lastKnown } from './feed.ts';
import type { HostInventory, Inventory } from './inventory.ts';
import { allZonesOf, findHost } from './joined.ts';
import type { LogChoice } from './log.ts';
import { refKind, refPath } from './ref.ts';
import type { Ref } from './ref.ts';
import type { ServiceExplanation } from './service.ts';
import { isUnwell } from './service.ts';
import { isZoneName } from './zone.ts';

/** A file on a host that somebody writes a log to. */
export type LogFile = {
  readonly host: string;
  /** null: of the global zone. */
  readonly zone: string | null;
  /** What it is called beside others: `messages`, `postgresql17`. */
  readonly name: string;
  /** As it is called in its zone. */
  readonly path: string;
};

const MESSAGES = '/var/adm/messages';
const GLOBAL = 'global';
/** zlogin(1) hands what it runs to a shell in the zone: a path that means something to that is not asked for. */
const PLAIN_PATH = /^\/[\w.:,@%+=/-]+$/;

/** Kinds of things on hosts that have logs. */
export const HOST_LOG_KINDS = ['host', 'zone', 'service'] as const;
export const isHostLog = (ref: Ref): boolean =>
  HOST_LOG_KINDS.some((kind) => kind === refKind(ref));

/**
 * The logs of hosts, zones and services: the system's log of each, and those of the services that do not run. Linux zones
 * and virtual machines write none that is known.
 */
export function logFiles(refs: readonly Ref[], inventory: Inventory): readonly LogFile[] {
  const files = refs.flatMap((ref): readonly LogFile[] => {
    const [hostName = '', second = '', ...rest] = refPath(ref);
    const host = findHost(inventory, hostName);
    if (!host) return [];
    const kind = refKind(ref);
    if (kind === 'host') return [systemLog(host, null), ...unwellLogs(host, null)];
    if (kind === 'zone') return logsOfZone(host, second);
    if (kind !== 'service') return [];
    return [serviceLog(host, second === GLOBAL ? null : second, rest.join('/'))];
  });
  const keyOf = ({ host, zone, path }: LogFile): string => `${host} ${zone ?? ''} ${path}`;
  const plain = files.filter(({ path }) => PLAIN_PATH.test(path));
  return [...new Map(plain.map((file) => [keyOf(file), file])).values()];
}

function logsOfZone(host: HostInventory, name: string): readonly LogFile[] {
  const zone = allZonesOf(host).find((each) => each.name === name);
  if (!zone || zone.brand === 'lx' || !isZoneName(name)) return [];
  return [systemLog(host, name), ...unwellLogs(host, name)];
}

const systemLog = ({ name }: HostInventory, zone: string | null): LogFile => ({
  host: name,
  zone,
  name: 'messages',
  path: MESSAGES,
});

function unwellLogs(host: HostInventory, zone: string | null): readonly LogFile[] {
  const services =
    zone === null
      ? lastKnown(host.feeds.services)?.value.services
      : lastKnown(host.feeds.zoneServices)?.value.zones.get(zone)?.notOnline;
  return (services ?? []).filter(isUnwell).map(({ fmri }) => serviceLog(host, zone, fmri));
}

/** svcs -x names the file; svc.startd(8) calls it by the service: `/var/svc/log/network-ssh:default.log`. */
function serviceLog(host: HostInventory, zone: string | null, fmri: string): LogFile {
  const explanations: readonly ServiceExplanation[] =
    (zone === null
      ? lastKnown(host.feeds.services)?.value.explanations
      : lastKnown(host.feeds.zoneServices)?.value.explanations) ?? [];
  const told = explanations.find(
    (each) => each.fmri === fmri && (zone === null || each.zone === zone),
  );
  const plain = fmri.replace(/^svc:\//, '').replaceAll('/', '-');
  return {
    host: host.name,
    zone,
    name:
      plain
        .replace(/:default$/, '')
        .split('-')
        .at(-1) ?? plain,
    path:
      told?.log !== undefined && told.log !== null && PLAIN_PATH.test(told.log)
        ? told.log
        : `/var/svc/log/${plain}.log`,
  };
}

/**
 * What prints so many lines of a log. The one before is what logadm(8) has put aside last. Inside a zone only its own
 * programs reach it, and zlogin(1) takes the rights to enter.
 */
export function logQuestion(
  { zone, path }: LogFile,
  { window, previous }: LogChoice,
  lines: number,
): Argv {
  const program = window === 'head' ? 'head' : 'tail';
  const file = previous ? `${path}.0` : path;
  return zone === null
    ? [program, `-${lines}`, file]
    : ['pfexec', '/usr/sbin/zlogin', zone, `/usr/bin/${program}`, `-${lines}`, file];
}
