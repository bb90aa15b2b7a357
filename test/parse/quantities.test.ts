import { expect, test } from 'vitest';
import { parseQuantity } from '../../src/parse/quantities.ts';

test.for([
  ['3920m', 3.92],
  ['100m', 0.1],
  ['16Gi', 17179869184],
  ['65842348Ki', 65842348 * 1024],
  ['110', 110],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['2k', 2000],
  ['129e6', 129e6],
  ['1E3', 1000],
  ['5E', 5e18],
  ['250n', 2.5e-7],
  ['-1', -1],
] as const)('reads %s as %d', ([text, value]) => {
  expect(parseQuantity(text)).toBe(value);
});

test.for(['', '.', 'Gi', '1K', '1gi', '1i', '1mi', '1 Gi', '--1', 'e3', 'NaN'])(
  'refuses %j',
  (text) => {
    expect(parseQuantity(text)).toBeNull();
  },
);
