/** A row as a filter sees it. */
export type FilterRow = {
  /** Its cells, one after another. */
  readonly text: string;
  /** The value of the column of that name; null when it is not known or there is no such column. */
  readonly field: (name: string) => string | number | null;
};

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
const SIZE = /^(-?\d+(?:\.\d+)?)([kmgtpe]?)(?:i?b)?%?$/i;
const UNITS = ['', 'k', 'm', 'g', 't', 'p', 'e'];

/**
 * Reads the filter line. Case never matters.
 *
 *     web          the row contains it          "two words"   with blanks and signs as they are
 *     ~wbe         its letters in this order    =^web\d       regular expression, up to the next blank
 *     !web         not; before any term         host:atlas    the column contains it (a number: equals)
 *     state=down   equals                       state!=down   does not
 *     cpu>50       also < >= <=; sizes in powers of 1024: rss>1.5G
 *
 * A blank or `&` between terms is and, `|` is or; and binds closer. No text matches every row.
 *
 * @param fields the columns there are; another one is an error. Without it any name will do.
 */
export function compileFilter(text: string, fields?: ReadonlySet<string>): CompiledFilter {
  try {
    const all = tokens(text);
    const matches = parseOr(all, text.length);
    if (fields) checkFields(all, fields);
    return { matches };
  } catch (cause) {
    if (cause instanceof FilterError) return { error: cause.message, position: cause.position };
    throw cause;
  }
}

function checkFields(all: readonly Token[], fields: ReadonlySet<string>): void {
  for (const token of all) {
    if (token.kind !== 'term') continue;
    const term = token.text.replace(/^!+/, '');
    const name = FIELD.exec(term)?.[1];
    if (name !== undefined && !fields.has(name) && !fields.has(name.toLowerCase()))
      throw new FilterError(
        `no column ${name}; as text: "${unquote(term)}"`,
        token.position + token.text.length - term.length,
      );
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

function parseOr(all: readonly Token[], end: number): Test {
  if (all.length === 0) return () => true;
  const sides: Test[] = [];
  let side: Token[] = [];
  for (const token of all) {
    if (token.kind !== 'or') {
      side.push(token);
      continue;
    }
    if (side.length === 0) throw new FilterError('nothing before |', token.position);
    sides.push(parseAnd(side, token.position));
    side = [];
  }
  if (side.length === 0) throw new FilterError('nothing after |', end);
  sides.push(parseAnd(side, end));
  const [only] = sides;
  return sides.length === 1 && only ? only : (row) => sides.some((test) => test(row));
}

function parseAnd(side: readonly Token[], end: number): Test {
  const tests: Test[] = [];
  let isOpen = true;
  for (const token of side) {
    if (token.kind === 'term') {
      tests.push(parseTerm(token.text, token.position));
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

function parseTerm(term: string, position: number): Test {
  const sign = term[0] ?? '';
  const rest = term.slice(1);
  if (sign === '!') {
    if (rest === '') throw new FilterError('nothing after !', position + 1);
    const test = parseTerm(rest, position + 1);
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
    const valueAt = position + name.length + operator.length;
    if (value === '') throw new FilterError(`nothing after ${name}${operator}`, valueAt);
    return parseField(name, operator, unquote(value), valueAt);
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

function parseField(name: string, operator: string, wanted: string, position: number): Test {
  const amount = parseAmount(wanted);
  const lower = wanted.toLowerCase();
  const equals = (value: string | number): boolean =>
    typeof value === 'number' && amount !== null
      ? value === amount
      : String(value).toLowerCase() === lower;
  const on =
    (test: (value: string | number) => boolean): Test =>
    ({ field }) => {
      const value = field(name) ?? field(name.toLowerCase());
      return value !== null && test(value);
    };
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
  if (amount === null)
    throw new FilterError(`not a number or a size after ${name}${operator}: ${wanted}`, position);
  const compare = COMPARISONS[operator] ?? (() => false);
  return on((value) => {
    const number = typeof value === 'number' ? value : parseAmount(value);
    return number !== null && compare(number, amount);
  });
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
};

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
