import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRing } from '../../src/store/ring.ts';

test('holds exactly the newest samples, whatever the gaps between them', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 120 }),
      (capacity, steps) => {
        const ring = createRing(capacity, { used: 0, limit: Number.MAX_SAFE_INTEGER });
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
        expect([...ring.last(tick, points)]).toEqual(wanted);
        expect(wanted.map((_, index) => ring.at(tick - points + 1 + index))).toEqual(wanted);
        const oldest = [...expected.keys()].find((at) => at > tick - capacity);
        expect(ring.first()).toBeLessThanOrEqual(oldest ?? Infinity);
      },
    ),
  );
});

test('a ring that gets no memory keeps nothing', () => {
  const ring = createRing(100, { used: 0, limit: 8 });
  ring.put(1, 5);
  expect([...ring.last(1, 1)]).toEqual([Number.NaN]);
});

test('ignores a tick that is not newer', () => {
  const ring = createRing(4, { used: 0, limit: 1024 });
  ring.put(3, 1);
  ring.put(3, 2);
  ring.put(2, 3);
  expect([...ring.last(3, 2)]).toEqual([Number.NaN, 1]);
});
