import type { Theme } from '../../src/domain/theme.ts';
import type { CellBuffer } from '../../src/term/cell-buffer.ts';
import type { Style, Styles } from '../../src/term/style.ts';
import { drawGlyph } from './glyph-shapes.ts';
import type { Segment } from './glyph-shapes.ts';

/** Pixels of a cell; the advance of the usual monospace fonts is 0.6 of their size. */
const CELL = { width: 8.4, height: 18 } as const;
const FONT_SIZE = 14;
const BASELINE = 13.5;
const MARGIN = 14;

type Look = {
  readonly fill: string;
  readonly back: string | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly underline: boolean;
};

/** xterm's own sixteen, for what a theme does not say in full. */
const SIXTEEN = (
  '#000000 #cd0000 #00cd00 #cdcd00 #0000ee #cd00cd #00cdcd #e5e5e5 ' +
  '#7f7f7f #ff0000 #00ff00 #ffff00 #5c5cff #ff00ff #00ffff #ffffff'
).split(' ');

const colorOf = (color: string | undefined): string | null => {
  if (color === undefined || color === 'default') return null;
  return color.startsWith('#') ? color : (SIXTEEN[Number(color.slice('ansi:'.length))] ?? null);
};

function lookOf(style: Style, theme: Theme): Look {
  const fg = colorOf(style.fg) ?? theme.tones.plain.fg ?? (theme.kind === 'dark' ? '#ddd' : '#222');
  const bg = colorOf(style.bg);
  return {
    fill: style.inverse ? (bg ?? theme.background) : fg,
    back: style.inverse ? fg : bg,
    bold: style.bold ?? false,
    dim: style.dim ?? false,
    underline: style.underline ?? false,
  };
}

const number = (value: number): string => String(Math.round(value * 100) / 100);
const left = (x: number): number => MARGIN + x * CELL.width;
const top = (y: number): number => MARGIN + y * CELL.height;
const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * A picture of a screen: text and colours of a theme in a window with round corners. Lines, blocks and braille are
 * drawn as shapes and every word stands at its own place, so that it looks alike in whatever monospace font is there.
 */
export function renderSvg(buffer: CellBuffer, styles: Styles, theme: Theme, title: string): string {
  const { cols, rows } = buffer;
  const width = cols * CELL.width + 2 * MARGIN;
  const height = rows * CELL.height + 2 * MARGIN;
  const classes = createClasses();
  const shapes = createShapes();
  const backs: string[] = [];
  const texts: string[] = [];
  for (let y = 0; y < rows; y += 1) {
    const cells = Array.from({ length: cols }, (_, x) => ({
      text: buffer.glyph(x, y),
      look: lookOf(styles.style(buffer.styleOf(x, y)), theme),
    }));
    for (const { from, to, value } of runsOf(cells, ({ look }) => look.back))
      if (value !== null)
        backs.push(
          `<rect x="${number(left(from))}" y="${number(top(y))}" width="${number((to - from) * CELL.width)}" height="${CELL.height}" fill="${value}"/>`,
        );
    const words: string[] = [];
    for (const word of wordsOf(cells)) {
      const name = classes.of(word.look);
      const shape = word.drawn ? drawGlyph(word.text) : null;
      if (shape) {
        for (const segment of shape) shapes.add(placed(segment, left(word.x), top(y)), word.look);
        continue;
      }
      const at = word.centred
        ? `x="${number(left(word.x) + (CELL.width * word.cells) / 2)}" class="m ${name}"`
        : `x="${number(left(word.x))}" class="${name}"${word.cells > 1 ? ` textLength="${number(word.cells * CELL.width)}"` : ''}`;
      words.push(`<tspan ${at}>${escape(word.text)}</tspan>`);
    }
    if (words.length > 0)
      texts.push(`<text y="${number(top(y) + BASELINE)}">${words.join('')}</text>`);
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${number(width)} ${number(height)}" width="${number(width)}" height="${number(height)}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<style>text{font:${FONT_SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;white-space:pre}.m{text-anchor:middle}${classes.css()}</style>`,
    `<rect width="${number(width)}" height="${number(height)}" rx="9" fill="${theme.background}"/>`,
    ...backs,
    ...shapes.svg(),
    ...texts,
    '</svg>',
    '',
  ].join('\n');
}

type Cell = { readonly text: string; readonly look: Look };
type Word = {
  readonly x: number;
  readonly cells: number;
  readonly text: string;
  readonly look: Look;
  /** Another font may draw it, at another width: it stands in the middle of its cell. */
  readonly centred: boolean;
  /** A line, a block or braille. */
  readonly drawn: boolean;
};

const isPlain = (text: string): boolean => /^[\u0021-\u007E]$/.test(text);
const lookKey = ({ fill, bold, dim, underline }: Look): string =>
  `${fill} ${bold} ${dim} ${underline}`;

/** ASCII words of one look, single blanks within them included; everything else cell by cell. */
function wordsOf(cells: readonly Cell[]): readonly Word[] {
  const words: Word[] = [];
  for (let x = 0; x < cells.length; x += 1) {
    const cell = cells[x];
    if (!cell || cell.text === '' || (cell.text === ' ' && !cell.look.underline)) continue;
    const key = lookKey(cell.look);
    let end = x + 1;
    if (isPlain(cell.text)) {
      for (let at = x + 1; at < cells.length; at += 1) {
        const next = cells[at];
        if (!next || lookKey(next.look) !== key) break;
        if (isPlain(next.text)) end = at + 1;
        else if (next.text !== ' ' || end < at) break;
      }
    } else if (cells[x + 1]?.text === '') end = x + 2;
    words.push({
      x,
      cells: end - x,
      text: cells
        .slice(x, end)
        .map(({ text }) => text)
        .join(''),
      look: cell.look,
      centred: !isPlain(cell.text),
      drawn: drawGlyph(cell.text) !== null,
    });
    x = end - 1;
  }
  return words;
}

type Run<T> = { readonly from: number; readonly to: number; readonly value: T };

function runsOf<T, V>(items: readonly T[], valueOf: (item: T) => V): readonly Run<V>[] {
  const runs: { from: number; to: number; value: V }[] = [];
  for (const [index, item] of items.entries()) {
    const value = valueOf(item);
    const last = runs.at(-1);
    if (last && last.value === value) last.to = index + 1;
    else runs.push({ from: index, to: index + 1, value });
  }
  return runs;
}

/** Short names for looks, as rules of a style sheet. */
function createClasses(): {
  readonly of: (look: Look) => string;
  readonly css: () => string;
} {
  const names = new Map<string, { readonly name: string; readonly rule: string }>();
  return {
    of: (look) => {
      const key = lookKey(look);
      let known = names.get(key);
      if (!known) {
        const name = `c${names.size}`;
        const rule = [
          `fill:${look.fill}`,
          ...(look.bold ? ['font-weight:bold'] : []),
          ...(look.dim ? ['opacity:.6'] : []),
          ...(look.underline ? ['text-decoration:underline'] : []),
        ].join(';');
        known = { name, rule: `.${name}{${rule}}` };
        names.set(key, known);
      }
      return known.name;
    },
    css: () => [...names.values()].map(({ rule }) => rule).join(''),
  };
}

const placed = (segment: Segment, x: number, y: number): Segment => {
  const scaleX = (value: number): number => x + value * CELL.width;
  const scaleY = (value: number): number => y + value * CELL.height;
  switch (segment.kind) {
    case 'line':
      return {
        ...segment,
        x1: scaleX(segment.x1),
        y1: scaleY(segment.y1),
        x2: scaleX(segment.x2),
        y2: scaleY(segment.y2),
      };
    case 'arc':
      return {
        ...segment,
        x1: scaleX(segment.x1),
        y1: scaleY(segment.y1),
        cx: scaleX(segment.cx),
        cy: scaleY(segment.cy),
        x2: scaleX(segment.x2),
        y2: scaleY(segment.y2),
      };
    case 'box':
      return {
        ...segment,
        x: scaleX(segment.x),
        y: scaleY(segment.y),
        width: segment.width * CELL.width,
        height: segment.height * CELL.height,
      };
    case 'dot':
      return { ...segment, x: scaleX(segment.x), y: scaleY(segment.y) };
  }
};

/** Collects shapes by colour and weight; lines that touch become one. */
function createShapes(): {
  readonly add: (segment: Segment, look: Look) => void;
  readonly svg: () => readonly string[];
} {
  const strokes = new Map<string, Segment[]>();
  const dots = new Map<string, string[]>();
  const boxes = new Map<string, string[]>();
  const put = <T>(map: Map<string, T[]>, key: string, item: T): void => {
    const list = map.get(key);
    if (list) list.push(item);
    else map.set(key, [item]);
  };
  return {
    add: (segment, { fill, dim }) => {
      const opacity = (dim ? 0.6 : 1) * (segment.kind === 'box' ? (segment.opacity ?? 1) : 1);
      const faint = opacity < 1 ? ` opacity="${number(opacity)}"` : '';
      switch (segment.kind) {
        case 'line':
        case 'arc':
          put(
            strokes,
            `stroke="${fill}" stroke-width="${segment.heavy ? 2.2 : 1.2}"${faint}`,
            segment,
          );
          return;
        case 'dot':
          put(dots, `stroke="${fill}"${faint}`, `M${number(segment.x)} ${number(segment.y)}h0`);
          return;
        case 'box':
          put(
            boxes,
            `fill="${fill}"${faint}`,
            `M${number(segment.x)} ${number(segment.y)}h${number(segment.width)}v${number(segment.height)}h${number(-segment.width)}z`,
          );
      }
    },
    svg: () => [
      ...[...boxes].map(([key, paths]) => `<path ${key} d="${paths.join('')}"/>`),
      // A line without length and with round ends is a dot.
      ...[...dots].map(
        ([key, paths]) =>
          `<path ${key} stroke-width="2.2" stroke-linecap="round" d="${paths.join('')}"/>`,
      ),
      ...[...strokes].map(
        ([key, segments]) => `<path fill="none" ${key} d="${strokePath(segments)}"/>`,
      ),
    ],
  };
}

function strokePath(segments: readonly Segment[]): string {
  const arcs: string[] = [];
  const horizontal: { at: number; from: number; to: number }[] = [];
  const vertical: { at: number; from: number; to: number }[] = [];
  for (const segment of segments) {
    if (segment.kind === 'arc')
      arcs.push(
        `M${number(segment.x1)} ${number(segment.y1)}Q${number(segment.cx)} ${number(segment.cy)} ${number(segment.x2)} ${number(segment.y2)}`,
      );
    if (segment.kind !== 'line') continue;
    if (segment.y1 === segment.y2)
      horizontal.push({ at: segment.y1, from: segment.x1, to: segment.x2 });
    else vertical.push({ at: segment.x1, from: segment.y1, to: segment.y2 });
  }
  return [
    ...joined(horizontal).map(({ at, from, to }) => `M${number(from)} ${number(at)}H${number(to)}`),
    ...joined(vertical).map(({ at, from, to }) => `M${number(at)} ${number(from)}V${number(to)}`),
    ...arcs,
  ].join('');
}

type Span = { readonly at: number; readonly from: number; readonly to: number };

function joined(spans: readonly Span[]): readonly Span[] {
  const out: { at: number; from: number; to: number }[] = [];
  for (const span of spans.toSorted((a, b) => a.at - b.at || a.from - b.from)) {
    const last = out.at(-1);
    if (last && last.at === span.at && span.from - last.to < 0.01)
      last.to = Math.max(last.to, span.to);
    else out.push({ ...span });
  }
  return out;
}
