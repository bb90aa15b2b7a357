import type { HostCommand } from '../domain/command.ts';
import type { Intervals } from '../domain/settings.ts';

/** When a command was asked and how that ended. */
export type Asked = {
  /** Monotonic milliseconds; null: not since the connection came up. */
  readonly lastAskedAt: number | null;
  /** The program was not there. */
  readonly isMissing: boolean;
  /** So many times its interval, because the host answers late. */
  readonly stretch: number;
  /** That its question took the last time. */
  readonly programs: number;
};

/** Milliseconds. However slow a host is, it is asked as often as this, or as the configuration says. */
const LONGEST_STRETCHED = 600_000;
const MOST_STRETCH = 8;
/** A program that says too much for a while is seen to be well again soon. */
const MOST_FOR_SIZE = 4;
/** Each ten programs of a question take one interval, so that many zones do not cost a host a process a second. */
const PROGRAMS_AT_ONCE = 10;
/** So many answers in time, and a stretched interval is halved. */
const CALM_ANSWERS = 3;

/**
 * Milliseconds between two asks: a missing program is looked for at the slowest pace only, and a host that
 * answers late, or has to start many programs for it, is asked less often.
 */
export function intervalMs(
  { pace, every = 1 }: Pick<HostCommand, 'pace' | 'every'>,
  intervals: Intervals,
  { isMissing, stretch, programs }: Pick<Asked, 'isMissing' | 'stretch' | 'programs'>,
): number {
  const own = 1000 * intervals[pace] * every * Math.max(1, programs / PROGRAMS_AT_ONCE);
  if (isMissing) return Math.max(own, 1000 * intervals.inventory);
  return Math.min(own * stretch, Math.max(own, LONGEST_STRETCHED));
}

/** How a command's interval is stretched, and how many answers in a row would have been early at half of it. */
export type Stretch = { readonly stretch: number; readonly calm: number };
export const noStretch: Stretch = { stretch: 1, calm: 0 };

/** A turn passed while the answer to the one before it was still out. */
export const stretchLate = ({ stretch }: Stretch): Stretch => ({
  stretch: Math.min(MOST_STRETCH, stretch * 2),
  calm: 0,
});

/** What is dropped for its size has cost the host and the line megabytes, however quickly. */
export const stretchTooLarge = ({ stretch }: Stretch): Stretch => ({
  stretch: Math.max(stretch, Math.min(MOST_FOR_SIZE, stretch * 2)),
  calm: 0,
});

/**
 * After an answer that took `waitedMs` from its ask on, at the present interval: more than half of it is late;
 * several in a row below an eighth shorten it again.
 */
export function stretchAfter(before: Stretch, waitedMs: number, interval: number): Stretch {
  if (waitedMs > interval / 2) return stretchLate(before);
  if (before.stretch === 1 || waitedMs > interval / 8)
    return before.calm === 0 ? before : { ...before, calm: 0 };
  const calm = before.calm + 1;
  return calm < CALM_ANSWERS ? { ...before, calm } : { stretch: before.stretch / 2, calm: 0 };
}

/**
 * How long until a command is due. Every command has a grid of its own, `interval` wide and shifted by
 * `phase` (0 to below 1), so that hosts and commands do not all ask at the same moment. A grid time that
 * lies less than half an interval after the last ask is passed over.
 */
export function delayUntilDue(options: {
  readonly now: number;
  readonly lastAskedAt: number | null;
  readonly intervalMs: number;
  readonly phase: number;
}): number {
  const { now, lastAskedAt, intervalMs: width, phase } = options;
  const shift = phase * width;
  const next = (Math.floor((now - shift) / width) + 1) * width + shift;
  const isTooSoon = lastAskedAt !== null && Math.abs(next - lastAskedAt) < width / 2;
  return next - now + (isTooSoon ? width : 0);
}

/** What lets a command be asked at once so many times in a row, and then once in so long. */
export type Allowance = { readonly left: number; readonly at: number };
/** A change that is seen at once is worth a process; one that comes all the time is not. */
const MOST_AT_ONCE = 6;
export const fullAllowance = (now: number): Allowance => ({ left: MOST_AT_ONCE, at: now });

/** After one more ask at `now`; undefined when it has to wait. One comes back every `refillMs`. */
export function spend(
  { left, at }: Allowance,
  now: number,
  refillMs: number,
): Allowance | undefined {
  const has = Math.min(MOST_AT_ONCE, left + (now - at) / refillMs);
  return has < 1 ? undefined : { left: has - 1, at: now };
}

/** Of the time for which something is not well already; how much later its recovery may be seen than it was found. */
const RECHECK_SHARE = 0.1;

/**
 * How long until what is not well is looked at again, so that its recovery is seen soon, and what stays so for days costs
 * no more than what is well.
 * @param troubledMs for how long it is not well already
 * @param between at least and at most
 */
export const recheckMs = (
  troubledMs: number,
  [least, most]: readonly [least: number, most: number],
): number => Math.min(most, Math.max(least, troubledMs * RECHECK_SHARE));

/** From 0 to below 1, the same for the same names in every run (FNV-1a with a final mix). */
export function phaseOf(host: string, command: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${host}\0${command}`))
    hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

const PACES: readonly HostCommand['pace'][] = ['fast', 'slow', 'inventory'];

/** The order in which a fresh connection is asked. */
export const fastFirst = (commands: readonly HostCommand[]): readonly HostCommand[] =>
  PACES.flatMap((pace) => commands.filter((command) => command.pace === pace));
