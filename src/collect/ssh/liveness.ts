import type { Clock, Timer } from '../clock.ts';

const TICK_MS = 1_000;
/** A longer tick means that the console itself was stopped: that time says nothing about the host. */
const LONGEST_TICK_MS = 2_000;
/** A probe goes out after this long without a byte. */
const PROBE_AFTER_MS = 5_000;
/** Without a byte for this long, although one was asked for, the host is frozen. */
export const FROZEN_AFTER_SECONDS = 15;

export type LivenessOptions = {
  readonly clock: Clock;
  /** Bytes that the socket has received: any byte is a sign of life, also on a slow link. */
  readonly bytesRead: () => number;
  /** Something was asked that the host has to answer. */
  readonly isAsked: () => boolean;
  readonly probe: () => void;
  readonly onFrozen: () => void;
};

/** Watches a connection for life; returns the end of the watch. */
export function watchLiveness(options: LivenessOptions): () => void {
  const { clock } = options;
  let seen = options.bytesRead();
  let askedSilenceMs = 0;
  let idleMs = 0;
  let lastTick = clock.now();
  let timer: Timer | undefined;

  const tick = (): void => {
    const now = clock.now();
    const elapsed = Math.min(Math.max(now - lastTick, 0), LONGEST_TICK_MS);
    lastTick = now;
    const bytes = options.bytesRead();
    const isSilent = bytes === seen;
    seen = bytes;
    const isAsked = options.isAsked();
    askedSilenceMs = isSilent && isAsked ? askedSilenceMs + elapsed : 0;
    idleMs = isSilent && !isAsked ? idleMs + elapsed : 0;
    if (askedSilenceMs >= FROZEN_AFTER_SECONDS * 1000) {
      options.onFrozen();
      return;
    }
    if (idleMs >= PROBE_AFTER_MS) options.probe();
    timer = clock.setTimeout(tick, TICK_MS);
  };

  timer = clock.setTimeout(tick, TICK_MS);
  return () => clock.clearTimeout(timer);
}
