const NEWLINE = 10;
const RETURN = 13;

/** One line as it came. */
export type RawLine = {
  readonly text: string;
  /** Bytes at its end that are left out, because it is too long. */
  readonly cutBytes: number;
};

/** Cuts the bytes of a log into lines, however they come in chunks. */
export type LogSplitter = {
  /** The lines that this chunk completes, empty ones among them, without their ends. */
  readonly push: (chunk: Buffer) => readonly RawLine[];
  /** The last line when the log ends without a newline. */
  readonly end: () => readonly RawLine[];
};

/** @param limitBytes what is kept of one line at most; memory stays within it whatever comes. */
export function createLogSplitter(limitBytes: number): LogSplitter {
  let parts: Buffer[] = [];
  let size = 0;
  let cutBytes = 0;

  function keep(bytes: Buffer): void {
    const room = Math.min(bytes.length, limitBytes - size);
    cutBytes += bytes.length - room;
    if (room === 0) return;
    // A copy: a subarray would keep the whole chunk alive.
    parts.push(Buffer.from(bytes.subarray(0, room)));
    size += room;
  }

  function complete(): RawLine {
    const [only = Buffer.alloc(0), ...others] = parts;
    const line = lineOf(others.length === 0 ? only : Buffer.concat(parts), cutBytes);
    parts = [];
    size = 0;
    cutBytes = 0;
    return line;
  }

  return {
    push: (chunk) => {
      const lines: RawLine[] = [];
      let start = 0;
      for (
        let end = chunk.indexOf(NEWLINE);
        end !== -1;
        start = end + 1, end = chunk.indexOf(NEWLINE, start)
      ) {
        const isWhole = size === 0 && cutBytes === 0 && end - start <= limitBytes;
        if (isWhole) lines.push(lineOf(chunk.subarray(start, end), 0));
        else {
          keep(chunk.subarray(start, end));
          lines.push(complete());
        }
      }
      if (start < chunk.length) keep(chunk.subarray(start));
      return lines;
    },
    end: () => (size === 0 && cutBytes === 0 ? [] : [complete()]),
  };
}

function lineOf(bytes: Buffer, cutBytes: number): RawLine {
  const { length } = bytes;
  const end = cutBytes === 0 && bytes[length - 1] === RETURN ? length - 1 : length;
  return { text: bytes.toString('utf8', 0, end), cutBytes };
}
