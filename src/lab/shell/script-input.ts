import { evaluate } from './builtins.ts';
import {
  ExitShell,
  KilledBySignal,
  passSignal,
  signalStatus,
  survivesAtPrompt,
  type Frame,
  type RunList,
  type Streams,
} from './frame.ts';
import { locate } from './locate.ts';
import { parseScript } from './parse-script.ts';
import { IncompleteScript, ScriptSyntaxError, type List } from './syntax.ts';

/** Reads and runs complete commands until the input ends. */
export async function runScriptInput(
  frame: Frame,
  streams: Streams,
  runList: RunList,
  prompt?: string,
): Promise<number> {
  const { group } = frame;
  let text = '';
  for (;;) {
    if (prompt !== undefined) streams.stdout.write(text === '' ? prompt : '> ');
    const { signal } = group.controller;
    const line = await streams.stdin.readLine(signal);
    if (line === null) {
      if (signal.aborted) {
        text = '';
        if (prompt === undefined || !survivesAtPrompt(frame)) passSignal(frame);
        continue;
      }
      return text === '' ? frame.status : evaluate(text, { frame, streams, runList, locate });
    }
    text += `${line}\n`;
    let list: List;
    try {
      list = parseScript(text);
    } catch (error) {
      if (error instanceof IncompleteScript) continue;
      if (!(error instanceof ScriptSyntaxError)) throw error;
      streams.stderr.write(`sh: ${error.message}\n`);
      if (prompt === undefined) throw new ExitShell(3);
      text = '';
      continue;
    }
    text = '';
    try {
      await runList(list, frame, streams);
    } catch (error) {
      const survives =
        prompt !== undefined && error instanceof KilledBySignal && survivesAtPrompt(frame);
      if (!survives) throw error;
      frame.status = signalStatus(group.lastSignal);
    }
  }
}
