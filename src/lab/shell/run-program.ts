import { sleep } from '../clock.ts';
import { BUILTINS, evaluate } from './builtins.ts';
import {
  copyFrame,
  ExitShell,
  KilledBySignal,
  ReturnFromFunction,
  signalStatus,
  type Frame,
  type RunList,
  type Streams,
} from './frame.ts';
import { locate, SHELLS, UTILITIES } from './locate.ts';
import { runScriptInput } from './script-input.ts';
import { BrokenPipe } from './streams.ts';

const NOT_FOUND = 127;

export async function runProgram(
  words: readonly string[],
  frame: Frame,
  streams: Streams,
  replaces: boolean,
  runList: RunList,
): Promise<number> {
  const [name = '', ...args] = words;
  const path = locate(name, frame);
  const utility = (path ?? '').replace('/usr/bin/', '');
  const builtin = UTILITIES.has(utility) ? BUILTINS.get(utility) : undefined;
  if (builtin) return builtin({ frame, streams, args, runList, locate });
  if (path === null || !path.startsWith('/')) {
    streams.stderr.write(`sh: ${name}: not found\n`);
    return NOT_FOUND;
  }
  const base = path.slice(path.lastIndexOf('/') + 1);
  if (SHELLS.has(base)) return runShellProgram(args, frame, streams, replaces, runList);
  const { machine, controller } = frame.group;
  const { signal } = controller;
  const program = machine.programs.get(base);
  const garbage = machine.faults.garbage.get(base);
  const failure = machine.faults.failing.get(base);
  let code = 0;
  const pause = (milliseconds: number) => sleep(machine.clock, milliseconds, signal);
  if (machine.faults.delayMs > 0) await pause(machine.faults.delayMs);
  if (signal.aborted) throw new KilledBySignal(frame.group.lastSignal);
  try {
    if (machine.faults.hanging.has(base)) await untilAborted(signal);
    else if (machine.faults.flooding.has(base)) await flood(base, machine, streams.stdout, signal);
    else if (failure !== undefined) {
      streams.stderr.write(failure);
      code = 1;
    } else if (garbage !== undefined) streams.stdout.write(garbage);
    else if (program)
      code = await program.run({
        machine,
        name: base,
        args,
        privileged: frame.privileged,
        terminal: frame.group.terminal,
        pid: frame.group.machine.nextPid(),
        ...streams,
        signal,
        sleep: pause,
        spawn: (argv, privileged) =>
          runProgram(argv, { ...copyFrame(frame), privileged }, streams, false, runList),
      });
  } catch (error) {
    if (error instanceof BrokenPipe) return signalStatus('PIPE');
    throw error;
  } finally {
    frame.group.ended += 1;
  }
  if (signal.aborted) throw new KilledBySignal(frame.group.lastSignal);
  return code;
}

const FLOOD = Buffer.from('all work and no play makes jack a dull boy\n'.repeat(1500));
/** Paced, because the output of the lab's programs is not held back by a slow reader. */
const FLOOD_PACE_MS = 10;

const MOST_FLOOD_BYTES = 100_000_000;

/** Prints about 6 MB a second, until a signal comes, the fault is taken back, or it is 100 MB. */
async function flood(
  program: string,
  { clock, faults }: Frame['group']['machine'],
  stdout: Streams['stdout'],
  signal: AbortSignal,
): Promise<void> {
  for (let bytes = 0; bytes < MOST_FLOOD_BYTES; bytes += FLOOD.length) {
    if (signal.aborted || !faults.flooding.has(program)) return;
    stdout.write(FLOOD);
    await sleep(clock, FLOOD_PACE_MS, signal);
  }
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** sh(1): a new shell with the exported variables only, on a script or on its input. */
async function runShellProgram(
  args: readonly string[],
  frame: Frame,
  streams: Streams,
  replaces: boolean,
  runList: RunList,
): Promise<number> {
  const exported = [...frame.variables].filter(([name]) => frame.exported.has(name));
  const [script, name = 'sh', ...positional] = args[0] === '-c' ? args.slice(1) : [];
  const inner: Frame = {
    ...copyFrame(frame),
    pid: replaces ? frame.pid : frame.group.machine.nextPid(),
    variables: new Map(exported),
    functions: new Map(),
    traps: new Map(),
    name,
    positional,
    status: 0,
  };
  const own = { ...streams };
  const run = () =>
    script === undefined
      ? runScriptInput(inner, own, runList)
      : evaluate(script, { frame: inner, streams: own, runList, locate });
  try {
    return await run();
  } catch (error) {
    if (error instanceof ExitShell || error instanceof ReturnFromFunction) return error.code;
    throw error;
  }
}
