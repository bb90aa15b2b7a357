const LEAST_BYTES = 4096;
const NOTHING = Buffer.alloc(0);

/** Puts together what comes cut into several chunks, one thing after the other. */
export type HeldBytes = {
  /**
   * Keeps the beginning, or the next part, of a thing whose end is not there yet.
   * @throws {RangeError} when it is longer than the limit
   */
  readonly keep: (part: Buffer) => void;
  /**
   * The whole thing, of which this is the last part. To be used before the next one is kept: it shares memory with that,
   * or with the part itself where nothing was kept.
   * @throws {RangeError} when it is longer than the limit
   */
  readonly complete: (end: Buffer) => Buffer;
  /** Bytes that are kept. */
  readonly size: () => number;
  /** Gives the memory back, where nothing is kept. */
  readonly release: () => void;
};

/** See {@link HeldBytes}. @param what is put together, for the error: `a line` */
export function createHeldBytes(limitBytes: number, what: string): HeldBytes {
  /** Memory that is used again for the thing after it. */
  let held = NOTHING;
  let size = 0;

  const check = (bytes: number): void => {
    if (bytes > limitBytes)
      throw new RangeError(`${what} is longer than the limit of ${limitBytes} bytes`);
  };

  /** A copy: a subarray would keep the whole chunk alive. */
  function keep(part: Buffer): void {
    const needed = size + part.length;
    check(needed);
    if (needed > held.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(LEAST_BYTES, needed, 2 * held.length));
      held.copy(larger, 0, 0, size);
      held = larger;
    }
    part.copy(held, size);
    size = needed;
  }

  return {
    keep,
    complete: (end) => {
      if (size === 0) {
        check(end.length);
        return end;
      }
      keep(end);
      const whole = held.subarray(0, size);
      size = 0;
      return whole;
    },
    size: () => size,
    release: () => {
      if (size === 0) held = NOTHING;
    },
  };
}
