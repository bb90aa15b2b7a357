import { expect, test } from 'vitest';
import { toMacAddress } from '../../../src/parse/mac-address.ts';
import {
  toLinkNames,
  toLinkState,
  toSpeedMbps,
  toVlanId,
} from '../../../src/resources/link/link-fields.ts';

test('knows two states and takes every other word for unknown', () => {
  expect(['up', 'down', 'unknown', '?', null].map(toLinkState)).toEqual([
    'up',
    'down',
    'unknown',
    'unknown',
    'unknown',
  ]);
});

test('splits lists of links at blanks and commas', () => {
  expect(toLinkNames('a b,c')).toEqual(['a', 'b', 'c']);
  expect([toLinkNames(null), toLinkNames('--')]).toEqual([[], []]);
});

test('pads the octets of MAC addresses', () => {
  expect(toMacAddress('2:8:20:43:4E:9c')).toBe('02:08:20:43:4e:9c');
  expect(['2:8:20', 'x:8:20:43:4e:9c', '222:8:20:43:4e:9c', null].map(toMacAddress)).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

test('reads speeds in Mb/s with and without a unit', () => {
  expect(['1000', '10000Mb', '10Gb', '2.5Gb', '0', '-5', 'fast', null].map(toSpeedMbps)).toEqual([
    1000,
    10000,
    10000,
    2500,
    0,
    null,
    null,
    null,
  ]);
});

test('reads VLAN ids, the first of a list', () => {
  expect(['0', '4095', '20,30', '4096', 'x', null].map(toVlanId)).toEqual([
    0,
    4095,
    20,
    null,
    null,
    null,
  ]);
});
