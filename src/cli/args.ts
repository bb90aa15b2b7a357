import { nearest } from '../config/nearest.ts';
import type { Env } from '../config/paths.ts';
import {
  COMMANDS,
  COMMON_OPTIONS,
  type CommandName,
  type CommandSpec,
  type OptionSpec,
  findCommand,
} from './commands-help.ts';
import { type KnownValues, usageHelp } from './usage-help.ts';

/** Options of every command. */
export type CommonOptions = {
  /** null: the default path. */
  readonly config: string | null;
  readonly readOnly: boolean;
  /** null: the theme of the configuration. */
  readonly theme: string | null;
  readonly noColor: boolean;
  readonly ascii: boolean;
  readonly log: string | null;
};
export type LabOptions = {
  readonly scenario: string | null;
  readonly scale: number | null;
  readonly seed: number | null;
};

/** What is to be done. */
export type Invocation =
  | { readonly command: 'console'; readonly options: CommonOptions }
  | { readonly command: 'demo'; readonly options: CommonOptions & LabOptions }
  | {
      readonly command: 'lab';
      readonly options: CommonOptions & LabOptions & { readonly writeConfig: string | null };
    }
  | {
      readonly command: 'snapshot';
      readonly options: CommonOptions & {
        readonly json: boolean;
        readonly waitSeconds: number | null;
        readonly pane: string | null;
      };
    }
  | {
      readonly command: 'check';
      readonly options: CommonOptions & {
        readonly json: boolean;
        readonly waitSeconds: number | null;
      };
    }
  | {
      readonly command: 'doctor';
      readonly options: CommonOptions & {
        readonly clusterRole: boolean;
        readonly json: boolean;
        readonly waitSeconds: number | null;
      };
    }
  | {
      readonly command: 'config';
      readonly verb: 'path' | 'check' | 'schema';
      readonly options: CommonOptions;
    }
  | { readonly command: 'themes'; readonly options: CommonOptions };

/** What a command line means. */
export type ParsedArgs =
  | Invocation
  | { readonly command: 'help'; readonly topic: CommandName | null; readonly text: string }
  | { readonly command: 'version' }
  | { readonly error: string; readonly exitCode: 64 };

/** sysexits.h EX_USAGE. */
const EX_USAGE = 64;

class UsageError extends Error {}

type Values = ReadonlyMap<string, string | number | true>;
type Words = { readonly values: Values; readonly words: readonly string[] };

const OPTIONS: readonly OptionSpec[] = [
  ...new Map(
    [...COMMON_OPTIONS, ...COMMANDS.flatMap(({ options }) => options)].map((option) => [
      option.name,
      option,
    ]),
  ).values(),
];

const didYouMean = (word: string, candidates: readonly string[]): string => {
  const candidate = nearest(word, candidates);
  return candidate === undefined ? '' : `; did you mean ${candidate}?`;
};

/** Only what is safe to print back. */
const shown = (word: string): string => JSON.stringify(word).slice(1, -1);

function findOption(name: string): OptionSpec {
  const option = OPTIONS.find((each) => each.name === name || each.short === name);
  if (option !== undefined) return option;
  const names = OPTIONS.map((each) => each.name);
  throw new UsageError(`unknown option ${shown(name)}${didYouMean(name, names)}`);
}

function numberValue(option: OptionSpec & { kind: 'number' }, text: string): number {
  const { name, min, max, whole } = option;
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value) || (whole && !Number.isInteger(value)) || value < min || value > max) {
    const kind = whole ? 'whole number' : 'number';
    throw new UsageError(`${name} needs a ${kind} from ${min} to ${max}, found "${shown(text)}"`);
  }
  return value;
}

function textValue(
  option: OptionSpec & { kind: 'text' },
  text: string,
  known: KnownValues,
): string {
  const { name, placeholder, values } = option;
  if (text === '') throw new UsageError(`${name} needs a ${placeholder}, found an empty one`);
  const valid = values === undefined ? undefined : known[values];
  if (valid === undefined || valid.includes(text)) return text;
  const meant = didYouMean(text, valid) || ` (there are: ${valid.join(', ')})`;
  throw new UsageError(`${name}: unknown name "${shown(text)}"${meant}`);
}

/** Takes options with their values apart from the other words; everything behind `--` is a word. */
function readWords(argv: readonly string[], known: KnownValues): Words {
  const values = new Map<string, string | number | true>();
  const words: string[] = [];
  const rest = argv.values();
  for (const word of rest) {
    if (word === '--') return { values, words: [...words, ...rest] };
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    const equals = word.startsWith('--') ? word.indexOf('=') : -1;
    const option = findOption(equals === -1 ? word : word.slice(0, equals));
    if (option.kind === 'flag') {
      if (equals !== -1) throw new UsageError(`${option.name} takes no value`);
      values.set(option.name, true);
      continue;
    }
    const next = equals === -1 ? rest.next() : { done: false, value: word.slice(equals + 1) };
    // A value that looks like an option is most likely a forgotten one; `--log=-x` says it is meant.
    if (next.done || next.value === undefined || (equals === -1 && /^-./.test(next.value))) {
      throw new UsageError(`${option.name} needs a ${option.placeholder}`);
    }
    values.set(
      option.name,
      option.kind === 'number'
        ? numberValue(option, next.value)
        : textValue(option, next.value, known),
    );
  }
  return { values, words };
}

const namedCommands = COMMANDS.map(({ name }) => name).filter((name) => name !== 'console');

function commandOf(word: string | undefined): CommandSpec {
  const command = findCommand(word ?? 'console');
  if (command !== undefined && word !== 'console') return command;
  const meant =
    didYouMean(word ?? '', namedCommands) || ` (there are: ${namedCommands.join(', ')})`;
  throw new UsageError(`unknown command "${shown(word ?? '')}"${meant}`);
}

function refuseForeignOptions(command: CommandSpec, values: Values): void {
  const own = new Set([...COMMON_OPTIONS, ...command.options].map(({ name }) => name));
  for (const name of values.keys()) {
    if (own.has(name)) continue;
    const owners = COMMANDS.filter(({ options }) => options.some((each) => each.name === name));
    const names = owners.map((owner) => owner.name).join(', ');
    const here = command.name === 'console' ? 'labtop without a command' : command.name;
    throw new UsageError(`${name} is no option of ${here}; it belongs to: ${names}`);
  }
}

function refuseExtraWords(command: CommandSpec, words: readonly string[], allowed: number): void {
  const extra = words[allowed];
  if (extra === undefined) return;
  throw new UsageError(`${command.name}: unexpected argument "${shown(extra)}"`);
}

/** Typed reading of the values that were given. */
const reader = (values: Values) => ({
  flag: (name: string): boolean => values.has(name),
  text: (name: string): string | null => {
    const value = values.get(name);
    return typeof value === 'string' ? value : null;
  },
  number: (name: string): number | null => {
    const value = values.get(name);
    return typeof value === 'number' ? value : null;
  },
});

function verbOf(command: CommandSpec, word: string | undefined): 'path' | 'check' | 'schema' {
  switch (word) {
    case undefined:
    case 'path':
      return 'path';
    case 'check':
    case 'schema':
      return word;
    default: {
      const names = (command.words ?? []).map(({ name }) => name);
      const meant = didYouMean(word, names) || ` (there are: ${names.join(', ')})`;
      throw new UsageError(`config: unknown word "${shown(word)}"${meant}`);
    }
  }
}

function invocation(
  command: CommandSpec,
  { values, words }: Words,
  env: Env,
  known: KnownValues,
): ParsedArgs {
  const { flag, text, number } = reader(values);
  const common: CommonOptions = {
    config: text('--config'),
    readOnly: flag('--read-only'),
    theme: text('--theme'),
    // no-color.org: any value but the empty one.
    noColor: flag('--no-color') || Boolean(env['NO_COLOR']),
    ascii: flag('--ascii'),
    log: text('--log'),
  };
  const lab: LabOptions = {
    scenario: text('--scenario'),
    scale: number('--scale'),
    seed: number('--seed'),
  };
  const output = { json: flag('--json'), waitSeconds: number('--wait') };
  switch (command.name) {
    case 'console':
    case 'themes':
      return { command: command.name, options: common };
    case 'demo':
      return { command: 'demo', options: { ...common, ...lab } };
    case 'lab':
      return {
        command: 'lab',
        options: { ...common, ...lab, writeConfig: text('--write-config') },
      };
    case 'snapshot':
      return { command: 'snapshot', options: { ...common, ...output, pane: text('--pane') } };
    case 'check':
      return { command: command.name, options: { ...common, ...output } };
    case 'doctor':
      return {
        command: command.name,
        options: { ...common, ...output, clusterRole: flag('--cluster-role') },
      };
    case 'config':
      return { command: 'config', verb: verbOf(command, words[1]), options: common };
    case 'help':
      return help(words[1], known);
  }
}

function help(topicWord: string | undefined, known: KnownValues): ParsedArgs {
  const topic = topicWord === undefined ? null : commandOf(topicWord).name;
  return { command: 'help', topic, text: usageHelp(topic, known) };
}

function parse(argv: readonly string[], env: Env, known: KnownValues): ParsedArgs {
  const read = readWords(argv, known);
  const [word] = read.words;
  const command = commandOf(word);
  if (read.values.has('--help')) return help(word, known);
  if (read.values.has('--version')) return { command: 'version' };
  refuseForeignOptions(command, read.values);
  refuseExtraWords(command, read.words, command.words || command.name === 'help' ? 2 : 1);
  return invocation(command, read, env, known);
}

/**
 * Reads a command line (without node and script). Options may stand before or behind the command, as `--name value`
 * or `--name=value`; the last of several wins. `known` lists valid names where the caller has them.
 */
export function parseArgs(argv: readonly string[], env: Env, known: KnownValues = {}): ParsedArgs {
  try {
    return parse(argv, env, known);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const message = `${error.message}\nSee labtop --help.`;
    return { error: message, exitCode: EX_USAGE };
  }
}
