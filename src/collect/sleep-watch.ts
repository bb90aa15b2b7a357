import type { Clock, Timer } from './clock.ts';

const LOOK_EVERY_MS = 5_000;
/** A machine that is busy is late by less. */
const ASLEEP_MS = 30_000;

/**
 * Calls back when this machine has slept, or its clock was set forward: who waits for a retry has waited long enough,
 * whatever its timers say. Returns the end of the watch.
 */
export function watchSleep(clock: Clock, onAwake: () => void): () => void {
  let lookedAt = clock.now();
  let timer: Timer | undefined;
  const look = (): void => {
    const now = clock.now();
    const isAwake = now - lookedAt > LOOK_EVERY_MS + ASLEEP_MS;
    lookedAt = now;
    timer = clock.setTimeout(look, LOOK_EVERY_MS);
    if (isAwake) onAwake();
  };
  timer = clock.setTimeout(look, LOOK_EVERY_MS);
  return () => clock.clearTimeout(timer);
}
