import {
  COMMANDS,
  COMMON_OPTIONS,
  type CommandName,
  type CommandSpec,
  type OptionSpec,
  findCommand,
} from './commands-help.ts';

const WIDTH = 80;

/** Breaks text at blanks into lines of at most `width` characters; a longer word stands alone. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line === '') line = word;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

type Row = readonly [term: string, meaning: string];

/** Two aligned columns; the second is wrapped. */
function columns(rows: readonly Row[]): readonly string[] {
  const termWidth = Math.max(...rows.map(([term]) => term.length));
  const indent = 2 + termWidth + 2;
  return rows.flatMap(([term, meaning]) =>
    wrap(meaning, WIDTH - indent).map((line, index) =>
      `${(index === 0 ? `  ${term}` : '').padEnd(indent)}${line}`.trimEnd(),
    ),
  );
}

const optionTerm = (option: OptionSpec): string => {
  const value = option.kind === 'flag' ? '' : ` ${option.placeholder}`;
  return `${option.short === undefined ? '' : `${option.short}, `}${option.name}${value}`;
};

function section(title: string, rows: readonly Row[]): readonly string[] {
  return rows.length === 0 ? [] : ['', `${title}:`, ...columns(rows)];
}

/** Words that may stand behind an option, beneath the table of options. */
function valueLines(options: readonly OptionSpec[], known: KnownValues): readonly string[] {
  return options.flatMap((option) => {
    const values = option.kind === 'text' && option.values ? known[option.values] : undefined;
    if (values === undefined || values.length === 0) return [];
    const placeholder = option.kind === 'text' ? option.placeholder : '';
    const lines = wrap(values.join(', '), WIDTH - 2).map((line) => `  ${line}`);
    return ['', `${placeholder} of ${option.name}:`, ...lines];
  });
}

/** Valid words for option values, for help and for messages. */
export type KnownValues = {
  readonly scenarios?: readonly string[];
  readonly panes?: readonly string[];
  readonly themes?: readonly string[];
};

function globalHelp(): readonly string[] {
  return [
    'Usage: labtop [COMMAND] [OPTION...]',
    '',
    'A terminal console for OmniOS hosts, their zones, VMs and VLANs,',
    'and the Kubernetes cluster that runs in them.',
    ...section(
      'Commands',
      COMMANDS.map(({ name, summary }) => [name === 'console' ? '(none)' : name, summary]),
    ),
    ...section(
      'Options',
      COMMON_OPTIONS.map((option) => [optionTerm(option), option.help]),
    ),
    '',
    'labtop help COMMAND prints the options of a command.',
  ];
}

function synopsis({ name, options, words }: CommandSpec): string {
  const command = name === 'console' ? '' : ` ${name}`;
  const word = words === undefined ? '' : ` [${words.map(({ name: w }) => w).join('|')}]`;
  const topic = name === 'help' ? ' [COMMAND]' : '';
  const own = options.map((option) =>
    option.kind === 'flag' ? ` [${option.name}]` : ` [${option.name} ${option.placeholder}]`,
  );
  const parts = `Usage: labtop${command}${word}${topic}${own.join('')} [OPTION...]`;
  // A placeholder stays on the line of its option.
  return parts.replaceAll(/(--[a-z-]+) ([A-Z]+\])/g, '$1\u00A0$2');
}

function commandHelp(command: CommandSpec, known: KnownValues): readonly string[] {
  const usage = wrap(synopsis(command), WIDTH - 8).map((line, index) =>
    `${index === 0 ? '' : '        '}${line}`.replaceAll('\u00A0', ' '),
  );
  return [
    ...usage,
    '',
    ...command.about.flatMap((sentence) => wrap(sentence, WIDTH)),
    ...section(
      'Words',
      (command.words ?? []).map(({ name, summary }) => [name, summary]),
    ),
    ...section(
      'Options',
      command.options.map((option) => [optionTerm(option), option.help]),
    ),
    ...section(
      'Common options',
      COMMON_OPTIONS.map((option) => [optionTerm(option), option.help]),
    ),
    ...valueLines(command.options, known),
  ];
}

/** The text of `--help`: of the program, or of one command. At most 80 columns wide. */
export function usageHelp(topic: CommandName | null, known: KnownValues = {}): string {
  const command = topic === null ? undefined : findCommand(topic);
  const lines = command === undefined ? globalHelp() : commandHelp(command, known);
  return lines.join('\n');
}
