import { createManualClock, type ManualClock } from '../../src/lab/clock.ts';
import { createMachine } from '../../src/lab/create-machine.ts';
import type { Machine } from '../../src/lab/machine.ts';
import { createShell } from '../../src/lab/shell/shell.ts';
import { createCollector, emptyInput } from '../../src/lab/shell/streams.ts';
import { createWorld, type World } from '../../src/lab/world.ts';

/** A fixed start, so that output can be compared. */
export const START = Date.UTC(2026, 4, 1, 12, 0, 0);

export type Bench = { readonly world: World; readonly clock: ManualClock };
export function createBench(seed = 7, scale = 1): Bench {
  const clock = createManualClock(START);
  return { clock, world: createWorld({ seed, clock, scale }) };
}

export type Result = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs a command line on a host; the clock moves as far as the command waits. */
export async function runOn(
  bench: Bench,
  host: string,
  command: string,
  machine: Machine = createMachine(bench.world, host),
): Promise<Result> {
  const stdout = createCollector();
  const stderr = createCollector();
  const shell = createShell({ machine, streams: { stdin: emptyInput, stdout, stderr } });
  const run = shell.runCommand(command);
  await letTimePass(bench.clock, run);
  const exit = await run;
  return {
    code: exit.kind === 'code' ? exit.code : -1,
    stdout: stdout.text(),
    stderr: stderr.text(),
  };
}

/**
 * Moves the clock until the work is done: a tenth of a second with each turn of the event loop,
 * after some turns in which work that needs no time can end.
 */
async function letTimePass(clock: ManualClock, work: Promise<unknown>): Promise<void> {
  const progress = { isDone: false };
  const finish = () => {
    progress.isDone = true;
  };
  work.then(finish, finish);
  for (let turn = 0; turn < 5000 && !progress.isDone; turn += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    if (turn > 20 && !progress.isDone) clock.advance(100);
  }
}
