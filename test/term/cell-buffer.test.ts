import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CellBuffer, type Rect } from '../../src/term/cell-buffer.ts';
import { safeText, textWidth } from '../../src/term/width.ts';

const rect = (x: number, y: number, width: number, height: number): Rect => ({
  x,
  y,
  width,
  height,
});

test('puts text, clips it at the edges and says how many cells it took', () => {
  const buffer = new CellBuffer(6, 2);
  expect(buffer.put(1, 0, 'abc', 3)).toBe(3);
  expect(buffer.put(4, 0, 'long', 4)).toBe(2);
  expect(buffer.put(-2, 1, 'hidden', 5)).toBe(6);
  expect(buffer.put(0, 2, 'below', 0)).toBe(0);
  expect(buffer.put(0, -1, 'above', 0)).toBe(0);
  expect(buffer.put(9, 0, 'beside', 0)).toBe(0);
  expect(buffer.text()).toBe(' abclo\ndden  ');
  expect(buffer.styleOf(1, 0)).toBe(3);
  expect(buffer.styleOf(4, 0)).toBe(4);
  expect(buffer.styleOf(0, 0)).toBe(0);
});

test('uses no more cells than allowed', () => {
  const buffer = new CellBuffer(8, 1);
  expect(buffer.put(0, 0, 'abcdef', 0, 3)).toBe(3);
  expect(buffer.put(4, 0, '中中', 0, 3)).toBe(3);
  expect(buffer.line(0)).toBe('abc 中  ');
});

test('a wide glyph takes a cell and its continuation', () => {
  const buffer = new CellBuffer(4, 1);
  expect(buffer.put(0, 0, '中a', 1)).toBe(3);
  expect([0, 1, 2].map((x) => buffer.glyph(x, 0))).toEqual(['中', '', 'a']);
  expect(buffer.styleOf(1, 0)).toBe(1);
});

test('a cut wide glyph is a blank, at both edges', () => {
  const buffer = new CellBuffer(3, 1);
  expect(buffer.put(2, 0, '中', 1)).toBe(1);
  expect(buffer.put(-1, 0, '中', 1)).toBe(2);
  expect(buffer.line(0)).toBe('   ');
});

test('overwriting half of a wide glyph blanks the other half', () => {
  const buffer = new CellBuffer(4, 1);
  buffer.put(0, 0, '中中', 0);
  buffer.put(1, 0, 'xy', 0);
  expect(buffer.line(0)).toBe(' xy ');
  buffer.put(0, 0, '中中', 0);
  buffer.fill(rect(1, 0, 1, 1), '.', 0);
  expect(buffer.line(0)).toBe(' .中');
});

test('combining marks share a cell, controls and emoji never enter', () => {
  const buffer = new CellBuffer(20, 1);
  expect(buffer.put(0, 0, 'x\u0323y \u001B[2J🚀\u200B.', 0)).toBe(9);
  expect(buffer.glyph(0, 0)).toBe('x\u0323'.normalize('NFC'));
  expect(buffer.line(0).trimEnd()).toBe(`${'x\u0323'.normalize('NFC')}y ·[2J?.`);
});

test('fills a rectangle as far as it is on the screen', () => {
  const buffer = new CellBuffer(5, 3);
  buffer.fill(rect(-1, 1, 4, 9), '─', 2);
  buffer.fill(rect(3, 0, 2, 1), '中', 1);
  buffer.fill(rect(0, 0, 0, 5), 'x', 1);
  expect(buffer.text()).toBe('   中\n───  \n───  ');
});

test('resizing keeps the part both sizes have', () => {
  const buffer = new CellBuffer(4, 2);
  buffer.put(0, 0, 'a中b', 1);
  buffer.put(0, 1, 'efgh', 2);
  buffer.resize(2, 3);
  expect(buffer.text()).toBe('a \nef\n  ');
  expect(buffer.styleOf(1, 1)).toBe(2);
  buffer.resize(0, -3);
  expect([buffer.cols, buffer.rows, buffer.text()]).toEqual([1, 1, 'a']);
});

test('copies a buffer of any size and clears', () => {
  const source = new CellBuffer(4, 2);
  source.put(0, 0, 'ab中', 1);
  const same = new CellBuffer(4, 2);
  same.copyFrom(source);
  expect(same.text()).toBe(source.text());
  const small = new CellBuffer(3, 1);
  small.put(0, 0, 'xyz', 7);
  small.copyFrom(source);
  expect(small.text()).toBe('ab ');
  const large = new CellBuffer(6, 3);
  large.put(0, 2, 'gone', 7);
  large.copyFrom(source);
  expect(large.line(0)).toBe('ab中  ');
  expect([large.line(2), large.styleOf(0, 2)]).toEqual(['      ', 0]);
  large.clear();
  expect(large.text().trim()).toBe('');
});

test('has a defined answer outside', () => {
  const buffer = new CellBuffer(2, 2);
  expect([buffer.glyph(-1, 0), buffer.glyph(2, 0), buffer.line(5), buffer.styleOf(0, 9)]).toEqual([
    ' ',
    ' ',
    '',
    0,
  ]);
});

test('rows stay as wide as the buffer whatever is put', () => {
  const put = fc.tuple(fc.integer({ min: -5, max: 12 }), fc.string({ unit: 'grapheme' }));
  fc.assert(
    fc.property(fc.array(put, { maxLength: 6 }), (puts) => {
      const buffer = new CellBuffer(9, 1);
      for (const [x, text] of puts) {
        const used = buffer.put(x, 0, text, 1);
        const room = Math.max(0, 9 - x);
        expect(used).toBe(Math.min(textWidth(text), room));
      }
      expect(textWidth(buffer.line(0))).toBe(9);
      expect(safeText(buffer.line(0))).toBe(buffer.line(0));
    }),
    { numRuns: 300 },
  );
});

test('a part of a layer is laid over a screen, through which another one is seen; halves of wide glyphs go', () => {
  const [screen, layer, beneath] = [0, 0, 0].map(() => new CellBuffer(8, 2)) as [
    CellBuffer,
    CellBuffer,
    CellBuffer,
  ];
  screen.put(0, 0, 'ab中cdef', 1);
  screen.put(0, 1, '........', 1);
  layer.clearThrough(rect(0, 0, 8, 2));
  layer.put(4, 0, 'X', 2);
  layer.put(0, 1, 'YYYYYYYY', 2);
  beneath.put(0, 0, '12345678', 3);
  screen.overlay(layer, rect(3, 0, 3, 1), beneath);
  expect(screen.text()).toBe('ab 4X6ef\n........');
  expect([3, 4, 6].map((x) => screen.styleOf(x, 0))).toEqual([3, 2, 1]);
  screen.overlay(layer, rect(3, 0, 3, 1));
  expect(screen.line(0)).toBe('ab 4X6ef');
});
