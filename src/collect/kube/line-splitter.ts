import { createHeldBytes } from './held-bytes.ts';

const NEWLINE = 10;

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
  const held = createHeldBytes(limitBytes, 'a line');
  return {
    *push(chunk) {
      let start = 0;
      for (
        let end = chunk.indexOf(NEWLINE);
        end !== -1;
        start = end + 1, end = chunk.indexOf(NEWLINE, start)
      ) {
        const line = held.complete(chunk.subarray(start, end));
        if (line.length > 0) yield line;
      }
      if (start < chunk.length) held.keep(chunk.subarray(start));
      else held.release();
    },
    rest: held.size,
  };
}
