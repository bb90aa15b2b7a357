import { changesIn, spanSince } from '../domain/lasting.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Unit } from '../domain/view.ts';

/** A row as a filter sees it. */
export type FilterRow = {
  /** Its cells, one after another. */
  readonly text: string;
  /** The value of the column of that name; null when it is not known or there is no such column. */
  readonly field: (name: string) => string | number | null;
  /** For columns that tell time. */
  readonly now: EpochMs;
};

/** The columns that there are, by what they may be called, with what their values count. */
export type FilterColumns = ReadonlyMap<string, Unit | undefined>;

/** A filter ready for use, or what is wrong with its text; `position` counts characters from 0. */
export type CompiledFilter =
  | { readonly matches: (row: FilterRow) => boolean }
  | { readonly error: string; readonly position: number };

type Test = (row: FilterRow) => boolean;
type Token =
  | { readonly kind: 'or' | 'and'; readonly position: number }
  | {
      readonly kind: 'term';
      readonly text: string;
      readonly quoted: boolean;
      readonly position: number;
    };

class FilterError extends Error {
  readonly position: number;
  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

const FIELD = /^([a-z][\w.-]*)(!=|>=|<=|:|=|>|<)(.*)$/isu;
const SIZE = /^(-?\d+(?:\.\d+)?)([kmgtpe]?)i?b?%?$/i;
const UNITS = ['', 'k', 'm', 'g', 't', 'p', 'e'];
const CORES = /^(\d+(?:\.\d+)?)(m?)$/i;
/** `5m`, `1h30m`, `250ms`, as Go and this console write them. */
const SPAN = /^(?:\d+(?:\.\d+)?(?:ns|[u\u00B5]s|ms|[smhdwy]))+$/i;
const SPAN_PART = /(\d+(?:\.\d+)?)(ns|[u\u00B5]s|ms|[smhdwy])/gi;
const SECOND = 1000;
const DAY = 86_400 * SECOND;
const SPANS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: SECOND,
  m: 60 * SECOND,
  h: 3600 * SECOND,
  d: DAY,
  w: 7 * DAY,
  y: 365 * DAY,
};

/**
 * Reads the filter line. Case never matters.
 *
 *     web          the row contains it          "two words"   with blanks and signs as they are
 *     ~wbe         its letters in this order    =^web\d       regular expression, up to the next blank
 *     !web         not; before any term         host:atlas    the column contains it (a number: equals)
 *     state=down   equals                       state!=down   does not
 *     cpu>50       also < >= <=; sizes in powers of 1024: rss>1.5G; spans of time: up>30d age<1h30m
 *
 * A blank or `&` between terms is and, `|` is or; and binds closer. No text matches every row.
 *
 * @param columns the columns there are; another one is an error. Without it any name will do.
 */
export function compileFilter(text: string, columns?: FilterColumns): CompiledFilter {
  try {
    return { matches: parseOr(tokens(text), text.length, columns) };
  } catch (cause) {
    if (cause instanceof FilterError) return { error: cause.message, position: cause.position };
    throw cause;
  }
}

function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at] ?? '';
    if (/\s/.test(character)) at += 1;
    else if (character === '|' || character === '&') {
      found.push({ kind: character === '|' ? 'or' : 'and', position: at });
      at += 1;
    } else {
      const end = termEnd(text, at);
      found.push({
        kind: 'term',
        text: text.slice(at, end),
        quoted: character === '"',
        position: at,
      });
      at = end;
    }
  }
  return found;
}

/** A term ends at a blank, `|` or `&` outside quotes; a regular expression only at a blank. */
function termEnd(text: string, start: number): number {
  const isExpression = /^!*=/.test(text.slice(start));
  let at = start;
  while (at < text.length) {
    const character = text[at] ?? '';
    if (/\s/.test(character) || (!isExpression && /[|&]/.test(character))) break;
    if (character === '"' && !isExpression) {
      const close = text.indexOf('"', at + 1);
      if (close < 0) throw new FilterError('the quote is not closed', at);
      at = close;
    }
    at += 1;
  }
  return at;
}

function parseOr(all: readonly Token[], end: number, columns?: FilterColumns): Test {
  if (all.length === 0) return () => true;
  const sides: Test[] = [];
  let side: Token[] = [];
  for (const token of all) {
    if (token.kind !== 'or') {
      side.push(token);
      continue;
    }
    if (side.length === 0) throw new FilterError('nothing before |', token.position);
    sides.push(parseAnd(side, token.position, columns));
    side = [];
  }
  if (side.length === 0) throw new FilterError('nothing after |', end);
  sides.push(parseAnd(side, end, columns));
  const [only] = sides;
  return sides.length === 1 && only ? only : (row) => sides.some((test) => test(row));
}

function parseAnd(side: readonly Token[], end: number, columns?: FilterColumns): Test {
  const tests: Test[] = [];
  let isOpen = true;
  for (const token of side) {
    if (token.kind === 'term') {
      tests.push(parseTerm(token.text, token.position, columns));
      isOpen = false;
    } else {
      if (isOpen) throw new FilterError('nothing before &', token.position);
      isOpen = true;
    }
  }
  if (isOpen) throw new FilterError('nothing after &', end);
  const [only] = tests;
  return tests.length === 1 && only ? only : (row) => tests.every((test) => test(row));
}

function parseTerm(term: string, position: number, columns?: FilterColumns): Test {
  const sign = term[0] ?? '';
  const rest = term.slice(1);
  if (sign === '!') {
    if (rest === '') throw new FilterError('nothing after !', position + 1);
    const test = parseTerm(rest, position + 1, columns);
    return (row) => !test(row);
  }
  if (sign === '~') {
    const wanted = unquote(rest).toLowerCase();
    if (wanted === '') throw new FilterError('nothing after ~', position + 1);
    return ({ text }) => hasInOrder(text.toLowerCase(), wanted);
  }
  if (sign === '=') return parseExpression(rest, position + 1);
  const field = FIELD.exec(term);
  if (sign !== '"' && field) {
    const [, name = '', operator = '', value = ''] = field;
    const known = columns && [name, name.toLowerCase()].find((each) => columns.has(each));
    if (columns && known === undefined)
      throw new FilterError(`no column ${name}; as text: "${unquote(term)}"`, position);
    const valueAt = position + name.length + operator.length;
    if (value === '') throw new FilterError(`nothing after ${name}${operator}`, valueAt);
    const unit = columns ? columns.get(known ?? name) : 'unknown';
    return parseField(name, operator, unquote(value), unit, valueAt);
  }
  const wanted = unquote(term).toLowerCase();
  return ({ text }) => text.toLowerCase().includes(wanted);
}

function parseExpression(source: string, position: number): Test {
  if (source === '') throw new FilterError('nothing after =', position);
  try {
    const expression = new RegExp(source, 'i');
    return ({ text }) => expression.test(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FilterError(
      reason.replace(/^Invalid regular expression: /, 'not a regular expression: '),
      position,
    );
  }
}

function parseField(
  name: string,
  operator: string,
  wanted: string,
  unit: Unit | 'unknown' | undefined,
  position: number,
): Test {
  const lower = wanted.toLowerCase();
  const on =
    (test: (value: string | number, now: EpochMs) => boolean): Test =>
    ({ field, now }) => {
      const value = field(name) ?? field(name.toLowerCase());
      return value !== null && test(value, now);
    };
  const fault = (what: string): FilterError =>
    new FilterError(`not ${what} after ${name}${operator}: ${wanted}`, position);
  const span = parseSpan(wanted);
  if (unit === 'since' || unit === 'until' || unit === 'ms') {
    if (span === null) throw fault('a span of time like 90s, 5m or 30d');
    const isSo = spanTest(operator, span);
    return on(
      (value, now) => typeof value === 'number' && isSo.test(spanOf(value, unit, isSo.limits, now)),
    );
  }
  const amount = unit === 'cores' ? parseCores(wanted) : parseAmount(wanted);
  const equals = (value: string | number): boolean =>
    typeof value === 'number' && amount !== null
      ? value === amount
      : String(value).toLowerCase() === lower;
  switch (operator) {
    case ':':
      return on((value) =>
        typeof value === 'number' ? equals(value) : value.toLowerCase().includes(lower),
      );
    case '=':
      return on(equals);
    case '!=':
      return on((value) => !equals(value));
    default:
      break;
  }
  if (amount === null && (span === null || unit !== 'unknown')) throw fault('a number or a size');
  const compare = COMPARISONS[operator] ?? (() => false);
  return on((value) => {
    const own = typeof value === 'number' ? value : parseAmount(value);
    if (own !== null && amount !== null) return compare(own, amount);
    const ownSpan = span && parseSpan(String(value));
    return span !== null && ownSpan !== null && compare(ownSpan.ms, span.ms);
  });
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
};

type Span = {
  readonly ms: number;
  /** The smallest unit that it names: `41d` is all of that day. */
  readonly stepMs: number;
};

/** A test of a span, and the spans at which it changes its answer. */
function spanTest(
  operator: string,
  { ms, stepMs }: Span,
): { readonly test: (own: number) => boolean; readonly limits: readonly number[] } {
  const compare = COMPARISONS[operator];
  if (compare) return { test: (own) => compare(own, ms), limits: [ms] };
  const isNot = operator === '!=';
  const end = ms + stepMs;
  return { test: (own) => (own >= ms && own < end) !== isNot, limits: [ms, end] };
}

/** The span that a value tells; says when time makes the test of it give another answer. */
function spanOf(
  value: number,
  unit: 'since' | 'until' | 'ms',
  limits: readonly number[],
  now: EpochMs,
): number {
  if (unit === 'ms') return value;
  if (unit === 'since') return spanSince(value, now, limits);
  const left = value - now;
  for (const limit of limits) if (left >= limit) changesIn(Math.max(1, left - limit));
  return left;
}

function parseSpan(text: string): Span | null {
  const trimmed = text.trim();
  if (!SPAN.test(trimmed)) return null;
  const parts = [...trimmed.matchAll(SPAN_PART)].map(([, number = '', unit = '']) => {
    const stepMs = SPANS[unit.toLowerCase()] ?? 0;
    return { ms: Number(number) * stepMs, stepMs };
  });
  return {
    ms: parts.reduce((sum, part) => sum + part.ms, 0),
    stepMs: Math.min(...parts.map(({ stepMs }) => stepMs)),
  };
}

/** `1.5`, `500m`: as Kubernetes writes them. */
function parseCores(text: string): number | null {
  const match = CORES.exec(text.trim());
  return match ? Number(match[1]) / (match[2] ? 1000 : 1) : null;
}

/** `50`, `50%`, `1.5G`, `512MiB`: powers of 1024. */
function parseAmount(text: string): number | null {
  const match = SIZE.exec(text.trim());
  if (!match) return null;
  const [, number = '', unit = ''] = match;
  return Number(number) * 1024 ** UNITS.indexOf(unit.toLowerCase());
}

const unquote = (text: string): string => text.replaceAll('"', '');

function hasInOrder(text: string, wanted: string): boolean {
  let at = 0;
  for (const character of wanted) {
    const found = text.indexOf(character, at);
    if (found < 0) return false;
    at = found + character.length;
  }
  return true;
}
