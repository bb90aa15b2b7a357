import type { Program, ProgramContext } from '../machine.ts';
import type { HostModel } from '../model/host.ts';
import {
  GLOBAL,
  globalServices,
  hasSmf,
  logFileOf,
  zoneServices,
  type ServiceModel,
} from '../model/services.ts';
import { formatCtime, monthName } from './format.ts';
import { getOptions } from './options.ts';

/** svcs(1): lists with -a -H -o, -z and -Z for other zones, and the explanation of -x. */
export const svcs: Program = { name: 'svcs', directory: '/usr/bin', run };

type Listed = ServiceModel & { readonly zone: string };

const DAY_MS = 86_400_000;
const SHORT_STATES: Readonly<Record<ServiceModel['state'], string>> = {
  online: 'ON',
  offline: 'OFF',
  degraded: 'DGD',
  maintenance: 'MNT',
  disabled: 'DIS',
};
const COLUMNS: Readonly<
  Record<
    string,
    { readonly width: number; readonly value: (service: Listed, now: number) => string }
  >
> = {
  state: { width: 14, value: ({ state }) => state },
  nstate: { width: 13, value: () => '-' },
  sta: { width: 4, value: ({ state }) => SHORT_STATES[state] },
  stime: { width: 8, value: ({ since }, now) => startTime(since, now).padStart(8) },
  ctid: { width: 8, value: () => '-' },
  zone: { width: 16, value: ({ zone }) => zone },
  fmri: { width: 1, value: ({ fmri }) => fmri },
};

function run(context: ProgramContext): number {
  const { flags, values, operands, bad } = getOptions(context.args, 'aHZxvpldDo:z:s:S:L');
  const columns = (
    values.get('o') ?? (flags.has('Z') ? 'zone,state,stime,fmri' : 'state,stime,fmri')
  )
    .toLowerCase()
    .split(',');
  const unknown = columns.find((column) => !(column in COLUMNS));
  if (bad !== null || unknown !== undefined) {
    context.stderr.write(
      unknown === undefined
        ? 'Usage: svcs [-aHpv] [-o col[,col ... ]] [<service> ...]\n'
        : `svcs: Unknown column "${unknown}".\n`,
    );
    return 2;
  }
  const present = inZones(context, flags.has('Z') ? null : (values.get('z') ?? GLOBAL));
  if (!present) return 1;
  if (flags.has('x')) return explain(context, present, flags.has('Z') || values.has('z'));
  const chosen = present.filter(
    ({ fmri, state }) =>
      (flags.has('a') || operands.length > 0 || state !== 'disabled') &&
      (operands.length === 0 || operands.some((pattern) => matches(pattern, fmri))),
  );
  if (operands.length > 0 && chosen.length === 0) {
    for (const operand of operands)
      context.stderr.write(`svcs: Pattern '${operand}' doesn't match any instances\n`);
    return 1;
  }
  const now = context.machine.clock.now();
  const line = (cells: readonly string[]) =>
    `${cells.map((cell, index) => (index === cells.length - 1 ? cell : cell.padEnd(COLUMNS[columns[index] ?? '']?.width ?? 1))).join(' ')}\n`;
  if (!flags.has('H')) context.stdout.write(line(columns.map((column) => column.toUpperCase())));
  for (const service of chosen.toSorted(byState))
    context.stdout.write(
      line(columns.map((column) => COLUMNS[column]?.value(service, now) ?? '-')),
    );
  return 0;
}

/** svcs.c, its usual order: by state, then by the time of the last change. */
const STATE_ORDER: readonly ServiceModel['state'][] = [
  'disabled',
  'online',
  'degraded',
  'offline',
  'maintenance',
];
const byState = (a: Listed, b: Listed): number =>
  STATE_ORDER.indexOf(a.state) - STATE_ORDER.indexOf(b.state) || a.since - b.since;

const matches = (pattern: string, fmri: string): boolean =>
  fmri.includes(pattern.replace(/^svc:\//, ''));

/** svcs.c: the time of the last day, then month and day, then the year. */
function startTime(since: number, now: number): string {
  const at = new Date(since);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (now - since < DAY_MS)
    return `${at.getUTCHours()}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return now - since < 365 * DAY_MS
    ? `${monthName(at)}_${two(at.getUTCDate())}`
    : String(at.getUTCFullYear());
}

/**
 * The services of one zone, or of all. The door to a zone's repository lies below its zonepath, which only root or a
 * process with file_dac_search may enter; other zones are passed over with a warning.
 */
function inZones(context: ProgramContext, name: string | null): readonly Listed[] | undefined {
  const host = context.machine.host();
  const now = context.machine.clock.now();
  if (name !== null) {
    if (name === GLOBAL) return ofGlobal(host);
    const zone = host.zones.get(name);
    if (!zone || !hasSmf(zone) || !context.privileged) {
      warn(context, name);
      return undefined;
    }
    return zoneServices(host, zone, now).map((service) => ({ ...service, zone: name }));
  }
  const found = [...ofGlobal(host)];
  for (const zone of host.zones.values()) {
    if (zone.state !== 'running') continue;
    if (!context.privileged || !hasSmf(zone)) warn(context, zone.plan.name);
    else
      for (const service of zoneServices(host, zone, now))
        found.push({ ...service, zone: zone.plan.name });
  }
  return found;
}

const ofGlobal = (host: HostModel): readonly Listed[] =>
  globalServices(host).map((service) => ({ ...service, zone: GLOBAL }));

const warn = (context: ProgramContext, zone: string): void => {
  context.stderr.write(
    `svcs: Could not bind to repository server for zone ${zone}: no repository server\n`,
  );
};

/** explain.c: a block for each service that is enabled and does not run. */
function explain(context: ProgramContext, services: readonly Listed[], withZone: boolean): number {
  for (const { fmri, description, state, since, reason, zone } of services) {
    if (reason === null) continue;
    context.stdout.write(
      [
        `${fmri} (${description})`,
        ...(withZone ? [`  Zone: ${zone}`] : []),
        ` State: ${state} since ${formatCtime(since)}`,
        `Reason: ${reason}`,
        '   See: http://illumos.org/msg/SMF-8000-KS',
        `   See: ${logFileOf(fmri)}`,
        'Impact: This service is not running.',
        '',
        '',
      ].join('\n'),
    );
  }
  return 0;
}
