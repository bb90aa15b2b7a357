import { expect, test } from 'vitest';
import { safeStrings } from '../../src/store/safe-strings.ts';

test('cleans strings in arrays, maps, sets and objects', () => {
  const dirty = {
    list: ['a\u001B[31mb', 'c'],
    map: new Map([['k\u0007', { deep: 'x\u202Ey' }]]),
    set: new Set(['\u001B]0;t\u0007z']),
    number: 5n,
    nothing: null,
  };
  expect(safeStrings(dirty)).toEqual({
    list: ['ab', 'c'],
    map: new Map([['k·', { deep: 'x·y' }]]),
    set: new Set(['z']),
    number: 5n,
    nothing: null,
  });
});

test('gives back the very same value when there is nothing to clean', () => {
  const clean = { list: [{ name: 'etcd1' }], map: new Map([['a', [1, 2]]]) };
  expect(safeStrings(clean)).toBe(clean);
});

test('keeps the identity of the parts that are clean', () => {
  const clean = { name: 'etcd1' };
  const [first] = safeStrings([clean, { name: 'a\u0000b' }]);
  expect(first).toBe(clean);
});
