import { expect, test } from 'vitest';
import { watchSleep } from '../../src/collect/sleep-watch.ts';
import { createFakeClock } from './ssh/support/fake-clock.ts';

test('sleep is noticed once, within five seconds; time that passes, a late timer and a clock set back are none', () => {
  const clock = createFakeClock();
  let awake = 0;
  const end = watchSleep(clock, () => awake++);
  clock.advance(3_600_000);
  clock.setForward(20_000);
  clock.advance(10_000);
  clock.setForward(-8 * 3_600_000);
  clock.advance(10_000);
  expect(awake).toBe(0);
  clock.setForward(8 * 3_600_000);
  clock.advance(5_000);
  expect(awake).toBe(1);
  clock.advance(60_000);
  expect(awake).toBe(1);
  end();
  expect(clock.timers()).toBe(0);
});
