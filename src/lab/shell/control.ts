import { expandText, expandWords, matchesPattern } from './expand.ts';
import { LeaveLoop, passSignal, type Frame, type RunList, type Streams } from './frame.ts';
import { scopeOf } from './scope.ts';
import type { Command, List } from './syntax.ts';

export async function runLoop(
  command: Extract<Command, { kind: 'while' | 'until' }>,
  frame: Frame,
  streams: Streams,
  runList: RunList,
): Promise<number> {
  const { signal } = frame.group.controller;
  while (((await runList(command.test, frame, streams)) === 0) === (command.kind === 'while')) {
    if (!(await runBody(command.body, frame, streams, runList))) break;
    // A loop of builtins alone must let other work and signals in.
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    if (signal.aborted) passSignal(frame);
  }
  return 0;
}

export async function runFor(
  command: Extract<Command, { kind: 'for' }>,
  frame: Frame,
  streams: Streams,
  runList: RunList,
): Promise<number> {
  const items = command.words
    ? await expandWords(command.words, scopeOf(frame, streams, runList))
    : frame.positional;
  frame.status = 0;
  for (const item of items) {
    frame.variables.set(command.name, item);
    if (!(await runBody(command.body, frame, streams, runList))) break;
  }
  return frame.status;
}

export async function runCase(
  command: Extract<Command, { kind: 'case' }>,
  frame: Frame,
  streams: Streams,
  runList: RunList,
): Promise<number> {
  const scope = scopeOf(frame, streams, runList);
  const subject = await expandText(command.subject, scope);
  for (const { patterns, body } of command.arms) {
    for (const pattern of patterns) {
      if (matchesPattern(await expandText(pattern, scope), subject)) {
        frame.status = 0;
        return runList(body, frame, streams);
      }
    }
  }
  return 0;
}

/** Runs a body of a loop; false when the loop is left. */
async function runBody(
  body: List,
  frame: Frame,
  streams: Streams,
  runList: RunList,
): Promise<boolean> {
  try {
    await runList(body, frame, streams);
    return true;
  } catch (error) {
    if (error instanceof LeaveLoop) return error.again;
    throw error;
  }
}
