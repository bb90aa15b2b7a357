import { expect, test } from 'vitest';
import { fieldRow, readRows, refuse } from '../../src/parse/field-rows.ts';

test('keeps what was read and complains about what was refused, after earlier complaints', () => {
  const rows = ['a', ''].map((name, index) =>
    fieldRow(index + 1, `text ${name}`, ['name'], [name]),
  );
  const earlier = { line: 9, text: 'x', reason: 'y' };
  expect(
    readRows({ value: rows, complaints: [earlier] }, (row) => {
      const name = row.read('NAME');
      return name === null ? refuse('no name') : { name };
    }),
  ).toEqual({
    value: [{ name: 'a' }],
    complaints: [earlier, { line: 2, text: 'text ', reason: 'no name' }],
  });
});
