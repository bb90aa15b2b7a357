import { sanitize } from '../domain/text.ts';
import type { EpochMs } from '../domain/time.ts';

/** A JSON object; whatever else is asked for a field has none. */
export type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value under a path of keys; undefined where the path ends early. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (!isObject(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return current;
}

/** The text under a path, made safe for a screen; null when there is none or it is empty. */
export function textAt(value: unknown, ...path: readonly string[]): string | null {
  const found = valueAt(value, ...path);
  return typeof found === 'string' && found !== '' ? sanitize(found) : null;
}

/** The finite number under a path; null when there is none. */
export function numberAt(value: unknown, ...path: readonly string[]): number | null {
  const found = valueAt(value, ...path);
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
}

/** Whether the value under a path is `true`. */
export const isTrueAt = (value: unknown, ...path: readonly string[]): boolean =>
  valueAt(value, ...path) === true;

/** The elements of the list under a path; none when there is no list. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The texts of the list under a path, made safe for a screen; what is no text or empty is left out. */
export const textsAt = (value: unknown, ...path: readonly string[]): readonly string[] =>
  listAt(value, ...path).flatMap((entry) =>
    typeof entry === 'string' && entry !== '' ? sanitize(entry) : [],
  );

/** The keys of the object under a path, sorted; none when there is no object. */
export function keysAt(value: unknown, ...path: readonly string[]): readonly string[] {
  const found = valueAt(value, ...path);
  return isObject(found) ? Object.keys(found).toSorted() : [];
}

/** The RFC 3339 time under a path; null when there is none. */
export function timeAt(value: unknown, ...path: readonly string[]): EpochMs | null {
  const text = textAt(value, ...path) ?? '';
  // Date.parse alone would take `1` for a date.
  const at = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}
