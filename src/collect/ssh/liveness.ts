import type { Clock, Timer } from '../clock.ts';

const TICK_MS = 500;
/** A longer tick means that the console itself was stopped: that time says nothing about the host. */
const LONGEST_TICK_MS = 2_000;
/**
 * A silent host is asked for a sign of life after this long: an idle one so that its silence means
 * something, one that was asked since it may run a command that takes long, which a second channel tells apart.
 */
const PROBE_AFTER_MS = 2_500;
/** At most this long after the last byte, what is known counts as old. */
const STALE_AFTER_SECONDS = 5;
/** At most this long after the last byte, the host is frozen. */
export const FROZEN_AFTER_SECONDS = 15;
/** Silence is held against a host only when it has had this long to answer: first for stale, then for frozen. */
const STALE_ASKED_MS = 2_000;
const FROZEN_ASKED_MS = 10_000;

export type LivenessOptions = {
  readonly clock: Clock;
  /** Bytes that were received: any byte is a sign of life, also on a slow link. */
  readonly bytesRead: () => number;
  /** Something was asked that the host has to answer. */
  readonly isAsked: () => boolean;
  readonly probe: () => void;
  /** true when the host has been silent for 5 s, false when a byte comes again. */
  readonly onStale: (isStale: boolean) => void;
  readonly onFrozen: () => void;
};

/** Watches a connection for life; returns the end of the watch. */
export function watchLiveness(options: LivenessOptions): () => void {
  const { clock } = options;
  let seen = options.bytesRead();
  /** Silence since the last byte. */
  let silentMs = 0;
  /** The part of it in which something was asked. */
  let askedMs = 0;
  /** Silence since the last byte or probe. */
  let unprobedMs = 0;
  let isStale = false;
  let lastTick = clock.monotonic();
  let timer: Timer | undefined;

  const heard = (): void => {
    silentMs = 0;
    askedMs = 0;
    unprobedMs = 0;
    if (!isStale) return;
    isStale = false;
    options.onStale(false);
  };

  /** The last byte came up to a tick before it was seen: the limits are kept from the byte on. */
  const isSilentFor = (seconds: number, leastAskedMs: number): boolean =>
    silentMs >= seconds * 1000 - TICK_MS && askedMs >= leastAskedMs;

  const tick = (): void => {
    const now = clock.monotonic();
    const elapsed = Math.min(Math.max(now - lastTick, 0), LONGEST_TICK_MS);
    lastTick = now;
    const bytes = options.bytesRead();
    const isAsked = options.isAsked();
    if (bytes === seen) {
      silentMs += elapsed;
      askedMs = isAsked ? askedMs + elapsed : 0;
      unprobedMs += elapsed;
    } else {
      seen = bytes;
      heard();
    }
    if (isSilentFor(FROZEN_AFTER_SECONDS, FROZEN_ASKED_MS)) {
      options.onFrozen();
      return;
    }
    if (!isStale && isSilentFor(STALE_AFTER_SECONDS, STALE_ASKED_MS)) {
      isStale = true;
      options.onStale(true);
    }
    if (unprobedMs >= PROBE_AFTER_MS) {
      unprobedMs = 0;
      options.probe();
    }
    timer = clock.setTimeout(tick, TICK_MS);
  };

  timer = clock.setTimeout(tick, TICK_MS);
  return () => clock.clearTimeout(timer);
}
