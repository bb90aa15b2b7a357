import { BUILTINS, type BuiltinCall } from './builtins.ts';
import { runCase, runFor, runLoop } from './control.ts';
import { expandText, expandWords, UnsetParameter, type Scope } from './expand.ts';
import {
  copyFrame,
  ExitShell,
  KilledBySignal,
  passSignal,
  ReturnFromFunction,
  signalStatus,
  type Frame,
  type Streams,
} from './frame.ts';
import { locate } from './locate.ts';
import { redirect } from './redirect.ts';
import { runProgram } from './run-program.ts';
import { scopeOf } from './scope.ts';
import { createPipe } from './streams.ts';
import { inSubshell } from './subshell.ts';
import type { Command, List, Pipeline } from './syntax.ts';

/** Runs a list of commands in a shell; gives the status of the last one. */
export async function runList(list: List, frame: Frame, streams: Streams): Promise<number> {
  for (const { first, rest } of list) {
    await runPipeline(first, frame, streams);
    for (const { operator, pipeline } of rest) {
      if ((frame.status === 0) === (operator === '&&')) await runPipeline(pipeline, frame, streams);
    }
  }
  return frame.status;
}

async function runPipeline(pipeline: Pipeline, frame: Frame, streams: Streams): Promise<void> {
  const { commands, negated } = pipeline;
  const [only] = commands;
  const status =
    commands.length === 1 && only
      ? await runCommand(only, frame, streams)
      : await runStages(commands, frame, streams);
  frame.status = negated ? Number(status === 0) : status;
}

async function runStages(
  commands: readonly Command[],
  frame: Frame,
  streams: Streams,
): Promise<number> {
  const pipes = commands.slice(1).map(createPipe);
  const statuses = await Promise.all(
    commands.map(async (command, index) => {
      const before = pipes[index - 1];
      const after = pipes[index];
      const status = await inSubshell(frame, (inner) =>
        runCommand(command, inner, {
          stdin: before?.input ?? streams.stdin,
          stdout: after?.output ?? streams.stdout,
          stderr: streams.stderr,
        }),
      );
      before?.closeInput();
      after?.endOutput();
      return status;
    }),
  );
  return statuses.at(-1) ?? 0;
}

async function runCommand(command: Command, frame: Frame, streams: Streams): Promise<number> {
  if (command.kind === 'simple') return runSimple(command, frame, streams);
  if (command.kind === 'function') {
    frame.functions.set(command.name, command.body);
    return 0;
  }
  const redirected = await redirect(
    command.redirects,
    frame,
    streams,
    scopeOf(frame, streams, runList),
  );
  if (!redirected) return 1;
  switch (command.kind) {
    case 'group':
      return runList(command.body, frame, redirected);
    case 'subshell':
      return inSubshell(frame, (inner) => runList(command.body, inner, redirected));
    case 'if':
      for (const { test, body } of command.branches) {
        if ((await runList(test, frame, redirected)) === 0) {
          frame.status = 0;
          return runList(body, frame, redirected);
        }
      }
      frame.status = 0;
      return runList(command.otherwise, frame, redirected);
    case 'while':
    case 'until':
      return runLoop(command, frame, redirected, runList);
    case 'for':
      return runFor(command, frame, redirected, runList);
    case 'case':
      return runCase(command, frame, redirected, runList);
  }
}

async function runSimple(
  command: Extract<Command, { kind: 'simple' }>,
  frame: Frame,
  streams: Streams,
): Promise<number> {
  const plain = scopeOf(frame, streams, runList);
  let substituted = false;
  const scope: Scope = {
    ...plain,
    substitute: (body) => {
      substituted = true;
      return plain.substitute(body);
    },
  };
  try {
    const words = await expandWords(command.words, scope);
    const values: (readonly [string, string])[] = [];
    for (const { name, value } of command.assignments)
      values.push([name, await expandText(value, scope)]);
    const redirected = await redirect(command.redirects, frame, streams, plain);
    if (!redirected) return 1;
    if (words.length === 0) {
      for (const [name, value] of values) frame.variables.set(name, value);
      // A command of assignments alone has the status of its last substitution.
      return substituted ? frame.status : 0;
    }
    return await execute(words, values, frame, streams, redirected);
  } catch (error) {
    if (error instanceof UnsetParameter) {
      streams.stderr.write(`sh: ${error.message}\n`);
      throw new ExitShell(1);
    }
    throw error;
  }
}

async function execute(
  words: readonly string[],
  values: readonly (readonly [string, string])[],
  frame: Frame,
  streams: Streams,
  redirected: Streams,
): Promise<number> {
  const [name = '', ...args] = words;
  if (name === 'exec') {
    if (args.length === 0) {
      Object.assign(streams, redirected);
      return 0;
    }
    throw new ExitShell(await runProgram(args, frame, redirected, true, runList));
  }
  if (name === 'command') return runCommandBuiltin(args, frame, redirected);
  const body = frame.functions.get(name);
  if (body) return callFunction(body, args, frame, redirected);
  const builtin = BUILTINS.get(name);
  const target = values.length > 0 && !builtin ? copyFrame(frame) : frame;
  for (const [variable, value] of values) {
    target.variables.set(variable, value);
    if (target !== frame) target.exported.add(variable);
  }
  if (builtin) return builtin(callOf(args, frame, redirected));
  try {
    return await runProgram(words, target, redirected, false, runList);
  } catch (error) {
    if (!(error instanceof KilledBySignal)) throw error;
    passSignal(frame);
    return signalStatus(error.signal);
  }
}

const callOf = (args: readonly string[], frame: Frame, streams: Streams): BuiltinCall => ({
  frame,
  streams,
  args,
  runList,
  locate,
});

async function callFunction(
  body: Command,
  args: readonly string[],
  frame: Frame,
  streams: Streams,
): Promise<number> {
  const saved = frame.positional;
  frame.positional = args;
  try {
    return await runCommand(body, frame, streams);
  } catch (error) {
    if (error instanceof ReturnFromFunction) return error.code;
    throw error;
  } finally {
    frame.positional = saved;
  }
}

/** `command -v NAME…` prints where the names are found; `command NAME` runs it. */
async function runCommandBuiltin(
  args: readonly string[],
  frame: Frame,
  streams: Streams,
): Promise<number> {
  if (args[0] !== '-v' && args[0] !== '-V') {
    const rest = args[0] === '-p' ? args.slice(1) : args;
    const builtin = BUILTINS.get(rest[0] ?? '');
    return builtin
      ? builtin(callOf(rest.slice(1), frame, streams))
      : runProgram(rest, frame, streams, false, runList);
  }
  let code = 0;
  for (const name of args.slice(1)) {
    const found = locate(name, frame);
    if (found === null) code = 1;
    else streams.stdout.write(`${found}\n`);
  }
  return code;
}
