import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, nearest } from '../../src/config/nearest.ts';

test.each([
  ['', '', 0],
  ['abc', '', 3],
  ['adress', 'address', 1],
  ['hsot', 'host', 1],
  ['kitten', 'sitting', 3],
] as const)('counts edits from %j to %j', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
});

test('is symmetric, and 0 only for the same word', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
    }),
  );
});

test.each([
  ['adress', 'address'],
  ['USER', 'user'],
  ['know', 'knownHosts'],
  ['zzz', undefined],
  ['', undefined],
  ['x'.repeat(10_000), undefined],
] as const)('for %j names %j', (word, expected) => {
  expect(nearest(word, ['address', 'user', 'knownHosts'])).toBe(expected);
});
