import { expect, test } from 'vitest';
import { createInterner } from '../../../src/collect/kube/interner.ts';

/** A string of its own, as JSON.parse makes them. */
const fresh = (text: string): string => Buffer.from(text).toString('utf8');

test('equal texts of a field count once, those of a field of unique texts are not gathered', () => {
  const interner = createInterner();
  const objects = Array.from({ length: 5_000 }, (_, index) => ({
    uid: fresh(`uid-${index}`),
    node: fresh(`worker${index % 7}`),
    taints: [fresh('a=b')],
    restarts: index,
    owner: null,
  }));
  const before = structuredClone(objects);
  for (const object of objects) interner.intern(object);
  expect(objects).toEqual(before);
  expect(interner.size()).toBe(8);
  for (const other of [
    Object.freeze({ a: 'b' }),
    { a: Object.freeze(['b']) },
    null,
    undefined,
    3,
    'text',
  ])
    expect(() => interner.intern(other)).not.toThrow();
});

test('empty lists are one', () => {
  const interner = createInterner();
  const [one, other] = [
    { claims: [], taints: ['a'] },
    { claims: [], taints: ['a'] },
  ];
  interner.intern(one);
  interner.intern(other);
  expect(one).toEqual({ claims: [], taints: ['a'] });
  expect(one.claims).toBe(other.claims);
  expect(one.taints).not.toBe(other.taints);
});
