import { expect, test } from 'vitest';
import { Minutes } from '../../src/store/minutes.ts';

test('each place has a minute of its own, however many there are', () => {
  const minutes = new Minutes();
  const numbers = Array.from({ length: 1000 }, (_, index) => index + 10);
  const slots = numbers.map((number) => minutes.take(number));
  for (const [index, slot] of slots.entries())
    for (const value of [index, -index - 1, 4]) minutes.add(slot, value);
  expect(slots.map((slot) => minutes.read(slot))).toEqual(
    numbers.map((at) => ({ at, mean: 1, low: 9 - at, high: Math.max(4, at - 10) })),
  );
});

test('a place that was given back begins anew for another', () => {
  const minutes = new Minutes();
  const slot = minutes.take(7);
  minutes.add(slot, 5);
  minutes.give(slot);
  expect(minutes.take(9)).toBe(slot);
  expect(minutes.read(slot)).toEqual({ at: 9, mean: Number.NaN, low: Infinity, high: -Infinity });
  minutes.add(slot, 2);
  minutes.begin(slot, 10);
  minutes.add(slot, 4);
  expect([minutes.at(slot), minutes.read(slot).mean]).toEqual([10, 4]);
});
