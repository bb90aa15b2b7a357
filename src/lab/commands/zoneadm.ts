import { fail, type Program, type ProgramContext } from '../machine.ts';
import type { HostModel, ZoneModel } from '../model/host.ts';
import { beginAction, type ZoneVerb } from '../model/transitions.ts';
import { getOptions } from './options.ts';

/** zoneadm(8): list, boot, halt, reboot, shutdown, ready. */
export const zoneadm: Program = { name: 'zoneadm', directory: '/usr/sbin', run };

const ERROR = 1;
const USAGE = 2;
const GLOBAL_DEBUG_ID = 0;

function run(context: ProgramContext): number | Promise<number> {
  const { args } = context;
  const named = getOptions(args, 'z:u:');
  const target = named.values.get('z');
  const [verb, ...rest] = named.operands;
  if (named.bad !== null || verb === undefined) return usage(context);
  const host = context.machine.host();
  if (target !== undefined && target !== 'global' && !host.zones.has(target))
    return fail(context, `${target}: No such zone configured`, ERROR);
  if (verb === 'list') return list(context, host, target, rest);
  const action = actionOf(verb, rest);
  if (!action) return usage(context);
  return act(context, target, action);
}

function usage(context: ProgramContext): number {
  context.stderr.write(
    'usage:\tzoneadm help\n\tzoneadm [-z <zone>] [-u <uuid>] list [-cinpv]\n\tzoneadm {-z <zone>|-u <uuid>} <boot|halt|ready|reboot|shutdown>\n',
  );
  return USAGE;
}

type Row = {
  readonly id: number | null;
  readonly name: string;
  readonly state: string;
  readonly path: string;
  readonly uuid: string;
  readonly brand: string;
  readonly ipType: string;
  readonly debugId: number;
};

const GLOBAL: Row = {
  id: 0,
  name: 'global',
  state: 'running',
  path: '/',
  uuid: '',
  brand: 'ipkg',
  ipType: 'shared',
  debugId: GLOBAL_DEBUG_ID,
};

const rowOf = (zone: ZoneModel): Row => ({
  id: zone.runtime?.id ?? null,
  name: zone.plan.name,
  state: zone.state,
  path: zone.plan.zonepath,
  uuid: zone.plan.uuid,
  brand: zone.plan.brand,
  ipType: 'excl',
  debugId: zone.plan.debugId,
});

/** Zones in the kernel by id, then the rest by name. */
function order(a: Row, b: Row): number {
  if (a.id !== null && b.id !== null) return a.id - b.id;
  if (a.id !== null) return -1;
  if (b.id !== null) return 1;
  return a.name < b.name ? -1 : 1;
}

function list(
  context: ProgramContext,
  host: HostModel,
  target: string | undefined,
  args: readonly string[],
): number {
  const { flags, bad, operands } = getOptions(args, 'cinpv');
  if (bad !== null || operands.length > 0) return usage(context);
  if (flags.has('p') && flags.has('v'))
    return fail(context, '-p and -v are mutually exclusive', USAGE);
  const isShown = (row: Row): boolean => {
    if (target !== undefined) return row.name === target;
    if (row.name === 'global') return !flags.has('n');
    if (flags.has('c')) return true;
    if (flags.has('i')) return row.state !== 'configured' && row.state !== 'incomplete';
    return row.state === 'running';
  };
  const rows = [GLOBAL, ...[...host.zones.values()].map(rowOf)].filter(isShown).sort(order);
  if (flags.has('p')) context.stdout.write(rows.map(parsableLine).join(''));
  else if (flags.has('v'))
    context.stdout.write(
      verboseLine('ID', 'NAME', 'STATUS', 'PATH', 'BRAND', 'IP') +
        rows
          .map((row) =>
            verboseLine(
              String(row.id ?? '-'),
              row.name,
              row.state,
              row.path,
              row.brand,
              row.ipType,
            ),
          )
          .join(''),
    );
  else context.stdout.write(rows.map((row) => `${row.name}\n`).join(''));
  return 0;
}

/** `zoneid:zonename:state:zonepath:uuid:brand:ip-type:debugid`; only the path is escaped. */
const parsableLine = (row: Row): string =>
  `${[
    row.id ?? '-',
    row.name,
    row.state,
    row.path.replaceAll(':', '\\:'),
    row.uuid,
    row.brand,
    row.ipType,
    row.debugId,
  ].join(':')}\n`;

/** For people the ip-type is spelled `shared` or `excl`. */
const verboseLine = (
  id: string,
  name: string,
  status: string,
  path: string,
  brand: string,
  ip: string,
): string =>
  `${id.padStart(4)} ${name.padEnd(16)} ${status.padEnd(10)} ${path.padEnd(30)} ${brand.padEnd(8)} ${ip.padEnd(6)}\n`;

type Action = { readonly verb: ZoneVerb; readonly word: string };

function actionOf(verb: string, args: readonly string[]): Action | null {
  switch (verb) {
    case 'boot':
    case 'halt':
    case 'reboot':
    case 'ready':
      return args.length === 0 || verb !== 'halt' ? { verb, word: verb } : null;
    case 'shutdown': {
      const { flags, bad } = getOptions(args, 'r');
      if (bad !== null) return null;
      return { verb: flags.has('r') ? 'restart' : 'shutdown', word: verb };
    }
    default:
      return null;
  }
}

async function act(
  context: ProgramContext,
  target: string | undefined,
  { verb, word }: Action,
): Promise<number> {
  const { machine } = context;
  if (target === undefined) return fail(context, 'no zone specified', USAGE);
  const message = (text: string) => `zone '${target}': ${text}`;
  if (!context.privileged)
    return fail(context, message(`only a privileged user may ${word} a zone.`));
  if (target === 'global')
    return fail(context, message(`${word} operation is invalid for the global zone.`));
  const zone = machine.host().zones.get(target);
  if (!zone) return fail(context, `${target}: No such zone configured`);
  // zoneadmd holds the zone's lock while another action runs. Between the look at it and taking it nothing may wait.
  while (zone.busyUntil > machine.clock.now()) {
    await context.sleep(zone.busyUntil - machine.clock.now());
    if (context.signal.aborted) return ERROR;
  }
  const host = machine.host();
  const refusal = refuse(zone, verb, word);
  if (refusal) {
    context.stderr.write(`${refusal.code === 0 ? '' : 'zoneadm: '}${message(refusal.text)}\n`);
    return refusal.code;
  }
  const end = beginAction(host, zone, verb, machine.clock.now());
  const boots = zone.boots;
  await context.sleep(end - machine.clock.now());
  machine.host();
  const boot = verb === 'boot' || verb === 'reboot' || verb === 'restart' || verb === 'ready';
  if (boot && zone.bootFault !== null && zone.boots === boots) {
    context.stderr.write(
      `${message(zone.bootFault)}\nzoneadm: ${message('call to zoneadmd failed')}\n`,
    );
    return ERROR;
  }
  return 0;
}

/** Why an action cannot be done in the present state: a message and the exit code, or null. */
function refuse(
  zone: ZoneModel,
  verb: ZoneVerb,
  word: string,
): { readonly text: string; readonly code: number } | null {
  const { state } = zone;
  const notInstalled = state === 'configured' || state === 'incomplete';
  switch (verb) {
    case 'boot':
    case 'ready':
      if (notInstalled) return { text: `must be installed before ${word}.`, code: ERROR };
      if (state === 'running') return { text: 'zone is already booted', code: 0 };
      if (state === 'shutting_down' || state === 'down' || (verb === 'ready' && state === 'ready'))
        return { text: `${word} operation is invalid for zones in state '${state}'`, code: ERROR };
      return null;
    case 'halt':
      if (notInstalled) return { text: `must be installed before ${word}.`, code: ERROR };
      return state === 'installed' ? { text: 'zone is already halted', code: 0 } : null;
    case 'reboot':
    case 'shutdown':
    case 'restart':
      return state === 'running' ? null : { text: 'not running', code: ERROR };
  }
}
