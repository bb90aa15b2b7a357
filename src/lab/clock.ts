/** Where the lab takes its time from; every delay of the lab goes through it. */
export type LabClock = {
  /** Milliseconds since the epoch; never goes back. */
  readonly now: () => number;
  /** Calls back once after a delay, by `now` not before it is over; returns its cancellation. */
  readonly after: (delayMs: number, run: () => void) => () => void;
};

const systemNow = (): number => Math.floor(performance.timeOrigin + performance.now());

/** The machine's time, monotonic from the start of the process on. */
export const systemClock: LabClock = {
  now: systemNow,
  after: (delayMs, run) => {
    const due = systemNow() + delayMs;
    let timer: NodeJS.Timeout;
    // A timer may be early by a part of a millisecond, and what is due then would not be due by this clock.
    const wait = (): void => {
      const left = due - systemNow();
      if (left > 0) timer = setTimeout(wait, Math.ceil(left));
      else run();
    };
    timer = setTimeout(wait, Math.ceil(Math.max(0, delayMs)));
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
