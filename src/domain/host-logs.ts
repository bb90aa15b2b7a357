import type { Argv } from './command.ts';
import { lastKnown } from './feed.ts';
import type { HostInventory, Inventory } from './inventory.ts';
import { allZonesOf, findHost } from './joined.ts';
import type { LogChoice } from './log.ts';
import { refKind, refPath } from './ref.ts';
import type { Ref } from './ref.ts';
import type { ServiceExplanation } from './service.ts';
import { isUnwell } from './service.ts';
import type { EpochMs } from './time.ts';
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
export const logQuestion = (file: LogFile, choice: LogChoice, lines: number): Argv =>
  onFile(file, [choice.window === 'head' ? 'head' : 'tail', `-${lines}`, pathOf(file, choice)]);

/** What tells when a log was written to last, in an answer for `writtenAt`. */
export const timeQuestion = (file: LogFile, choice: LogChoice): Argv =>
  onFile(file, ['ls', '-lE', pathOf(file, choice)]);

const pathOf = ({ path }: LogFile, { previous }: LogChoice): string =>
  previous ? `${path}.0` : path;

const onFile = ({ zone }: LogFile, [program, ...rest]: Argv): Argv =>
  zone === null
    ? [program, ...rest]
    : ['pfexec', '/usr/sbin/zlogin', zone, `/usr/bin/${program}`, ...rest];

const LISTED = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\S* ([-+]\d\d)(\d\d) /;

/** The time of a file in the answer of `ls -lE`; null when it has none. */
export function writtenAt(listing: string): EpochMs | null {
  const [, day = '', time = '', hours = '', minutes = ''] = LISTED.exec(listing) ?? [];
  const at = Date.parse(`${day}T${time}${hours}:${minutes}`);
  return Number.isNaN(at) ? null : at;
}

/** syslogd(8) and, in brackets, svc.startd(8): the time of a zone that neither tells, without a year. */
const LOCAL = /^(?:\[ )?([A-Z][a-z]{2} [ 0-9]?[0-9]) (\d\d:\d\d:\d\d)\b/;
/** rsyslogd, and what begins with a field for it as JSON. */
const ABSOLUTE =
  /^(?:\{[^{}]{0,80}"(?:ts|time|timestamp)":")?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[-+]\d\d:?\d\d))/;
/** Time zones differ from each other by this, or by several of it. */
const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;

/**
 * The lines that were written since a time; those without one of their own belong to the line before. Of which zone the
 * times are tells the last line: the file was written to last when it was. null when no line tells its time.
 * @param last when the file was written to last
 */
export function linesSince(
  lines: readonly string[],
  since: EpochMs,
  last: EpochMs | null,
): readonly string[] | null {
  const times = lines.map((text) => timeOf(text, last));
  const end = times.findLast((time) => time !== null);
  if (end === undefined) return null;
  const zoneMs =
    end.isLocal && last !== null ? Math.round((last - end.at) / QUARTER_MS) * QUARTER_MS : 0;
  const first = times.findIndex(
    (time) => time !== null && time.at + (time.isLocal ? zoneMs : 0) >= since,
  );
  return first === -1 ? [] : lines.slice(first);
}

type LineTime = { readonly at: EpochMs; readonly isLocal: boolean };

function timeOf(text: string, last: EpochMs | null): LineTime | null {
  const stamp = ABSOLUTE.exec(text)?.[1];
  if (stamp !== undefined) {
    const at = Date.parse(stamp);
    return Number.isNaN(at) ? null : { at, isLocal: false };
  }
  const [, day, time] = LOCAL.exec(text) ?? [];
  if (day === undefined || last === null) return null;
  const year = new Date(last).getUTCFullYear();
  const inYear = (of: number): EpochMs => Date.parse(`${day} ${of} ${time} UTC`);
  const at = inYear(year) > last + DAY_MS ? inYear(year - 1) : inYear(year);
  return Number.isNaN(at) ? null : { at, isLocal: true };
}
