import { refPath } from '../../domain/ref.ts';
import type { Ref } from '../../domain/ref.ts';
import type { BoundRow, Sign } from '../../domain/view.ts';

/**
 * Rows in their order. An array is one; the rows of a long list are made when they are asked for, so that nobody should
 * ask for all of them.
 */
export type RowList = {
  readonly length: number;
  /** From 0 on; undefined behind the last one. */
  readonly at: (index: number) => BoundRow | undefined;
  readonly slice: (from?: number, to?: number) => readonly BoundRow[];
  readonly [Symbol.iterator]: () => Iterator<BoundRow>;
  /** What else is known without looking at the rows. */
  readonly facts?: RowFacts;
};

/** What is kept beside a long list. */
export type RowFacts = {
  /** Place of a thing; -1 when it is not there. */
  readonly indexOf: (ref: Ref) => number;
  readonly refs: RefList;
  /** How many rows have each sign; those of one part of the list, such as a cluster's, or with an empty name all. */
  readonly counts: (part: string) => ReadonlyMap<Sign, number>;
};

/** References in the order of the screen. An array is one. */
export type RefList = {
  readonly length: number;
  readonly at: (index: number) => Ref | undefined;
  readonly slice: (from?: number, to?: number) => readonly Ref[];
  readonly indexOf: (ref: Ref) => number;
};

const countsOf = new WeakMap<RowList, Map<string, ReadonlyMap<Sign, number>>>();
const refsCache = new WeakMap<RowList, readonly Ref[]>();
const placesOf = new WeakMap<RowList, ReadonlyMap<Ref, number>>();

/**
 * How many rows have each sign, of all or of those things whose references begin with that name, such as a cluster's;
 * counted once for an array.
 */
export function signCounts(rows: RowList, part = ''): ReadonlyMap<Sign, number> {
  if (rows.facts) return rows.facts.counts(part);
  const byPart = countsOf.get(rows) ?? new Map<string, ReadonlyMap<Sign, number>>();
  countsOf.set(rows, byPart);
  let counts = byPart.get(part);
  if (!counts) {
    const next = new Map<Sign, number>();
    for (const { ref, sign } of rows)
      if (part === '' || refPath(ref)[0] === part) next.set(sign, (next.get(sign) ?? 0) + 1);
    byPart.set(part, (counts = next));
  }
  return counts;
}

/** The references of the rows, in their order; the same array for the same rows. */
export function refsOf(rows: RowList): RefList {
  if (rows.facts) return rows.facts.refs;
  let refs = refsCache.get(rows);
  if (!refs) refsCache.set(rows, (refs = rows.slice().map(({ ref }) => ref)));
  return refs;
}

/** Place of a thing among the rows; -1 when it is not there. */
export function rowIndex(rows: RowList, ref: Ref): number {
  if (rows.facts) return rows.facts.indexOf(ref);
  let places = placesOf.get(rows);
  if (!places)
    placesOf.set(rows, (places = new Map(rows.slice().map((row, index) => [row.ref, index]))));
  return places.get(ref) ?? -1;
}

/** The row of a thing. */
export function rowOf(rows: RowList, ref: Ref): BoundRow | undefined {
  const index = rowIndex(rows, ref);
  return index < 0 ? undefined : rows.at(index);
}
