/** A sleep that can be cut short. */
export type Alarm = {
  /** Resolves after the time, at `wake`, or at the abort; never rejects. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly wake: () => void;
};

/** An alarm whose sleeps end at once when `signal` aborts. */
export function createAlarm(signal: AbortSignal): Alarm {
  let end: (() => void) | undefined;
  return {
    sleep: (milliseconds) =>
      new Promise((resolve) => {
        if (signal.aborted) {
          resolve();
          return;
        }
        const timer = setTimeout(done, milliseconds);
        function done() {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          end = undefined;
          resolve();
        }
        signal.addEventListener('abort', done, { once: true });
        end = done;
      }),
    wake: () => end?.(),
  };
}

/**
 * Milliseconds to the next whole multiple of an interval: who asks again and again at the same pace asks at the same time,
 * so that what all of them tell is one change.
 */
export const untilTurn = (intervalMs: number, now: number): number =>
  intervalMs - (now % intervalMs);

/** A gate that many wait at. It is closed at first. */
export type Gate = {
  readonly isOpen: () => boolean;
  /** How often it was opened. */
  readonly openings: () => number;
  readonly open: () => void;
  readonly close: () => void;
  /** Resolves when the gate is open or `signal` aborts. */
  readonly passed: (signal: AbortSignal) => Promise<void>;
};

/** See {@link Gate}. */
export function createGate(): Gate {
  const waiting = new Set<() => void>();
  let isOpen = false;
  let openings = 0;
  return {
    isOpen: () => isOpen,
    openings: () => openings,
    open: () => {
      if (isOpen) return;
      isOpen = true;
      openings += 1;
      for (const pass of waiting) pass();
    },
    close: () => {
      isOpen = false;
    },
    passed: (signal) => (isOpen ? Promise.resolve() : enlist(waiting, signal)),
  };
}

/** A bounded number of permits; whoever asks first is served first. */
export type Slots = {
  /** Resolves to the function that gives the permit back; calling it twice does no harm. */
  readonly acquire: (signal: AbortSignal) => Promise<() => void>;
};

/** @param count how many may hold a permit at the same time. */
export function createSlots(count: number): Slots {
  const waiting = new Set<() => void>();
  let free = count;
  return {
    acquire: async (signal) => {
      // Someone else may be faster to a permit that was given back.
      while (!signal.aborted) {
        if (free > 0) break;
        await enlist(waiting, signal);
      }
      free -= 1;
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        free += 1;
        const [first] = waiting;
        first?.();
      };
    },
  };
}

function enlist(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    function pass() {
      waiting.delete(pass);
      signal.removeEventListener('abort', pass);
      resolve();
    }
    waiting.add(pass);
    signal.addEventListener('abort', pass, { once: true });
  });
}
