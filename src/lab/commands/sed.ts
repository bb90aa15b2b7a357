import { fail, type Program, type ProgramContext } from '../machine.ts';

/**
 * sed(1) of standard input, as far as it selects lines: `-n`, `-e`; the functions `d`, `n`, `p`, `s` and groups of them;
 * none, one or two addresses, each a basic regular expression.
 */
export const sed: Program = { name: 'sed', directory: '/usr/bin', run };

type Step =
  | { readonly kind: 'd' | 'n' | 'p' }
  | { readonly kind: 's'; readonly pattern: RegExp; readonly by: string; readonly prints: boolean };
type Command = {
  readonly from: RegExp | null;
  readonly to: RegExp | null;
  readonly steps: readonly Step[];
  isInside: boolean;
};

async function run(context: ProgramContext): Promise<number> {
  const scripts: string[] = [];
  let isQuiet = false;
  for (let index = 0; index < context.args.length; index += 1) {
    const arg = context.args[index] ?? '';
    if (arg === '-n') isQuiet = true;
    else if (arg === '-e') {
      index += 1;
      scripts.push(context.args[index] ?? '');
    } else scripts.push(arg);
  }
  const commands = scripts.map(parse);
  const bad = commands.indexOf(undefined);
  if (bad !== -1) return fail(context, `1: "${scripts[bad] ?? ''}": invalid command code`);
  const next = () => context.stdin.readLine(context.signal);
  for (let line = await next(); line !== null; line = await next()) {
    const out: string[] = [];
    const kept = await edit(line, commands as readonly Command[], { out, next });
    if (kept !== null && !isQuiet) out.push(kept);
    for (const text of out) context.stdout.write(`${text}\n`);
  }
  return 0;
}

type Editing = { readonly out: string[]; readonly next: () => Promise<string | null> };

/** The pattern space at the end of the script; null when it was deleted, or there was no next line. */
async function edit(
  first: string,
  commands: readonly Command[],
  { out, next }: Editing,
): Promise<string | null> {
  let line = first;
  for (const command of commands) {
    if (!selects(command, line)) continue;
    for (const step of command.steps) {
      if (step.kind === 'd') return null;
      if (step.kind === 'p') out.push(line);
      else if (step.kind === 'n') {
        const following = await next();
        if (following === null) return null;
        line = following;
      } else if (step.kind === 's' && step.pattern.test(line)) {
        line = line.replace(step.pattern, step.by);
        if (step.prints) out.push(line);
      }
    }
  }
  return line;
}

function selects(command: Command, line: string): boolean {
  const { from, to } = command;
  if (to === null) return from?.test(line) ?? true;
  if (command.isInside) {
    // The second address is looked for from the line behind the first one on.
    if (to.test(line)) command.isInside = false;
    return true;
  }
  command.isInside = from?.test(line) ?? false;
  return command.isInside;
}

function parse(script: string): Command | undefined {
  const match = /^(?:\/((?:\\.|[^/\\])*)\/)?(?:,\/((?:\\.|[^/\\])*)\/)?(.*)$/.exec(script);
  if (!match) return undefined;
  const [, from, to, rest = ''] = match;
  const body = /^\{(.*)\}$/.exec(rest)?.[1];
  const steps = body === undefined ? [stepOf(rest)] : body.split(';').filter(Boolean).map(stepOf);
  if (steps.includes(undefined)) return undefined;
  return {
    from: from === undefined ? null : basic(from),
    to: to === undefined ? null : basic(to),
    steps: steps as readonly Step[],
    isInside: false,
  };
}

function stepOf(text: string): Step | undefined {
  if (text === 'd' || text === 'n' || text === 'p') return { kind: text };
  const [, pattern, by, flag] = /^s\/((?:\\.|[^/\\])*)\/((?:\\.|[^/\\])*)\/(p?)$/.exec(text) ?? [];
  return pattern === undefined || by === undefined
    ? undefined
    : {
        kind: 's',
        pattern: basic(pattern),
        by: by.replaceAll('$', '$$$$').replaceAll(/\\([1-9])/g, '$$$1'),
        prints: flag === 'p',
      };
}

/** A basic regular expression as an extended one: what is special in one of them with a backslash is so in the other without. */
const basic = (text: string): RegExp =>
  new RegExp(
    text.replaceAll(/\[\^?\]?[^\]]*\]|\\.|[(){}+?|]/g, (part) =>
      part.startsWith('[')
        ? part
        : /^\\[(){}]$/.test(part)
          ? part.slice(1)
          : part.startsWith('\\')
            ? part
            : `\\${part}`,
    ),
  );
