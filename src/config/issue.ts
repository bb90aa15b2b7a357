import { sanitize } from '../domain/text.ts';
import { nearest } from './nearest.ts';

/** One thing wrong in a configuration file. */
export type ConfigIssue = {
  readonly file: string;
  /** 1-based; 0 when it concerns the file as a whole. */
  readonly line: number;
  /** 1-based, in characters; 0 when it concerns the file as a whole. */
  readonly column: number;
  /** `hosts[0].address`; empty when it concerns the file as a whole. */
  readonly key: string;
  /** Lower case, with the value and what is allowed. */
  readonly message: string;
  /** The valid word that was probably meant. */
  readonly nearest?: string;
};

/** A way into a document: keys of mappings and indexes of lists. */
export type Path = readonly (string | number)[];

/** An issue before it has a place: a path, and whether its key or its value is meant. */
export type Flaw = {
  readonly path: Path;
  readonly at: 'key' | 'value';
  readonly message: string;
  readonly nearest?: string;
};

const LONGEST_VALUE = 60;

/** A value as it stands in a message, safe for a terminal and cut. */
export function showValue(value: unknown): string {
  const text = sanitize(JSON.stringify(value) ?? String(value)).replace(/\n/g, ' ');
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

/** `['hosts', 0, 'address']` as `hosts[0].address`. */
export function showPath(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return sanitize(text).replace(/\n/g, ' ');
}

/** Adds the nearest of `candidates` to a flaw, if one is near. */
export function withNearest(flaw: Flaw, word: string, candidates: readonly string[]): Flaw {
  const candidate = nearest(word, candidates);
  return candidate === undefined ? flaw : { ...flaw, nearest: candidate };
}

function renderIssue({ file, line, column, key, message, nearest }: ConfigIssue): string {
  const place = line === 0 ? file : `${file}:${line}:${column}`;
  const subject = key === '' ? '' : `${key}: `;
  const meant = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
  return `${sanitize(place)}: ${subject}${message}${meant}`;
}

/** One line per issue: `config.yaml:12:5: hosts[0].adress: unknown key; did you mean "address"?` */
export const renderIssues = (issues: readonly ConfigIssue[]): string =>
  issues.map(renderIssue).join('\n');
