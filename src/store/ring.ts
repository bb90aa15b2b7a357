import { Places } from './places.ts';
import { fromShort, NO_NUMBER, toShort } from './short-float.ts';

const BLOCK_POINTS = 32;
const PAGE_BLOCKS = 256;
const NONE = -1;

/** Bytes that all memories of samples together may use, and do. */
export class RingBudget {
  readonly limitBytes: number;
  usedBytes = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }
}

/**
 * How samples are kept: as 32-bit floats, or shorter: in 16 bits ({@link toShort}) while their block is filled, and then
 * in 8, as one of 255 steps from the lowest sample of the block to its highest. These two are kept as they are, and a
 * sample between them moves by a five-hundredth of what lies between at most: an eighth of a cell in a chart, if anything.
 */
export type Precision = 'float' | 'short';

type Samples = Float32Array | Uint16Array | Uint8Array;
type SealedPage = {
  readonly samples: Samples;
  /** The lowest and the highest sample of each block, where the samples are steps between them. */
  readonly bounds: Uint16Array;
  /** Of each block the one before it in its ring. */
  readonly older: Int32Array;
};

const STEPS = 254;
const NO_STEP = 255;

/**
 * Memory that many rings share, in blocks of 32 samples: open ones, which are being filled, and sealed ones, which do not
 * change and are linked to those before them. An array of its own for each of the thousands of series of a large site
 * would cost more than the samples in it.
 */
export class RingMemory {
  readonly budget: RingBudget;
  readonly #isShort: boolean;
  readonly #openBytes: number;
  readonly #sealedBytes: number;
  readonly #open: Samples[] = [];
  readonly #sealed: SealedPage[] = [];
  readonly #openPlaces = new Places();
  readonly #sealedPlaces = new Places();

  constructor(budget: RingBudget, precision: Precision) {
    this.budget = budget;
    this.#isShort = precision === 'short';
    this.#openBytes = BLOCK_POINTS * (this.#isShort ? 2 : 4);
    // A short one has its bounds besides; each knows the one before it.
    this.#sealedBytes = (this.#isShort ? BLOCK_POINTS + 2 * 2 : BLOCK_POINTS * 4) + 4;
  }

  /** An open block without samples; undefined when the budget has no more. */
  takeOpen(): number | undefined {
    if (!this.#spend(this.#openBytes, this.budget.limitBytes)) return undefined;
    const block = this.#openPlaces.take();
    if (block >= this.#open.length * PAGE_BLOCKS)
      this.#open.push(new (this.#isShort ? Uint16Array : Float32Array)(PAGE_BLOCKS * BLOCK_POINTS));
    this.empty(block);
    return block;
  }

  /** Ends the use of an open block. */
  giveOpen(block: number): void {
    this.budget.usedBytes -= this.#openBytes;
    this.#openPlaces.give(block);
  }

  /** Takes the samples of an open block away. */
  empty(block: number): void {
    const start = (block % PAGE_BLOCKS) * BLOCK_POINTS;
    const none = this.#isShort ? NO_NUMBER : Number.NaN;
    this.#openOf(block).fill(none, start, start + BLOCK_POINTS);
  }

  set(block: number, index: number, value: number): void {
    const samples = this.#openOf(block);
    samples[(block % PAGE_BLOCKS) * BLOCK_POINTS + index] = this.#isShort ? toShort(value) : value;
  }

  /** A sample of an open block; NaN: none. */
  get(block: number, index: number): number {
    const sample = this.#openOf(block)[(block % PAGE_BLOCKS) * BLOCK_POINTS + index] ?? Number.NaN;
    return this.#isShort ? fromShort(sample) : sample;
  }

  /** A block to be sealed, or undefined when with it more than so many bytes would be in use. */
  takeSealed(limitBytes: number): number | undefined {
    if (!this.#spend(this.#sealedBytes, limitBytes)) return undefined;
    const block = this.#sealedPlaces.take();
    if (block >= this.#sealed.length * PAGE_BLOCKS)
      this.#sealed.push({
        samples: new (this.#isShort ? Uint8Array : Float32Array)(PAGE_BLOCKS * BLOCK_POINTS),
        bounds: new Uint16Array(this.#isShort ? PAGE_BLOCKS * 2 : 0),
        older: new Int32Array(PAGE_BLOCKS),
      });
    return block;
  }

  /** Ends the use of a sealed block. */
  giveSealed(block: number): void {
    this.budget.usedBytes -= this.#sealedBytes;
    this.#sealedPlaces.give(block);
  }

  /** What an open block holds is from now on in a sealed one, with the one before it; the open one is empty. */
  seal(open: number, sealed: number, older: number): void {
    const { samples, bounds } = this.#sealedOf(sealed);
    const place = sealed % PAGE_BLOCKS;
    const from = (open % PAGE_BLOCKS) * BLOCK_POINTS;
    const held = this.#openOf(open).subarray(from, from + BLOCK_POINTS);
    const to = place * BLOCK_POINTS;
    if (this.#isShort) {
      let [low, high] = [NO_NUMBER, 0];
      // Short samples are in the order of what they stand for.
      for (const sample of held)
        if (sample !== NO_NUMBER) [low, high] = [Math.min(low, sample), Math.max(high, sample)];
      bounds.set([low, high], 2 * place);
      const least = fromShort(low);
      const span = fromShort(high) - least;
      held.forEach((sample, index) => {
        const part = span > 0 ? (fromShort(sample) - least) / span : 0;
        samples[to + index] = sample === NO_NUMBER ? NO_STEP : Math.round(part * STEPS);
      });
    } else samples.set(held, to);
    this.setOlder(sealed, older);
    this.empty(open);
  }

  /** A sample of a sealed block; NaN: none. */
  getSealed(block: number, index: number): number {
    const { samples, bounds } = this.#sealedOf(block);
    const place = block % PAGE_BLOCKS;
    const sample = samples[place * BLOCK_POINTS + index] ?? Number.NaN;
    if (!this.#isShort) return sample;
    if (sample === NO_STEP) return Number.NaN;
    const low = fromShort(bounds[2 * place] ?? NO_NUMBER);
    const high = fromShort(bounds[2 * place + 1] ?? NO_NUMBER);
    return low + (high - low) * (sample / STEPS);
  }

  /** -1: none. */
  olderOf(block: number): number {
    return this.#sealedOf(block).older[block % PAGE_BLOCKS] ?? NONE;
  }

  setOlder(block: number, older: number): void {
    this.#sealedOf(block).older[block % PAGE_BLOCKS] = older;
  }

  #spend(bytes: number, limitBytes: number): boolean {
    if (this.budget.usedBytes + bytes > limitBytes) return false;
    this.budget.usedBytes += bytes;
    return true;
  }

  #openOf(block: number): Samples {
    return this.#open[Math.floor(block / PAGE_BLOCKS)] ?? NO_SAMPLES;
  }

  #sealedOf(block: number): SealedPage {
    return this.#sealed[Math.floor(block / PAGE_BLOCKS)] ?? NO_PAGE;
  }
}

const NO_SAMPLES = new Float32Array(0);
const NO_PAGE: SealedPage = {
  samples: NO_SAMPLES,
  bounds: new Uint16Array(0),
  older: new Int32Array(0),
};

/** What rings of one kind have in common. */
export type RingKind = {
  /** Samples that a ring keeps, as long as there is memory. */
  readonly capacity: number;
  readonly memory: RingMemory;
  /**
   * How much of the memory rings of this kind may grow into, 0 to 1: growth ends before the memory does, so that
   * things that appear later can still be shown. Only the open block of a ring may come from what is left.
   */
  readonly growthShare: number;
};

const FIELDS = 6;
/**
 * One `OPEN` block, and `LENGTH` sealed ones before it, of which `NEWEST` is the last; the oldest begins with the tick
 * `BASE` * 32. Ticks `FIRST` to `END` are kept.
 */
const [OPEN, NEWEST, LENGTH, BASE, FIRST, END] = [0, 1, 2, 3, 4, 5] as const;
const EMPTY = [NONE, NONE, 0, 0, 0, -1] as const;

/**
 * The newest samples of many series, each by tick: a number below 2^31 that rises by one per sample or gap. A ring grows
 * as it fills; when there is no more memory it keeps the blocks it has, and without any it keeps nothing. Rings are
 * numbers from 0 on, their state lies in one array: a large site has some hundred thousand, and an object takes five
 * times as much.
 */
export class Rings {
  readonly #kind: RingKind;
  #fields = new Int32Array(0);

  constructor(kind: RingKind) {
    this.#kind = kind;
  }

  /** Memory of the state, without that of the samples. */
  get bytes(): number {
    return this.#fields.byteLength;
  }

  /** A ring without samples: it has none yet, or was cleared. */
  begin(ring: number): void {
    if ((ring + 1) * FIELDS > this.#fields.length) {
      const more = new Int32Array(grown(ring) * FIELDS);
      more.set(this.#fields);
      this.#fields = more;
    }
    this.#reset(ring);
  }

  /** Ticks that were left out become NaN. A tick that is not newer than the last one is ignored. */
  put(ring: number, tick: number, value: number): void {
    const { capacity, memory } = this.#kind;
    const end = this.#get(ring, END);
    const isEmpty = end < this.#get(ring, FIRST);
    if (!isEmpty && tick <= end) return;
    const wanted = Math.floor(tick / BLOCK_POINTS);
    if (isEmpty || tick - end >= capacity) {
      this.clear(ring);
      const open = memory.takeOpen();
      if (open === undefined) return;
      this.#set(ring, OPEN, open);
      this.#set(ring, BASE, wanted);
      this.#set(ring, FIRST, tick);
    }
    while (this.#openNumber(ring) < wanted) this.#seal(ring);
    memory.set(this.#get(ring, OPEN), tick - wanted * BLOCK_POINTS, value);
    this.#set(ring, END, tick);
    const oldest = Math.max(tick - capacity + 1, this.#get(ring, BASE) * BLOCK_POINTS);
    if (oldest > this.#get(ring, FIRST)) this.#set(ring, FIRST, oldest);
  }

  /** The sample of a tick; NaN when there is none. */
  at(ring: number, tick: number): number {
    if (!(tick >= this.#get(ring, FIRST) && tick <= this.#get(ring, END))) return Number.NaN;
    const { memory } = this.#kind;
    const number = Math.floor(tick / BLOCK_POINTS);
    const index = tick - number * BLOCK_POINTS;
    const open = this.#openNumber(ring);
    if (number === open) return memory.get(this.#get(ring, OPEN), index);
    return memory.getSealed(this.#back(ring, open - 1 - number), index);
  }

  /** The oldest tick that is kept; Infinity while there is none. */
  first(ring: number): number {
    const first = this.#get(ring, FIRST);
    return this.#get(ring, END) < first ? Infinity : first;
  }

  /** Forgets all samples and gives the memory back. */
  clear(ring: number): void {
    const { memory } = this.#kind;
    const open = this.#get(ring, OPEN);
    if (open !== NONE) memory.giveOpen(open);
    for (let block = this.#get(ring, NEWEST); block !== NONE;) {
      const older = memory.olderOf(block);
      memory.giveSealed(block);
      block = older;
    }
    this.#reset(ring);
  }

  #reset(ring: number): void {
    this.#fields.set(EMPTY, ring * FIELDS);
  }

  #get(ring: number, field: number): number {
    return this.#fields[ring * FIELDS + field] ?? NONE;
  }

  #set(ring: number, field: number, value: number): void {
    this.#fields[ring * FIELDS + field] = value;
  }

  /** Which 32 ticks the open block is for. */
  #openNumber(ring: number): number {
    return this.#get(ring, BASE) + this.#get(ring, LENGTH);
  }

  /** The sealed block that is so many before the newest. */
  #back(ring: number, count: number): number {
    let block = this.#get(ring, NEWEST);
    for (let left = count; left > 0; left -= 1) block = this.#kind.memory.olderOf(block);
    return block;
  }

  /** The open block is for the next ticks: what it held is sealed, in the place of the oldest if the ring may not grow. */
  #seal(ring: number): void {
    const { capacity, memory, growthShare } = this.#kind;
    const open = this.#get(ring, OPEN);
    const isFull = this.#get(ring, LENGTH) >= Math.ceil(capacity / BLOCK_POINTS);
    const sealed =
      (isFull ? undefined : memory.takeSealed(memory.budget.limitBytes * growthShare)) ??
      this.#dropOldest(ring);
    if (sealed === undefined) {
      memory.empty(open);
      this.#set(ring, BASE, this.#get(ring, BASE) + 1);
      return;
    }
    memory.seal(open, sealed, this.#get(ring, NEWEST));
    this.#set(ring, NEWEST, sealed);
    this.#set(ring, LENGTH, this.#get(ring, LENGTH) + 1);
  }

  #dropOldest(ring: number): number | undefined {
    const { memory } = this.#kind;
    const length = this.#get(ring, LENGTH);
    if (length === 0) return undefined;
    let oldest = this.#get(ring, NEWEST);
    if (length === 1) this.#set(ring, NEWEST, NONE);
    else {
      const second = this.#back(ring, length - 2);
      oldest = memory.olderOf(second);
      memory.setOlder(second, NONE);
    }
    this.#set(ring, LENGTH, length - 1);
    this.#set(ring, BASE, this.#get(ring, BASE) + 1);
    return oldest;
  }
}

/** How many places there are to be when one more is needed: what a large site has left over is a few kB. */
export const grown = (place: number): number => 64 + Math.ceil(place * 1.125);
