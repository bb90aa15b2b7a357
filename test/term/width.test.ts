import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  cellWidth,
  padEnd,
  padStart,
  safeGlyph,
  safeText,
  textWidth,
  truncate,
} from '../../src/term/width.ts';
import { Emulator } from './fake-terminal.ts';

test.for([
  ['a', 1],
  ['é', 1],
  ['e\u0301', 1],
  ['●', 1],
  ['▲', 1],
  ['✗', 1],
  ['─', 1],
  ['█', 1],
  ['⣿', 1],
  ['…', 1],
  ['中', 2],
  ['한', 2],
  ['か', 2],
  ['Ｗ', 2],
  ['\u0301', 0],
  ['\u200B', 0],
  ['\uFE0F', 0],
  ['\u202E', 0],
] as const)('counts %j as %i cells', ([glyph, cells]) => {
  expect(cellWidth(glyph)).toBe(cells);
  expect(textWidth(`x${glyph}y`)).toBe(cells + 2);
});

test.for([
  ['a rocket', '🚀', '?'],
  ['a family', '👨‍👩‍👧', '?'],
  ['a skin tone', '👍🏽', '?'],
  ['a flag', '🇪🇺', '?'],
  ['half a flag', '🇪', '?'],
  ['a keycap', '1️⃣', '1'],
  ['a text sign asked to be an emoji', '⚠️', '⚠'],
  ['an emoji of one code point', '✅', '?'],
  ['a lone surrogate', '\uD83D', '?'],
  ['an unassigned code point', '\u0378', '?'],
  ['a Hangul syllable in parts', '\u1112\u1161\u11AB', '한'],
  ['letters and marks that are one letter', 'e\u0301', 'é'],
  ['a letter under more marks than a letter has', `e${'\u0302'.repeat(40)}`, 'ê'],
  ['an escape', '\u001B', '·'],
  ['a C1 control', '\u009B', '·'],
  ['a tab', '\t', ' '],
  ['a line feed', '\n', ' '],
  ['a zero width joiner', 'a\u200Db', 'ab'],
] as const)('draws %s as what every terminal counts alike', ([, text, drawn]) => {
  expect(safeText(text).normalize('NFC').slice(0, 2)).toBe(drawn);
});

test('a foreign text draws as many cells as it is counted, in the emulator', async () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 12 });
  const odd = fc.array(
    fc.constantFrom('a', '中', '⚠️', '🇪', '🇺', '👍', '🏽', '\u200D', '\u0301', 'ก', 'ำ', '\u1100', '\u1161', 'क', '्', 'ष', 'ﾞ', 'ー', '\uD83D', '\u0600', '━'), // prettier-ignore
    { maxLength: 8 },
  );
  const emulator = new Emulator(60, 2);
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        text,
        odd.map((parts) => parts.join('')),
      ),
      async (input) => {
        const safe = safeText(input);
        await emulator.write(`\r\u001B[K${safe}`);
        expect(emulator.terminal.buffer.active.cursorX).toBe(textWidth(input));
        expect(safeText(safe)).toBe(safe);
        expect(textWidth(safe)).toBe(textWidth(input));
      },
    ),
    { numRuns: 400 },
  );
});

test('every glyph that is kept is one that the emulator counts alike', async () => {
  const emulator = new Emulator(10, 2);
  const columns: number[] = [];
  emulator.terminal.onData((report) => columns.push(Number(/;(\d+)R/.exec(report)?.[1])));
  const kept: number[] = [];
  for (let code = 0x20; code < 0x2_0000; code += 1) {
    const isSurrogate = code >= 0xd8_00 && code < 0xe0_00;
    if (!isSurrogate && safeGlyph(String.fromCodePoint(code)).text !== '?') kept.push(code);
  }
  const glyphs = kept.map((code) => safeGlyph(String.fromCodePoint(code)));
  // The emulator answers each cursor position request with `CSI row ; column R`.
  await emulator.write(glyphs.map(({ text }) => `\ra${text}\u001B[6n`).join(''));
  const wrong = kept.filter((_, index) => columns[index] !== 2 + (glyphs[index]?.width ?? 0));
  expect(kept.length).toBeGreaterThan(50_000);
  expect(wrong.map((code) => code.toString(16))).toEqual([]);
});

test('truncates to cells and marks the cut', () => {
  expect(truncate('control', 7)).toBe('control');
  expect(truncate('control', 5)).toBe('cont…');
  expect(truncate('control', 1)).toBe('…');
  expect(truncate('control', 0)).toBe('');
  expect(truncate('control', 5, '')).toBe('contr');
  expect(truncate('control', 4, '...')).toBe('c...');
  expect(truncate('中中中', 6)).toBe('中中中');
  expect(truncate('中中中', 4)).toBe('中…');
  expect(truncate('🚀🚀🚀', 2)).toBe('?…');
});

test('never exceeds the cells it was given', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, cells) => {
      expect(textWidth(truncate(text, cells))).toBeLessThanOrEqual(cells);
      expect(textWidth(padEnd(truncate(text, cells), cells))).toBe(cells);
      expect(textWidth(padStart(truncate(text, cells), cells))).toBe(cells);
    }),
  );
});

test('pads by cells and leaves longer texts alone', () => {
  expect(padEnd('中', 4)).toBe('中  ');
  expect(padStart('中', 4)).toBe('  中');
  expect(padEnd('long', 2)).toBe('long');
});
