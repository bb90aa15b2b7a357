import type { Clock, Timer } from '../clock.ts';

const TICK_MS = 500;
/** A longer tick means that the console itself was stopped: that time says nothing about the host. */
const LONGEST_TICK_MS = 2_000;
/** An idle host is asked for a sign of life after this long without a byte. */
const IDLE_PROBE_AFTER_MS = 5_000;
/** While something is asked: it may be a command that takes long, which a second channel tells apart. */
const ASKED_PROBE_AFTER_MS = 2_500;
/** Without a byte for this long, although one was asked for, what is known counts as old. */
const STALE_AFTER_MS = 5_000;
/** The same, and the host is frozen. */
export const FROZEN_AFTER_SECONDS = 15;

export type LivenessOptions = {
  readonly clock: Clock;
  /** Bytes that were received: any byte is a sign of life, also on a slow link. */
  readonly bytesRead: () => number;
  /** Something was asked that the host has to answer. */
  readonly isAsked: () => boolean;
  readonly probe: () => void;
  /** true after 5 s without a byte, false when one comes again. */
  readonly onStale: (isStale: boolean) => void;
  readonly onFrozen: () => void;
};

/** Watches a connection for life; returns the end of the watch. */
export function watchLiveness(options: LivenessOptions): () => void {
  const { clock } = options;
  let seen = options.bytesRead();
  /** Silence while something was asked. */
  let askedMs = 0;
  /** Silence since the last byte or probe. */
  let unprobedMs = 0;
  let isStale = false;
  let lastTick = clock.monotonic();
  let timer: Timer | undefined;

  const heard = (): void => {
    askedMs = 0;
    unprobedMs = 0;
    if (!isStale) return;
    isStale = false;
    options.onStale(false);
  };

  const tick = (): void => {
    const now = clock.monotonic();
    const elapsed = Math.min(Math.max(now - lastTick, 0), LONGEST_TICK_MS);
    lastTick = now;
    const bytes = options.bytesRead();
    const isAsked = options.isAsked();
    if (bytes === seen) {
      askedMs = isAsked ? askedMs + elapsed : 0;
      unprobedMs += elapsed;
    } else {
      seen = bytes;
      heard();
    }
    if (askedMs >= FROZEN_AFTER_SECONDS * 1000) {
      options.onFrozen();
      return;
    }
    if (askedMs >= STALE_AFTER_MS && !isStale) {
      isStale = true;
      options.onStale(true);
    }
    if (unprobedMs >= (isAsked ? ASKED_PROBE_AFTER_MS : IDLE_PROBE_AFTER_MS)) {
      unprobedMs = 0;
      options.probe();
    }
    timer = clock.setTimeout(tick, TICK_MS);
  };

  timer = clock.setTimeout(tick, TICK_MS);
  return () => clock.clearTimeout(timer);
}
