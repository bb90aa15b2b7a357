import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RingBudget, RingMemory, Rings } from '../../src/store/ring.ts';
import type { Precision } from '../../src/store/ring.ts';

type Ring = {
  readonly put: (tick: number, value: number) => void;
  readonly at: (tick: number) => number;
  readonly first: () => number;
  readonly clear: () => void;
};

/** One ring among others of its kind. */
function ringIn(rings: Rings, ring = 0): Ring {
  rings.begin(ring);
  return {
    put: (tick, value) => rings.put(ring, tick, value),
    at: (tick) => rings.at(ring, tick),
    first: () => rings.first(ring),
    clear: () => rings.clear(ring),
  };
}

/** Memory for so many bytes of samples. */
const memoryOf = (bytes: number, precision: Precision = 'float'): RingMemory =>
  new RingMemory(new RingBudget(bytes), precision);
const ringsOf = (capacity: number, memory: RingMemory): Rings =>
  new Rings({ capacity, memory, growthShare: 7 / 8 });
const ringOf = (capacity: number, memory: RingMemory): Ring => ringIn(ringsOf(capacity, memory));

/** The samples of so many ticks that end with one. */
const last = (ring: Ring, end: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => ring.at(end - count + 1 + index));

test('holds exactly the newest samples, whatever the gaps between them', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 120 }),
      (capacity, steps) => {
        const ring = ringOf(capacity, memoryOf(Number.MAX_SAFE_INTEGER));
        const expected = new Map<number, number>();
        let tick = 0;
        for (const step of steps) {
          tick += step;
          ring.put(tick, tick);
          expected.set(tick, tick);
        }
        const points = capacity + 10;
        const wanted = Array.from({ length: points }, (_, index) => {
          const at = tick - points + 1 + index;
          return at > tick - capacity ? (expected.get(at) ?? Number.NaN) : Number.NaN;
        });
        expect(last(ring, tick, points)).toEqual(wanted);
        expect(wanted.map((_, index) => ring.at(tick - points + 1 + index))).toEqual(wanted);
        const oldest = [...expected.keys()].find((at) => at > tick - capacity);
        expect(ring.first()).toBeLessThanOrEqual(oldest ?? Infinity);
      },
    ),
  );
});

test('a ring that gets no memory keeps nothing', () => {
  const ring = ringOf(100, memoryOf(8));
  ring.put(1, 5);
  expect(last(ring, 1, 1)).toEqual([Number.NaN]);
});

test('ignores a tick that is not newer', () => {
  const ring = ringOf(4, memoryOf(1024));
  ring.put(3, 1);
  ring.put(3, 2);
  ring.put(2, 3);
  expect(last(ring, 3, 2)).toEqual([Number.NaN, 1]);
});

test('holds no more than what it keeps, and gives it back for others', () => {
  const memory = memoryOf(1024 * 1024);
  const kind = ringsOf(100, memory);
  const rings = Array.from({ length: 20 }, (_, ring) => ringIn(kind, ring));
  for (const ring of rings) for (let tick = 7; tick < 5000; tick += 1) ring.put(tick, tick);
  const used = memory.budget.usedBytes;
  // 100 samples lie in five blocks at most, four of which know the one before them.
  expect(used).toBeLessThanOrEqual(20 * (5 * 32 * 4 + 4 * 4));
  for (const ring of rings) ring.clear();
  expect(memory.budget.usedBytes).toBe(0);
  for (const ring of rings) for (let tick = 0; tick < 5000; tick += 1) ring.put(tick, -tick);
  expect(memory.budget.usedBytes).toBe(used);
  for (const ring of rings) expect(last(ring, 4999, 2)).toEqual([-4998, -4999]);
});

test('without more memory it looks back less far, and shows nothing that is not its own', () => {
  const memory = memoryOf(4 * 32 * 4);
  const kind = ringsOf(1000, memory);
  const [first, second] = [ringIn(kind, 0), ringIn(kind, 1)];
  for (let tick = 1; tick <= 500; tick += 1) {
    first.put(tick, tick);
    second.put(tick, -tick);
  }
  for (const [ring, sign] of [
    [first, 1],
    [second, -1],
  ] as const)
    for (let tick = 0; tick <= 501; tick += 1)
      expect(ring.at(tick)).toBe(tick >= ring.first() && tick <= 500 ? sign * tick : Number.NaN);
});

test('short samples take a third of the memory once they are many, and lie among others in one budget', () => {
  const budget = new RingBudget(1024 * 1024);
  const [float, short] = (['float', 'short'] as const).map((precision) => {
    const before = budget.usedBytes;
    const ring = ringOf(1000, new RingMemory(budget, precision));
    for (let tick = 1; tick <= 500; tick += 1) if (tick % 7 !== 0) ring.put(tick, tick * 3);
    return { used: budget.usedBytes - before, samples: last(ring, 500, 500) };
  });
  expect(short?.used).toBeLessThan((float?.used ?? 0) / 3);
  expect(short?.samples.map(Number.isNaN)).toEqual(float?.samples.map(Number.isNaN));
  // Between the lowest and the highest sample of a block lie 31 times 3.
  const moved = float?.samples.map((sample, index) => (short?.samples[index] ?? 0) - sample) ?? [];
  expect(Math.max(...moved.filter((by) => !Number.isNaN(by)).map(Math.abs))).toBeLessThanOrEqual(
    93 / 508,
  );
});

test('of a full block the lowest and the highest sample are kept, and a gap; the others to a five-hundredth of what lies between', () => {
  const sample = fc.oneof(
    fc.constant(0),
    fc.constant(Number.NaN),
    fc.double({ min: 0.001, max: 1e12, noNaN: true }),
    fc.integer({ min: 990, max: 1010 }),
  );
  fc.assert(
    fc.property(fc.array(sample, { minLength: 32, maxLength: 32 }), (samples) => {
      const ring = ringOf(100, memoryOf(4096, 'short'));
      samples.forEach((value, tick) => ring.put(tick, value));
      const open = last(ring, 31, 32);
      ring.put(32, 1);
      const sealed = last(ring, 31, 32);
      const known = open.filter((value) => !Number.isNaN(value));
      const [low, high] = [Math.min(...known), Math.max(...known)];
      expect(sealed.map(Number.isNaN)).toEqual(open.map(Number.isNaN));
      const most = ((high - low) / 508) * 1.0001;
      const wrong = open.filter((value, index) => {
        const by = Math.abs((sealed[index] ?? Number.NaN) - value);
        return value === low || value === high ? by !== 0 : by > most;
      });
      expect(wrong).toEqual([]);
    }),
  );
});
