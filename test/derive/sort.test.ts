import { expect, test } from 'vitest';
import { sortByColumns, sortRows } from '../../src/derive/sort.ts';
import type { Column } from '../../src/domain/view.ts';

type Row = { readonly name: string; readonly cpu: number | null; readonly host: string };
const rows: readonly Row[] = [
  { name: 'web10', cpu: 5, host: 'b' },
  { name: 'web2', cpu: null, host: 'a' },
  { name: 'Web1', cpu: 70, host: 'b' },
  { name: 'db', cpu: 5, host: 'a' },
];
const names = (sorted: readonly Row[]) => sorted.map(({ name }) => name);
const cpu = (row: Row) => row.cpu;

test('orders numbers, with what is not known last in both directions', () => {
  expect(names(sortRows(rows, [{ value: cpu }]))).toEqual(['web10', 'db', 'Web1', 'web2']);
  expect(names(sortRows(rows, [{ value: cpu, descending: true }]))).toEqual([
    'Web1',
    'web10',
    'db',
    'web2',
  ]);
});

test('NaN is not known either', () => {
  const values = [Number.NaN, 2, 1];
  expect(sortRows(values, [{ value: (value) => value, descending: true }])).toEqual([
    2,
    1,
    Number.NaN,
  ]);
});

test('orders names by the numbers in them, without regard to case', () => {
  expect(names(sortRows(rows, [{ value: ({ name }) => name }]))).toEqual([
    'db',
    'Web1',
    'web2',
    'web10',
  ]);
});

test('the second key decides where the first does not', () => {
  const keys = [{ value: ({ host }: Row) => host }, { value: cpu, descending: true }];
  expect(names(sortRows(rows, keys))).toEqual(['db', 'web2', 'Web1', 'web10']);
});

test('rows that are equal keep their order, and no key keeps all', () => {
  const equal = Array.from({ length: 50 }, (_, index) => ({ index }));
  expect(sortRows(equal, [{ value: () => 1, descending: true }])).toEqual(equal);
  expect(sortRows(rows, [])).toBe(rows);
});

test('takes the value of a column, else its text, and leaves unknown columns out', () => {
  const columns: readonly Column<Row>[] = [
    { id: 'name', title: 'NAME', width: 9, priority: 0, text: ({ name }) => name },
    { id: 'cpu', title: 'CPU', width: 5, priority: 1, text: () => '', value: cpu },
  ];
  const order = [{ id: 'none' }, { id: 'cpu', descending: true }, { id: 'name' }];
  expect(names(sortByColumns(rows, columns, order, 0))).toEqual(['Web1', 'db', 'web10', 'web2']);
});
