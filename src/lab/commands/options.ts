/** Options of a command line after getopt(3C): letters, with a value where the specification has a colon. */
export type Options = {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
  /** The first letter that is no option, or whose value is missing. */
  readonly bad: string | null;
};

/** Reads options as getopt(3C): `getOptions(args, 'cpo:')`. Reading ends at the first operand or `--`. */
export function getOptions(args: readonly string[], specification: string): Options {
  const flags = new Set<string>();
  const values = new Map<string, string>();
  let bad: string | null = null;
  let index = 0;
  for (; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (arg === '--') {
      index += 1;
      break;
    }
    if (!arg.startsWith('-') || arg === '-') break;
    for (let at = 1; at < arg.length; at += 1) {
      const letter = arg[at] ?? '';
      const position = specification.indexOf(letter);
      if (position < 0 || letter === ':') {
        bad ??= letter;
        continue;
      }
      if (specification[position + 1] !== ':') {
        flags.add(letter);
        continue;
      }
      const rest = arg.slice(at + 1);
      if (rest === '') index += 1;
      const value = rest === '' ? args[index] : rest;
      if (value === undefined) bad ??= letter;
      else values.set(letter, value);
      break;
    }
  }
  return { flags, values, operands: args.slice(index), bad };
}
