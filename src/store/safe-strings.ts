import { sanitize } from '../domain/text.ts';

/**
 * The same value with every string in it made safe by `sanitize`: in arrays, maps (keys too), sets and plain
 * objects. Parts without a suspect character keep their identity.
 */
export function safeStrings<T>(value: T): T {
  // The walk gives back the shape that it was given; TypeScript cannot follow that through the cases.
  return (isSafe(value) ? value : clean(value)) as T;
}

/** Makes nothing: it runs over every answer, and nearly all are safe. */
function isSafe(value: unknown): boolean {
  if (typeof value === 'string') return sanitize(value) === value;
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value) || value instanceof Set) {
    for (const part of value as Iterable<unknown>) if (!isSafe(part)) return false;
    return true;
  }
  if (value instanceof Map) {
    for (const [key, part] of value as Map<unknown, unknown>)
      if (!isSafe(key) || !isSafe(part)) return false;
    return true;
  }
  const record = value as Readonly<Record<string, unknown>>;
  // Unlike Object.values this makes no list.
  for (const name in record) if (Object.hasOwn(record, name) && !isSafe(record[name])) return false;
  return true;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return sanitize(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(safeStrings);
  if (value instanceof Map)
    return new Map([...value].map(([key, part]) => [safeStrings(key), safeStrings(part)]));
  if (value instanceof Set) return new Set([...value].map(safeStrings));
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, safeStrings(part)]));
}
