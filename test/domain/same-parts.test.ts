import { expect, test } from 'vitest';
import { whileSame, whileSameOf } from '../../src/domain/same-parts.ts';

test('a result is kept while each part is the same object, and one result only', () => {
  const keep = whileSame<number>();
  let made = 0;
  const make = () => (made += 1);
  const [a, b] = [{}, {}];
  expect(keep([a, b], make)).toBe(1);
  expect(keep([a, b], make)).toBe(1);
  expect(keep([a], make)).toBe(2);
  expect(keep([a, b], make)).toBe(3);
  expect(keep([a, {}], make)).toBe(4);
  expect(keep([], make)).toBe(5);
  expect(keep([], make)).toBe(5);
});

test('of each owner the latest result is kept', () => {
  const keep = whileSameOf<number>();
  let made = 0;
  const make = () => (made += 1);
  const [first, second, part] = [{}, {}, {}];
  expect(keep(first, [part], make)).toBe(1);
  expect(keep(second, [part], make)).toBe(2);
  expect(keep(first, [part], make)).toBe(1);
  expect(keep(first, [{}], make)).toBe(3);
  expect(keep(first, [part], make)).toBe(4);
});
