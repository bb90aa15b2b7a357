/**
 * Feeds the parsers of all commands with answers that are wrong in random ways, for a bounded time. On a fault it prints
 * the smallest answer that shows it, and fails. The same seed gives the same answers.
 *
 *     npm run fuzz [-- --seconds 30] [--seed 1]
 */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import type { HostCommand } from '../src/domain/command.ts';
import { hostCommands } from '../src/registry.ts';
import { faultOf, lostLine } from '../test/support/parsers/checks.ts';
import { mutatedAnswer } from '../test/support/parsers/mutations.ts';
import { passedOverBy } from '../test/support/parsers/passed-over.ts';
import { commandSamples } from '../test/support/parsers/samples.ts';

const ROUND = 100;
const SEEDS = 2 ** 31;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * SEEDS)) },
  },
});
const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
if (!(seconds > 0) || !Number.isInteger(seed)) {
  console.error('fuzz: --seconds takes a number above 0, --seed a whole one');
  process.exit(2);
}
console.log(`seed ${seed}, ${hostCommands.length} commands, ${seconds} s`);

const samples = await commandSamples();
const ends = performance.now() + seconds * 1000;
let answers = 0;
for (let round = 0; performance.now() < ends; round += 1)
  for (const command of hostCommands) {
    if (performance.now() >= ends) break;
    fuzz(command, seedOf(round));
  }
console.log(`${answers} answers, nothing found`);

/** The first round has the seed itself, so that a printed one begins with what it has found. */
function seedOf(round: number): number {
  return Math.abs(seed + Math.imul(round, 0x9e3779b1)) % SEEDS;
}

/** A text without the lines that a fault does not need. */
function withoutNeedless(text: string, fails: (text: string) => boolean): string {
  let lines = text.split('\n');
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const fewer = lines.toSpliced(index, 1);
    if (fails(fewer.join('\n'))) lines = fewer;
  }
  return lines.join('\n');
}

/** What is wrong with how answers are read; of the first one the line at a place, or every one, must not be lost. */
function wrongWith(
  command: HostCommand,
  text: string,
  later: string,
  at?: number,
): string | undefined {
  const fault = faultOf(command, text, later);
  if (fault !== undefined) return fault;
  const line = lostLine(command.parse, text, passedOverBy(command), at);
  return line === undefined ? undefined : `loses the line ${JSON.stringify(line)}`;
}

/** One round for one command; ends the program when it finds something. */
function fuzz(command: HostCommand, roundSeed: number): void {
  const answer = mutatedAnswer(samples.get(command.id) ?? []);
  const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const property = fc.property(answer, answer, place, (text, later, at) => {
    answers += 1;
    return wrongWith(command, text, later, at) === undefined;
  });
  const found = fc.check(property, {
    seed: roundSeed,
    numRuns: ROUND,
    interruptAfterTimeLimit: Math.max(1, ends - performance.now()),
  });
  if (found.counterexample === null) return;
  const fails = (first: string, second: string) => wrongWith(command, first, second) !== undefined;
  const [firstFound, laterFound] = found.counterexample;
  const later = withoutNeedless(laterFound, (candidate) => fails(firstFound, candidate));
  const text = withoutNeedless(firstFound, (candidate) => fails(candidate, later));
  console.error(
    `${command.id} with seed ${roundSeed}: ${wrongWith(command, text, later) ?? 'fails'}`,
  );
  console.error(`the answer: ${JSON.stringify(text)}`);
  console.error(`the one after it: ${JSON.stringify(later)}`);
  process.exit(1);
}
