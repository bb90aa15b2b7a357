import { expect, test } from 'vitest';
import { Places } from '../../src/store/places.ts';

test('each place is in use by one, and one that was given back is the next', () => {
  const places = new Places();
  expect([places.take(), places.take(), places.take()]).toEqual([0, 1, 2]);
  places.give(1);
  expect([places.take(), places.take()]).toEqual([1, 3]);
});
