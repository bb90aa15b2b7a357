import { expect, test } from 'vitest';
import { createPacer } from '../../src/term/pacer.ts';
import { FakeClock } from './fake-terminal.ts';

function pacer(spend: () => number = () => 0) {
  const clock = new FakeClock();
  const frames: number[] = [];
  let start = clock.now();
  const one = createPacer({
    clock,
    frame: () => {
      frames.push(clock.now() - start);
      const ms = spend();
      clock.stall(ms);
      return ms;
    },
  });
  return {
    ...one,
    clock,
    frames,
    restart: () => {
      frames.length = 0;
      start = clock.now();
    },
  };
}

test('paints nothing when nothing asked for it', () => {
  const { clock, frames } = pacer();
  clock.advance(100_000);
  expect(frames).toEqual([]);
  expect(clock.pending).toBe(0);
});

test('paints the first change at once', () => {
  const { invalidate, clock, frames } = pacer();
  invalidate();
  clock.advance(0);
  expect(frames).toEqual([0]);
});

test('paints data at most ten times a second, the last change always', () => {
  const { invalidate, clock, frames } = pacer();
  for (let ms = 0; ms < 999; ms += 1) {
    invalidate();
    clock.advance(1);
  }
  expect(frames).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
  clock.advance(1000);
  expect(frames).toHaveLength(11);
  expect(clock.pending).toBe(0);
});

test('a key does not wait for the data interval', () => {
  const { invalidate, clock, frames, restart } = pacer();
  invalidate();
  clock.advance(50);
  restart();
  invalidate();
  invalidate(true);
  clock.advance(0);
  expect(frames).toEqual([0]);
  invalidate(true);
  clock.advance(7);
  expect(frames).toEqual([0]);
  clock.advance(1);
  expect(frames).toEqual([0, 8]);
  clock.advance(1000);
  expect(frames).toEqual([0, 8]);
});

test('neither a data change nor its frame delays a key', () => {
  const { invalidate, clock, frames, restart } = pacer();
  invalidate();
  clock.advance(1);
  restart();
  invalidate(true);
  invalidate();
  clock.advance(0);
  expect(frames).toEqual([0]);
  clock.advance(500);
  expect(frames).toEqual([0]);
});

test('a key does not wait for a data frame that is due but late', () => {
  const clock = new FakeClock();
  const order: string[] = [];
  const { invalidate } = createPacer({
    clock: { now: clock.now, after: clock.after, soon: (run) => void clock.after(-1, run) },
    frame: () => {
      order.push('frame');
      return 0;
    },
  });
  invalidate();
  clock.after(0, () => order.push('another event'));
  invalidate(true);
  clock.advance(0);
  expect(order).toEqual(['frame', 'another event']);
});

test('paints data once a second without focus, keys at once', () => {
  const { invalidate, setFocused, clock, frames, restart } = pacer();
  setFocused(false);
  invalidate();
  clock.advance(0);
  restart();
  for (let ms = 0; ms < 2500; ms += 10) {
    invalidate();
    clock.advance(10);
  }
  expect(frames).toEqual([1000, 2000]);
  invalidate(true);
  clock.advance(0);
  expect(frames).toHaveLength(3);
  setFocused(true);
  invalidate();
  clock.advance(100);
  expect(frames).toHaveLength(4);
});

test('slows down while frames take long and recovers', () => {
  let ms = 200;
  const { invalidate, clock, frames, restart } = pacer(() => ms);
  const run = (duration: number): void => {
    restart();
    const end = clock.now() + duration;
    while (clock.now() < end) {
      invalidate();
      clock.advance(10);
    }
  };
  run(10_000);
  expect(frames.length).toBeLessThanOrEqual(12);
  expect(frames.length * ms).toBeLessThanOrEqual(10_000 / 4);
  ms = 1;
  run(10_000);
  run(2000);
  expect(frames.length).toBeGreaterThanOrEqual(17);
});

test('a key waits no longer than a slow frame took, at most 250 ms', () => {
  let ms = 1800;
  const { invalidate, clock, frames, restart } = pacer(() => ms);
  invalidate();
  clock.advance(0);
  restart();
  ms = 1;
  invalidate(true);
  clock.advance(249);
  expect(frames).toEqual([]);
  clock.advance(1);
  expect(frames).toEqual([250]);
});

test('a frame that is asked for while painting comes after its interval', () => {
  const clock = new FakeClock();
  const frames: number[] = [];
  let again = true;
  const { invalidate } = createPacer({
    clock,
    frame: () => {
      frames.push(clock.now());
      if (again) invalidate();
      again = false;
      return 0;
    },
  });
  invalidate();
  clock.advance(99);
  expect(frames).toHaveLength(1);
  clock.advance(1);
  expect(frames).toEqual([1000, 1100]);
});

test('waits until the output took the last frame and then paints once', () => {
  const clock = new FakeClock();
  let frames = 0;
  let resume: (() => void) | undefined;
  let isHeld = true;
  const { invalidate } = createPacer({
    clock,
    frame: () => {
      frames += 1;
      return 0;
    },
    isBlocked: (next) => {
      resume = next;
      return isHeld;
    },
  });
  invalidate();
  clock.advance(5000);
  for (let count = 0; count < 50; count += 1) invalidate(true);
  clock.advance(5000);
  expect(frames).toBe(0);
  isHeld = false;
  resume?.();
  clock.advance(0);
  expect(frames).toBe(1);
  clock.advance(5000);
  expect(frames).toBe(1);
});

test('a frame that throws does not stop the frames after it', () => {
  const clock = new FakeClock();
  let frames = 0;
  const { invalidate } = createPacer({
    clock,
    frame: () => {
      frames += 1;
      if (frames === 1) throw new Error('broken painter');
      return 0;
    },
  });
  invalidate();
  expect(() => clock.advance(0)).toThrow('broken painter');
  invalidate();
  clock.advance(100);
  expect(frames).toBe(2);
});

test('stop cancels what is due and ends it', () => {
  const { invalidate, stop, clock, frames } = pacer();
  invalidate();
  stop();
  expect(clock.pending).toBe(0);
  invalidate(true);
  clock.advance(5000);
  expect(frames).toEqual([]);
});
