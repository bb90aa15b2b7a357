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
      const { release } = await limiter.acquire(address);
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
  const { release } = await limiter.acquire('a:22');
  const second = limiter.acquire('a:22');
  const other = await limiter.acquire('b:22');
  other.release();
  release();
  (await second).release();
  expect(limiter.taken()).toBe(0);
});

test('who gives up waiting takes no slot', async () => {
  const limiter = createHandshakeLimiter({ total: 1, perAddress: 1 });
  const { release } = await limiter.acquire('a:22');
  const stop = new AbortController();
  const waiting = limiter.acquire('a:22', stop.signal);
  stop.abort();
  await expect(waiting).rejects.toThrow('aborted');
  await expect(limiter.acquire('a:22', stop.signal)).rejects.toThrow('aborted');
  release();
  expect(limiter.taken()).toBe(0);
});

test('who waits for somebody that may not be there lends the slot, and has it again before all others', async () => {
  const limiter = createHandshakeLimiter({ total: 1, perAddress: 1 });
  const order: string[] = [];
  const slow = await limiter.acquire('slow:22');
  const others = ['a:22', 'b:22'].map(async (address) => {
    const slot = await limiter.acquire(address);
    order.push(address);
    return slot;
  });
  await tick();
  expect(order).toEqual([]);
  slow.lend();
  slow.lend();
  await tick();
  expect(order).toEqual(['a:22']);
  const again = slow.regain().then(() => order.push('slow:22'));
  (await others[0])?.release();
  await again;
  expect([order, limiter.taken()]).toEqual([['a:22', 'slow:22'], 1]);
  slow.release();
  (await others[1])?.release();
  expect(limiter.taken()).toBe(0);
});

test('what goes on without asking is counted, one too many holds up the next', async () => {
  const limiter = createHandshakeLimiter({ total: 1, perAddress: 1 });
  const silent = await limiter.acquire('silent:22');
  silent.lend();
  const other = await limiter.acquire('a:22');
  silent.retake();
  silent.retake();
  expect(limiter.taken()).toBe(2);
  let isGranted = false;
  const third = limiter.acquire('b:22').then((slot) => {
    isGranted = true;
    return slot;
  });
  other.release();
  await tick();
  expect(isGranted).toBe(false);
  silent.release();
  (await third).release();
  expect(limiter.taken()).toBe(0);
});

test('a lent slot that is released, or whose owner gives up, is nobody`s', async () => {
  const limiter = createHandshakeLimiter({ total: 1, perAddress: 1 });
  const slot = await limiter.acquire('a:22');
  slot.lend();
  const other = await limiter.acquire('b:22');
  await expect(slot.regain(AbortSignal.abort())).rejects.toThrow('aborted');
  slot.release();
  slot.retake();
  expect(limiter.taken()).toBe(1);
  other.release();
  expect(limiter.taken()).toBe(0);
});
