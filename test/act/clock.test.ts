import { expect, test } from 'vitest';
import { systemClock } from '../../src/act/clock.ts';

test('sleeps until its time is over', async () => {
  const before = performance.now();
  await systemClock.sleep(20);
  expect(performance.now() - before).toBeGreaterThanOrEqual(18);
});

test('wakes up at once when the signal aborts, also when it already did', async () => {
  const stop = new AbortController();
  const sleeping = systemClock.sleep(3_600_000, stop.signal);
  stop.abort();
  await sleeping;
  await systemClock.sleep(3_600_000, stop.signal);
  expect(stop.signal.aborted).toBe(true);
});
