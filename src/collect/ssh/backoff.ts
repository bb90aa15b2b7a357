/** Milliseconds. */
const LEAST = 500;
const BASE = 1_000;
const MOST = 60_000;
const THROTTLED_LEAST = 30_000;
const THROTTLED_MOST = 600_000;
const AUTH_LEAST = 15 * 60_000;

/**
 * Full jitter: any time up to a limit that doubles with each failure, so that hosts lost together do
 * not come back together. `random` gives a number from 0 to below 1.
 */
export const reconnectDelayMs = (failures: number, random: () => number): number =>
  Math.max(LEAST, random() * Math.min(MOST, BASE * 2 ** Math.min(failures, 16)));

/** The first attempt after an established connection was lost. */
export const firstReconnectDelayMs = (random: () => number): number => random() * LEAST;

/** After the server said that it refuses for now: 30 s, doubling up to 600 s, plus up to a tenth. */
export const throttledDelayMs = (refusals: number, random: () => number): number =>
  Math.min(THROTTLED_MOST, THROTTLED_LEAST * 2 ** Math.min(refusals, 10)) * (1 + random() / 10);

/** After a refused login: servers lock addresses and accounts out that try again and again. */
export const authRetryDelayMs = (random: () => number): number => AUTH_LEAST * (1 + random() / 10);

/** For what is not going to change within seconds, as another service on the port. */
export const slowDelayMs = (random: () => number): number => MOST * (1 + random() / 10);
