import {
  ExitShell,
  LeaveLoop,
  ReturnFromFunction,
  signalName,
  type Frame,
  type Streams,
} from './frame.ts';
import { parseScript } from './parse-script.ts';
import { formatPrintf } from './printf.ts';
import { ScriptSyntaxError, IncompleteScript, type List } from './syntax.ts';

/** What a builtin is given. */
export type BuiltinCall = {
  readonly frame: Frame;
  readonly streams: Streams;
  readonly args: readonly string[];
  readonly runList: (list: List, frame: Frame, streams: Streams) => Promise<number>;
  readonly locate: (name: string, frame: Frame) => string | null;
};
export type Builtin = (call: BuiltinCall) => number | Promise<number>;

const assignArgs = ({ frame, args }: BuiltinCall, each: (name: string) => void): number => {
  for (const arg of args) {
    if (arg.startsWith('-')) continue;
    const [, name = arg, value] = /^([^=]+)=([^]*)$/.exec(arg) ?? [];
    if (value !== undefined) frame.variables.set(name, value);
    each(name);
  }
  return 0;
};

/** Parses and runs a text in the shell itself. A text that is no script ends the shell with 3, as ksh93 does. */
export async function evaluate(text: string, call: Omit<BuiltinCall, 'args'>): Promise<number> {
  let list: List;
  try {
    list = parseScript(text);
  } catch (error) {
    if (error instanceof ScriptSyntaxError || error instanceof IncompleteScript) {
      call.streams.stderr.write(`sh: ${error.message}\n`);
      throw new ExitShell(3);
    }
    throw error;
  }
  return call.runList(list, call.frame, call.streams);
}

const nothing: Builtin = () => 0;

/** CPU of one program, in seconds, as a small host has it. */
const PROGRAM_SECONDS = { user: 0.002, sys: 0.003 } as const;

/** In ksh93 an alias of `time` without a command: user and system of the shell and all that has ended. */
function times({ frame, streams }: BuiltinCall): number {
  const line = (name: keyof typeof PROGRAM_SECONDS): string => {
    const seconds = frame.group.ended * PROGRAM_SECONDS[name];
    return `${name}\t${Math.floor(seconds / 60)}m${(seconds % 60).toFixed(2)}s\n`;
  };
  return print(streams, line('user') + line('sys'));
}

export const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', nothing],
  ['true', nothing],
  ['false', () => 1],
  ['umask', nothing],
  ['ulimit', nothing],
  ['hash', nothing],
  ['wait', nothing],
  ['times', times],
  ['cd', nothing],
  ['pwd', ({ streams }) => print(streams, '/home/labtop\n')],
  ['echo', echo],
  ['printf', printf],
  ['eval', (call) => evaluate(call.args.join(' '), call)],
  ['set', set],
  ['shift', shift],
  [
    'unset',
    ({ frame, args }) => {
      for (const name of args) {
        frame.variables.delete(name);
        frame.exported.delete(name);
      }
      return 0;
    },
  ],
  ['export', (call) => assignArgs(call, (name) => call.frame.exported.add(name))],
  ['readonly', (call) => assignArgs(call, () => undefined)],
  ['typeset', (call) => assignArgs(call, () => undefined)],
  ['local', (call) => assignArgs(call, () => undefined)],
  ['trap', trap],
  [
    'exit',
    ({ frame, args }) => {
      throw new ExitShell(Number(args[0] ?? frame.status));
    },
  ],
  [
    'return',
    ({ frame, args }) => {
      throw new ReturnFromFunction(Number(args[0] ?? frame.status));
    },
  ],
  [
    'break',
    () => {
      throw new LeaveLoop(false);
    },
  ],
  [
    'continue',
    () => {
      throw new LeaveLoop(true);
    },
  ],
  ['read', read],
  ['test', ({ frame, args }) => Number(!test(frame, args))],
  ['[', ({ frame, args }) => Number(!test(frame, args.slice(0, -1)))],
  ['type', type],
  ['kill', kill],
]);

function print(streams: Streams, text: string): number {
  streams.stdout.write(text);
  return 0;
}

function echo({ streams, args }: BuiltinCall): number {
  const bare = args[0] === '-n';
  return print(streams, `${(bare ? args.slice(1) : args).join(' ')}${bare ? '' : '\n'}`);
}

function printf({ streams, args }: BuiltinCall): number {
  const [format, ...rest] = args[0] === '--' ? args.slice(1) : args;
  if (format === undefined) return 2;
  return print(streams, formatPrintf(format, rest));
}

function set({ frame, args }: BuiltinCall): number {
  const marker = args.indexOf('--');
  if (marker >= 0) frame.positional = args.slice(marker + 1);
  else if (args[0] !== undefined && !/^[-+]/.test(args[0])) frame.positional = args;
  return 0;
}

function shift({ frame, args }: BuiltinCall): number {
  const count = Number(args[0] ?? 1);
  if (count > frame.positional.length) return 1;
  frame.positional = frame.positional.slice(count);
  return 0;
}

function trap({ frame, args }: BuiltinCall): number {
  const [action, ...names] = args[0] === '--' ? args.slice(1) : args;
  if (action === undefined) return 0;
  for (const name of names.map(signalName)) {
    if (action === '-') frame.traps.delete(name);
    else frame.traps.set(name, action);
  }
  return 0;
}

async function read({ frame, streams, args }: BuiltinCall): Promise<number> {
  const names = args.filter((arg) => !arg.startsWith('-'));
  const line = await streams.stdin.readLine(frame.group.controller.signal);
  const fields = (line ?? '').trim().split(/[ \t]+/);
  for (const [index, name] of names.entries()) {
    const isLast = index === names.length - 1;
    frame.variables.set(name, (isLast ? fields.slice(index).join(' ') : fields[index]) ?? '');
  }
  return line === null ? 1 : 0;
}

function test(frame: Frame, args: readonly string[]): boolean {
  const [first = '', second = '', third = ''] = args;
  if (first === '!') return !test(frame, args.slice(1));
  if (args.length <= 1) return first !== '';
  if (args.length === 2) return testUnary(frame, first, second);
  const left = Number(first);
  const right = Number(third);
  switch (second) {
    case '=':
    case '==':
      return first === third;
    case '!=':
      return first !== third;
    case '-eq':
      return left === right;
    case '-ne':
      return left !== right;
    case '-lt':
      return left < right;
    case '-le':
      return left <= right;
    case '-gt':
      return left > right;
    case '-ge':
      return left >= right;
    default:
      return false;
  }
}

function testUnary(frame: Frame, operator: string, value: string): boolean {
  const { machine } = frame.group;
  switch (operator) {
    case '-n':
      return value !== '';
    case '-z':
      return value === '';
    case '-x':
      return machine.programs.has(value.slice(value.lastIndexOf('/') + 1));
    case '-e':
    case '-f':
    case '-r':
    case '-s':
      return machine.readFile(value) !== undefined;
    default:
      return false;
  }
}

function type({ frame, streams, args, locate }: BuiltinCall): number {
  let code = 0;
  for (const name of args) {
    const found = locate(name, frame);
    if (found === null) {
      streams.stderr.write(`sh: whence: ${name}: not found\n`);
      code = 1;
    } else streams.stdout.write(`${name} is ${found}\n`);
  }
  return code;
}

/** kill(1): `kill -TERM PID`, `kill -s TERM -- -PGID`. The group of a shell has the number of the shell. */
function kill({ frame, streams, args }: BuiltinCall): number {
  const { machine } = frame.group;
  let signal = 'TERM';
  let code = 0;
  let named = false;
  const targets: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (arg === '--') named = true;
    else if (arg === '-s') {
      signal = signalName(args[index + 1] ?? '');
      index += 1;
      named = true;
    } else if (!named && targets.length === 0 && arg.startsWith('-')) {
      signal = signalName(arg.slice(1));
      named = true;
    } else targets.push(arg);
  }
  for (const target of targets) {
    const end = machine.processes.get(Math.abs(Number(target)));
    if (end) {
      if (signal !== '0') end(signal);
    } else {
      streams.stderr.write(`sh: kill: ${target}: no such process\n`);
      code = 1;
    }
  }
  return code;
}
