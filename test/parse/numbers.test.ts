import { expect, test } from 'vitest';
import { isAbsent, parseCounter, parseDecimal, parseWhole } from '../../src/parse/numbers.ts';

test('knows the ways in which programs print nothing', () => {
  expect(['', '-', '--', '?', '0', '---'].map(isAbsent)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('reads counters of 64 bits exactly', () => {
  expect(parseCounter('18446744073709551615')).toBe(2n ** 64n - 1n);
});

test.for(['', '-1', '+1', '1.5', '1e3', '0x10', ' 1', '1 ', '٣', '9'.repeat(21)])(
  'refuses %j as a whole number and as a counter',
  (text) => {
    expect([parseWhole(text), parseCounter(text)]).toEqual([null, null]);
  },
);

test('reads decimals without sign and exponent', () => {
  expect([parseDecimal('76789.291701114'), parseDecimal('7'), parseDecimal('1.')]).toEqual([
    76789.291701114,
    7,
    null,
  ]);
  expect([parseDecimal('-1.5'), parseDecimal('1e3'), parseDecimal('.5')]).toEqual([
    null,
    null,
    null,
  ]);
});
