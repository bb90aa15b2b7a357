import type { List, Part, Word } from './syntax.ts';

/** What an expansion needs to know of the shell that does it. */
export type Scope = {
  readonly lookup: (name: string) => string | undefined;
  readonly assign: (name: string, value: string) => void;
  readonly positional: () => readonly string[];
  readonly substitute: (body: List) => Promise<string>;
};

/** Thrown by `${name?message}`. */
export class UnsetParameter extends Error {}

/** Expands words into the fields of a command line, with field splitting and quote removal. */
export async function expandWords(words: readonly Word[], scope: Scope): Promise<string[]> {
  const fields: string[] = [];
  for (const word of words) fields.push(...(await expandWord(word, scope)));
  return fields;
}

/** Expands a word into one text: for assignments, redirections and patterns. */
export async function expandText(word: Word, scope: Scope): Promise<string> {
  let text = '';
  for (const part of word) {
    text += part.kind === 'text' ? part.text : (await expandPart(part, scope)).join(' ');
  }
  return text;
}

async function expandWord(word: Word, scope: Scope): Promise<string[]> {
  const separators = scope.lookup('IFS') ?? ' \t\n';
  const fields: string[] = [];
  let current: string | null = null;
  for (const part of word) {
    if (part.kind === 'text') {
      current = (current ?? '') + part.text;
      continue;
    }
    const values = await expandPart(part, scope);
    if (part.quoted) {
      for (const [index, value] of values.entries()) {
        if (index > 0 && current !== null) fields.push(current);
        current = (index > 0 ? '' : (current ?? '')) + value;
      }
      continue;
    }
    const pieces = splitFields(values.join(' '), separators);
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) {
        if (current !== null && current !== '') fields.push(current);
        current = null;
      }
      if (piece !== '') current = (current ?? '') + piece;
    }
  }
  if (current !== null) fields.push(current);
  return fields;
}

/** Splits at runs of separators; an empty piece at an end says that a separator stood there. */
function splitFields(text: string, separators: string): readonly string[] {
  if (separators === '') return [text];
  const pieces: string[] = [''];
  let between = false;
  for (const character of text) {
    if (separators.includes(character)) {
      if (!between) pieces.push('');
      between = true;
    } else {
      pieces[pieces.length - 1] += character;
      between = false;
    }
  }
  return pieces;
}

/** The values of a part: one, or as many as there are parameters for `$@`. */
async function expandPart(part: Part, scope: Scope): Promise<readonly string[]> {
  switch (part.kind) {
    case 'text':
      return [part.text];
    case 'substitution':
      return [(await scope.substitute(part.body)).replace(/\n+$/, '')];
    case 'parameter':
      return expandParameter(part, scope);
  }
}

async function expandParameter(
  part: Extract<Part, { kind: 'parameter' }>,
  scope: Scope,
): Promise<readonly string[]> {
  const { name, operator, argument } = part;
  if (operator === '' && name === '@') return scope.positional();
  const value = name === '@' || name === '*' ? scope.positional().join(' ') : scope.lookup(name);
  if (operator === '#') return [String((value ?? '').length)];
  if (operator === '') return [value ?? ''];
  const isSet = operator.startsWith(':')
    ? value !== undefined && value !== ''
    : value !== undefined;
  const instead = () => expandText(argument, scope);
  if (operator.endsWith('+')) return [isSet ? await instead() : ''];
  if (isSet) return [value ?? ''];
  const text = await instead();
  if (operator.endsWith('?')) throw new UnsetParameter(`${name}: ${text || 'parameter not set'}`);
  if (operator.endsWith('=')) scope.assign(name, text);
  return [text];
}

/** Whether a text matches a shell pattern of `*`, `?` and `[…]`. */
export function matchesPattern(pattern: string, text: string): boolean {
  return patternExpression(pattern).test(text);
}

/** The regular expression of a shell pattern, anchored at both ends. */
export function patternExpression(pattern: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const here = pattern[at] ?? '';
    const end = here === '[' ? pattern.indexOf(']', at + 2) : -1;
    if (here === '*') source += '[^]*';
    else if (here === '?') source += '[^]';
    else if (end > 0) {
      source += `[${pattern
        .slice(at + 1, end)
        .replace(/^!/, '^')
        .replaceAll('\\', '\\\\')}]`;
      at = end;
    } else source += here.replace(/[\\^$.*+?()[\]{}|]/, '\\$&');
  }
  return new RegExp(`^${source}$`);
}
