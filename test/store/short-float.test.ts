import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromShort, NO_NUMBER, toShort } from '../../src/store/short-float.ts';

const kept = (value: number): number => fromShort(toShort(value));

test('a number is kept to a two-thousandth of itself, in 16 bits', () => {
  fc.assert(
    fc.property(fc.double({ min: 2 ** -14, max: 2 ** 49, noNaN: true }), (value) => {
      expect(toShort(value)).toBeLessThan(NO_NUMBER);
      expect(Math.abs(kept(value) - value)).toBeLessThanOrEqual(value / 2000);
    }),
  );
});

test('whole numbers up to 2048 are exact, and larger ones keep their order', () => {
  for (let value = 0; value <= 2048; value += 1) expect(kept(value)).toBe(value);
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (a, b) => {
      expect(Math.sign(kept(Math.max(a, b)) - kept(Math.min(a, b)))).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('what is kept is the same when it is kept again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: NO_NUMBER }), (short) => {
      expect(toShort(fromShort(short))).toBe(short);
    }),
    { numRuns: 2000 },
  );
});

test('nothing, what is too small and what is too large', () => {
  expect([0, -0, 1e-9].map(kept)).toEqual([0, 0, 0]);
  expect([Number.NaN, -1, -Infinity].map(kept)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  const most = kept(Infinity);
  expect(most).toBeGreaterThan(1e15);
  expect([kept(1e300), kept(2 ** 60)]).toEqual([most, most]);
});
