import { expect, test } from 'vitest';
import { mark, readMarked, splitAtMarks } from '../../src/parse/marks.ts';

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

test('tells what stands behind which mark, and complains about what is behind another', () => {
  const step = (label: string) => `${mark(label).slice(1).join(' ')}\n`;
  const text = `a\n${step('one')}b\n${step('port x')}c\n${step('on')}d\n${step('one')}e\n`;
  const { labels, linesOf, complaints } = readMarked(text, ['one', 'two'], 'port ');
  expect(labels).toEqual(['one', 'port x']);
  expect(linesOf(null)?.map((each) => each.text)).toEqual(['a']);
  expect(linesOf('one')?.map((each) => each.text)).toEqual(['b', 'e']);
  expect(linesOf('two')).toBeUndefined();
  expect(complaints).toEqual([{ line: 7, text: 'd', reason: 'behind a mark that nobody has set' }]);
});
