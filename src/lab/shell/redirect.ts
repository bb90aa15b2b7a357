import { expandText, type Scope } from './expand.ts';
import type { Frame, Streams } from './frame.ts';
import { createInput, emptyInput, nowhere } from './streams.ts';
import type { Redirect } from './syntax.ts';

/** Applies redirections in their order; null when one fails, with a message. */
export async function redirect(
  redirects: readonly Redirect[],
  frame: Frame,
  streams: Streams,
  scope: Scope,
): Promise<Streams | null> {
  if (redirects.length === 0) return streams;
  const result: Streams = { ...streams };
  for (const { descriptor, operator, target } of redirects) {
    const path = await expandText(target, scope);
    if (operator === '<') {
      const text = path === '/dev/null' ? '' : frame.group.machine.readFile(path);
      if (text === undefined) {
        streams.stderr.write(`sh: ${path}: cannot open [No such file or directory]\n`);
        return null;
      }
      result.stdin = path === '/dev/null' ? emptyInput : inputOf(text);
      continue;
    }
    if (operator === '<&') continue;
    const output =
      operator === '>&'
        ? { '1': result.stdout, '2': result.stderr, '-': nowhere }[path]
        : path === '/dev/null'
          ? nowhere
          : undefined;
    if (!output) {
      streams.stderr.write(
        operator === '>&'
          ? `sh: ${path}: bad file unit number\n`
          : `sh: ${path}: cannot create [Permission denied]\n`,
      );
      return null;
    }
    if (descriptor === 1) result.stdout = output;
    if (descriptor === 2) result.stderr = output;
  }
  return result;
}

function inputOf(text: string) {
  const input = createInput();
  input.push(text);
  input.end();
  return input;
}
