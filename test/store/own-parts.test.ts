import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { ownParts } from '../../src/store/own-parts.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const heapUsed = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

const part = (text: string, index: number): string => text.slice(index * 20, index * 20 + 20);

test('says what it was given, wherever a text stands', () => {
  const make = () => ({
    name: 'a-name-of-more-than-twelve-letters',
    list: ['short', 'a-text-of-more-than-twelve-letters', { deep: ['x'] }],
    map: new Map<string, unknown>([
      ['a-key-of-more-than-twelve-letters', { text: 'another-text-that-is-long' }],
      ['b', [1, null, 2n]],
      ['a-last-key-of-more-than-twelve', true],
    ]),
    set: new Set(['a-member-of-more-than-twelve', 3]),
    nothing: null,
    none: undefined,
  });
  expect(ownParts(make())).toEqual(make());
  expect([...ownParts(make()).map.keys()]).toEqual([...make().map.keys()]);
});

test('leaves constants and what is no plain object as it is', () => {
  const constant = Object.freeze({ list: Object.freeze(['a-text-of-more-than-twelve']) });
  const date = new Date(0);
  const value = ownParts({ constant, date });
  expect([value.constant === constant, value.date === date]).toEqual([true, true]);
});

test.each([
  ['a field', (text: string): unknown => ({ name: part(text, 1) })],
  ['a list', (text: string): unknown => [{ names: [part(text, 1), part(text, 2)] }]],
  ['a key', (text: string): unknown => new Map([[part(text, 1), { name: part(text, 2) }]])],
  ['a set', (text: string): unknown => ({ names: new Set([part(text, 3)]) })],
])('%s does not keep the answer that it was cut out of', (_, read) => {
  const before = heapUsed();
  const kept = Array.from({ length: 50 }, (__, index) =>
    ownParts(read(`${index} ${'0123456789'.repeat(100_000)}`)),
  );
  expect(heapUsed() - before).toBeLessThan(10_000_000);
  expect(kept).toHaveLength(50);
});

test('short lists have no room to grow', () => {
  const count = 20_000;
  // As parsers make them: an element at a time.
  const read = (): unknown => Array.from({ length: count }, () => ({ over: [1].filter(Boolean) }));
  const before = heapUsed();
  const kept = ownParts(read());
  // A list of one is 40 bytes, one with spare room 168.
  expect((heapUsed() - before) / count).toBeLessThan(130);
  expect(kept).toHaveLength(count);
});
