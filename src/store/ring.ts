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

/** How samples are kept: as 32-bit floats, or in 16 bits ({@link toShort}). */
export type Precision = 'float' | 'short';

type Page = {
  readonly points: Float32Array | Uint16Array;
  /** Of each block the one before it in its ring, and the one behind it. */
  readonly older: Int32Array;
  readonly newer: Int32Array;
};

/**
 * Memory that many rings share, in blocks of 32 samples that are linked to their neighbours. An array of its own for
 * each of the thousands of series of a large site would cost more than the samples in it.
 */
export class RingMemory {
  readonly budget: RingBudget;
  readonly #isShort: boolean;
  readonly #blockBytes: number;
  readonly #pages: Page[] = [];
  /** Blocks that were given back. */
  readonly #free: number[] = [];
  #blocks = 0;

  constructor(budget: RingBudget, precision: Precision) {
    this.budget = budget;
    this.#isShort = precision === 'short';
    this.#blockBytes =
      BLOCK_POINTS * (this.#isShort ? Uint16Array : Float32Array).BYTES_PER_ELEMENT;
  }

  /** A block without samples or neighbours, or undefined when with it more than so many bytes would be in use. */
  take(limitBytes: number): number | undefined {
    if (this.budget.usedBytes + this.#blockBytes > limitBytes) return undefined;
    this.budget.usedBytes += this.#blockBytes;
    const block = this.#free.pop() ?? this.#blocks++;
    if (block >= this.#pages.length * PAGE_BLOCKS)
      this.#pages.push({
        points: new (this.#isShort ? Uint16Array : Float32Array)(PAGE_BLOCKS * BLOCK_POINTS),
        older: new Int32Array(PAGE_BLOCKS),
        newer: new Int32Array(PAGE_BLOCKS),
      });
    this.empty(block);
    return block;
  }

  /** Ends the use of a block. */
  give(block: number): void {
    this.budget.usedBytes -= this.#blockBytes;
    this.#free.push(block);
  }

  /** Takes samples and neighbours away. */
  empty(block: number): void {
    const { points, older, newer } = this.#pageOf(block);
    const index = block % PAGE_BLOCKS;
    const none = this.#isShort ? NO_NUMBER : Number.NaN;
    points.fill(none, index * BLOCK_POINTS, (index + 1) * BLOCK_POINTS);
    older[index] = NONE;
    newer[index] = NONE;
  }

  /** -1: none. */
  olderOf(block: number): number {
    return this.#pageOf(block).older[block % PAGE_BLOCKS] ?? NONE;
  }

  /** -1: none. */
  newerOf(block: number): number {
    return this.#pageOf(block).newer[block % PAGE_BLOCKS] ?? NONE;
  }

  link(older: number, newer: number): void {
    if (older !== NONE) this.#pageOf(older).newer[older % PAGE_BLOCKS] = newer;
    if (newer !== NONE) this.#pageOf(newer).older[newer % PAGE_BLOCKS] = older;
  }

  get(block: number, index: number): number {
    const point = this.#pageOf(block).points[(block % PAGE_BLOCKS) * BLOCK_POINTS + index];
    if (point === undefined) return Number.NaN;
    return this.#isShort ? fromShort(point) : point;
  }

  set(block: number, index: number, value: number): void {
    this.#pageOf(block).points[(block % PAGE_BLOCKS) * BLOCK_POINTS + index] = this.#isShort
      ? toShort(value)
      : value;
  }

  #pageOf(block: number): Page {
    return this.#pages[Math.floor(block / PAGE_BLOCKS)] ?? NO_PAGE;
  }
}

const NO_PAGE: Page = {
  points: new Float32Array(0),
  older: new Int32Array(0),
  newer: new Int32Array(0),
};

/** What rings of one kind have in common. */
export type RingKind = {
  /** Samples that a ring keeps, as long as there is memory. */
  readonly capacity: number;
  readonly memory: RingMemory;
  /**
   * How much of the memory rings of this kind may grow into, 0 to 1: growth ends before the memory does, so that
   * things that appear later can still be shown. Only the first block of a ring may come from what is left.
   */
  readonly growthShare: number;
};

const FIELDS = 6;
/** `LENGTH` blocks, neighbours in time; the oldest begins with the tick `BASE` * 32. Ticks `FIRST` to `END` are kept. */
const [OLDEST, NEWEST, LENGTH, BASE, FIRST, END] = [0, 1, 2, 3, 4, 5] as const;
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
      this.#set(ring, BASE, wanted);
      this.#set(ring, FIRST, tick);
    }
    while (this.#get(ring, BASE) + this.#get(ring, LENGTH) <= wanted)
      if (!this.#append(ring)) {
        this.clear(ring);
        return;
      }
    memory.set(this.#get(ring, NEWEST), tick - wanted * BLOCK_POINTS, value);
    this.#set(ring, END, tick);
    const oldest = Math.max(tick - capacity + 1, this.#get(ring, BASE) * BLOCK_POINTS);
    if (oldest > this.#get(ring, FIRST)) this.#set(ring, FIRST, oldest);
  }

  /** The sample of a tick; NaN when there is none. */
  at(ring: number, tick: number): number {
    if (!(tick >= this.#get(ring, FIRST) && tick <= this.#get(ring, END))) return Number.NaN;
    const { memory } = this.#kind;
    const number = Math.floor(tick / BLOCK_POINTS);
    let block = this.#get(ring, NEWEST);
    for (let at = this.#get(ring, BASE) + this.#get(ring, LENGTH) - 1; at > number; at -= 1)
      block = memory.olderOf(block);
    return memory.get(block, tick - number * BLOCK_POINTS);
  }

  /** The oldest tick that is kept; Infinity while there is none. */
  first(ring: number): number {
    const first = this.#get(ring, FIRST);
    return this.#get(ring, END) < first ? Infinity : first;
  }

  /** Forgets all samples and gives the memory back. */
  clear(ring: number): void {
    const { memory } = this.#kind;
    for (let block = this.#get(ring, NEWEST); block !== NONE;) {
      const older = memory.olderOf(block);
      memory.give(block);
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

  /** One more block at the new end: the oldest one once more, if the ring may not grow. False without any. */
  #append(ring: number): boolean {
    const { capacity, memory, growthShare } = this.#kind;
    const length = this.#get(ring, LENGTH);
    const isFull = length > Math.ceil(capacity / BLOCK_POINTS);
    const share = length === 0 ? 1 : growthShare;
    const block =
      (isFull ? undefined : memory.take(memory.budget.limitBytes * share)) ??
      this.#takeOldest(ring);
    if (block === undefined) return false;
    memory.link(this.#get(ring, NEWEST), block);
    this.#set(ring, NEWEST, block);
    if (this.#get(ring, OLDEST) === NONE) this.#set(ring, OLDEST, block);
    this.#set(ring, LENGTH, this.#get(ring, LENGTH) + 1);
    return true;
  }

  #takeOldest(ring: number): number | undefined {
    const { memory } = this.#kind;
    const oldest = this.#get(ring, OLDEST);
    if (oldest === NONE) return undefined;
    const next = memory.newerOf(oldest);
    this.#set(ring, OLDEST, next);
    if (next === NONE) this.#set(ring, NEWEST, NONE);
    memory.link(NONE, next);
    memory.empty(oldest);
    this.#set(ring, LENGTH, this.#get(ring, LENGTH) - 1);
    this.#set(ring, BASE, this.#get(ring, BASE) + 1);
    return oldest;
  }
}

/** How many places there are to be when one more is needed: what a large site has left over is a few kB. */
export const grown = (place: number): number => 64 + Math.ceil(place * 1.125);
