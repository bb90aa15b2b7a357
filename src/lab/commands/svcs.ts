import type { Program, ProgramContext } from '../machine.ts';
import { monthName } from './format.ts';
import { getOptions } from './options.ts';

/** svcs(1) in the global zone; zones need a right that an ordinary user does not have. */
export const svcs: Program = { name: 'svcs', directory: '/usr/bin', run };

const SERVICES = [
  'svc:/milestone/multi-user-server:default',
  'svc:/network/chrony:default',
  'svc:/network/physical:default',
  'svc:/network/ssh:default',
  'svc:/system/boot-archive:default',
  'svc:/system/cron:default',
  'svc:/system/filesystem/local:default',
  'svc:/system/fmd:default',
  'svc:/system/pfexec:default',
  'svc:/system/system-log:default',
  'svc:/system/zones-monitoring:default',
  'svc:/system/zones:default',
] as const;
const DISABLED = ['svc:/network/smb/server:default', 'svc:/network/telnet:default'] as const;

type Service = { readonly fmri: string; readonly state: string };
const COLUMNS: Readonly<
  Record<
    string,
    { readonly width: number; readonly value: (service: Service, stime: string) => string }
  >
> = {
  state: { width: 14, value: (service) => service.state },
  nstate: { width: 13, value: () => '-' },
  sta: { width: 4, value: (service) => (service.state === 'online' ? 'ON' : 'DIS') },
  stime: { width: 8, value: (_, stime) => stime },
  ctid: { width: 8, value: () => '-' },
  zone: { width: 16, value: () => 'global' },
  fmri: { width: 1, value: (service) => service.fmri },
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
  if (flags.has('Z')) warnOfZones(context);
  // No service has a problem: `svcs -x` prints nothing.
  if (flags.has('x')) return 0;
  const host = context.machine.host();
  const all: readonly Service[] = [
    ...(flags.has('a') ? DISABLED.map((fmri) => ({ fmri, state: 'disabled' })) : []),
    ...SERVICES.map((fmri) => ({ fmri, state: 'online' })),
  ];
  const chosen = all.filter(
    ({ fmri }) =>
      operands.length === 0 ||
      operands.some((pattern) => fmri.includes(pattern.replace(/^svc:\//, ''))),
  );
  if (operands.length > 0 && chosen.length === 0) {
    for (const operand of operands)
      context.stderr.write(`svcs: Pattern '${operand}' doesn't match any instances\n`);
    return 1;
  }
  const boot = new Date(host.bootedAt);
  const stime = `${monthName(boot)}_${String(boot.getUTCDate()).padStart(2, '0')}`;
  const line = (cells: readonly string[]) =>
    `${cells.map((cell, index) => (index === cells.length - 1 ? cell : cell.padEnd(COLUMNS[columns[index] ?? '']?.width ?? 1))).join(' ')}\n`;
  if (!flags.has('H')) context.stdout.write(line(columns.map((column) => column.toUpperCase())));
  for (const service of chosen)
    context.stdout.write(
      line(columns.map((column) => COLUMNS[column]?.value(service, stime) ?? '-')),
    );
  return 0;
}

/** The repository of a zone lies below a path that only root may enter. */
function warnOfZones(context: ProgramContext): void {
  for (const zone of context.machine.host().zones.values()) {
    if (zone.state !== 'running') continue;
    context.stderr.write(
      `svcs: Could not bind to repository server for zone ${zone.plan.name}: insufficient privileges\n`,
    );
  }
}
