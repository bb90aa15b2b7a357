import { sanitize } from '../domain/text.ts';

/**
 * The same value with every string in it made safe by `sanitize`: in arrays, maps (keys too), sets and plain
 * objects. Parts without a suspect character keep their identity.
 */
export function safeStrings<T>(value: T): T {
  // The walk gives back the shape that it was given; TypeScript cannot follow that through the cases.
  return walk(value) as T;
}

function walk(value: unknown): unknown {
  if (typeof value === 'string') return sanitize(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return walkAll(value) ?? value;
  if (value instanceof Map) {
    const parts = walkAll([...value].flat());
    return parts ? new Map(pairs(parts)) : value;
  }
  if (value instanceof Set) {
    const parts = walkAll([...value]);
    return parts ? new Set(parts) : value;
  }
  const names = Object.keys(value);
  const parts = walkAll(Object.values(value));
  return parts ? Object.fromEntries(names.map((name, index) => [name, parts[index]])) : value;
}

/** The parts made safe, or undefined when all of them already were. */
function walkAll(parts: readonly unknown[]): readonly unknown[] | undefined {
  let safe: unknown[] | undefined;
  for (const [index, part] of parts.entries()) {
    const walked = walk(part);
    if (walked === part) continue;
    safe ??= [...parts];
    safe[index] = walked;
  }
  return safe;
}

const pairs = (flat: readonly unknown[]): readonly (readonly [unknown, unknown])[] =>
  flat.flatMap((key, index) => (index % 2 === 0 ? [[key, flat[index + 1]] as const] : []));
