import { ownText } from '../domain/own-text.ts';

/** V8 makes a copy of what is shorter instead of a view of the text that it is cut out of. */
const SHORTEST_VIEW = 13;
/** A list that was pushed to has room for 16 more. */
const SPARE_ROOM = 17;

/**
 * The value of an answer that was just parsed, for being kept: its strings no longer keep the answer that they were cut
 * out of, and its short lists have no room to grow. In arrays, maps (keys too), sets and plain objects, which are changed
 * in place; what is frozen is a constant and stays as it is.
 */
export function ownParts<T>(value: T): T {
  // The walk gives back the shape that it was given; TypeScript cannot follow that through the cases.
  return own(value) as T;
}

function own(value: unknown): unknown {
  if (typeof value === 'string') return value.length < SHORTEST_VIEW ? value : ownText(value);
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return ownList(value);
  if (value instanceof Map) ownMap(value);
  else if (value instanceof Set) ownSet(value);
  else if (Object.getPrototypeOf(value) === Object.prototype) ownRecord(value);
  return value;
}

function ownList(list: unknown[]): unknown[] {
  for (let index = 0; index < list.length; index += 1) {
    const part = list[index];
    if (isSimple(part)) continue;
    const mine = own(part);
    if (mine !== part || typeof part === 'string') list[index] = mine;
  }
  return list.length > 0 && list.length < SPARE_ROOM ? list.slice() : list;
}

function ownRecord(record: object): void {
  const into = record as Record<string, unknown>;
  // Unlike Object.keys this makes no list.
  for (const name in into) {
    const part = into[name];
    if (!isSimple(part)) into[name] = own(part);
  }
}

/** A key cannot be changed: with one that may be a view all are set anew, in their order. */
function ownMap(map: Map<unknown, unknown>): void {
  let hasView = false;
  for (const [key, part] of map) {
    hasView ||= isView(key);
    if (!isSimple(part)) map.set(key, own(part));
  }
  if (!hasView) return;
  const entries = [...map];
  map.clear();
  for (const [key, part] of entries) map.set(own(key), part);
}

function ownSet(set: Set<unknown>): void {
  const parts = [...set];
  set.clear();
  for (const part of parts) set.add(own(part));
}

const isSimple = (part: unknown): boolean =>
  typeof part === 'string'
    ? part.length < SHORTEST_VIEW
    : typeof part !== 'object' || part === null;
const isView = (key: unknown): boolean => typeof key === 'string' && key.length >= SHORTEST_VIEW;
