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
  let code = 0;
  if (signal.aborted) throw new KilledBySignal(frame.group.lastSignal);
  if (machine.faults.hanging.has(base)) await untilAborted(signal);
  else if (garbage !== undefined) streams.stdout.write(garbage);
  else if (program) {
    try {
      code = await program.run({
        machine,
        name: base,
        args,
        privileged: frame.privileged,
        ...streams,
        signal,
        sleep: (milliseconds) => sleep(machine.clock, milliseconds, signal),
        spawn: (argv, privileged) =>
          runProgram(argv, { ...copyFrame(frame), privileged }, streams, false, runList),
      });
    } catch (error) {
      if (error instanceof BrokenPipe) return signalStatus('PIPE');
      throw error;
    }
  }
  if (signal.aborted) throw new KilledBySignal(frame.group.lastSignal);
  return code;
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
