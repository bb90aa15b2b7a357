import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTable } from '../../src/parse/tables.ts';

const layout = { required: 'LINK', wide: 'OVER' };
const read = (text: string, ...titles: readonly string[]) => {
  const { value, complaints } = parseTable(text, layout);
  return { rows: value.map((row) => titles.map((title) => row.read(title))), complaints };
};

test('reads cells by title in any order and any case', () => {
  expect(read('STATE LINK\nup    net0\n', 'link', 'STATE', 'over')).toEqual({
    rows: [['net0', 'up', null]],
    complaints: [],
  });
});

test('gives surplus words to the wide column', () => {
  expect(read('LINK OVER STATE\na b c up\n', 'LINK', 'OVER', 'STATE').rows).toEqual([
    ['a', 'b c', 'up'],
  ]);
});

test('places the words of a row with empty cells by where they stand', () => {
  const text = [
    'LINK   PORT   SPEED  STATE',
    'aggr0  --     10     up',
    '       net0          up',
    '',
  ];
  expect(read(text.join('\n'), 'LINK', 'PORT', 'SPEED', 'STATE').rows).toEqual([
    ['aggr0', null, '10', 'up'],
    [null, 'net0', null, 'up'],
  ]);
});

test('joins rows and a header that a narrow terminal has broken', () => {
  const text = [
    'LINK   SPEED  STATE',
    'ZONE',
    'net0   10     up',
    'web',
    'net1   10     up',
    '--',
    '',
  ];
  expect(read(text.join('\n'), 'LINK', 'STATE', 'ZONE')).toEqual({
    rows: [
      ['net0', 'up', 'web'],
      ['net1', 'up', null],
    ],
    complaints: [],
  });
});

test('passes over a header that comes again', () => {
  expect(read('LINK STATE\na up\nLINK STATE\na up\n', 'LINK').rows).toEqual([['a'], ['a']]);
});

test('takes a pool or link whose name is a title for a row', () => {
  expect(read('LINK\nZONES\nLINK0\n', 'LINK').rows).toEqual([['ZONES'], ['LINK0']]);
});

test('complains about rows before a header and about rows that fit no columns', () => {
  const { value, complaints } = parseTable('stray\nLINK A B\na b c d e f\n', { required: 'LINK' });
  expect(value).toEqual([]);
  expect(complaints).toEqual([
    { line: 1, text: 'stray', reason: 'no header line with LINK' },
    { line: 3, text: 'a b c d e f', reason: 'expected 3 columns, found 6' },
  ]);
});

test('never throws', () => {
  const words = fc.constantFrom('LINK', 'OVER', 'ZONE', 'a', '--', ' ', '  ', '\t', '\n', '\u0000');
  fc.assert(
    fc.property(fc.array(words), (pieces) => {
      expect(() => parseTable(pieces.join(''), layout)).not.toThrow();
    }),
  );
});

test('a cell that touches two titles is under the one with which it begins', () => {
  const text = ['LINK  INUSE CLIENT OVER', '      yes  web0   net0', ''];
  expect(read(text.join('\n'), 'LINK', 'INUSE', 'CLIENT', 'OVER')).toEqual({
    rows: [[null, 'yes', 'web0', 'net0']],
    complaints: [],
  });
});

test('an empty cell and one with two words do not make a row of as many words as titles', () => {
  const text = [
    'LINK   STATE  BRIDGE  OVER',
    'aggr0  up             igb0 igb1',
    'net_with_a_long_name0 up br0 x',
  ];
  expect(read(`${text.join('\n')}\n`, 'LINK', 'STATE', 'BRIDGE', 'OVER').rows).toEqual([
    ['aggr0', 'up', null, 'igb0 igb1'],
    ['net_with_a_long_name0', 'up', 'br0', 'x'],
  ]);
});

test('a word alone is no row', () => {
  const { rows, complaints } = read('LINK   STATE  OVER\nConnected.\n', 'LINK');
  expect(rows).toEqual([]);
  expect(complaints).toEqual([
    { line: 2, text: 'Connected.', reason: 'expected 3 columns, found 1' },
  ]);
});
