import type { EpochMs } from '../domain/time.ts';

/** A timer that was set; only the clock that set it knows what it is. */
export type Timer = object | number;

/** Time as the transport sees it, so that a test can move it by hand. */
export type Clock = {
  readonly now: () => EpochMs;
  /** Milliseconds from an arbitrary start that never go back, for durations: the wall clock may jump. */
  readonly monotonic: () => number;
  readonly setTimeout: (callback: () => void, delayMs: number) => Timer;
  readonly clearTimeout: (timer: Timer | undefined) => void;
};

/** The machine's clock. Its timers never keep the process alive: the connections do that. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs).unref(),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
};
