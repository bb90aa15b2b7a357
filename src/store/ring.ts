const BLOCK_POINTS = 32;
const BLOCK_BYTES = BLOCK_POINTS * Float32Array.BYTES_PER_ELEMENT;
const PAGE_BLOCKS = 256;

/**
 * Memory that many rings share, in blocks of 32 samples. An array of its own for each of the thousands of series of a
 * large site would cost more than the samples in it.
 */
export class RingMemory {
  readonly limitBytes: number;
  readonly #pages: Float32Array[] = [];
  /** Blocks that were given back. */
  readonly #free: number[] = [];
  #blocks = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** Bytes of the blocks that rings hold. */
  get used(): number {
    return (this.#blocks - this.#free.length) * BLOCK_BYTES;
  }

  /** A block without samples, or undefined when with it more than so many bytes would be in use. */
  take(limitBytes: number): number | undefined {
    if (this.used + BLOCK_BYTES > limitBytes) return undefined;
    const block = this.#free.pop() ?? this.#blocks++;
    if (block >= this.#pages.length * PAGE_BLOCKS)
      this.#pages.push(new Float32Array(PAGE_BLOCKS * BLOCK_POINTS));
    this.empty(block);
    return block;
  }

  /** Ends the use of a block. */
  give(block: number): void {
    this.#free.push(block);
  }

  empty(block: number): void {
    const start = (block % PAGE_BLOCKS) * BLOCK_POINTS;
    this.#pageOf(block).fill(Number.NaN, start, start + BLOCK_POINTS);
  }

  get(block: number, index: number): number {
    return this.#pageOf(block)[(block % PAGE_BLOCKS) * BLOCK_POINTS + index] ?? Number.NaN;
  }

  set(block: number, index: number, value: number): void {
    this.#pageOf(block)[(block % PAGE_BLOCKS) * BLOCK_POINTS + index] = value;
  }

  #pageOf(block: number): Float32Array {
    return this.#pages[Math.floor(block / PAGE_BLOCKS)] ?? NO_PAGE;
  }
}

const NO_PAGE = new Float32Array(0);
const NO_BLOCKS: readonly number[] = [];

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

/**
 * The newest samples of one series, by tick: a number that rises by one per sample or gap. It grows as it fills; when
 * there is no more memory it keeps the blocks it has, and without any it keeps nothing. A class, so that a ring is one
 * object: a large site has some ten thousand.
 */
export class Ring {
  readonly #kind: RingKind;
  /**
   * Neighbours in time, oldest first; the first one begins with the tick `#base` * 32. Made anew by
   * `concat` when it changes: an array that grows, or is spread, has room for 16 more.
   */
  #blocks: readonly number[] = NO_BLOCKS;
  #base = 0;
  #first = 0;
  #end = -1;

  constructor(kind: RingKind) {
    this.#kind = kind;
  }

  /** Ticks that were left out become NaN. A tick that is not newer than the last one is ignored. */
  put(tick: number, value: number): void {
    const { capacity, memory } = this.#kind;
    const isEmpty = this.#end < this.#first;
    if (!isEmpty && tick <= this.#end) return;
    if (isEmpty || tick - this.#end >= capacity) {
      this.clear();
      this.#base = Math.floor(tick / BLOCK_POINTS);
      this.#first = tick;
    }
    const wanted = Math.floor(tick / BLOCK_POINTS);
    while (this.#base + this.#blocks.length <= wanted)
      if (!this.#append()) {
        this.clear();
        return;
      }
    const block = this.#blocks[wanted - this.#base];
    if (block !== undefined) memory.set(block, tick - wanted * BLOCK_POINTS, value);
    this.#end = tick;
    this.#first = Math.max(this.#first, tick - capacity + 1, this.#base * BLOCK_POINTS);
  }

  /** The `points` samples that end with the tick `end`, oldest first; NaN where there is none. */
  last(end: number, points: number): Float32Array {
    return Float32Array.from({ length: points }, (_, index) => this.at(end - points + 1 + index));
  }

  /** The sample of a tick; NaN when there is none. */
  at(tick: number): number {
    if (!(tick >= this.#first && tick <= this.#end)) return Number.NaN;
    const number = Math.floor(tick / BLOCK_POINTS);
    const block = this.#blocks[number - this.#base];
    return block === undefined
      ? Number.NaN
      : this.#kind.memory.get(block, tick - number * BLOCK_POINTS);
  }

  /** The oldest tick that is kept; Infinity while there is none. */
  first(): number {
    return this.#end < this.#first ? Infinity : this.#first;
  }

  /** Forgets all samples and gives the memory back. */
  clear(): void {
    for (const block of this.#blocks) this.#kind.memory.give(block);
    this.#blocks = NO_BLOCKS;
    this.#first = 0;
    this.#end = -1;
  }

  /** One more block at the new end: the oldest one once more, if the ring may not grow. False without any. */
  #append(): boolean {
    const { capacity, memory, growthShare } = this.#kind;
    const isFull = this.#blocks.length > Math.ceil(capacity / BLOCK_POINTS);
    const share = this.#blocks.length === 0 ? 1 : growthShare;
    const more = isFull ? undefined : memory.take(memory.limitBytes * share);
    if (more !== undefined) {
      this.#blocks = this.#blocks.concat(more);
      return true;
    }
    const oldest = this.#blocks[0];
    if (oldest === undefined) return false;
    memory.empty(oldest);
    this.#blocks = this.#blocks.slice(1).concat(oldest);
    this.#base += 1;
    return true;
  }
}
