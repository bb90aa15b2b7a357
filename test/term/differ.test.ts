import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CellBuffer } from '../../src/term/cell-buffer.ts';
import { createDiffer } from '../../src/term/differ.ts';
import { createStyles, type Style, type Styles } from '../../src/term/style.ts';
import { Emulator, seenStyle } from './fake-terminal.ts';

type Operation =
  | { readonly type: 'put'; x: number; y: number; text: string; style: Style }
  | { readonly type: 'fill'; x: number; y: number; width: number; height: number; style: Style }
  | { readonly type: 'clear' | 'full' }
  | { readonly type: 'resize'; cols: number; rows: number };

const color = fc.constantFrom('default', '#ff0000', '#00ff7f', '#123456', 'ansi:3');
const style: fc.Arbitrary<Style> = fc.record({
  fg: color,
  bg: color,
  bold: fc.boolean(),
  dim: fc.boolean(),
  italic: fc.boolean(),
  underline: fc.boolean(),
  inverse: fc.boolean(),
});
const at = { x: fc.integer({ min: -3, max: 45 }), y: fc.integer({ min: -1, max: 14 }) };
const text = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.array(fc.constantFrom('a', ' ', '中', 'é', 'x\u0323', '●', '─', '한', '🚀')).map((all) => all.join('')), // prettier-ignore
);
const size = { cols: fc.integer({ min: 1, max: 45 }), rows: fc.integer({ min: 1, max: 14 }) };
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ type: fc.constant('put'), ...at, text, style }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('fill'),
      ...at,
      width: fc.nat(20),
      height: fc.nat(5),
      style,
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('clear', 'full') }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('resize'), ...size }) },
);

function apply(buffer: CellBuffer, styles: Styles, operation: Operation): void {
  switch (operation.type) {
    case 'put':
      buffer.put(operation.x, operation.y, operation.text, styles.id(operation.style));
      return;
    case 'fill':
      buffer.fill(operation, '▒', styles.id(operation.style));
      return;
    case 'clear':
      buffer.clear();
      return;
    case 'resize':
      buffer.resize(operation.cols, operation.rows);
      return;
    case 'full':
  }
}

/** The bottom right cell stays blank, and a wide glyph that would reach into it is not drawn. */
function expectShown(emulator: Emulator, buffer: CellBuffer, styles: Styles): void {
  const wrong: unknown[] = [];
  for (let y = 0; y < buffer.rows; y += 1)
    for (let x = 0; x < buffer.cols; x += 1) {
      const shown = emulator.cell(x, y);
      const isLastRow = y === buffer.rows - 1;
      const isCorner = isLastRow && x === buffer.cols - 1;
      const isCut = isLastRow && x === buffer.cols - 2 && buffer.glyph(x + 1, y) === '';
      const text = isCorner || isCut ? ' ' : buffer.glyph(x, y);
      const expected = isCorner ? {} : styles.style(buffer.styleOf(x, y));
      const isEqual =
        shown.text === text &&
        JSON.stringify(seenStyle(text, shown.style)) === JSON.stringify(seenStyle(text, expected));
      if (!isEqual) wrong.push({ x, y, text, expected, shown });
    }
  expect(wrong).toEqual([]);
}

const story = fc.array(fc.array(operation, { maxLength: 6 }), { minLength: 1, maxLength: 8 });
const isFull = (operations: readonly Operation[]): boolean =>
  operations.some((one) => one.type === 'full');

test('whatever is drawn, the emulator shows the buffer: characters, colours, attributes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.record(size), story, async ({ cols, rows }, frames) => {
      const styles = createStyles('truecolor');
      const buffer = new CellBuffer(cols, rows);
      const emulator = new Emulator(cols, rows);
      const differ = createDiffer(styles);
      await emulator.write('\u001B[?1049h\u001B[?7l');
      await emulator.write('\u001B[4;33mgarbage that stood here before '.repeat(20));
      for (const operations of frames) {
        for (const one of operations) apply(buffer, styles, one);
        if (emulator.terminal.cols !== buffer.cols || emulator.terminal.rows !== buffer.rows)
          emulator.terminal.resize(buffer.cols, buffer.rows);
        const bytes = differ.diff(buffer, isFull(operations));
        expect(bytes).not.toMatch(/\u001B\[\d*J/);
        expect(bytes.replace(/^\u001B\[0m\u001B\[\d+;\d+H\u001B\[K/, '')).not.toContain('\u001B[K');
        await emulator.write(bytes);
        expectShown(emulator, buffer, styles);
        expect(differ.diff(buffer)).toBe('');
      }
    }),
    { numRuns: 120 },
  );
});

/** Every changed cell, row by row: what a differ writes that does not look for the shortest way. */
function createPlainDiffer(styles: Styles): (next: CellBuffer, full: boolean) => string {
  let before = new CellBuffer(1, 1);
  let isFirst = true;
  return (next, full) => {
    const isAll = full || isFirst || before.cols !== next.cols || before.rows !== next.rows;
    isFirst = false;
    let out = '';
    let style = 0;
    for (let y = 0; y < next.rows; y += 1) {
      let cursor = -1;
      for (let x = 0; x < next.cols; x += 1) {
        const isCorner = x === next.cols - 1 && y === next.rows - 1;
        const [glyph, id] = [next.glyph(x, y), next.styleOf(x, y)];
        const isSame = glyph === before.glyph(x, y) && id === before.styleOf(x, y);
        if (isCorner || glyph === '' || (!isAll && isSame)) continue;
        if (cursor < 0) out += x === 0 ? `\u001B[${y + 1}H` : `\u001B[${y + 1};${x + 1}H`;
        else if (cursor !== x) out += x - cursor === 1 ? '\u001B[C' : `\u001B[${x - cursor}C`;
        out += styles.transition(style, id);
        style = id;
        const isWide = next.glyph(x + 1, y) === '';
        out += isWide && x + 2 === next.cols && y === next.rows - 1 ? ' ' : glyph;
        const isSequence = Array.from(glyph).length > 1;
        cursor = isSequence ? -1 : x + (isWide ? 2 : 1);
      }
    }
    if (style !== 0) out += '\u001B[0m';
    before = new CellBuffer(next.cols, next.rows);
    before.copyFrom(next);
    const corner = isAll ? `\u001B[0m\u001B[${next.rows};${next.cols}H\u001B[K` : '';
    return isAll || out.length > 512 ? `${corner}\u001B[?2026h${out}\u001B[?2026l` : out;
  };
}

test('whatever is drawn, it takes no more bytes than row by row', () => {
  fc.assert(
    fc.property(fc.record(size), story, ({ cols, rows }, frames) => {
      const styles = createStyles('truecolor');
      const buffer = new CellBuffer(cols, rows);
      const differ = createDiffer(styles);
      const plain = createPlainDiffer(styles);
      let [bytes, most] = [0, 0];
      for (const operations of frames) {
        for (const one of operations) apply(buffer, styles, one);
        bytes += Buffer.byteLength(differ.diff(buffer, isFull(operations)));
        most += Buffer.byteLength(plain(buffer, isFull(operations)));
        // What a frame leaves undone, such as the way back to the plain style, the next one may have to do.
        expect(bytes).toBeLessThanOrEqual(most);
      }
    }),
    { numRuns: 400 },
  );
});

function shown(cols: number, rows: number) {
  const styles = createStyles('truecolor');
  const buffer = new CellBuffer(cols, rows);
  const differ = createDiffer(styles);
  differ.diff(buffer);
  return { styles, buffer, differ };
}

test('an unchanged screen costs no byte', () => {
  const { buffer, differ } = shown(80, 24);
  expect(differ.diff(buffer)).toBe('');
  buffer.put(3, 3, ' ', 0);
  expect(differ.diff(buffer)).toBe('');
});

test('one changed piece is addressed absolutely', () => {
  const { buffer, differ } = shown(80, 24);
  buffer.put(7, 4, 'x', 0);
  expect(differ.diff(buffer)).toBe('\u001B[5;8Hx');
  buffer.put(0, 9, 'yz', 0);
  expect(differ.diff(buffer)).toBe('\u001B[10Hyz');
});

test('what comes in one piece needs no synchronized block, what is longer has one', () => {
  const { buffer, differ } = shown(80, 24);
  buffer.put(7, 4, 'x', 0);
  buffer.put(70, 4, 'y', 0);
  expect(differ.diff(buffer)).toBe('\u001B[5;8Hx\u001B[62Cy');
  for (let y = 0; y < 7; y += 1) buffer.put(0, y, 'z'.repeat(80), 0);
  const long = differ.diff(buffer);
  expect(long.startsWith('\u001B[?2026h') && long.endsWith('\u001B[?2026l')).toBe(true);
});

test('writes gaps of up to three bytes again and jumps over longer ones', () => {
  const { buffer, differ } = shown(80, 24);
  buffer.put(0, 0, 'abcdefghij', 0);
  differ.diff(buffer);
  buffer.put(0, 0, 'A', 0);
  buffer.put(4, 0, 'E', 0);
  buffer.put(9, 0, 'J', 0);
  expect(differ.diff(buffer)).toBe('\u001B[HAbcdE\u001B[4CJ');
  buffer.put(20, 0, 'a─c', 0);
  buffer.put(30, 0, 'a──d', 0);
  differ.diff(buffer);
  buffer.put(20, 0, 'A─C', 0);
  buffer.put(30, 0, 'A──D', 0);
  expect(differ.diff(buffer)).toBe('\u001B[1;21HA─C\u001B[7CA\u001B[2CD');
});

test('a gap in another style is jumped over, blanks that look alike are not', () => {
  const { styles, buffer, differ } = shown(80, 24);
  const bold = styles.id({ bold: true });
  const under = styles.id({ underline: true });
  buffer.put(1, 0, 'b', bold);
  buffer.put(11, 0, ' ', bold);
  buffer.put(21, 0, ' ', under);
  differ.diff(buffer);
  for (const x of [0, 10, 20]) buffer.put(x, 0, 'A', 0);
  for (const x of [2, 12, 22]) buffer.put(x, 0, 'C', 0);
  expect(differ.diff(buffer)).toBe('\u001B[H\u001B[mA\u001B[CC\u001B[7CA C\u001B[7CA\u001B[CC');
});

test('a blank that changes only in what is not seen of it is not written', () => {
  const { styles, buffer, differ } = shown(80, 24);
  buffer.put(3, 3, '   ', styles.id({ fg: '#ff0000', bold: true }));
  expect(differ.diff(buffer)).toBe('');
  buffer.put(3, 3, ' ', styles.id({ bg: '#ff0000' }));
  expect(differ.diff(buffer)).toBe('\u001B[4;4H\u001B[48;2;255;0;0m ');
});

test('the style of a frame is still set when the next one begins', () => {
  const { styles, buffer, differ } = shown(80, 24);
  const hot = styles.id({ fg: '#ff0000', bold: true });
  buffer.put(0, 1, 'hot', hot);
  expect(differ.diff(buffer)).toBe('\u001B[2H\u001B[1;38;2;255;0;0mhot');
  buffer.put(0, 1, 'HOT', hot);
  expect(differ.diff(buffer)).toBe('\u001B[2HHOT');
  buffer.put(0, 1, 'cold', 0);
  expect(differ.diff(buffer)).toBe('\u001B[2H\u001B[mcold');
});

test('scattered changes come style by style, each piece nearest to the last', () => {
  const { styles, buffer, differ } = shown(80, 24);
  const [red, blue] = [styles.id({ fg: 'ansi:1' }), styles.id({ fg: 'ansi:4' })];
  for (let y = 10; y < 14; y += 1) {
    buffer.put(20, y, '1', red);
    buffer.put(60, y, '2', blue);
  }
  expect(differ.diff(buffer)).toBe(
    `\u001B[11;21H\u001B[31m1${'\u001B[B\b1'.repeat(3)}\u001B[39C\u001B[34m2${'\u001B[A\b2'.repeat(3)}`,
  );
});

test('after the last column, where terminals differ, a piece is addressed absolutely', () => {
  const { buffer, differ } = shown(20, 4);
  buffer.put(19, 0, 'x', 0);
  buffer.put(19, 1, 'y', 0);
  expect(differ.diff(buffer)).toBe('\u001B[1;20Hx\u001B[2;20Hy');
});

test('one per cent of a 200x50 screen is at most 300 bytes', () => {
  const { buffer, differ } = shown(200, 50);
  for (let run = 0; run < 10; run += 1)
    buffer.put(20 * run, 5 * run, String(1_234_567_890 + run), 0);
  expect(Buffer.byteLength(differ.diff(buffer))).toBeLessThanOrEqual(300);
});

test('the bottom right cell is never written', () => {
  const { buffer, differ } = shown(10, 3);
  buffer.put(9, 2, 'x', 0);
  expect(differ.diff(buffer)).toBe('');
  buffer.put(8, 2, 'ab', 0);
  expect(differ.diff(buffer, true)).toMatch(/\u001B\[3H {8}a\u001B\[\?2026l$/);
});

test('a full diff, a new size, a new depth and a reset each write every cell', () => {
  const { styles, buffer, differ } = shown(10, 4);
  const everything = 10 * 4 - 1;
  const blanks = (bytes: string): number => bytes.split(' ').length - 1;
  expect(blanks(differ.diff(buffer, true))).toBe(everything);
  styles.setDepth('16');
  expect(blanks(differ.diff(buffer))).toBe(everything);
  differ.reset();
  expect(blanks(differ.diff(buffer))).toBe(everything);
  buffer.resize(8, 5);
  expect(blanks(differ.diff(buffer))).toBe(8 * 5 - 1);
  expect(differ.diff(buffer)).toBe('');
});

test('a wide glyph that would reach into the bottom right cell is a blank', () => {
  const { buffer, differ } = shown(10, 3);
  buffer.put(7, 2, 'a中', 0);
  expect(differ.diff(buffer)).toBe('\u001B[3;8Ha ');
  expect(differ.diff(buffer)).toBe('');
});
