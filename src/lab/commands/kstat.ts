import { fail, type Program, type ProgramContext } from '../machine.ts';
import type { Kstat, KstatValue } from '../model/kstat.ts';
import { listKstats } from '../model/kstats.ts';
import { patternExpression } from '../shell/expand.ts';
import { getOptions } from './options.ts';

/** kstat(8): `-p`, `-l` or the form for people; `-m -i -n -s -c` or operands; `-T u|d`; interval and count. */
export const kstat: Program = { name: 'kstat', directory: '/usr/bin', run };

type Matcher = (text: string) => boolean;
type Selector = {
  readonly module: Matcher;
  readonly instance: Matcher;
  readonly name: Matcher;
  readonly statistic: Matcher;
};

const MATCHED = 0;
const NOTHING_MATCHED = 1;
const USAGE = 2;

async function run(context: ProgramContext): Promise<number> {
  const { flags, values, operands, bad } = getOptions(context.args, 'Cqjlpm:i:n:s:c:T:');
  if (bad !== null) return usage(context);
  const words = [...operands];
  const numbers: number[] = [];
  // A trailing bare number is the interval, a second one the count.
  while (numbers.length < 2 && /^[0-9]+$/.test(words.at(-1) ?? '')) {
    numbers.unshift(Number(words.pop()));
  }
  const [interval, count = interval === undefined ? 1 : Number.POSITIVE_INFINITY] = numbers;
  if (interval === 0 || count === 0)
    return fail(context, 'interval and count must be positive', USAGE);
  const selectors = selectorsOf(words, values);
  if (!selectors) return usage(context);
  const classMatcher = matcherOf(values.get('c') ?? '');
  const print = flags.has('p') || flags.has('l') ? parsableLines : humanLines;
  let matched = false;
  for (let frame = 1; frame <= count; frame += 1) {
    const host = context.machine.host();
    const now = context.machine.clock.now();
    const all = sortKstats(listKstats(host, now).filter((one) => classMatcher(one.class)));
    const uptime = (now - host.bootedAt) / 1000;
    const separator = flags.has('C') ? ':' : '\t';
    let text = stampOf(values.get('T'), now);
    for (const selector of selectors) {
      for (const one of all) {
        const statistics = select(one, selector, uptime);
        if (statistics.length === 0) continue;
        matched = true;
        if (!flags.has('q')) text += print(one, statistics, separator, flags.has('l'));
      }
    }
    context.stdout.write(text);
    if (frame === count || interval === undefined) break;
    await context.sleep(interval * 1000);
    if (context.signal.aborted) break;
    context.stdout.write('\n');
  }
  return matched ? MATCHED : NOTHING_MATCHED;
}

function usage(context: ProgramContext): number {
  context.stderr.write(
    'Usage:\nkstat [ -Cjlpq ] [ -T d|u ] [ -c class ]\n      [ -m module ] [ -i instance ] [ -n name ] [ -s statistic ]\n      [ interval [ count ] ]\nkstat [ -Cjlpq ] [ -T d|u ] [ -c class ]\n      [ module[:instance[:name[:statistic]]] ... ]\n      [ interval [ count ] ]\n',
  );
  return USAGE;
}

function stampOf(format: string | undefined, now: number): string {
  if (format === 'u') return `${Math.floor(now / 1000)}\n`;
  if (format === 'd') return `${new Date(now).toUTCString()}\n`;
  return '';
}

function selectorsOf(
  operands: readonly string[],
  values: ReadonlyMap<string, string>,
): readonly Selector[] | null {
  const selectorOf = (parts: readonly (string | undefined)[]): Selector => ({
    module: matcherOf(parts[0] ?? ''),
    instance: matcherOf(parts[1] ?? ''),
    name: matcherOf(parts[2] ?? ''),
    statistic: matcherOf(parts[3] ?? ''),
  });
  const options = ['m', 'i', 'n', 's'].map((letter) => values.get(letter));
  if (operands.length === 0) return [selectorOf(options)];
  if (options.some((value) => value !== undefined)) return null;
  return operands.map((operand) => selectorOf(operand.split(':')));
}

/** An empty pattern and `*` match all; `/x/` is a regular expression, anything else a shell pattern. */
function matcherOf(pattern: string): Matcher {
  if (pattern === '' || pattern === '*') return () => true;
  if (pattern.length > 1 && pattern.startsWith('/') && pattern.endsWith('/')) {
    const expression = regularExpression(pattern.slice(1, -1));
    return (text) => expression.test(text);
  }
  const expression = patternExpression(pattern);
  return (text) => expression.test(text);
}

/** An expression that cannot be compiled matches nothing. */
function regularExpression(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch {
    return /^\b$/;
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** By module regardless of case, instance, name. */
const sortKstats = (kstats: readonly Kstat[]): readonly Kstat[] =>
  kstats.toSorted(
    (a, b) =>
      compare(a.module.toLowerCase(), b.module.toLowerCase()) ||
      a.instance - b.instance ||
      compare(a.name, b.name),
  );

type Statistic = readonly [name: string, value: KstatValue];

function select(one: Kstat, selector: Selector, uptimeSeconds: number): readonly Statistic[] {
  const isMatch =
    selector.module(one.module) &&
    selector.instance(String(one.instance)) &&
    selector.name(one.name);
  if (!isMatch) return [];
  const statistics: readonly Statistic[] = [
    ...Object.entries(one.read()),
    ['class', one.class],
    ['crtime', one.crtime.toFixed(9)],
    ['snaptime', uptimeSeconds.toFixed(9)],
  ];
  return statistics
    .filter(([name]) => selector.statistic(name))
    .toSorted(([a], [b]) => compare(a, b));
}

const parsableLines = (
  one: Kstat,
  statistics: readonly Statistic[],
  separator: string,
  namesOnly: boolean,
): string =>
  statistics
    .map(([name, value]) => {
      const key = `${one.module}:${one.instance}:${one.name}:${name}`;
      return namesOnly ? `${key}\n` : `${key}${separator}${value}\n`;
    })
    .join('');

function humanLines(one: Kstat, statistics: readonly Statistic[]): string {
  const rows = statistics
    .filter(([name]) => name !== 'class')
    .map(([name, value]) => `\t${name.padEnd(30)}  ${value}\n`);
  return (
    `module: ${one.module.padEnd(30)}  instance: ${one.instance}\n` +
    `name:   ${one.name.padEnd(30)}  class:    ${one.class}\n` +
    `${rows.join('')}\n`
  );
}
