import type { EpochMs } from './time.ts';

/**
 * While nothing but time passes, what was said of it stays true for a while: `7m42s` for a second, `41d` for up to a
 * day. Who turns time into words tells here when the words change; who keeps what was made of them asks for it.
 */
let soonest = Number.POSITIVE_INFINITY;

/** Tells that what is worked out just now says something else after so many milliseconds. */
export function changesIn(ms: number): void {
  if (ms < soonest) soonest = ms;
}

/** Tells when a span that grows or shrinks with time gets over a multiple of the step. */
export function changesWith(span: number, step: number): void {
  const over = ((span % step) + step) % step;
  changesIn(Math.min(step - over, over + 1));
}

/** The whole seconds of a span that grows with time: tells when there is one more. */
export function wholeSeconds(spanMs: number): number {
  changesWith(spanMs, 1000);
  return Math.floor(spanMs / 1000);
}

/** A span in units of so many milliseconds, with one decimal: tells when this is another one. */
export function inTenths(spanMs: number, unitMs: number): number {
  changesWith(spanMs + unitMs / 20, unitMs / 10);
  return Math.round((spanMs / unitMs) * 10) / 10;
}

/** The time since then, for who only compares it with these limits: tells when it reaches the next of them. */
export function spanSince(at: EpochMs, now: EpochMs, limitsMs: readonly number[]): number {
  const span = now - at;
  for (const limit of limitsMs) if (span <= limit) changesIn(Math.max(1, limit - span));
  return span;
}

/** The time until then, in the same way. */
export function spanUntil(at: EpochMs, now: EpochMs, limitsMs: readonly number[]): number {
  const span = at - now;
  for (const limit of limitsMs) if (span >= limit) changesIn(Math.max(1, span - limit));
  return span;
}

/** Works something out, and tells for how many milliseconds it stays the same if nothing but time changes. */
export function lasting<T>(work: () => T): { readonly result: T; readonly ms: number } {
  const outer = soonest;
  soonest = Number.POSITIVE_INFINITY;
  try {
    const result = work();
    return { result, ms: soonest };
  } finally {
    // What is a part of something larger changes that too.
    soonest = Math.min(outer, soonest);
  }
}

/**
 * Remembers what is made of an owner that never changes and of the time: it is made again when time makes another thing
 * of it, for as long as there is the owner.
 */
export function whileLasting<O extends object, T>(
  make: (owner: O, now: EpochMs) => T,
): (owner: O, now: EpochMs) => T {
  const latest = new WeakMap<
    O,
    { readonly made: T; readonly at: EpochMs; readonly until: EpochMs }
  >();
  return (owner, now) => {
    const last = latest.get(owner);
    if (last && now >= last.at && now < last.until) {
      changesIn(last.until - now);
      return last.made;
    }
    const { result, ms } = lasting(() => make(owner, now));
    latest.set(owner, { made: result, at: now, until: now + ms });
    return result;
  };
}
