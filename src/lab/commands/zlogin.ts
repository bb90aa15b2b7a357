import { fail, type Program, type ProgramContext } from '../machine.ts';
import type { ZoneModel } from '../model/host.ts';
import { isGuest } from '../plan.ts';
import { createShell } from '../shell/shell.ts';
import { createTerminal } from '../terminal.ts';
import { createZoneConsole } from '../zone-console.ts';
import { createZoneSystem } from '../zone-system.ts';
import { getOptions } from './options.ts';

/** zlogin(1): a login, a command, or with -C the console of a zone. Texts from usr/src/cmd/zlogin/zlogin.c. */
export const zlogin: Program = { name: 'zlogin', directory: '/usr/sbin', run };

const CTRL_C = 3;
const CTRL_D = 4;
const LF = 10;
const CR = 13;
const CTRL_U = 21;
const CTRL_Z = 26;
/** How soon the end of a zone is noticed. */
const LOOK_MS = 200;

function run(context: ProgramContext): number | Promise<number> {
  const { flags, values, operands, bad } = getOptions(context.args, 'dnECR:Se:l:Q');
  const [name, ...command] = operands;
  if (bad !== null || name === undefined) return usage(context);
  if (flags.has('C') && command.length > 0)
    return fail(context, 'Commands may not be specified for console login.', 2);
  if (context.machine.zoneName !== 'global')
    return fail(context, "'zlogin' may only be used from the global zone");
  if (name === 'global') return fail(context, "'zlogin' not applicable to the global zone");
  const zone = context.machine.host().zones.get(name);
  if (!zone) return fail(context, `zone '${name}' unknown`);
  if (zone.state === 'configured' || zone.state === 'incomplete')
    return fail(context, `cannot login to a zone which is '${zone.state}'`);
  if (!context.privileged)
    return fail(context, 'You lack sufficient privilege to run this command (all privs required)');
  const escape = flags.has('E') ? null : (values.get('e') ?? '~').charCodeAt(0);
  if (flags.has('C')) return openConsole(context, zone, escape, flags.has('Q'));
  if (zone.state !== 'running')
    return fail(context, `login allowed only to running zones (${name} is '${zone.state}').`);
  if (isGuest(zone.plan)) return fail(context, `could not enter zone ${name}: Invalid argument`);
  return command.length === 0
    ? logIn(context, zone, escape, flags.has('Q'))
    : runCommand(context, zone, command);
}

function usage(context: ProgramContext): number {
  context.stderr.write(
    'usage: zlogin [ -dnQCES ] [ -e cmdchar ] [-l user] zonename [command [args ...] ]\n',
  );
  return 2;
}

/** A command, without a pty of its own; its exit code is that of zlogin. */
async function runCommand(
  context: ProgramContext,
  { plan }: ZoneModel,
  command: readonly string[],
): Promise<number> {
  const { stdin, stdout, stderr } = context;
  const shell = createShell({
    machine: createZoneSystem(context.machine, plan),
    streams: { stdin, stdout, stderr },
  });
  const hangUp = () => shell.signal('HUP');
  context.signal.addEventListener('abort', hangUp, { once: true });
  const exit = await shell.runCommand(command.join(' '));
  context.signal.removeEventListener('abort', hangUp);
  return exit.kind === 'code' ? exit.code : 1;
}

/** A login shell on a pty inside the zone. Gives 0 whatever the shell gave, as zlogin does. */
async function logIn(
  context: ProgramContext,
  zone: ZoneModel,
  escape: number | null,
  isQuiet: boolean,
): Promise<number> {
  const { terminal } = context;
  if (terminal === null) return await runCommand(context, zone, ['sh']);
  const { name } = zone.plan;
  const say = (text: string) => {
    if (!isQuiet) context.stdout.write(text);
  };
  say(`[Connected to zone '${name}' pts/2]\n`);
  const inner = createTerminal({
    write: (chunk) => context.stdout.write(chunk),
    interrupt: () => shell.signal('INT'),
    size: terminal.size,
  });
  const shell = createShell({
    machine: createZoneSystem(context.machine, zone.plan),
    terminal: inner,
    streams: { stdin: inner.input, stdout: inner.output, stderr: inner.output },
  });
  const over = new AbortController();
  const started = zone.runtime;
  terminal.setRaw(true);
  inner.output.write(`OmniOS Community Edition\n`);
  void shell.runInput(`root@${name}:~# `).then(() => over.abort());
  await carry(context, over, escape, {
    type: inner.type,
    look: () => {
      context.machine.host();
      if (zone.runtime !== started) over.abort();
    },
  });
  shell.signal('HUP');
  terminal.setRaw(false);
  say(`\n[Connection to zone '${name}' pts/2 closed]\n`);
  return 0;
}

async function openConsole(
  context: ProgramContext,
  zone: ZoneModel,
  escape: number | null,
  isQuiet: boolean,
): Promise<number> {
  const { machine, terminal, stdout } = context;
  const { name } = zone.plan;
  let zoneConsole = machine.consoles.get(name);
  if (zoneConsole === undefined) {
    zoneConsole = createZoneConsole(machine, zone);
    machine.consoles.set(name, zoneConsole);
  }
  const { attach, client, detach, follow, type } = zoneConsole;
  const other = client();
  if (other !== null) return fail(context, `Console is already in use by process ID ${other.pid}.`);
  follow();
  attach({ pid: context.pid, write: (chunk) => stdout.write(chunk) });
  if (!isQuiet) stdout.write(`[Connected to zone '${name}' console]\n`);
  terminal?.setRaw(true);
  await carry(context, new AbortController(), escape, { type, look: follow });
  detach();
  terminal?.setRaw(false);
  if (!isQuiet) stdout.write(`\n[Connection to zone '${name}' console closed]\n`);
  return 0;
}

type Carried = {
  readonly type: (bytes: Buffer) => void;
  /** Called again and again while the connection stands. */
  readonly look: () => void;
};

/** Carries what is typed until the other side is over, the input ends, or the escape sequence is typed. */
async function carry(
  context: ProgramContext,
  over: AbortController,
  escape: number | null,
  { type, look }: Carried,
): Promise<void> {
  const signal = AbortSignal.any([context.signal, over.signal]);
  const { clock } = context.machine;
  let cancel = (): void => {};
  const again = () => {
    look();
    if (!signal.aborted) cancel = clock.after(LOOK_MS, again);
  };
  again();
  const isLeaving = createEscape(escape, context);
  while (!signal.aborted) {
    const bytes = await context.stdin.read(signal);
    if (bytes === null || isLeaving(bytes, type)) break;
  }
  cancel();
}

/** Watches for the escape sequence at the beginning of a line; what is no part of it is passed on. */
function createEscape(escape: number | null, { stdout }: ProgramContext) {
  let isAtStart = true;
  let isEscaped = false;
  return (bytes: Buffer, type: (bytes: Buffer) => void): boolean => {
    for (const byte of bytes) {
      if (isAtStart && byte === escape) {
        isAtStart = false;
        isEscaped = true;
        continue;
      }
      if (isEscaped && (byte === '.'.charCodeAt(0) || byte === CTRL_D)) {
        stdout.write(`${String.fromCharCode(escape ?? 0)}${byte === CTRL_D ? '^D' : '.'}`);
        return true;
      }
      isEscaped = false;
      type(Buffer.from([byte]));
      isAtStart = [CR, LF, CTRL_U, CTRL_Z, CTRL_C].includes(byte);
    }
    return false;
  };
}
