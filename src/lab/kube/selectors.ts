import { badRequest } from './api-error.ts';
import type { KubeObject, Labels } from './object.ts';

/** Whether an object is selected. */
export type Selects = (object: KubeObject) => boolean;

/** The values of the fields that a kind can be selected by, such as `spec.nodeName`. */
export type SelectableFields = { readonly [label: string]: (object: KubeObject) => string };

/**
 * A `labelSelector`: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, joined by commas.
 * @throws {ApiError} 400 when it cannot be parsed.
 */
export function parseLabelSelector(text: string): Selects | undefined {
  if (text.trim() === '') return undefined;
  const requirements = splitOutsideParentheses(text).map((part) => labelRequirement(part.trim()));
  return ({ metadata }) => requirements.every((holds) => holds(metadata.labels ?? {}));
}

const LABEL_KEY = /^[A-Za-z0-9][-A-Za-z0-9_./]*$/u;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/u;

function labelRequirement(text: string): (labels: Labels) => boolean {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/u.exec(text);
  if (set) {
    const key = labelKey(set[1] ?? '');
    const values = new Set((set[3] ?? '').split(',').map((value) => labelValue(value.trim())));
    const within = set[2] === 'in';
    return (labels) => {
      const value = labels[key];
      return within
        ? value !== undefined && values.has(value)
        : value === undefined || !values.has(value);
    };
  }
  const unequal = text.indexOf('!=');
  if (unequal > 0) {
    const [key, value] = [
      labelKey(text.slice(0, unequal).trim()),
      labelValue(text.slice(unequal + 2).trim()),
    ];
    return (labels) => labels[key] !== value;
  }
  const equal = text.indexOf('=');
  if (equal > 0) {
    const [key, value] = [
      labelKey(text.slice(0, equal).trim()),
      labelValue(text.slice(equal).replace(/^==?/u, '').trim()),
    ];
    return (labels) => labels[key] === value;
  }
  if (text.startsWith('!')) {
    const key = labelKey(text.slice(1).trim());
    return (labels) => labels[key] === undefined;
  }
  const key = labelKey(text);
  return (labels) => labels[key] !== undefined;
}

function labelKey(key: string): string {
  if (!LABEL_KEY.test(key))
    throw badRequest(`unable to parse requirement: found '${key}', expected: identifier`);
  return key;
}

function labelValue(value: string): string {
  if (!LABEL_VALUE.test(value)) {
    throw badRequest(
      `unable to parse requirement: values[0][${value}]: Invalid value: "${value}": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.'`,
    );
  }
  return value;
}

function splitOutsideParentheses(text: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const letter = text.charAt(at);
    if (letter === '(') depth++;
    if (letter === ')') depth--;
    if (letter === ',' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

/**
 * A `fieldSelector`: `field=value`, `==` and `!=`, joined by commas. `\,`, `\=` and `\\` stand for themselves.
 * @throws {ApiError} 400 for a field that the kind does not offer.
 */
export function parseFieldSelector(
  text: string,
  fields: SelectableFields,
  resource: string,
): Selects | undefined {
  if (text.trim() === '') return undefined;
  const terms = (text.match(/(?:\\.|[^,\\])+/gu) ?? []).map((term) => {
    const match = /^((?:\\.|[^=!\\])*)(==|=|!=)(.*)$/u.exec(term);
    if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const [, label = '', operator, value = ''] = match;
    const read = fields[label];
    if (!read) {
      throw badRequest(
        `Unable to find "${resource}" that match label selector "", field selector "${text}": field label not supported: ${label}`,
      );
    }
    const wanted = value.replaceAll(/\\(.)/gu, '$1');
    return (object: KubeObject): boolean => (read(object) === wanted) === (operator !== '!=');
  });
  return (object) => terms.every((holds) => holds(object));
}
