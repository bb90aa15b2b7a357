import type { Clock } from '../../../../src/collect/clock.ts';

/** The machine's clock, so many times as fast: limits of many seconds pass in a test. */
export function createFastClock(factor: number): Clock {
  const start = Date.now();
  return {
    now: () => start + (Date.now() - start) * factor,
    monotonic: () => performance.now() * factor,
    setTimeout: (callback, delayMs) => setTimeout(callback, delayMs / factor).unref(),
    clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
  };
}
