const NEWLINE = 10;

/** Cuts a byte stream into lines, however it comes in chunks. */
export type LineSplitter = {
  /**
   * The lines that this chunk completes, without their newline; empty lines are left out.
   * A line may share memory with the chunk: read it before the next call.
   * @throws {RangeError} when a line is longer than the limit.
   */
  readonly push: (chunk: Buffer) => readonly Buffer[];
  /** Bytes of the line that is not complete yet. */
  readonly rest: () => number;
};

/**
 * Splits at byte 10, which never occurs inside a multi-byte character of UTF-8, so that a character cut in two
 * by the network stays whole.
 */
export function createLineSplitter(limitBytes: number): LineSplitter {
  let parts: Buffer[] = [];
  let size = 0;

  function complete(end: Buffer): Buffer {
    if (size === 0) return end;
    const line = Buffer.concat([...parts, end]);
    parts = [];
    size = 0;
    return line;
  }

  function keep(tail: Buffer): void {
    size += tail.length;
    if (size > limitBytes)
      throw new RangeError(`a line is longer than the limit of ${limitBytes} bytes`);
    // A copy: a subarray would keep the whole chunk alive.
    parts.push(Buffer.from(tail));
  }

  return {
    push: (chunk) => {
      const lines: Buffer[] = [];
      let start = 0;
      for (
        let end = chunk.indexOf(NEWLINE);
        end !== -1;
        start = end + 1, end = chunk.indexOf(NEWLINE, start)
      ) {
        const line = complete(chunk.subarray(start, end));
        if (line.length > limitBytes)
          throw new RangeError(`a line is longer than the limit of ${limitBytes} bytes`);
        if (line.length > 0) lines.push(line);
      }
      if (start < chunk.length) keep(chunk.subarray(start));
      return lines;
    },
    rest: () => size,
  };
}
