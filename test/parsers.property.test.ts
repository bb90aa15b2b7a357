import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HostCommand } from '../src/domain/command.ts';
import type { Complaint } from '../src/domain/parsed.ts';
import { hostCommands } from '../src/registry.ts';
import { faultOf, lostLine } from './support/parsers/checks.ts';
import { mutatedAnswer, slowAnswers } from './support/parsers/mutations.ts';
import type { Filler } from './support/parsers/mutations.ts';
import { passedOverBy } from './support/parsers/passed-over.ts';
import { commandSamples } from './support/parsers/samples.ts';

const samples = await commandSamples();
const samplesOf = ({ id }: HostCommand): readonly string[] => samples.get(id) ?? [];
const commands = hostCommands.map((command) => ({ id: command.id, command }));

test.for(commands)('$id has answers to begin with', ({ command }) => {
  expect(samplesOf(command).length).toBeGreaterThan(0);
});

test.for(commands)(
  '$id makes rows and complaints of any answer, and of the one after it',
  { timeout: 180_000 },
  ({ command }) => {
    const answer = mutatedAnswer(samplesOf(command));
    fc.assert(
      fc.property(answer, answer, (text, later) => {
        expect(faultOf(command, text, later)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  },
);

test.for(commands)(
  '$id loses no line of any answer: each is of a value, or named by a complaint',
  { timeout: 180_000 },
  ({ command }) => {
    const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(mutatedAnswer(samplesOf(command)), place, (text, at) => {
        expect(lostLine(command.parse, text, passedOverBy(command), at)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  },
);

/** Commands whose answers have the same form: what one reads the other may. */
const SAME_FORM: readonly ReadonlySet<string>[] = [
  new Set(['svcs', 'svcs-zones']),
  // A folder.
  new Set(['zone-files', 'dumpadm']),
  new Set(['host-kstats', 'disk-errors', 'vmm-kstats']),
  // libofmt: so many fields.
  new Set(hostCommands.map(({ id }) => id).filter((id) => /^(?:dladm|ipadm)-/.test(id))),
];
/** Free text: every line is one of it. */
const FREE: ReadonlySet<string> = new Set(['messages']);

test.for(commands.filter(({ id }) => !FREE.has(id)))(
  '$id makes no value of what other programs print',
  ({ id, command }) => {
    const nothing = command.parse('').value;
    for (const [other, texts] of samples) {
      if (other === id || SAME_FORM.some((ids) => ids.has(id) && ids.has(other))) continue;
      // Marks name what is behind them, whoever prints it.
      for (const text of texts.map((each) => each.replaceAll(/^=== labtop: .*$/gm, '')))
        expect(command.parse(text).value, `of ${other}: ${text.slice(0, 200)}`).toEqual(nothing);
    }
  },
);

/** A text of so many characters and one that is longer by that factor. */
const LENGTH = 64 * 1024;
const FACTOR = 16;
/** Twice the characters in twice the time give the factor; in four times the time, its square. */
const MOST = FACTOR * 6;
/** Less than that is lost in the noise of any clock. */
const LEAST_MS = 2;

/** The least CPU time of several runs, in milliseconds: what else the machine does is not counted. */
function cpuMs(run: () => void, runs: number): number {
  let least = Infinity;
  for (let index = 0; index < runs; index += 1) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return Math.max(LEAST_MS, least);
}

function growth({ parse }: HostCommand, fill: Filler): number {
  const long = fill(LENGTH * FACTOR);
  const firstMs = cpuMs(() => parse(long), 1);
  // What once was fast enough need not be measured again, nor against a time that is no shorter than that.
  if (firstMs / LEAST_MS <= MOST) return firstMs / LEAST_MS;
  const short = fill(LENGTH);
  const base = cpuMs(() => parse(short), 3);
  const first = firstMs / base;
  return first <= MOST ? first : Math.min(first, cpuMs(() => parse(long), 2) / base);
}

test.for(commands)(
  '$id takes a time that grows with the answer, not with its square, also for one line of a megabyte',
  { timeout: 600_000 },
  ({ command }) => {
    for (const [what, fill] of slowAnswers(samplesOf(command)))
      expect(growth(command, fill), what).toBeLessThan(MOST);
  },
);

test.for<[string, unknown, readonly Complaint[], RegExp]>([
  ['nothing wrong', { size: 3n, name: null }, [{ line: 2, text: 'b', reason: 'odd' }], /^nothing$/],
  ['a number that is none', [{ size: Number.NaN }], [], /^value\.0\.size is NaN/],
  ['a number without end', new Map([['a', Infinity]]), [], /^value\.a is Infinity/],
  ['a part that is missing', { size: undefined }, [], /^value\.size is undefined/],
  ['a line that is not there', [], [{ line: 3, text: '', reason: 'odd' }], /line 3 of 2/],
  ['another line', [], [{ line: 1, text: 'b2', reason: 'odd' }], /names another line/],
  ['no reason', [], [{ line: 1, text: 'a', reason: ' ' }], /without a reason/],
])('the check tells %s', ([, value, complaints, expected]) => {
  const command = hostCommands.find(({ fold }) => fold === undefined);
  if (!command) throw new Error('there is no command without a fold');
  const told = faultOf({ ...command, parse: () => ({ value, complaints }) as never }, 'a\nb', '');
  expect(told ?? 'nothing').toMatch(expected);
});

test('the check tells of a parser and of a fold that throw', () => {
  const [command] = hostCommands;
  if (!command) throw new Error('there is no command');
  const fail = (): never => {
    throw new Error('broken');
  };
  expect(faultOf({ ...command, parse: fail }, '', '')).toMatch(/^parse throws Error: broken/);
  expect(faultOf({ ...command, fold: fail }, '', '')).toMatch(/^fold throws Error: broken/);
});
