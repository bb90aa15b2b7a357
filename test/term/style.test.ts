import fc from 'fast-check';
import { expect, test } from 'vitest';
import { colorOfIndex, createStyles, detectDepth, type Style } from '../../src/term/style.ts';
import { Emulator } from './fake-terminal.ts';

const SGR = (codes: string): string => `\u001B[${codes}m`;

test('equal styles have one id and the plain style is 0', () => {
  const styles = createStyles('truecolor');
  expect(styles.id({})).toBe(0);
  expect(styles.id({ fg: 'default', bold: false })).toBe(0);
  expect(styles.id({ fg: 'no colour' })).toBe(0);
  expect(styles.id({ fg: '#FFAA00' })).toBe(styles.id({ fg: '#fa0' }));
  expect(styles.id({ bold: true })).not.toBe(styles.id({ dim: true }));
  expect(styles.style(styles.id({ fg: '#fa0', inverse: true }))).toEqual({
    fg: '#ffaa00',
    inverse: true,
  });
});

test('writes a colour in the depth of the terminal', () => {
  const styles = createStyles('truecolor');
  const orange = styles.id({ fg: '#ff8700', bg: 'ansi:9' });
  expect(styles.transition(0, orange)).toBe(SGR('38;2;255;135;0;101'));
  styles.setDepth('256');
  expect(styles.transition(0, orange)).toBe(SGR('38;5;208;101'));
  styles.setDepth('16');
  expect(styles.transition(0, styles.id({ fg: '#fe0101' }))).toBe(SGR('91'));
  styles.setDepth('none');
  expect(styles.transition(0, orange)).toBe('');
  expect(styles.transition(orange, styles.id({ inverse: true, fg: '#123456' }))).toBe(SGR('7'));
});

test('every colour of the 256 survives the way through its value', () => {
  const styles = createStyles('256');
  for (let index = 16; index < 256; index += 1) {
    const sequence = styles.transition(0, styles.id({ fg: colorOfIndex(index) }));
    const shown = Number(/38;5;(\d+)/.exec(sequence)?.[1]);
    expect(colorOfIndex(shown)).toBe(colorOfIndex(index));
  }
});

test('takes the shorter way between two styles', () => {
  const styles = createStyles('truecolor');
  const bold = styles.id({ bold: true });
  const both = styles.id({ bold: true, dim: true });
  const red = styles.id({ fg: 'ansi:1', bold: true });
  expect(styles.transition(bold, 0)).toBe(SGR(''));
  expect(styles.transition(bold, red)).toBe(SGR('31'));
  expect(styles.transition(red, bold)).toBe(SGR('39'));
  expect(styles.transition(both, bold)).toBe(SGR('0;1'));
  expect(styles.transition(bold, bold)).toBe('');
});

test('blanks look alike that differ only in what a blank does not show', () => {
  const styles = createStyles('truecolor');
  const blank = (style: Style): number => styles.blank(styles.id(style));
  expect(blank({ fg: '#ff0000', bold: true, dim: true, italic: true })).toBe(0);
  expect(blank({ fg: '#ff0000', bg: '#000001' })).toBe(styles.id({ bg: '#000001' }));
  expect(blank({ fg: '#ff0000', inverse: true })).not.toBe(blank({ inverse: true }));
  expect(blank({ underline: true })).not.toBe(0);
});

const color = fc.option(
  fc.oneof(
    fc.nat(15).map((index) => `ansi:${index}`),
    fc.nat(0xff_ff_ff).map((value) => `#${value.toString(16).padStart(6, '0')}`),
  ),
  { nil: 'default' },
);
const anyStyle = fc.record({
  fg: color,
  bg: color,
  bold: fc.boolean(),
  dim: fc.boolean(),
  italic: fc.boolean(),
  underline: fc.boolean(),
  inverse: fc.boolean(),
});

test('a chain of transitions ends in the style it names, in the emulator', async () => {
  const emulator = new Emulator(4, 2);
  await fc.assert(
    fc.asyncProperty(fc.array(anyStyle, { minLength: 1, maxLength: 6 }), async (chain) => {
      const styles = createStyles('truecolor');
      let from = 0;
      let out = '\u001B[0m';
      for (const style of chain) {
        out += styles.transition(from, styles.id(style));
        from = styles.id(style);
      }
      await emulator.write(`${out}\u001B[Hx`);
      const expected: Style = styles.style(from);
      expect(emulator.cell(0, 0).style).toEqual(expected);
    }),
    { numRuns: 150 },
  );
});

test.for([
  [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, true, 'truecolor'],
  [{ TERM: 'xterm-256color', COLORTERM: '24bit' }, true, 'truecolor'],
  [{ TERM: 'xterm-kitty' }, true, 'truecolor'],
  [{ TERM: 'tmux-direct' }, true, 'truecolor'],
  [{ TERM: 'screen-256color' }, true, '256'],
  [{ TERM: 'xterm' }, true, '16'],
  [{ TERM: 'linux' }, true, '16'],
  [{ TERM: 'sun-color' }, true, '16'],
  [{ TERM: 'sun' }, true, 'none'],
  [{ TERM: 'vt100' }, true, 'none'],
  [{ TERM: 'dumb', COLORTERM: 'truecolor' }, true, 'none'],
  [{}, true, 'none'],
  [{ TERM: 'xterm-256color', NO_COLOR: '1' }, true, 'none'],
  [{ TERM: 'xterm-256color', NO_COLOR: '' }, true, '256'],
  [{ TERM: 'xterm-256color' }, false, 'none'],
  [{ FORCE_COLOR: '3', NO_COLOR: '1' }, false, 'truecolor'],
  [{ FORCE_COLOR: '2' }, false, '256'],
  [{ FORCE_COLOR: '1' }, false, '16'],
  [{ FORCE_COLOR: '0', TERM: 'xterm-256color' }, true, 'none'],
] as const)('%j on a terminal (%s) means %s', ([env, isTTY, depth]) => {
  expect(detectDepth(env, isTTY)).toBe(depth);
});
