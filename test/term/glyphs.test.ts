import { expect, test } from 'vitest';
import { asciiGlyph, isUtf8Locale } from '../../src/term/glyphs.ts';

const ascii = (text: string): string => Array.from(text, asciiGlyph).join('');

test('every sign of a state has an ASCII sign of its own', () => {
  expect(ascii('●◐▲✗?○↻@-')).toBe('*d!X?o~@-');
  expect(new Set(ascii('●◐▲✗?○↻@-')).size).toBe(9);
  // A value that is not known says what the sign of a thing does of which nothing is.
  expect(ascii('┄')).toBe(ascii('?'));
});

test('frames become plus, minus and bar, heavy ones too', () => {
  expect(ascii('╭─╮┏━┓├┼┤│┃╰╯')).toBe('+-++-++++||++');
});

test('a sparkline keeps its shape', () => {
  expect(ascii('▁▂▃▄▅▆▇█')).toBe('_.-=+*##');
  expect(ascii('⠀⣀⣿')).toBe(' ..');
});

test('every glyph becomes exactly one ASCII character', () => {
  for (let code = 0x80; code < 0x1_0000; code += 1) {
    if (code >= 0xd800 && code < 0xe000) continue;
    expect(asciiGlyph(String.fromCharCode(code))).toMatch(/^[ -~]$/);
  }
});

test('letters lose their accents and the rest is a question mark', () => {
  expect(ascii('Zürich → 中')).toBe('Zurich > ?');
});

test.for([
  [{ LANG: 'en_US.UTF-8' }, true],
  [{ LANG: 'en_US.utf8' }, true],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
  [{ LANG: 'C', LC_CTYPE: 'C.UTF-8' }, true],
  [{ LC_ALL: '', LANG: 'C.UTF-8' }, true],
  [{ LANG: 'C' }, false],
  [{}, false],
] as const)('the locale %j is UTF-8: %s', ([env, expected]) => {
  expect(isUtf8Locale(env)).toBe(expected);
});
