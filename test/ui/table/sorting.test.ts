import fc from 'fast-check';
import { expect, test } from 'vitest';
import { paneViews } from '../../../src/registry.ts';
import {
  chooseLetters,
  compareSortable,
  reverseSort,
  sortable,
  sortChoices,
  sortText,
  toggleSort,
} from '../../../src/ui/table/sorting.ts';
import type { SortState } from '../../../src/ui/table/sorting.ts';

const cpu = { id: 'cpu', align: 'right' } as const;
const name = { id: 'name' };

const sorted = (values: readonly (string | number | null)[], descending = false) =>
  values.toSorted((a, b) => compareSortable(sortable(a), sortable(b), descending));

test('a column is sorted, reversed, and left alone; numbers begin with the largest', () => {
  const once = toggleSort([], cpu);
  expect(once).toEqual([{ column: 'cpu', descending: true }]);
  const twice = toggleSort(once, cpu);
  expect(twice).toEqual([{ column: 'cpu', descending: false }]);
  expect(toggleSort(twice, cpu)).toEqual([]);
  expect(toggleSort([], name)).toEqual([{ column: 'name', descending: false }]);
  expect(toggleSort([], { id: 'up', align: 'right', unit: 'since' })).toEqual([
    { column: 'up', descending: false },
  ]);
});

test('the column that was asked for last decides, the earlier ones decide between equals', () => {
  const state = toggleSort(toggleSort([], name), cpu);
  expect(state.map(({ column }) => column)).toEqual(['cpu', 'name']);
  expect(toggleSort(state, name).map(({ column }) => column)).toEqual(['cpu', 'name']);
  expect(sortText(state)).toBe('sort cpu▾ name▴');
  expect(sortText([])).toBe('');
});

test('no more than three columns are kept', () => {
  const ids = ['a', 'b', 'c', 'd'];
  const state = ids.reduce<SortState>((keys, id) => toggleSort(keys, { id }), []);
  expect(state.map(({ column }) => column)).toEqual(['d', 'c', 'b']);
});

test('reversing turns the first column only', () => {
  const state = toggleSort(toggleSort([], name), cpu);
  expect(sortText(reverseSort(state))).toBe('sort cpu▴ name▴');
  expect(reverseSort([])).toEqual([]);
});

test('digits compare as numbers, case and accents do not matter', () => {
  expect(sorted(['web10', 'Web2', 'web1', 'vm-9', 'Élan', 'elk'])).toEqual([
    'Élan',
    'elk',
    'vm-9',
    'web1',
    'Web2',
    'web10',
  ]);
  expect(sorted(['10.0.20.9/24', '10.0.3.70/26', '10.0.20.10/24'])).toEqual([
    '10.0.3.70/26',
    '10.0.20.9/24',
    '10.0.20.10/24',
  ]);
});

test('what is not known comes last in both directions', () => {
  expect(sorted([null, 3, Number.NaN, 1], false).slice(0, 2)).toEqual([1, 3]);
  expect(sorted([null, 3, Number.NaN, 1], true).slice(0, 2)).toEqual([3, 1]);
  expect(sorted(['┄', 'b', 'a'], true)).toEqual(['b', 'a', '┄']);
});

test('comparing is an order', () => {
  const value = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('a1', 'a01', 'a10', null));
  fc.assert(
    fc.property(value, value, value, fc.boolean(), (a, b, c, descending) => {
      const order = (x: typeof a, y: typeof a) =>
        compareSortable(sortable(x), sortable(y), descending);
      expect(Math.sign(order(a, b))).toBe(-Math.sign(order(b, a)) + 0);
      const isChain = order(a, b) <= 0 && order(b, c) <= 0;
      expect(!isChain || order(a, c) <= 0).toBe(true);
    }),
  );
});

test.for(Object.values(paneViews).flat())(
  'every column of $id has a letter of its own',
  ({ columns }) => {
    const letters = sortChoices(columns, []).map(({ letter }) => letter);
    expect(new Set(letters).size).toBe(letters.length);
    expect(letters.join('')).not.toMatch(/[jkqo]/);
    expect(letters).not.toContain('');
  },
);

test('a letter is taken from the word, and a word for which none is left has none', () => {
  expect(chooseLetters(['CPU', 'CAP', 'up', 'PPP'])).toEqual(['c', 'a', 'u', 'p']);
  const many = chooseLetters(Array.from({ length: 80 }, () => 'x'));
  expect(many[0]).toBe('x');
  expect(many.at(-1)).toBe('');
  expect(new Set(many.filter(Boolean)).size).toBe(many.filter(Boolean).length);
});

test('the choices say by what is sorted already, and leave out sparklines', () => {
  const choices = sortChoices(
    [
      { id: 'name', title: 'NAME' },
      { id: 'spark', title: 'CPU', series: 'cpuPercent' },
      { id: 'cpu', title: 'CPU%' },
    ],
    [{ column: 'cpu', descending: true }],
  );
  expect(choices.map(({ column, place }) => [column, place])).toEqual([
    ['name', null],
    ['cpu', 1],
  ]);
});
