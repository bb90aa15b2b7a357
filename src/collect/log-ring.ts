import type { LogLine } from '../domain/log.ts';

/** What is kept of some logs: the newest lines within two limits, in the order of their times. */
export type LogRing = {
  /** Takes lines of one container, in the order in which they were written. */
  readonly add: (lines: readonly LogLine[]) => void;
  /** A copy that later lines do not change. */
  readonly lines: () => readonly LogLine[];
  readonly droppedLines: () => number;
  /** What the kept lines cost, each with what it takes beside its text. */
  readonly bytes: () => number;
  /** Whether the next line costs an older one. */
  readonly isFull: () => boolean;
};

export type LogLimits = { readonly lines: number; readonly bytes: number };

/** Text of some minutes of a chatty workload, a few megabytes of memory. */
export const LOG_LIMITS: LogLimits = { lines: 20_000, bytes: 8 * 1024 * 1024 };

/** What a line takes beside its text. */
const LINE_BYTES = 96;
/** Room at the front of the list is given back when there is so much of it. */
const SLACK = 4096;

const costOf = ({ text }: LogLine): number => text.length + LINE_BYTES;

/** Whether a line was written before another; what has no time stays where it came. */
const isBefore = (a: LogLine, b: LogLine): boolean =>
  a.at !== null && b.at !== null && (a.at < b.at || (a.at === b.at && a.nanos < b.nanos));

/** See {@link LogRing}. A line that alone is over the limit of bytes is kept as the only one. */
export function createLogRing(limits: LogLimits): LogRing {
  let kept: LogLine[] = [];
  /** Index of the oldest line that is kept. */
  let first = 0;
  let bytes = 0;
  let droppedLines = 0;

  const isOver = (): boolean => {
    const length = kept.length - first;
    return length > 1 && (length > limits.lines || bytes > limits.bytes);
  };

  /** Several containers answer one after another: what was written later than the new lines makes room for them. */
  function merge(lines: readonly LogLine[]): void {
    const [earliest] = lines;
    if (!earliest) return;
    let from = kept.length;
    while (from > first) {
      const before = kept[from - 1];
      if (!before || !isBefore(earliest, before)) break;
      from -= 1;
    }
    const later = kept.splice(from);
    let next = 0;
    for (const line of lines) {
      for (let other = later[next]; other && !isBefore(line, other); other = later[next]) {
        kept.push(other);
        next += 1;
      }
      kept.push(line);
    }
    for (; next < later.length; next += 1) {
      const other = later[next];
      if (other) kept.push(other);
    }
  }

  return {
    add: (lines) => {
      merge(lines);
      for (const line of lines) bytes += costOf(line);
      while (isOver()) {
        const oldest = kept[first];
        if (oldest) bytes -= costOf(oldest);
        first += 1;
        droppedLines += 1;
      }
      if (first > SLACK) {
        kept = kept.slice(first);
        first = 0;
      }
    },
    lines: () => kept.slice(first),
    droppedLines: () => droppedLines,
    bytes: () => bytes,
    isFull: () => kept.length - first >= limits.lines || bytes >= limits.bytes - LINE_BYTES,
  };
}
