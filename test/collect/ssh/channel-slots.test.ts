import { expect, test } from 'vitest';
import { CHANNEL_SHARES, createChannelSlots } from '../../../src/collect/ssh/channel-slots.ts';

test('the next one of a purpose waits until a slot is given back', async () => {
  const slots = createChannelSlots();
  expect(await slots.acquire('action')).toBe(true);
  let isGranted = false;
  const next = (async () => {
    isGranted = await slots.acquire('action');
  })();
  await Promise.resolve();
  expect(isGranted).toBe(false);
  expect(await slots.acquire('demand')).toBe(true);
  slots.release('demand');
  expect(isGranted).toBe(false);
  slots.release('action');
  await next;
  expect([isGranted, slots.open()]).toEqual([true, 1]);
});

test('who stops waiting gets none and leaves the slot to the next', async () => {
  const slots = createChannelSlots();
  await slots.acquire('action');
  const stop = new AbortController();
  const first = slots.acquire('action', stop.signal);
  const second = slots.acquire('action');
  stop.abort();
  expect(await first).toBe(false);
  expect(await slots.acquire('action', stop.signal)).toBe(false);
  slots.release('action');
  expect([await second, slots.open()]).toEqual([true, 1]);
});

test('all shares together stay within the MaxSessions of a server as it comes', () => {
  const total = Object.values(CHANNEL_SHARES).reduce((sum, share) => sum + share, 0);
  expect(total).toBeLessThanOrEqual(10);
  expect(CHANNEL_SHARES).toMatchObject({ stream: 3, demand: 2, action: 1 });
});
