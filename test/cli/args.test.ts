import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ParsedArgs, parseArgs } from '../../src/cli/args.ts';
import { COMMANDS } from '../../src/cli/commands-help.ts';

const known = {
  scenarios: ['calm', 'host-down', 'etcd-member'],
  panes: ['hosts', 'zones'],
  themes: ['midnight', 'ember'],
};
const parse = (line: string, env: Readonly<Record<string, string>> = {}): ParsedArgs =>
  parseArgs(line === '' ? [] : line.split(' '), env, known);

const common = {
  config: null,
  readOnly: false,
  theme: null,
  noColor: false,
  ascii: false,
  log: null,
};
const lab = { scenario: null, scale: null, seed: null };

test.each<[string, ParsedArgs]>([
  ['', { command: 'console', options: common }],
  [
    '--read-only --ascii',
    { command: 'console', options: { ...common, readOnly: true, ascii: true } },
  ],
  [
    '--config c.yaml --theme=ember --no-color --log /tmp/l',
    {
      command: 'console',
      options: { ...common, config: 'c.yaml', theme: 'ember', noColor: true, log: '/tmp/l' },
    },
  ],
  ['demo', { command: 'demo', options: { ...common, ...lab } }],
  [
    'demo --scenario host-down --scale 50 --seed=7',
    { command: 'demo', options: { ...common, scenario: 'host-down', scale: 50, seed: 7 } },
  ],
  [
    '--seed 1 --read-only demo --seed 2',
    { command: 'demo', options: { ...common, ...lab, readOnly: true, seed: 2 } },
  ],
  [
    'lab --write-config out.yaml',
    { command: 'lab', options: { ...common, ...lab, writeConfig: 'out.yaml' } },
  ],
  [
    'snapshot --json --wait 2.5 --pane zones',
    {
      command: 'snapshot',
      options: { ...common, json: true, waitSeconds: 2.5, pane: 'zones' },
    },
  ],
  ['check --wait 0', { command: 'check', options: { ...common, json: false, waitSeconds: 0 } }],
  ['config', { command: 'config', verb: 'path', options: common }],
  [
    'doctor --json',
    {
      command: 'doctor',
      options: { ...common, json: true, waitSeconds: null, clusterRole: false },
    },
  ],
  [
    'doctor --cluster-role',
    {
      command: 'doctor',
      options: { ...common, json: false, waitSeconds: null, clusterRole: true },
    },
  ],
  ['config check', { command: 'config', verb: 'check', options: common }],
  [
    'config schema --ascii',
    { command: 'config', verb: 'schema', options: { ...common, ascii: true } },
  ],
  ['themes', { command: 'themes', options: common }],
  ['--log=-x --', { command: 'console', options: { ...common, log: '-x' } }],
  ['--version', { command: 'version' }],
  ['demo -V', { command: 'version' }],
])('reads %j', (line, expected) => {
  expect(parse(line)).toEqual(expected);
});

test.each([
  ['1', true],
  ['', false],
])('takes NO_COLOR=%j as said by no-color.org', (value, noColor) => {
  expect(parse('', { NO_COLOR: value })).toMatchObject({ options: { noColor } });
});

test.each([
  ['snapshto', 'unknown command "snapshto"; did you mean snapshot?'],
  [
    'xyzzy',
    'unknown command "xyzzy" (there are: demo, lab, snapshot, check, doctor, config, themes, help)',
  ],
  ['console', 'unknown command "console"'],
  ['--them ember', 'unknown option --them; did you mean --theme?'],
  ['demo --sclae 2', 'unknown option --sclae; did you mean --scale?'],
  ['-x', 'unknown option -x'],
  ['--unlikely=1', 'unknown option --unlikely'],
  ['demo --json', '--json is no option of demo; it belongs to: snapshot, check, doctor'],
  [
    '--json',
    '--json is no option of labtop without a command; it belongs to: snapshot, check, doctor',
  ],
  ['--config', '--config needs a FILE'],
  ['--config --ascii', '--config needs a FILE'],
  ['--config=', '--config needs a FILE, found an empty one'],
  ['--ascii=yes', '--ascii takes no value'],
  ['demo --scale zero', '--scale needs a whole number from 1 to 1000, found "zero"'],
  ['demo --scale 0', '--scale needs a whole number from 1 to 1000, found "0"'],
  ['demo --scale 1.5', '--scale needs a whole number from 1 to 1000, found "1.5"'],
  ['demo --seed 0x10', '--seed needs a whole number from 0 to 4294967295, found "0x10"'],
  ['check --wait 1e9', '--wait needs a number from 0 to 3600, found "1e9"'],
  ['demo --scenario host-donw', '--scenario: unknown name "host-donw"; did you mean host-down?'],
  ['snapshot --pane x', '--pane: unknown name "x" (there are: hosts, zones)'],
  ['--theme embre', '--theme: unknown name "embre"; did you mean ember?'],
  ['config chek', 'config: unknown word "chek"; did you mean check?'],
  ['config x', 'config: unknown word "x" (there are: path, check, schema)'],
  ['config check more', 'config: unexpected argument "more"'],
  ['demo calm', 'demo: unexpected argument "calm"'],
  ['help dmeo', 'unknown command "dmeo"; did you mean demo?'],
  ['-- demo --ascii', 'demo: unexpected argument "--ascii"'],
  ['\u001B[2J', 'unknown command "\\u001b[2J"'],
])('refuses %j', (line, message) => {
  const result = parse(line);
  expect(result).toMatchObject({ exitCode: 64 });
  expect('error' in result && result.error.startsWith(message)).toBe(true);
});

test('takes any name where the caller knows no list', () => {
  expect(parseArgs(['demo', '--scenario', 'x'], {})).toMatchObject({ options: { scenario: 'x' } });
});

test.each([
  ['--help', null],
  ['-h', null],
  ['help', null],
  ['demo --help', 'demo'],
  ['--help demo', 'demo'],
  ['help config', 'config'],
  ['snapshot --bench --help', undefined],
])('gives help for %j on %j', (line, topic) => {
  const result = parse(line);
  expect('topic' in result ? result.topic : undefined).toBe(topic);
});

const helpOf = (line: string): string => {
  const result = parse(line);
  return 'text' in result ? result.text : '';
};

test('lists every command and common option in the global help', () => {
  const text = helpOf('--help');
  const listed = [...text.matchAll(/^ {2}([a-z]+|\(none\)) +\S/gm)].map(([, name]) => name);
  expect(listed).toEqual(COMMANDS.map(({ name }) => (name === 'console' ? '(none)' : name)));
  expect(text).toContain('--read-only');
});

test.each(['', ...COMMANDS.map(({ name }) => name)])(
  'keeps the help of %j within 80 columns and its columns aligned',
  (name) => {
    const text = name === 'console' ? helpOf('--help') : helpOf(`${name} --help`.trim());
    expect(text).not.toBe('');
    for (const line of text.split('\n')) {
      expect(line.length).toBeLessThanOrEqual(80);
      expect(line).toBe(line.trimEnd());
    }
  },
);

test('shows the options of a command with the names that they take', () => {
  expect(helpOf('help lab')).toBe(
    `Usage: labtop lab [--scenario NAME] [--scale S] [--seed N]
        [--write-config FILE] [OPTION...]

Runs the embedded lab on loopback until interrupted, and prints how to reach it.

Options:
  --scenario NAME      script of faults; default: calm
  --scale S            multiplies hosts, zones and pods; default: 1
  --seed N             seed of everything random
  --write-config FILE  write a configuration for the lab

Common options:
  --config FILE  configuration file; labtop config prints the default
  --read-only    no action can be run
  --theme NAME   colours; see labtop themes
  --no-color     no colours; so does $NO_COLOR
  --ascii        only ASCII characters
  --log FILE     write a log of the console itself
  -V, --version  print the version
  -h, --help     print this help

NAME of --scenario:
  calm, host-down, etcd-member`,
  );
});

test('answers any command line without throwing', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('demo', 'config', '--scale', '--config', '--json', '--', '-', '--=', '-h', '3'),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
      const result = parseArgs(argv, {}, known);
      expect('command' in result || result.exitCode === 64).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
