import type { Clock } from './clock.ts';

/**
 * Decides when frames are painted: none without a reason, data a few times a second, keys at once: before any event that
 * waits behind them.
 */
export type Pacer = {
  /** Asks for a frame: within the data interval, or (`urgent`) when what asks for it is done. */
  readonly invalidate: (urgent?: boolean) => void;
  /** Without focus, data is painted once a second. */
  readonly setFocused: (focused: boolean) => void;
  /** Cancels what is due and ignores everything from now on. */
  readonly stop: () => void;
};

export type PacerOptions = {
  /** Paints; returns the milliseconds it took, a blocking write to the terminal included. */
  readonly frame: () => number;
  readonly clock: Clock;
  /** Least milliseconds between two data frames; default 100. */
  readonly dataMs?: number;
  /** Least milliseconds between two urgent frames; default 8. */
  readonly keyMs?: number;
  /**
   * Called when a frame is due: true if the output has not taken the last one yet. The frame then
   * waits until `resume` is called; frames are never queued.
   */
  readonly isBlocked?: (resume: () => void) => boolean;
};

const SLOWEST_MS = 1000;
/** A frame that takes longer means a slow link or a stopped terminal: writes to a terminal block. */
const SLOW_FRAME_MS = 25;
/** Painting stays under a quarter of the time. */
const REST_FACTOR = 4;
/** Longest pause that a slow terminal may put between a key and its frame. */
const LONGEST_KEY_PAUSE_MS = 250;

export function createPacer({
  frame,
  clock,
  dataMs = 100,
  keyMs = 8,
  isBlocked = () => false,
}: PacerOptions): Pacer {
  let interval = dataMs;
  let keyPause = keyMs;
  let isFocused = true;
  let isStopped = false;
  let isWaiting = false;
  let isPainting = false;
  let wanted: 'nothing' | 'data' | 'urgent' = 'nothing';
  let last = Number.NEGATIVE_INFINITY;
  let lastUrgent = Number.NEGATIVE_INFINITY;
  let isUrgent = false;
  let due = Number.POSITIVE_INFINITY;
  let cancel: (() => void) | undefined;

  const invalidate = (urgent = false): void => {
    if (isStopped || isWaiting) return;
    if (isPainting) {
      if (wanted !== 'urgent') wanted = urgent ? 'urgent' : 'data';
      return;
    }
    const now = clock.now();
    const at = urgent ? urgentAt() : last + Math.max(interval, isFocused ? 0 : SLOWEST_MS);
    const isNext = urgent && at <= now;
    const wish = isNext ? Number.NEGATIVE_INFINITY : Math.max(now, at);
    isUrgent ||= urgent;
    if (cancel !== undefined && wish >= due) return;
    cancel?.();
    due = wish;
    cancel = isNext ? soon() : clock.after(wish - now, run);
  };

  /** A terminal that is slow takes its time after every frame. */
  const urgentAt = (): number => (keyPause > keyMs ? last : lastUrgent) + keyPause;

  const soon = (): (() => void) => {
    let isCancelled = false;
    clock.soon(() => {
      if (!isCancelled) run();
    });
    return () => {
      isCancelled = true;
    };
  };

  const resume = (): void => {
    if (!isWaiting) return;
    isWaiting = false;
    invalidate(true);
  };

  function run(): void {
    cancel = undefined;
    due = Number.POSITIVE_INFINITY;
    if (isStopped) return;
    isWaiting = true;
    if (isBlocked(resume)) return;
    isWaiting = false;
    isPainting = true;
    wanted = 'nothing';
    let spent = 0;
    try {
      spent = frame();
    } finally {
      isPainting = false;
      last = clock.now();
      if (isUrgent) lastUrgent = last;
      isUrgent = false;
      const isSlow = spent > SLOW_FRAME_MS;
      interval = isSlow
        ? Math.min(SLOWEST_MS, Math.max(interval * 2, spent * REST_FACTOR))
        : Math.max(dataMs, interval * 0.9);
      keyPause = isSlow ? Math.min(LONGEST_KEY_PAUSE_MS, Math.max(keyMs, spent)) : keyMs;
    }
    if (wanted !== 'nothing') invalidate(wanted === 'urgent');
  }

  return {
    invalidate,
    setFocused: (focused) => {
      isFocused = focused;
    },
    stop: () => {
      isStopped = true;
      cancel?.();
      cancel = undefined;
    },
  };
}
