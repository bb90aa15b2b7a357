import { expect, test } from 'vitest';
import { createHandshakeLimiter } from '../../../src/collect/ssh/handshake-limiter.ts';

const tick = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

test('never more at once than allowed, over all and for one address, and all get their turn', async () => {
  const limiter = createHandshakeLimiter({ total: 8, perAddress: 4 });
  let most = 0;
  let mostOfOne = 0;
  let ofOne = 0;
  let done = 0;
  await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const address = index < 60 ? 'bastion:22' : `host${index}:22`;
      const release = await limiter.acquire(address);
      if (address === 'bastion:22') ofOne++;
      most = Math.max(most, limiter.taken());
      mostOfOne = Math.max(mostOfOne, ofOne);
      await tick();
      if (address === 'bastion:22') ofOne--;
      release();
      release();
      done++;
    }),
  );
  expect([most, mostOfOne, done, limiter.taken()]).toEqual([8, 4, 100, 0]);
});

test('an address that is full does not hold up another', async () => {
  const limiter = createHandshakeLimiter({ total: 3, perAddress: 1 });
  const release = await limiter.acquire('a:22');
  const second = limiter.acquire('a:22');
  const other = await limiter.acquire('b:22');
  other();
  release();
  (await second)();
  expect(limiter.taken()).toBe(0);
});

test('who gives up waiting takes no slot', async () => {
  const limiter = createHandshakeLimiter({ total: 1, perAddress: 1 });
  const release = await limiter.acquire('a:22');
  const stop = new AbortController();
  const waiting = limiter.acquire('a:22', stop.signal);
  stop.abort();
  await expect(waiting).rejects.toThrow('aborted');
  await expect(limiter.acquire('a:22', stop.signal)).rejects.toThrow('aborted');
  release();
  expect(limiter.taken()).toBe(0);
});
