import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSlicedSort, sortMoves } from '../../../src/ui/table/sliced-sort.ts';

type Item = { readonly value: number; readonly came: number };

/** Sorts, and tells the longest step. */
function run(values: readonly number[]) {
  let compared = 0;
  let longest = 0;
  const sort = createSlicedSort<Item>((a, b) => {
    compared += 1;
    return a.value - b.value;
  });
  for (const [came, value] of values.entries()) {
    compared = 0;
    sort.add({ value, came });
    longest = Math.max(longest, compared);
  }
  const steps = sort.finish();
  let moves = 0;
  for (;;) {
    compared = 0;
    const step = steps.next();
    longest = Math.max(longest, compared);
    if (step.done === true) return { sorted: step.value, moves, longest };
    moves += step.value;
  }
}

test('sorts as an array does, and keeps what is equal in the order in which it came', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(300), { maxLength: 5000, size: 'max' }), (values) => {
      expect(run(values).sorted).toEqual(
        values.map((value, came) => ({ value, came })).toSorted((a, b) => a.value - b.value),
      );
    }),
    { numRuns: 20 },
  );
});

test('no step is longer for 100,000 items than the sorting of a short run', () => {
  const values = Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 100_003);
  const { moves, longest } = run(values);
  expect(longest).toBeLessThanOrEqual(512 * 9);
  expect(moves).toBeLessThanOrEqual(sortMoves(values.length));
  expect(moves).toBeGreaterThan(sortMoves(values.length) * 0.9);
});

test('nothing, and a short run, need no moves', () => {
  expect(run([])).toMatchObject({ sorted: [], moves: 0 });
  expect(run([3, 1, 2]).sorted.map(({ value }) => value)).toEqual([1, 2, 3]);
  expect([sortMoves(0), sortMoves(512), sortMoves(513)]).toEqual([0, 0, 513]);
});
