import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createChunks } from '../../../src/ui/table/chunks.ts';
import type { Chunk } from '../../../src/ui/table/chunks.ts';

type Item = { readonly value: number; chunk: Chunk<Item> | null };

const item = (value: number): Item => ({ value, chunk: null });

/** A list that counts how often it compares. */
function counting() {
  const calls = { compare: 0 };
  const list = createChunks<Item>((a, b) => {
    calls.compare += 1;
    return a.value - b.value;
  });
  return { calls, list, values: () => list.slice(0, list.size()).map(({ value }) => value) };
}

test('whatever comes and goes, it is a sorted list, in which everything is at its place', () => {
  const operation = fc.record({ value: fc.nat(2000), remove: fc.integer({ min: -20, max: 8 }) });
  fc.assert(
    fc.property(
      fc.array(fc.nat(2000), { minLength: 0, maxLength: 3000, size: 'max' }),
      fc.array(operation, { maxLength: 1500, size: 'max' }),
      (first, operations) => {
        const { list } = counting();
        const all = first.toSorted((a, b) => a - b).map(item);
        for (const each of all) list.append(each);
        for (const { value, remove } of operations)
          if (remove >= 0) {
            const [gone] = all.splice(Math.floor((all.length * remove) / 9), 1);
            if (gone) list.remove(gone);
          } else {
            const added = item(value);
            list.insert(added);
            const place = all.findIndex((other) => other.value > value);
            all.splice(place < 0 ? all.length : place, 0, added);
          }
        expect(list.size()).toBe(all.length);
        expect(list.slice(0, all.length)).toEqual(all);
        for (const index of [0, 1, 255, 256, 511, 512, all.length - 1, all.length]) {
          const there = all[index];
          expect(list.at(index)).toBe(there);
          expect(there ? list.indexOf(there) : index).toBe(index);
        }
        expect(list.slice(200, 700)).toEqual(all.slice(200, 700));
      },
    ),
    { numRuns: 30 },
  );
});

test('in a list of 100,000 a place is found with 17 comparisons, and leaving needs none', () => {
  const { calls, list } = counting();
  const all = Array.from({ length: 100_000 }, (_, index) => item(index * 2));
  for (const each of all) list.append(each);
  expect(calls.compare).toBe(0);
  const added = item(77_777);
  list.insert(added);
  expect(calls.compare).toBeLessThanOrEqual(18);
  expect(list.indexOf(added)).toBe(38_889);
  calls.compare = 0;
  list.remove(added);
  expect(calls.compare).toBe(0);
  expect(list.indexOf(added)).toBe(-1);
  expect(added.chunk).toBeNull();
});

test('what is equal stands in the order in which it came', () => {
  const { list } = counting();
  const same = [item(1), item(1), item(1)];
  for (const each of same) list.insert(each);
  expect([0, 1, 2].map((index) => list.at(index) === same[index])).toEqual([true, true, true]);
  list.remove(item(1));
  expect(list.size()).toBe(3);
});

test('a list that was emptied takes new things', () => {
  const { list, values } = counting();
  const all = Array.from({ length: 1500 }, (_, index) => item(index));
  for (const each of all) list.insert(each);
  for (const each of all) list.remove(each);
  expect(values()).toEqual([]);
  list.insert(item(2));
  list.insert(item(1));
  expect(values()).toEqual([1, 2]);
});
