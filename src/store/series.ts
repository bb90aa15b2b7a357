import { Minutes } from './minutes.ts';
import { Places } from './places.ts';
import { Rings } from './ring.ts';
import type { RingMemory } from './ring.ts';

/**
 * How much of what rings may grow into every sample may take: what is left is for minutes, which come later and look
 * back further in the same memory.
 */
const FULL_SHARE = 5 / 8;

/** What all series of one kind of things have in common. */
export type SeriesKind = {
  readonly memory: RingMemory;
  /** See {@link RingKind}. */
  readonly growthShare: number;
  /** How many samples, and how many minutes, a series keeps. */
  readonly samples: number;
  readonly minutes: number;
  /** The lowest and highest sample of a minute are kept beside its mean. */
  readonly hasExtremes: boolean;
};

/** Series of one kind. Each is a number, its place in all of these. */
export class SeriesTable {
  readonly full: Rings;
  /** Means of minutes, by the number of the minute since the epoch. */
  readonly means: Rings;
  /** The extremes of the samples in them; null where only the means are kept. */
  readonly lows: Rings | null;
  readonly highs: Rings | null;
  /** The minutes that are being filled. */
  readonly open = new Minutes();
  readonly #places = new Places();

  constructor({ memory, growthShare, samples, minutes, hasExtremes }: SeriesKind) {
    const ofMinutes = { capacity: minutes, memory, growthShare };
    this.full = new Rings({ capacity: samples, memory, growthShare: growthShare * FULL_SHARE });
    this.means = new Rings(ofMinutes);
    this.lows = hasExtremes ? new Rings(ofMinutes) : null;
    this.highs = hasExtremes ? new Rings(ofMinutes) : null;
  }

  /** Memory of all but the samples. */
  get bytes(): number {
    const rings = this.#rings().reduce((sum, { bytes }) => sum + bytes, 0);
    return rings + this.open.bytes;
  }

  /** A series without samples, whose first minute begins. */
  take(minute: number): number {
    const series = this.#places.take();
    for (const rings of this.#rings()) rings.begin(series);
    this.open.begin(series, minute);
    return series;
  }

  /** Ends the use of a series, and gives its memory back. */
  give(series: number): void {
    for (const rings of this.#rings()) rings.clear(series);
    this.#places.give(series);
  }

  put(series: number, tick: number, minute: number, value: number): void {
    const { full, means, lows, highs, open } = this;
    full.put(series, tick, value);
    if (minute !== open.at(series)) {
      const last = open.read(series);
      if (minute > last.at) {
        means.put(series, last.at, last.mean);
        lows?.put(series, last.at, last.low);
        highs?.put(series, last.at, last.high);
      } else for (const rings of [means, lows, highs]) rings?.clear(series);
      open.begin(series, minute);
    }
    open.add(series, value);
  }

  #rings(): readonly Rings[] {
    const { full, means, lows, highs } = this;
    return lows === null || highs === null ? [full, means] : [full, means, lows, highs];
  }
}
