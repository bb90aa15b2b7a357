/** Time as the engine sees it: passed in, so that tests decide when it passes. */
export type Clock = {
  /** Milliseconds on a clock that never goes back; only differences mean something. */
  readonly now: () => number;
  /** Runs once after `ms` milliseconds (0: as soon as the event loop turns); returns the cancel. */
  readonly after: (ms: number, run: () => void) => () => void;
  /** Runs once when what runs now is over, with all promises that it keeps: before any other event. */
  readonly soon: (run: () => void) => void;
};

/** The machine's monotonic clock. Its timers never keep the process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    if (ms <= 0) {
      // Held, unlike the timers: the loop may otherwise sleep with this turn still owed.
      const immediate = setImmediate(run);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  // A tick that is asked for among the promises comes when there are no more of them.
  soon: (run) => queueMicrotask(() => process.nextTick(run)),
};
