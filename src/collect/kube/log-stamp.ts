import type { EpochMs } from '../../domain/time.ts';

/** When a line was written, as the kubelet puts it before the line: RFC 3339 with up to nine digits. */
export type LogStamp = {
  readonly at: EpochMs;
  /** Nanoseconds beyond the millisecond. */
  readonly nanos: number;
  /** As it came. */
  readonly text: string;
};

const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)(?: |$)/u;

/** Takes the time off the front of a line; the stamp is null where there is none. */
export function readStamp(line: string): {
  readonly stamp: LogStamp | null;
  readonly text: string;
} {
  const found = STAMP.exec(line);
  if (!found) return { stamp: null, text: line };
  const [whole, seconds = '', fraction = '', zone = ''] = found;
  const start = Date.parse(`${seconds}${zone}`);
  if (Number.isNaN(start)) return { stamp: null, text: line };
  const digits = Number(fraction.padEnd(9, '0'));
  return {
    stamp: {
      at: start + Math.floor(digits / 1_000_000),
      nanos: digits % 1_000_000,
      text: whole.trimEnd(),
    },
    text: line.slice(whole.length),
  };
}

/** Below zero when `a` is the earlier one. */
export const compareStamps = (a: LogStamp, b: LogStamp): number => a.at - b.at || a.nanos - b.nanos;
