import { expect, test, vi } from 'vitest';
import { drawGlyph } from '../scripts/picture/glyph-shapes.ts';
import { drawPicture, PICTURES } from '../scripts/picture/pictures.ts';
import { renderSvg } from '../scripts/picture/svg.ts';
import { CellBuffer } from '../src/term/cell-buffer.ts';
import { createStyles } from '../src/term/style.ts';
import type { Style } from '../src/term/style.ts';
import { themeNamed } from './support/counting-terminal.ts';

// Ink's colours are read when it is loaded.
vi.hoisted(() => {
  process.env['FORCE_COLOR'] = '3';
});

const theme = themeNamed('midnight');

function draw(lines: readonly (readonly [text: string, style: Style])[]): string {
  const styles = createStyles('truecolor');
  const buffer = new CellBuffer(12, lines.length);
  for (const [y, [text, style]] of lines.entries()) buffer.put(0, y, text, styles.id(style));
  return renderSvg(buffer, styles, theme, 'a <test>');
}

/** Names of the elements that are open at the end, or closed by another name; the text between the tags. */
function read(svg: string): { readonly open: readonly string[]; readonly text: string } {
  const open: string[] = [];
  let text = '';
  for (const [, close, name = '', rest = '', between = ''] of svg.matchAll(
    /<(\/?)([a-z]+)((?:"[^"]*"|[^">])*)>([^<]*)/g,
  )) {
    if (close && open.at(-1) === name) open.pop();
    else if (close) open.push(`/${name}`);
    else if (!rest.endsWith('/')) open.push(name);
    if (open.includes('text')) text += between;
  }
  return { open, text };
}

test.for(Object.keys(PICTURES))('docs/%s.svg shows what the console draws', async (name) => {
  const svg = (await drawPicture(name)) ?? '';
  expect(read(svg).open).toEqual([]);
  // It is shown by others' pages: nothing may be loaded from elsewhere.
  expect(svg.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(
    /https?:|url\(|@import|<script/,
  );
  expect(svg.length).toBeLessThan(80_000);
  await expect(svg).toMatchFileSnapshot(`../docs/${name}.svg`);
});

test('there is no picture of another name', async () => {
  expect(await drawPicture('nothing')).toBeNull();
});

test('words stand at their own places, in the colours of their cells', () => {
  const svg = draw([
    ['ab cd', { fg: '#010203', bold: true }],
    ['  x<y', { bg: '#040506' }],
  ]);
  expect(svg).toContain('<title>a &lt;test&gt;</title>');
  expect(svg).toMatch(/<tspan x="14" class="c0" textLength="42">ab cd<\/tspan>/);
  expect(svg).toContain('.c0{fill:#010203;font-weight:bold}');
  expect(svg).toMatch(/<tspan x="30\.8"[^>]*>x&lt;y<\/tspan>/);
  expect(svg).toMatch(/<rect x="14" y="32" width="42" height="18" fill="#040506"\/>/);
});

test('inverse cells change their colours, also where they have none of their own', () => {
  const svg = draw([['in', { inverse: true }]]);
  expect(svg).toContain(`{fill:${theme.background}}`);
  expect(svg).toContain(`fill="${theme.tones.plain.fg ?? ''}"`);
});

test('lines that touch are one stroke', () => {
  const svg = draw([
    ['╭──╮', {}],
    ['│  │', {}],
    ['╰──╯', {}],
  ]);
  expect(svg.match(/M[\d.]+ [\d.]+H[\d.]+/g)).toHaveLength(2);
  expect(svg.match(/M[\d.]+ [\d.]+V[\d.]+/g)).toHaveLength(2);
  expect(svg.match(/Q/g)).toHaveLength(4);
  expect(read(svg).text.trim()).toBe('');
});

test('bars, dashes and braille are shapes, letters and signs are not', () => {
  for (const glyph of '─│╭┏├┄▁█▌░⣿') expect(drawGlyph(glyph)?.length, glyph).toBeGreaterThan(0);
  for (const glyph of 'a●✗▲…') expect(drawGlyph(glyph), glyph).toBeNull();
  expect(drawGlyph('█')).toEqual([{ kind: 'box', x: 0, y: 0, width: 1, height: 1 }]);
  expect(drawGlyph('⠁')).toHaveLength(1);
  expect(drawGlyph('⣿')).toHaveLength(8);
});

test('a sign of another font stands in the middle of its cell', () => {
  expect(draw([['●', {}]])).toMatch(/<tspan x="18\.2" class="m c\d">●<\/tspan>/);
});
