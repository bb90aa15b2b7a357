import { expect, test } from 'vitest';
import { parseSizeBytes } from '../../src/parse/sizes.ts';

test.for([
  ['4G', 4 * 2 ** 30],
  ['512M', 512 * 2 ** 20],
  ['2048m', 2 ** 31],
  ['1.50K', 1536],
  ['3.62T', Math.round(3.62 * 2 ** 40)],
  ['1073741824', 2 ** 30],
  ['8 GB', 2 ** 33],
  ['1GiB', 2 ** 30],
  ['1,50K', 1536],
  ['0', 0],
] as const)('reads %s as %i bytes', ([text, bytes]) => {
  expect(parseSizeBytes(text)).toBe(bytes);
});

test('counts a bare number in the unit that the program means', () => {
  expect(parseSizeBytes('2048', 2 ** 20)).toBe(2 ** 31);
  expect(parseSizeBytes('2G', 2 ** 20)).toBe(2 ** 31);
});

test.for(['', '-', 'G', '4X', '-4G', '4G4', '1,500', '1e3'])('refuses %j', (text) => {
  expect(parseSizeBytes(text)).toBeNull();
});
