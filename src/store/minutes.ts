import { grown } from './ring.ts';

const FIELDS = 5;
const [AT, SUM, COUNT, LOW, HIGH] = [0, 1, 2, 3, 4] as const;
/** What the samples of one minute come to so far. */
export type OpenMinute = {
  /** Its number since the epoch. */
  readonly at: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
};

/**
 * The minutes that are being filled, one for each of thousands of series: in one array, because five numbers in an object
 * take three times the memory.
 */
export class Minutes {
  #fields = new Float64Array(0);

  get bytes(): number {
    return this.#fields.byteLength;
  }

  /** A minute begins, in a place that had another or none. */
  begin(slot: number, at: number): void {
    if ((slot + 1) * FIELDS > this.#fields.length) {
      const more = new Float64Array(grown(slot) * FIELDS);
      more.set(this.#fields);
      this.#fields = more;
    }
    const fields = this.#fields;
    const start = slot * FIELDS;
    fields[start + AT] = at;
    fields[start + SUM] = 0;
    fields[start + COUNT] = 0;
    fields[start + LOW] = Infinity;
    fields[start + HIGH] = -Infinity;
  }

  add(slot: number, value: number): void {
    const fields = this.#fields;
    const start = slot * FIELDS;
    fields[start + SUM] = this.#read(start + SUM) + value;
    fields[start + COUNT] = this.#read(start + COUNT) + 1;
    fields[start + LOW] = Math.min(this.#read(start + LOW), value);
    fields[start + HIGH] = Math.max(this.#read(start + HIGH), value);
  }

  /** The number of the minute that is being filled. */
  at(slot: number): number {
    return this.#read(slot * FIELDS + AT);
  }

  /** Without a sample the mean is NaN. */
  read(slot: number): OpenMinute {
    const start = slot * FIELDS;
    return {
      at: this.#read(start + AT),
      mean: this.#read(start + SUM) / this.#read(start + COUNT),
      low: this.#read(start + LOW),
      high: this.#read(start + HIGH),
    };
  }

  #read(index: number): number {
    return this.#fields[index] ?? Number.NaN;
  }
}
