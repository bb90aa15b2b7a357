import { expect, test } from 'vitest';
import { compareClocks } from '../../src/collect/clock-skew.ts';
import type { Answer } from '../../src/domain/transport.ts';
import { createFakeClock } from './ssh/support/fake-clock.ts';

/** The second that the host's date(1) prints. */
const said = (ms: number): Answer => ({
  kind: 'done',
  stdout: `${Math.floor(ms / 1000)}\n`,
  stderr: '',
  code: 0,
  durationMs: 1,
});

/** Compares once, with a host whose clock is off by so much, whose answer takes so long each way. */
async function comparedOnce({ off = 0, there = 0, back = 0 }) {
  const clock = createFakeClock(Date.UTC(2026, 2, 1));
  const asked: (() => void)[] = [];
  const skew = compareClocks({
    clock,
    signal: new AbortController().signal,
    link: {
      ask: () =>
        new Promise((resolve) => {
          asked.push(() => {
            clock.advance(there);
            const answer = said(clock.now() + off);
            clock.advance(back);
            resolve(answer);
          });
        }),
    },
  });
  skew.follow(true);
  clock.advance(10_000);
  asked.pop()?.();
  // The answer is taken, and the next question has its time.
  await new Promise(setImmediate);
  return { milliseconds: skew.milliseconds(), clock, asked };
}

test.for([0, 3000, -3000])('a clock off by %i ms is told to half a second', async (off) => {
  const { milliseconds } = await comparedOnce({ off, there: 20, back: 20 });
  expect(Math.abs((milliseconds ?? Number.NaN) - off)).toBeLessThanOrEqual(520);
});

test('an answer that was under way for seconds does not put the clock behind', async () => {
  const { milliseconds, clock, asked } = await comparedOnce({ there: 10, back: 6000 });
  expect(milliseconds).toBeNull();
  clock.advance(59_000);
  expect(asked).toEqual([]);
  clock.advance(1000);
  expect(asked).toHaveLength(1);
});

test('what such an answer leaves no doubt about is told, and no more', async () => {
  const { milliseconds } = await comparedOnce({ off: -60_000, there: 10, back: 6000 });
  expect(milliseconds).toBeLessThan(-58_000);
  expect(milliseconds).toBeGreaterThan(-60_000);
});

test('the next comparison of a host that answers in time is an hour later', async () => {
  const { clock, asked } = await comparedOnce({ there: 20, back: 20 });
  clock.advance(3_599_000);
  expect(asked).toEqual([]);
  clock.advance(1000);
  expect(asked).toHaveLength(1);
});
