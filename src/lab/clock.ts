/** Where the lab takes its time from; every delay of the lab goes through it. */
export type LabClock = {
  /** Milliseconds since the epoch; never goes back. */
  readonly now: () => number;
  /** Calls back once after a delay; returns its cancellation. */
  readonly after: (delayMs: number, run: () => void) => () => void;
};

/** The machine's time, monotonic from the start of the process on. */
export const systemClock: LabClock = {
  now: () => Math.floor(performance.timeOrigin + performance.now()),
  after: (delayMs, run) => {
    const timer = setTimeout(run, Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until it is moved. */
export type ManualClock = LabClock & {
  /** Moves the time forward and runs what falls due, in order of its time. */
  readonly advance: (milliseconds: number) => void;
};

export function createManualClock(startMs: number): ManualClock {
  let now = startMs;
  let waiting: { readonly at: number; readonly run: () => void }[] = [];
  return {
    now: () => now,
    after: (delayMs, run) => {
      const entry = { at: now + Math.max(0, delayMs), run };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
    advance: (milliseconds) => {
      const end = now + milliseconds;
      for (;;) {
        const due = waiting.filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        waiting = waiting.filter((entry) => entry !== due);
        now = Math.max(now, due.at);
        due.run();
      }
      now = end;
    },
  };
}

/** Resolves after the delay, or at once when the signal aborts; the caller reads the signal afterwards. */
export function sleep(clock: LabClock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const finish = () => {
      cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = clock.after(delayMs, finish);
    signal.addEventListener('abort', finish, { once: true });
  });
}
