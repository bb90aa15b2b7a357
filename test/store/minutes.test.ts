import { expect, test } from 'vitest';
import { Minutes } from '../../src/store/minutes.ts';

test('each place has a minute of its own, however many there are', () => {
  const minutes = new Minutes();
  const numbers = Array.from({ length: 1000 }, (_, index) => index + 10);
  for (const [slot, number] of numbers.entries()) minutes.begin(slot, number);
  for (const [slot, number] of numbers.entries())
    for (const value of [number - 10, 9 - number, 4]) minutes.add(slot, value);
  expect(numbers.map((_, slot) => minutes.read(slot))).toEqual(
    numbers.map((at) => ({ at, mean: 1, low: 9 - at, high: Math.max(4, at - 10) })),
  );
});

test('a place that is used once more begins anew', () => {
  const minutes = new Minutes();
  minutes.begin(0, 7);
  minutes.add(0, 5);
  minutes.begin(0, 9);
  expect(minutes.read(0)).toEqual({ at: 9, mean: Number.NaN, low: Infinity, high: -Infinity });
  minutes.add(0, 2);
  minutes.begin(0, 10);
  minutes.add(0, 4);
  expect([minutes.at(0), minutes.read(0).mean]).toEqual([10, 4]);
});
