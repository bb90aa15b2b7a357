import { expect, test } from 'vitest';
import { mark, splitAtMarks } from '../../src/parse/marks.ts';

const [, line = ''] = mark('one');

test('cuts a joined output at the lines that its marks print', () => {
  expect(splitAtMarks(`a\n${line}\nb\nc\n`)).toEqual([
    { label: null, lines: [{ number: 1, text: 'a' }] },
    {
      label: 'one',
      lines: [
        { number: 3, text: 'b' },
        { number: 4, text: 'c' },
      ],
    },
  ]);
});

test('finds a mark behind an output that lacks its last line end', () => {
  expect(splitAtMarks(`a${line}\nb`)).toEqual([
    { label: null, lines: [{ number: 1, text: 'a', isCut: true }] },
    { label: 'one', lines: [{ number: 2, text: 'b', isCut: true }] },
  ]);
});

test('is a program of its own: echo', () => {
  expect(mark('one')[0]).toBe('echo');
});
