/** Waits that double at every failure. */
export type Backoff = {
  /** The next wait in milliseconds: at least `minimumMs`, with jitter only upwards (once to twice). */
  readonly next: (minimumMs?: number) => number;
  /** The thing worked: the next failure starts at the first wait again. */
  readonly reset: () => void;
};

/** @param random gives numbers from 0 up to 1. */
export function createBackoff(firstMs: number, capMs: number, random: () => number): Backoff {
  let base = 0;
  return {
    next: (minimumMs = 0) => {
      base = Math.min(capMs, base === 0 ? firstMs : base * 2);
      return Math.max(minimumMs, base) * (1 + random());
    },
    reset: () => {
      base = 0;
    },
  };
}
