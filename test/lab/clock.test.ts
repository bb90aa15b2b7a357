import { expect, test } from 'vitest';
import { systemClock } from '../../src/lab/clock.ts';

test('by the clock no delay is over before its end', async () => {
  const delays = Array.from({ length: 200 }, (_, index) => 0.37 + (index % 40) * 0.83);
  const early = await Promise.all(
    delays.map(
      (delay) =>
        new Promise<number>((resolve) => {
          const due = systemClock.now() + delay;
          systemClock.after(delay, () => resolve(Math.max(0, due - systemClock.now())));
        }),
    ),
  );
  expect(early.filter((ms) => ms > 0)).toEqual([]);
});
