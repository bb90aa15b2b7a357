import { expect, test } from 'vitest';
import { createChannelSlots } from '../../../src/collect/ssh/channel-slots.ts';

test('the next one waits until a slot is given back', async () => {
  const slots = createChannelSlots(1);
  expect(await slots.acquire()).toBe(true);
  let isGranted = false;
  const next = (async () => {
    isGranted = await slots.acquire();
  })();
  await Promise.resolve();
  expect(isGranted).toBe(false);
  slots.release();
  await next;
  expect([isGranted, slots.open()]).toEqual([true, 1]);
});

test('who stops waiting gets none and leaves the slot to the next', async () => {
  const slots = createChannelSlots(1);
  await slots.acquire();
  const stop = new AbortController();
  const first = slots.acquire(stop.signal);
  const second = slots.acquire();
  stop.abort();
  expect(await first).toBe(false);
  expect(await slots.acquire(stop.signal)).toBe(false);
  slots.release();
  expect([await second, slots.open()]).toEqual([true, 1]);
});
