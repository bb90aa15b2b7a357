import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  isTrueAt,
  keysAt,
  listAt,
  numberAt,
  textAt,
  timeAt,
  valueAt,
} from '../../src/parse/json-fields.ts';

const object: unknown = JSON.parse(
  '{"a":{"b":"text","n":3,"t":"2024-03-03T04:23:46Z","yes":true,"list":[1],"empty":"","nil":null}}',
);

test('reads values under a path of keys', () => {
  expect([
    textAt(object, 'a', 'b'),
    numberAt(object, 'a', 'n'),
    timeAt(object, 'a', 't'),
    isTrueAt(object, 'a', 'yes'),
    listAt(object, 'a', 'list'),
    keysAt(object, 'a').slice(0, 2),
  ]).toEqual(['text', 3, Date.UTC(2024, 2, 3, 4, 23, 46), true, [1], ['b', 'empty']]);
});

test('finds nothing where the type is another or the path ends', () => {
  expect([
    textAt(object, 'a', 'n'),
    textAt(object, 'a', 'empty'),
    numberAt(object, 'a', 'b'),
    timeAt({ at: '1' }, 'at'),
    isTrueAt(object, 'a', 'n'),
    listAt(object, 'a'),
    keysAt(object, 'a', 'list'),
    textAt(object, 'a', 'nil', 'b'),
  ]).toEqual([null, null, null, null, false, [], [], null]);
});

test('reads own properties only', () => {
  expect(valueAt({}, 'constructor', 'name')).toBeUndefined();
});

test('makes text safe for a screen', () => {
  expect(textAt({ a: '\u001B]0;title\u0007x\u0000' }, 'a')).toBe('x·');
});

test('takes any JSON whatever', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(fc.string()), (value, path) => {
      expect(() => [
        textAt(value, ...path),
        listAt(value, ...path),
        timeAt(value, ...path),
      ]).not.toThrow();
    }),
  );
});
