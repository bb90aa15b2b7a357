import type { Machine } from '../machine.ts';
import { sshConnection } from '../operator.ts';
import type { Terminal } from '../terminal.ts';
import { evaluate } from './builtins.ts';
import {
  ExitShell,
  KilledBySignal,
  LeaveLoop,
  ReturnFromFunction,
  type Frame,
  type Group,
  type Streams,
} from './frame.ts';
import { runList } from './interpret.ts';
import { locate } from './locate.ts';
import { runScriptInput } from './script-input.ts';
import { BrokenPipe } from './streams.ts';

/** How a channel's command ended. */
export type ShellExit =
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'signal'; readonly name: string };

export type ShellOptions = {
  readonly machine: Machine;
  readonly streams: Streams;
  /** Its controlling terminal; default none. */
  readonly terminal?: Terminal | null;
  readonly environment?: Readonly<Record<string, string>>;
};

/** A login shell with everything that it starts: what one channel runs. */
export type Shell = {
  readonly pid: number;
  /** Runs a command line, as `sh -c`. */
  readonly runCommand: (text: string) => Promise<ShellExit>;
  /** Runs what comes on standard input until it ends; the prompt is written before each line. */
  readonly runInput: (prompt?: string) => Promise<ShellExit>;
  /** Delivers a signal such as TERM to the process group. */
  readonly signal: (name: string) => void;
};

const DEFAULT_PATH = '/usr/bin:/bin:/usr/sbin:/sbin';

/** What sshd(8) adds for a login on the host itself. */
function loginVariables(machine: Machine): Readonly<Record<string, string>> {
  const connection =
    machine.zoneName === 'global' ? sshConnection(machine.world, machine.host()) : undefined;
  return connection === undefined ? {} : { SSH_CONNECTION: connection };
}

export function createShell(options: ShellOptions): Shell {
  const { machine, streams, terminal = null, environment = {} } = options;
  const pid = machine.nextPid();
  const group: Group = {
    machine,
    pid,
    terminal,
    controller: new AbortController(),
    lastSignal: 'TERM',
    ended: 0,
  };
  const variables = new Map<string, string>(
    Object.entries({
      PATH: DEFAULT_PATH,
      HOME: machine.user === 'root' ? '/root' : `/home/${machine.user}`,
      LOGNAME: machine.user,
      USER: machine.user,
      SHELL: '/bin/sh',
      TZ: 'UTC',
      ...loginVariables(machine),
      ...environment,
    }),
  );
  const frame: Frame = {
    group,
    pid,
    privileged: machine.user === 'root',
    name: 'sh',
    exported: new Set(variables.keys()),
    variables,
    functions: new Map(),
    traps: new Map(),
    positional: [],
    status: 0,
  };
  const signal = (name: string) => {
    group.lastSignal = name;
    const { controller } = group;
    // HUP and KILL end everything; after another signal a shell with a trap goes on.
    if (name !== 'HUP' && name !== 'KILL') group.controller = new AbortController();
    controller.abort(name);
  };
  const toExit = async (run: () => Promise<number>): Promise<ShellExit> => {
    machine.processes.set(pid, signal);
    try {
      return { kind: 'code', code: (await run()) & 0xff };
    } catch (error) {
      if (error instanceof ExitShell) return { kind: 'code', code: error.code & 0xff };
      if (error instanceof KilledBySignal) return { kind: 'signal', name: error.signal };
      if (error instanceof BrokenPipe) return { kind: 'signal', name: 'PIPE' };
      if (error instanceof ReturnFromFunction || error instanceof LeaveLoop)
        return { kind: 'code', code: 0 };
      throw error;
    } finally {
      machine.processes.delete(pid);
    }
  };
  return {
    pid,
    runCommand: (text) => toExit(() => evaluate(text, { frame, streams, runList, locate })),
    runInput: (prompt) => toExit(() => runScriptInput(frame, streams, runList, prompt)),
    signal,
  };
}
