const NEWLINE = 10;
const LEAST_BYTES = 4096;
const NOTHING = Buffer.alloc(0);

/** Cuts a byte stream into lines, however it comes in chunks. */
export type LineSplitter = {
  /**
   * The lines that this chunk completes, without their newline; empty lines are left out. All of them must be taken,
   * each before the next: they share memory with the chunk and with one another.
   * @throws {RangeError} when a line is longer than the limit.
   */
  readonly push: (chunk: Buffer) => Generator<Buffer, void, undefined>;
  /** Bytes of the line that is not complete yet. */
  readonly rest: () => number;
};

/**
 * Splits at byte 10, which never occurs inside a multi-byte character of UTF-8, so that a character cut in two
 * by the network stays whole.
 */
export function createLineSplitter(limitBytes: number): LineSplitter {
  /** The beginning of a line, in memory that is used again for the line after it. */
  let held = NOTHING;
  let size = 0;

  /** A copy: a subarray would keep the whole chunk alive. */
  function keep(part: Buffer): void {
    const needed = size + part.length;
    if (needed > limitBytes)
      throw new RangeError(`a line is longer than the limit of ${limitBytes} bytes`);
    if (needed > held.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(LEAST_BYTES, needed, 2 * held.length));
      held.copy(larger, 0, 0, size);
      held = larger;
    }
    part.copy(held, size);
    size = needed;
  }

  function complete(end: Buffer): Buffer {
    if (size === 0) {
      if (end.length > limitBytes)
        throw new RangeError(`a line is longer than the limit of ${limitBytes} bytes`);
      return end;
    }
    keep(end);
    const line = held.subarray(0, size);
    size = 0;
    return line;
  }

  return {
    *push(chunk) {
      let start = 0;
      for (
        let end = chunk.indexOf(NEWLINE);
        end !== -1;
        start = end + 1, end = chunk.indexOf(NEWLINE, start)
      ) {
        const line = complete(chunk.subarray(start, end));
        if (line.length > 0) yield line;
      }
      if (start < chunk.length) keep(chunk.subarray(start));
      else if (size === 0) held = NOTHING;
    },
    rest: () => size,
  };
}
