/** What may follow an option. `flag` takes nothing; `number` is checked against its range. */
export type OptionSpec = {
  /** With its dashes: `--config`. */
  readonly name: string;
  /** One letter with its dash: `-h`. */
  readonly short?: string;
  readonly help: string;
} & (
  | { readonly kind: 'flag' }
  | { readonly kind: 'text'; readonly placeholder: string; readonly values?: ValueSource }
  | {
      readonly kind: 'number';
      readonly placeholder: string;
      readonly min: number;
      readonly max: number;
      readonly whole: boolean;
    }
);

/** Lists of valid words that the caller of the parser knows. */
export type ValueSource = 'scenarios' | 'panes' | 'themes';

export type CommandSpec = {
  readonly name: CommandName;
  readonly summary: string;
  /** Sentences for `labtop help COMMAND`. */
  readonly about: readonly string[];
  /** Options beside the common ones. */
  readonly options: readonly OptionSpec[];
  /** The words that may follow the command, when it takes one. */
  readonly words?: readonly { readonly name: string; readonly summary: string }[];
};

export type CommandName =
  | 'console'
  | 'demo'
  | 'lab'
  | 'snapshot'
  | 'check'
  | 'doctor'
  | 'config'
  | 'themes'
  | 'help';

export const COMMON_OPTIONS: readonly OptionSpec[] = [
  {
    name: '--config',
    kind: 'text',
    placeholder: 'FILE',
    help: 'configuration file; labtop config prints the default',
  },
  { name: '--read-only', kind: 'flag', help: 'no action can be run' },
  {
    name: '--theme',
    kind: 'text',
    placeholder: 'NAME',
    values: 'themes',
    help: 'colours; see labtop themes',
  },
  { name: '--no-color', kind: 'flag', help: 'no colours; so does $NO_COLOR' },
  { name: '--ascii', kind: 'flag', help: 'only ASCII characters' },
  { name: '--log', kind: 'text', placeholder: 'FILE', help: 'write a log of the console itself' },
  { name: '--version', short: '-V', kind: 'flag', help: 'print the version' },
  { name: '--help', short: '-h', kind: 'flag', help: 'print this help' },
];

const LAB_OPTIONS: readonly OptionSpec[] = [
  {
    name: '--scenario',
    kind: 'text',
    placeholder: 'NAME',
    values: 'scenarios',
    help: 'script of faults; default: calm',
  },
  {
    name: '--scale',
    kind: 'number',
    placeholder: 'S',
    min: 1,
    max: 1000,
    whole: true,
    help: 'multiplies hosts, zones and pods; default: 1',
  },
  {
    name: '--seed',
    kind: 'number',
    placeholder: 'N',
    min: 0,
    max: 4_294_967_295,
    whole: true,
    help: 'seed of everything random',
  },
];
const JSON_OPTION: OptionSpec = { name: '--json', kind: 'flag', help: 'print JSON' };
const WAIT_OPTION: OptionSpec = {
  name: '--wait',
  kind: 'number',
  placeholder: 'SECONDS',
  min: 0,
  max: 3600,
  whole: false,
  help: 'the longest wait for answers',
};

/** Every command of the command line; `console` is what runs when none is named. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'console',
    summary: 'open the console; without a configuration, on the embedded lab',
    about: [
      'Opens the console. Without a configuration it runs on the embedded lab.',
      'When standard output is no terminal it does what snapshot does.',
    ],
    options: [],
  },
  {
    name: 'demo',
    summary: 'the console on the embedded lab',
    about: ['Opens the console on the embedded lab. Nothing but loopback is reached.'],
    options: LAB_OPTIONS,
  },
  {
    name: 'lab',
    summary: 'only the embedded lab, on loopback, until interrupted',
    about: ['Runs the embedded lab on loopback until interrupted, and prints how to reach it.'],
    options: [
      ...LAB_OPTIONS,
      {
        name: '--write-config',
        kind: 'text',
        placeholder: 'FILE',
        help: 'write a configuration for the lab',
      },
    ],
  },
  {
    name: 'snapshot',
    summary: 'collect once, print, exit',
    about: ['Collects once, prints what is known, and exits.'],
    options: [
      JSON_OPTION,
      WAIT_OPTION,
      {
        name: '--pane',
        kind: 'text',
        placeholder: 'NAME',
        values: 'panes',
        help: 'only this pane',
      },
    ],
  },
  {
    name: 'check',
    summary: 'monitoring plugin: exit 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN',
    about: [
      'Follows the convention of monitoring plugins: the first line is the summary,',
      'and the exit code is 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.',
    ],
    options: [JSON_OPTION, WAIT_OPTION],
  },
  {
    name: 'doctor',
    summary: 'what is not reached, granted, installed or understood, and what mends it',
    about: [
      'Tells of this machine, of each host and of each cluster what is missing: the connection,',
      'programs, rights with the lines that grant them, and what is not seen without them;',
      'and which lines of which answers were not understood.',
      'Exit code 0 when all is well, 1 when something is missing.',
    ],
    options: [
      JSON_OPTION,
      WAIT_OPTION,
      {
        name: '--cluster-role',
        kind: 'flag',
        help: 'print the read-only ClusterRole for kubectl apply, and nothing else',
      },
    ],
  },
  {
    name: 'config',
    summary: 'the configuration: its path, its errors, its JSON schema',
    about: ['Prints where the configuration is, what is wrong in it, or its JSON schema.'],
    options: [],
    words: [
      { name: 'path', summary: 'print where the configuration is (the default)' },
      { name: 'check', summary: 'print each error with line and column; exit 78 on errors' },
      { name: 'schema', summary: 'print the JSON schema' },
    ],
  },
  { name: 'themes', summary: 'the themes, drawn', about: ['Draws the themes.'], options: [] },
  {
    name: 'help',
    summary: 'help on a command',
    about: ['Prints help on labtop or on one of its commands.'],
    options: [],
  },
];

export const findCommand = (name: string): CommandSpec | undefined =>
  COMMANDS.find((command) => command.name === name);
