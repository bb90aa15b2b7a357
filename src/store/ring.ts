const BLOCK_POINTS = 32;
const BLOCK_BYTES = BLOCK_POINTS * Float32Array.BYTES_PER_ELEMENT;
const PAGE_BLOCKS = 256;
const NONE = -1;

type Page = {
  readonly points: Float32Array;
  /** Of each block the one before it in its ring, and the one behind it. */
  readonly older: Int32Array;
  readonly newer: Int32Array;
};

/**
 * Memory that many rings share, in blocks of 32 samples that are linked to their neighbours. An array of its own for
 * each of the thousands of series of a large site would cost more than the samples in it.
 */
export class RingMemory {
  readonly limitBytes: number;
  readonly #pages: Page[] = [];
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

  /** A block without samples or neighbours, or undefined when with it more than so many bytes would be in use. */
  take(limitBytes: number): number | undefined {
    if (this.used + BLOCK_BYTES > limitBytes) return undefined;
    const block = this.#free.pop() ?? this.#blocks++;
    if (block >= this.#pages.length * PAGE_BLOCKS)
      this.#pages.push({
        points: new Float32Array(PAGE_BLOCKS * BLOCK_POINTS),
        older: new Int32Array(PAGE_BLOCKS),
        newer: new Int32Array(PAGE_BLOCKS),
      });
    this.empty(block);
    return block;
  }

  /** Ends the use of a block. */
  give(block: number): void {
    this.#free.push(block);
  }

  /** Takes samples and neighbours away. */
  empty(block: number): void {
    const { points, older, newer } = this.#pageOf(block);
    const index = block % PAGE_BLOCKS;
    points.fill(Number.NaN, index * BLOCK_POINTS, (index + 1) * BLOCK_POINTS);
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
    return this.#pageOf(block).points[(block % PAGE_BLOCKS) * BLOCK_POINTS + index] ?? Number.NaN;
  }

  set(block: number, index: number, value: number): void {
    this.#pageOf(block).points[(block % PAGE_BLOCKS) * BLOCK_POINTS + index] = value;
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

/**
 * The newest samples of one series, by tick: a number that rises by one per sample or gap. It grows as it fills; when
 * there is no more memory it keeps the blocks it has, and without any it keeps nothing. A class without any list, so
 * that a ring is one small object: a large site has some fifty thousand.
 */
export class Ring {
  readonly #kind: RingKind;
  #oldest = NONE;
  #newest = NONE;
  /** So many blocks, neighbours in time; the oldest begins with the tick `#base` * 32. */
  #length = 0;
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
    while (this.#base + this.#length <= wanted)
      if (!this.#append()) {
        this.clear();
        return;
      }
    memory.set(this.#newest, tick - wanted * BLOCK_POINTS, value);
    this.#end = tick;
    this.#first = Math.max(this.#first, tick - capacity + 1, this.#base * BLOCK_POINTS);
  }

  /** The sample of a tick; NaN when there is none. */
  at(tick: number): number {
    if (!(tick >= this.#first && tick <= this.#end)) return Number.NaN;
    const { memory } = this.#kind;
    const number = Math.floor(tick / BLOCK_POINTS);
    let block = this.#newest;
    for (let at = this.#base + this.#length - 1; at > number; at -= 1)
      block = memory.olderOf(block);
    return memory.get(block, tick - number * BLOCK_POINTS);
  }

  /** The oldest tick that is kept; Infinity while there is none. */
  first(): number {
    return this.#end < this.#first ? Infinity : this.#first;
  }

  /** Forgets all samples and gives the memory back. */
  clear(): void {
    const { memory } = this.#kind;
    for (let block = this.#newest; block !== NONE;) {
      const older = memory.olderOf(block);
      memory.give(block);
      block = older;
    }
    this.#oldest = NONE;
    this.#newest = NONE;
    this.#length = 0;
    this.#first = 0;
    this.#end = -1;
  }

  /** One more block at the new end: the oldest one once more, if the ring may not grow. False without any. */
  #append(): boolean {
    const { capacity, memory, growthShare } = this.#kind;
    const isFull = this.#length > Math.ceil(capacity / BLOCK_POINTS);
    const share = this.#length === 0 ? 1 : growthShare;
    const block =
      (isFull ? undefined : memory.take(memory.limitBytes * share)) ?? this.#takeOldest();
    if (block === undefined) return false;
    memory.link(this.#newest, block);
    this.#newest = block;
    if (this.#oldest === NONE) this.#oldest = block;
    this.#length += 1;
    return true;
  }

  #takeOldest(): number | undefined {
    const { memory } = this.#kind;
    const oldest = this.#oldest;
    if (oldest === NONE) return undefined;
    this.#oldest = memory.newerOf(oldest);
    if (this.#oldest === NONE) this.#newest = NONE;
    memory.link(NONE, this.#oldest);
    memory.empty(oldest);
    this.#length -= 1;
    this.#base += 1;
    return oldest;
  }
}
