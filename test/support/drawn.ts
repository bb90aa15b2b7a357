import { CellBuffer } from '../../src/term/cell-buffer.ts';
import { createStyles } from '../../src/term/style.ts';
import type { Box } from '../../src/ui/layout.ts';
import type { Model } from '../../src/ui/model.ts';
import { createScreen } from '../../src/ui/screen.ts';
import type { Screen } from '../../src/ui/screen.ts';
import { createTones } from '../../src/ui/tones.ts';
import { midnight } from './model.ts';

export const styles = createStyles('truecolor');
export const tones = createTones(styles, midnight);

/** A screen as it is shown: frames first, as Ink draws them, then what is painted over them. */
export type Drawn = {
  readonly lines: readonly string[];
  readonly text: string;
  readonly buffer: CellBuffer;
  readonly boxes: readonly Box[];
  /** The text inside a box. */
  readonly inside: (id: string) => string;
  /** The lines with their frames that have the title. */
  readonly titled: (title: string) => string;
};

/** Sides of frames, which nothing may overwrite. */
const SIDE = '│';

export function drawScreen(
  model: Model,
  cols: number,
  rows: number,
  screen: Screen = createScreen(() => tones),
): Drawn {
  const buffer = new CellBuffer(cols, rows);
  const { boxes, problems } = screen.layout(model, cols, rows);
  const framed = [
    ...boxes,
    ...(problems.framed ? [{ id: 'problems', rect: problems.rect, title: 'Problems' }] : []),
  ];
  for (const box of framed) drawFrame(buffer, box);
  screen.paint(buffer, model);
  const lines = Array.from({ length: rows }, (_, y) => buffer.line(y));
  const part = ({ rect }: Box, border: number): string =>
    Array.from({ length: Math.max(0, rect.height - 2 * border) }, (_, row) =>
      Array.from({ length: Math.max(0, rect.width - 2 * border) }, (_, column) =>
        buffer.glyph(rect.x + border + column, rect.y + border + row),
      ).join(''),
    ).join('\n');
  const find = (isIt: (box: Box) => boolean, border: number): string => {
    const box = framed.find(isIt);
    return box ? part(box, border) : '';
  };
  return {
    lines,
    text: lines.join('\n'),
    buffer,
    boxes: framed,
    inside: (id) => find((box) => box.id === id, 1),
    titled: (title) => find((box) => box.title.startsWith(title), 0),
  };
}

function drawFrame(buffer: CellBuffer, { rect, title }: Box): void {
  const { x, y, width, height } = rect;
  if (width < 4 || height < 2) return;
  const name = title === '' ? '' : ` ${title} `.slice(0, width - 4);
  buffer.put(x, y, `╭─${name}${'─'.repeat(Math.max(0, width - 3 - name.length))}╮`, 0);
  for (let row = 1; row < height - 1; row += 1) {
    buffer.put(x, y + row, SIDE, 0);
    buffer.put(x + width - 1, y + row, SIDE, 0);
  }
  buffer.put(x, y + height - 1, `╰${'─'.repeat(width - 2)}╯`, 0);
}

/** Places where something was painted over the sides or corners of a frame. */
export function tornFrames({ buffer, boxes }: Drawn): readonly string[] {
  return boxes.flatMap(({ id, rect }) => {
    const { x, y, width, height } = rect;
    if (width < 4 || height < 2) return [];
    const right = x + width - 1;
    const bottom = y + height - 1;
    const expected: readonly (readonly [number, number, string])[] = [
      [x, y, '╭'],
      [right, y, '╮'],
      [x, bottom, '╰'],
      [right, bottom, '╯'],
      ...Array.from({ length: height - 2 }, (_, row) => [
        [x, y + 1 + row, SIDE] as const,
        [right, y + 1 + row, SIDE] as const,
      ]).flat(),
    ];
    return expected
      .filter(([column, row, glyph]) => buffer.glyph(column, row) !== glyph)
      .map(([column, row]) => `${id} ${column},${row}: ${buffer.glyph(column, row)}`);
  });
}
