import { IncompleteScript, ScriptSyntaxError, type List, type Part, type Word } from './syntax.ts';

/** What the lexer gives: a word, or an operator such as `;`, `&&`, `>`, newline or the end. */
export type Token =
  | { readonly kind: 'word'; readonly word: Word; readonly at: number }
  | { readonly kind: 'operator'; readonly text: string; readonly at: number }
  | {
      readonly kind: 'redirect';
      readonly operator: string;
      readonly descriptor: number | null;
      readonly at: number;
    }
  | { readonly kind: 'end'; readonly at: number };

/** Reads a list out of `text` from a position up to `)`; needed for `$(…)` inside words. */
export type ListReader = (
  text: string,
  start: number,
) => { readonly list: List; readonly end: number };

const OPERATORS = ['&&', '||', ';;', ';', '&', '|', '(', ')', '\n'] as const;
const REDIRECTS = ['>&', '<&', '>>', '<<', '>|', '>', '<'] as const;
const META = new Set([' ', '\t', '\n', ';', '&', '|', '(', ')', '<', '>']);
const NAME = /^[A-Za-z_][A-Za-z0-9_]*/;
const PARAMETER = /^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])/;

/** The token that starts at or after a position, and where it ends. */
export function readToken(
  text: string,
  start: number,
  readList: ListReader,
): { readonly token: Token; readonly end: number } {
  let at = start;
  for (;;) {
    const here = text[at];
    if (here === ' ' || here === '\t' || here === '\r') at += 1;
    else if (here === '\\' && text[at + 1] === '\n') at += 2;
    else if (here === '#') at = endOfLine(text, at);
    else break;
  }
  if (at >= text.length) return { token: { kind: 'end', at }, end: at };
  const digits = /^[0-9]/.exec(text.slice(at, at + 1))?.[0] ?? '';
  const redirectAt = digits !== '' && /[<>]/.test(text[at + 1] ?? '') ? at + 1 : at;
  const redirect = REDIRECTS.find((operator) => text.startsWith(operator, redirectAt));
  if (redirect) {
    const descriptor = redirectAt > at ? Number(digits) : null;
    return {
      token: { kind: 'redirect', operator: redirect, descriptor, at },
      end: redirectAt + redirect.length,
    };
  }
  const operator = OPERATORS.find((candidate) => text.startsWith(candidate, at));
  if (operator)
    return { token: { kind: 'operator', text: operator, at }, end: at + operator.length };
  const { word, end } = readWord(text, at, readList, (character) => META.has(character));
  return { token: { kind: 'word', word, at }, end };
}

const endOfLine = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
};

/** Reads a word up to the first unquoted character that ends it. */
export function readWord(
  text: string,
  start: number,
  readList: ListReader,
  ends: (character: string) => boolean,
): { readonly word: Word; readonly end: number } {
  const parts: Part[] = [];
  let plain = '';
  const flush = () => {
    if (plain !== '') parts.push({ kind: 'text', text: plain, quoted: false });
    plain = '';
  };
  let at = start;
  for (;;) {
    const here = text[at];
    if (here === undefined || ends(here)) break;
    if (here === "'") {
      flush();
      const end = text.indexOf("'", at + 1);
      if (end < 0) throw new IncompleteScript("unmatched '");
      parts.push({ kind: 'text', text: text.slice(at + 1, end), quoted: true });
      at = end + 1;
    } else if (here === '"') {
      flush();
      at = readDoubleQuoted(text, at + 1, readList, parts);
    } else if (here === '\\') {
      const next = text[at + 1];
      if (next === undefined) throw new IncompleteScript('backslash at the end');
      if (next !== '\n') {
        flush();
        parts.push({ kind: 'text', text: next, quoted: true });
      }
      at += 2;
    } else if (here === '$' || here === '`') {
      const expansion = readExpansion(text, at, readList, false);
      if (expansion) {
        flush();
        parts.push(expansion.part);
        at = expansion.end;
      } else {
        plain += here;
        at += 1;
      }
    } else {
      plain += here;
      at += 1;
    }
  }
  flush();
  return { word: parts, end: at };
}

function readDoubleQuoted(
  text: string,
  start: number,
  readList: ListReader,
  parts: Part[],
): number {
  let plain = '';
  let at = start;
  const before = parts.length;
  const flush = () => {
    if (plain !== '') parts.push({ kind: 'text', text: plain, quoted: true });
    plain = '';
  };
  for (;;) {
    const here = text[at];
    if (here === undefined) throw new IncompleteScript('unmatched "');
    if (here === '"') break;
    const next = text[at + 1];
    if (here === '\\' && next !== undefined && '$`"\\\n'.includes(next)) {
      if (next !== '\n') plain += next;
      at += 2;
      continue;
    }
    const expansion = here === '$' || here === '`' ? readExpansion(text, at, readList, true) : null;
    if (expansion) {
      flush();
      parts.push(expansion.part);
      at = expansion.end;
    } else {
      plain += here;
      at += 1;
    }
  }
  flush();
  // "" is an empty word, not none.
  if (parts.length === before) parts.push({ kind: 'text', text: '', quoted: true });
  return at + 1;
}

type Expansion = { readonly part: Part; readonly end: number };

/** `$name`, `${name…}`, `$(…)` or backquotes; null when the dollar sign stands for itself. */
function readExpansion(
  text: string,
  at: number,
  readList: ListReader,
  quoted: boolean,
): Expansion | null {
  if (text[at] === '`') {
    const end = text.indexOf('`', at + 1);
    if (end < 0) throw new IncompleteScript('unmatched `');
    const { list } = readList(`${text.slice(at + 1, end)}\n)`, 0);
    return { part: { kind: 'substitution', body: list, quoted }, end: end + 1 };
  }
  if (text.startsWith('$((', at)) throw new ScriptSyntaxError('arithmetic is not supported');
  if (text[at + 1] === '(') {
    const { list, end } = readList(text, at + 2);
    return { part: { kind: 'substitution', body: list, quoted }, end };
  }
  if (text[at + 1] === '{') return readBraced(text, at + 2, readList, quoted);
  const rest = text.slice(at + 1, at + 80);
  const name = /^[0-9]/.test(rest) ? rest.slice(0, 1) : PARAMETER.exec(rest)?.[0];
  if (name === undefined) return null;
  const part: Part = { kind: 'parameter', name, operator: '', argument: [], quoted };
  return { part, end: at + 1 + name.length };
}

function readBraced(text: string, start: number, readList: ListReader, quoted: boolean): Expansion {
  if (text.indexOf('}', start) < 0) throw new IncompleteScript('unmatched {');
  const isLength = text[start] === '#' && text[start + 1] !== '}';
  const nameAt = isLength ? start + 1 : start;
  const name = PARAMETER.exec(text.slice(nameAt, nameAt + 80))?.[0];
  if (name === undefined) throw new ScriptSyntaxError('bad substitution');
  let at = nameAt + name.length;
  const operator = isLength ? '#' : (/^:?[-=+?]/.exec(text.slice(at, at + 2))?.[0] ?? '');
  if (!isLength) at += operator.length;
  const { word, end } = readWord(text, at, readList, (character) => character === '}');
  if (text[end] !== '}') throw new IncompleteScript('unmatched {');
  if ((operator === '' || isLength) && word.length > 0)
    throw new ScriptSyntaxError('bad substitution');
  return { part: { kind: 'parameter', name, operator, argument: word, quoted }, end: end + 1 };
}

/** The text of a word without any quoting or expansion; null otherwise. */
export function plainText(word: Word): string | null {
  let text = '';
  for (const part of word) {
    if (part.kind !== 'text' || part.quoted) return null;
    text += part.text;
  }
  return text;
}

/** Splits `NAME=value` off a word. */
export function asAssignment(word: Word): { readonly name: string; readonly value: Word } | null {
  const [first, ...rest] = word;
  if (first?.kind !== 'text' || first.quoted) return null;
  const name = NAME.exec(first.text)?.[0];
  if (name === undefined || first.text[name.length] !== '=') return null;
  const text = first.text.slice(name.length + 1);
  return { name, value: text === '' ? rest : [{ ...first, text }, ...rest] };
}
