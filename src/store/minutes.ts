const FIELDS = 5;
const [AT, SUM, COUNT, LOW, HIGH] = [0, 1, 2, 3, 4] as const;
const FIRST_SLOTS = 256;

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
  #fields = new Float64Array(FIRST_SLOTS * FIELDS);
  readonly #free: number[] = [];
  #slots = 0;

  /** The place of a minute that begins now. */
  take(at: number): number {
    const slot = this.#free.pop() ?? this.#slots++;
    if ((slot + 1) * FIELDS > this.#fields.length) {
      const more = new Float64Array(this.#fields.length * 2);
      more.set(this.#fields);
      this.#fields = more;
    }
    this.begin(slot, at);
    return slot;
  }

  /** Ends the use of a place. */
  give(slot: number): void {
    this.#free.push(slot);
  }

  begin(slot: number, at: number): void {
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
