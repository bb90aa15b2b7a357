import { Chalk } from 'chalk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawFrame } from '../../src/term/ansi-frame.ts';
import { CellBuffer } from '../../src/term/cell-buffer.ts';
import { createStyles, type Style } from '../../src/term/style.ts';
import { Emulator } from './fake-terminal.ts';

const chalk = new Chalk({ level: 3 });

function draw(frame: string, cols = 30, rows = 4) {
  const styles = createStyles('truecolor');
  const buffer = new CellBuffer(cols, rows);
  for (let y = 0; y < rows; y += 1) buffer.put(0, y, '#'.repeat(cols), styles.id({ bold: true }));
  drawFrame(frame, buffer, styles);
  return { text: buffer.text(), styleAt: (x: number, y = 0) => styles.style(buffer.styleOf(x, y)) };
}

test('draws lines, blanks the rest and cuts what does not fit', () => {
  const { text, styleAt } = draw('one\n\nthree is too long\nfour\nfive', 8, 4);
  expect(text).toBe('one     \n        \nthree is\nfour    ');
  expect(styleAt(5)).toEqual({});
});

test.for<readonly [string, string, Style]>([
  ['a named colour', chalk.red('x'), { fg: 'ansi:1' }],
  ['a bright colour', chalk.gray('x'), { fg: 'ansi:8' }],
  ['a named background', chalk.bgYellow('x'), { bg: 'ansi:3' }],
  ['a bright background', chalk.bgCyanBright('x'), { bg: 'ansi:14' }],
  ['a 24-bit colour', chalk.hex('#ff8800')('x'), { fg: '#ff8800' }],
  ['a 24-bit background', chalk.bgHex('#010203')('x'), { bg: '#010203' }],
  ['a colour of the 256', chalk.ansi256(208)('x'), { fg: '#ff8700' }],
  ['a grey of the 256', chalk.bgAnsi256(232)('x'), { bg: '#080808' }],
  ['one of the sixteen by its number', chalk.ansi256(9)('x'), { fg: 'ansi:9' }],
  ['bold', chalk.bold('x'), { bold: true }],
  ['dim', chalk.dim('x'), { dim: true }],
  ['italic', chalk.italic('x'), { italic: true }],
  ['underline', chalk.underline('x'), { underline: true }],
  ['inverse', chalk.inverse('x'), { inverse: true }],
  ['several at once', '\u001B[1;3;38;2;1;2;3;48;5;16mx', { fg: '#010203', bg: '#000000', bold: true, italic: true }], // prettier-ignore
  ['colons', '\u001B[38:2::9:8:7mx', { fg: '#090807' }],
  ['colons without a colour space', '\u001B[48:5:196mx', { bg: '#ff0000' }],
])('reads %s', ([, frame, style]) => {
  const { styleAt } = draw(frame);
  expect(styleAt(0)).toEqual(style);
});

test('each attribute ends where it is switched off', () => {
  const { text, styleAt } = draw(
    `${chalk.bold.red.bgBlue('ab')}c${chalk.inverse('d')}\u001B[4;2mx\u001B[my`,
  );
  expect(text.slice(0, 6)).toBe('abcdxy');
  expect([styleAt(1), styleAt(2), styleAt(3), styleAt(4), styleAt(5)]).toEqual([
    { fg: 'ansi:1', bg: 'ansi:4', bold: true },
    {},
    { inverse: true },
    { underline: true, dim: true },
    {},
  ]);
});

test('a style goes on over line ends until it is reset', () => {
  const { styleAt } = draw('\u001B[31ma\nb\u001B[39mc');
  expect([styleAt(0, 1), styleAt(1, 1)]).toEqual([{ fg: 'ansi:1' }, {}]);
});

test('links, control strings and other sequences vanish', () => {
  const link = '\u001B]8;;https://example.org\u0007text\u001B]8;;\u0007';
  const { text } = draw(
    `<${link}\u001B[?25l\u001B]0;title\u001B\\\u001BPq\u001B\\\u001B[2J\u001B7>`,
  );
  expect(text.split('\n')[0]?.trimEnd()).toBe('<text>');
});

test('a replaced glyph keeps the cells that Ink laid out for it', () => {
  const { text } = draw('│🚀│⚠️│1️⃣│中│👨‍👩‍👧│');
  expect(text.split('\n')[0]?.trimEnd()).toBe('│? │⚠ │1 │中│? │');
});

test('any sequence of styles looks as the emulator shows it', async () => {
  const piece = fc.tuple(
    fc.constantFrom('0', '1', '2', '3', '4', '7', '22', '23', '24', '27', '39', '49', '31', '92', '45', '103', '38;5;208', '48;5;240', '38;2;1;2;3', '48;2;250;251;252', '1;31', ''), // prettier-ignore
    fc.constantFrom('a', 'bc', '─', '中', '\n', ' '),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const frame = pieces.map(([codes, text]) => `\u001B[${codes}m${text}`).join('');
      const styles = createStyles('truecolor');
      const buffer = new CellBuffer(24, 14);
      drawFrame(frame, buffer, styles);
      const emulator = new Emulator(24, 14);
      await emulator.write(frame.replaceAll('\n', '\r\n'));
      for (const [y, line] of frame
        .replaceAll(/\u001B\[[\d;]*m/g, '')
        .split('\n')
        .entries()) {
        expect(buffer.line(y).trimEnd()).toBe(emulator.line(y).trimEnd());
        for (let x = 0; x < line.length; x += 1) {
          const shown = emulator.cell(x, y).style;
          expect(styles.style(buffer.styleOf(x, y))).toEqual(indexedToValue(shown));
        }
      }
    }),
    { numRuns: 150 },
  );
});

/** The emulator reports the 256 by number. */
function indexedToValue(style: Style): Style {
  const values: Readonly<Record<string, string>> = { 'ansi:208': '#ff8700', 'ansi:240': '#585858' };
  return {
    ...style,
    ...(style.fg !== undefined && { fg: values[style.fg] ?? style.fg }),
    ...(style.bg !== undefined && { bg: values[style.bg] ?? style.bg }),
  };
}
