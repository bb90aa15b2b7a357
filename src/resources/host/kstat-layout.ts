import type { KstatReader } from '../../parse/kstat-lines.ts';
import { parseDecimal } from '../../parse/numbers.ts';

/** How a statistic is read: exact, as a number that may be rounded, with decimals, or as it stands. */
export type KstatKind = 'counter' | 'whole' | 'decimal' | 'text';
/** What was read of one thing: each statistic in its place. Thousands of them would take ten times as much in maps. */
export type KstatValues = (bigint | number | string | undefined)[];

/** The statistics of one kind of thing: their kinds by their names, by the part of the thing that a kstat is about. */
type Parts = Readonly<Record<string, Readonly<Record<string, KstatKind>>>>;
type Names<T extends Parts> = {
  readonly [Part in keyof T & string]: `${Part}:${keyof T[Part] & string}`;
}[keyof T & string];
type Place = { readonly index: number; readonly kind: KstatKind };

/** Where the statistics of one kind of thing have their places. */
export type KstatPlaces = ReadonlyMap<string, Place>;

/** The statistics that are asked for of one kind of thing, such as links. */
export class KstatLayout<T extends Parts> {
  readonly #parts = new Map<string, Map<string, Place>>();
  readonly #indices = new Map<string, number>();
  readonly #nothing: KstatValues = [];

  constructor(parts: T) {
    for (const [part, kinds] of Object.entries(parts)) {
      const places = new Map<string, Place>();
      for (const [statistic, kind] of Object.entries(kinds)) {
        const index = this.#indices.size;
        this.#nothing.push(undefined);
        this.#indices.set(`${part}:${statistic}`, index);
        places.set(statistic, { index, kind });
      }
      this.#parts.set(part, places);
    }
  }

  /** The values of a thing of which nothing was read. */
  begin(): KstatValues {
    return this.#nothing.slice();
  }

  /** What is read of kstats about a part; undefined: nothing. */
  placesOf(part: string): KstatPlaces | undefined {
    return this.#parts.get(part);
  }

  counter(values: KstatValues, name: Names<T>): bigint | null {
    const value = this.#get(values, name);
    return typeof value === 'bigint' ? value : null;
  }

  number(values: KstatValues, name: Names<T>): number | null {
    const value = this.#get(values, name);
    return typeof value === 'number' ? value : null;
  }

  text(values: KstatValues, name: Names<T>): string | null {
    const value = this.#get(values, name);
    return typeof value === 'string' ? value : null;
  }

  #get(values: KstatValues, name: Names<T>): KstatValues[number] {
    return values[this.#indices.get(name) ?? -1];
  }
}

/** The value of the present statistic; null when it is not one of its kind. */
export function readKstatValue(
  kstats: KstatReader,
  kind: KstatKind,
): bigint | number | string | null {
  switch (kind) {
    case 'counter':
      return kstats.counter();
    case 'whole':
      return kstats.whole();
    case 'decimal':
      return parseDecimal(kstats.value());
    case 'text':
      return kstats.value();
  }
}
