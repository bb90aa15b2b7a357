import { expect, test } from 'vitest';
import type { Complaint } from '../../src/domain/parsed.ts';
import {
  endsWithinLine,
  splitAllLines,
  splitLines,
  splitWords,
  wholeLines,
} from '../../src/parse/lines.ts';

test('numbers lines by where they stand and passes over blank ones', () => {
  expect(splitLines('a\n\n \t\n  b \n')).toEqual([
    { number: 1, text: 'a' },
    { number: 4, text: '  b ' },
  ]);
});

test('takes LF and CRLF alike, also at the end of a text that was cut between them', () => {
  expect(splitAllLines('a\r\nb\r')).toEqual(['a', 'b']);
  expect(splitAllLines('a\n\nb\n')).toEqual(['a', '', 'b']);
  expect(splitAllLines('')).toEqual([]);
});

test('lets no terminal escape sequence and no control character through', () => {
  expect(splitAllLines('\u001B[31mred\u001B[0m\u0000\u0007\tx')).toEqual(['red··\tx']);
});

test('tells of the last line that it lacks its end, and leaves it out with a complaint', () => {
  const complaints: Complaint[] = [];
  const lines = splitLines('a\n1234');
  expect(lines).toEqual([
    { number: 1, text: 'a' },
    { number: 2, text: '1234', isCut: true },
  ]);
  expect([...wholeLines(lines, complaints)]).toEqual([{ number: 1, text: 'a' }]);
  expect(complaints).toEqual([{ line: 2, text: '1234', reason: 'cut off: no line end' }]);
  expect([...wholeLines(splitLines('a\r\nb\r'), complaints)]).toHaveLength(2);
});

test('tells that a text ends within a line', () => {
  expect([endsWithinLine('a'), endsWithinLine('a\n'), endsWithinLine('')]).toEqual([
    true,
    false,
    false,
  ]);
});

test('splits words at runs of blanks and TABs', () => {
  expect(splitWords('  a\t b  ')).toEqual(['a', 'b']);
});
