import { fail, type Program, type ProgramContext } from '../machine.ts';
import type { Input } from '../shell/streams.ts';

const bin = (name: string, run: Program['run']): Program => ({ name, directory: '/usr/bin', run });

async function copy(context: ProgramContext, input: Input): Promise<void> {
  for (;;) {
    const chunk = await input.read(context.signal);
    if (chunk === null) return;
    context.stdout.write(chunk);
  }
}

/** cat(1). */
export const cat = bin('cat', async (context) => {
  const paths = context.args.filter((arg) => !arg.startsWith('-') || arg === '-');
  let code = 0;
  for (const path of paths.length === 0 ? ['-'] : paths) {
    if (path === '-') {
      await copy(context, context.stdin);
      continue;
    }
    const text = context.machine.readFile(path);
    if (text === undefined)
      code = fail(context, `cannot open ${path}: No such file or directory`, 2);
    else context.stdout.write(text);
  }
  return code;
});

/** head(1): `-c N` bytes, `-n N` or `-N` lines; of standard input or files, each of several beneath its name. */
export const head = bin('head', async (context) => {
  let bytes: number | null = null;
  let lines = 10;
  const paths: string[] = [];
  for (let index = 0; index < context.args.length; index += 1) {
    const arg = context.args[index] ?? '';
    const [, letter, attached] = /^-([cn])(.*)$/.exec(arg) ?? [];
    if (letter !== undefined) {
      if (attached === '') index += 1;
      const count = Number(attached === '' ? context.args[index] : attached);
      if (!Number.isInteger(count) || count < 0) return fail(context, 'invalid number', 2);
      if (letter === 'c') bytes = count;
      else lines = count;
    } else if (/^-[0-9]+$/.test(arg)) lines = Number(arg.slice(1));
    else paths.push(arg);
  }
  if (paths.length === 0)
    return bytes === null ? headLines(context, lines) : headBytes(context, bytes);
  let code = 0;
  let isFirst = true;
  for (const path of paths) {
    const text = context.machine.readFile(path);
    if (text === undefined) {
      code = fail(context, `cannot open ${path}: No such file or directory`, 1);
      continue;
    }
    if (paths.length > 1) context.stdout.write(`${isFirst ? '' : '\n'}==> ${path} <==\n`);
    isFirst = false;
    context.stdout.write(
      bytes === null
        ? text
            .split(/(?<=\n)/)
            .slice(0, lines)
            .join('')
        : Buffer.from(text).subarray(0, bytes),
    );
  }
  return code;
});

async function headBytes(context: ProgramContext, count: number): Promise<number> {
  let left = count;
  while (left > 0) {
    const chunk = await context.stdin.read(context.signal);
    if (chunk === null) break;
    context.stdout.write(chunk.subarray(0, left));
    left -= Math.min(left, chunk.length);
  }
  return 0;
}

async function headLines(context: ProgramContext, count: number): Promise<number> {
  for (let line = 0; line < count; line += 1) {
    const text = await context.stdin.readLine(context.signal);
    if (text === null) break;
    context.stdout.write(`${text}\n`);
  }
  return 0;
}

/** tail(1): `-N` or `-n N` lines of a file. */
export const tail = bin('tail', (context) => {
  let lines = 10;
  const paths: string[] = [];
  for (const [index, arg] of context.args.entries()) {
    const count = /^-([0-9]+)$/.exec(arg)?.[1] ?? (arg === '-n' ? context.args[index + 1] : null);
    if (count !== null) lines = Number(count);
    else if (context.args[index - 1] !== '-n') paths.push(arg);
  }
  const [path = ''] = paths;
  const text = context.machine.readFile(path);
  if (text === undefined || !Number.isInteger(lines))
    return fail(context, `cannot open input ${path}: No such file or directory`, 1);
  context.stdout.write(
    text
      .split(/(?<=\n)/)
      .slice(-lines)
      .join(''),
  );
  return 0;
});
