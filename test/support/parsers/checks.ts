import { isDeepStrictEqual } from 'node:util';
import type { HostCommand } from '../../../src/domain/command.ts';
import type { Parsed } from '../../../src/domain/parsed.ts';
import { splitAllLines } from '../../../src/parse/lines.ts';

/** In place of a line that may hold a secret. */
const WITHHELD = '(not repeated: it may hold a secret)';
/** At most that much of a line is kept in a complaint, and a mark where it was cut. */
const COMPLAINT_LIMIT = 201;
const TIMES = { previous: 1_700_000_000_000, next: 1_700_000_005_000 };

/** What is wrong with how a command reads an answer, and the one after it; undefined when nothing is. */
export function faultOf(command: HostCommand, text: string, later: string): string | undefined {
  const first = attempt(() => command.parse(text));
  if ('threw' in first) return `parse throws ${first.threw}`;
  const fault = faultOfParsed(first.made, text);
  if (fault !== undefined || command.fold === undefined) return fault;
  const second = attempt(() => command.parse(later));
  if ('threw' in second) return `parse throws ${second.threw}`;
  const { fold } = command;
  const folded = attempt(() => fold(first.made.value, second.made.value, TIMES));
  if ('threw' in folded) return `fold throws ${folded.threw}`;
  const odd = oddPart(folded.made, 'value');
  return odd === undefined ? undefined : `fold gives ${odd}`;
}

function attempt<T>(make: () => T): { readonly made: T } | { readonly threw: string } {
  try {
    return { made: make() };
  } catch (cause) {
    return { threw: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) };
  }
}

function faultOfParsed({ value, complaints }: Parsed<unknown>, text: string): string | undefined {
  const odd = oddPart(value, 'value');
  if (odd !== undefined) return odd;
  const lines = splitAllLines(text);
  for (const complaint of complaints) {
    const { line, reason } = complaint;
    const told = JSON.stringify(complaint);
    if (reason.trim() === '') return `a complaint without a reason: ${told}`;
    if (complaint.text.length > COMPLAINT_LIMIT) return `a complaint that is too long: ${told}`;
    if (!Number.isInteger(line) || line < 0 || line > lines.length)
      return `a complaint about line ${line} of ${lines.length}: ${told}`;
    // Line 0 is the answer as a whole.
    if (line === 0 || complaint.text === WITHHELD) continue;
    const named = withBlanks(complaint.text.replace(/…$/, '')).trim();
    // A row that was broken over two lines is named by its first.
    const broken = lines.slice(line - 1, line + 1);
    if (![...broken, broken.join(' ')].some((each) => withBlanks(each).includes(named)))
      return `a complaint that names another line than ${JSON.stringify(broken[0])}: ${told}`;
  }
  return undefined;
}

const withBlanks = (text: string): string => text.replaceAll('\t', ' ');

/** The last bound of a histogram, `le="+Inf"`, is infinite. */
const BOUND = /Seconds\.[0-9]+\.0$/;

/** The first part of a value that is no datum: NaN, infinite, undefined, a function. */
function oddPart(value: unknown, path: string): string | undefined {
  if (value === Infinity && BOUND.test(path)) return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} is ${value}`;
  if (['undefined', 'function', 'symbol'].includes(typeof value))
    return `${path} is ${typeof value}`;
  if (typeof value !== 'object' || value === null) return undefined;
  const parts: Iterable<readonly [unknown, unknown]> =
    value instanceof Map || Array.isArray(value)
      ? value.entries()
      : value instanceof Set
        ? [...value].entries()
        : Object.entries(value);
  for (const [name, part] of parts) {
    const odd = oddPart(part, `${path}.${String(name)}`);
    if (odd !== undefined) return odd;
  }
  return undefined;
}

/** What a parser made of a text. */
type Read = (text: string) => Parsed<unknown>;

/**
 * The first line that is lost in silence: no complaint names it, and without it the very same is made of the rest.
 * Lines that fit `passedOver`, and those that stand twice, may be of no account. Only the line at one place of the text
 * is looked at when that, from 0 to below 1, is given.
 */
export function lostLine(
  read: Read,
  text: string,
  passedOver: RegExp,
  at?: number,
): string | undefined {
  const lines = text.split('\n');
  const whole = read(text);
  const told = new Set(whole.complaints.map(({ line }) => line));
  const places = at === undefined ? lines.keys() : [Math.floor(at * lines.length)];
  for (const index of places) {
    const line = lines[index] ?? '';
    const safe = (splitAllLines(line)[0] ?? '').trim();
    if (safe === '' || told.has(index + 1) || isTwice(lines, line)) continue;
    if (passedOver.test(line) || passedOver.test(safe)) continue;
    const rest = read(lines.toSpliced(index, 1).join('\n'));
    if (isSame(whole, rest)) return line;
  }
  return undefined;
}

const isTwice = (lines: readonly string[], line: string): boolean =>
  lines.indexOf(line) !== lines.lastIndexOf(line);

/** Lines that come later have other numbers when one is missing. */
const isSame = (a: Parsed<unknown>, b: Parsed<unknown>): boolean =>
  isDeepStrictEqual(told(a), told(b)) && isDeepStrictEqual(a.value, b.value);
const told = ({ complaints }: Parsed<unknown>): readonly string[] =>
  complaints.map(({ text, reason }) => `${reason}: ${text}`);
