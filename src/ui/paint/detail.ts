import type { DetailBlock, DetailLine } from '../../domain/view.ts';
import { inside } from '../layout.ts';
import type { Rect } from '../layout.ts';
import { cell, line, wipe, write } from './canvas.ts';
import type { Canvas } from './canvas.ts';

/** A line of a detail view as it stands on the screen; only those that lead somewhere can be selected. */
export type PlacedLine =
  | { readonly kind: 'title'; readonly text: string }
  | { readonly kind: 'line'; readonly line: DetailLine }
  | { readonly kind: 'gap' };

/** Blocks one below the other. */
export const flowBlocks = (blocks: readonly DetailBlock[]): readonly PlacedLine[] =>
  blocks.flatMap((block, index): readonly PlacedLine[] => [
    ...(index === 0 ? [] : [{ kind: 'gap' } as const]),
    { kind: 'title', text: block.title },
    ...(block.lines.length === 0
      ? [{ kind: 'line', line: { label: '', text: 'nothing known', tone: 'muted' } } as const]
      : block.lines.map((entry) => ({ kind: 'line', line: entry }) as const)),
  ]);

const LABEL_WIDTH = 14;

function paintPlaced(
  canvas: Canvas,
  x: number,
  y: number,
  end: number,
  placed: PlacedLine,
  selected: boolean,
): void {
  const inverse = selected ? { inverse: true } : {};
  switch (placed.kind) {
    case 'gap':
      line(canvas, x, y, end, []);
      return;
    case 'title':
      line(canvas, x, y, end, [{ text: ` ${placed.text}`, tone: 'title' }]);
      return;
    case 'line': {
      const { label, text, tone, ref } = placed.line;
      line(
        canvas,
        x,
        y,
        end,
        [
          { text: `${selected ? '>' : ' '} ${cell(label, LABEL_WIDTH)} `, tone: 'muted' },
          { text, tone: tone ?? 'plain' },
          { text: ref === undefined ? '' : ' ›', tone: 'muted' },
        ],
        inverse,
      );
    }
  }
}

/** Paints blocks in a frame, from line `top` on; `selected` is the index of a line. */
export function paintDetail(
  canvas: Canvas,
  rect: Rect,
  placed: readonly PlacedLine[],
  top: number,
  selected: number | null,
): void {
  const area = inside(rect);
  wipe(canvas, area);
  const end = area.x + area.width;
  for (let row = 0; row < area.height; row += 1) {
    const entry = placed[top + row];
    if (entry) paintPlaced(canvas, area.x, area.y + row, end, entry, top + row === selected);
  }
  if (placed.length > top + area.height)
    write(
      canvas,
      rect.x + 2,
      rect.y + rect.height - 1,
      ` ${placed.length - top - area.height} more lines `,
      'muted',
      end,
    );
}

/** Paints the first blocks side by side, for the preview beneath a table. */
export function paintPreview(
  canvas: Canvas,
  rect: Rect,
  title: string,
  blocks: readonly DetailBlock[],
): void {
  const area = inside(rect);
  wipe(canvas, area);
  write(
    canvas,
    rect.x + 2,
    rect.y,
    title === '' ? '' : ` ${title} `,
    'title',
    rect.x + rect.width - 2,
  );
  const columns = Math.max(1, Math.min(blocks.length, Math.floor(area.width / 50)));
  const width = Math.floor(area.width / columns);
  for (let column = 0; column < columns; column += 1) {
    const x = area.x + column * width;
    const end = column === columns - 1 ? area.x + area.width : x + width - 1;
    const placed = flowBlocks(columns === 1 ? blocks : blocks.slice(column, column + 1));
    for (const [row, entry] of placed.slice(0, area.height).entries())
      paintPlaced(canvas, x, area.y + row, end, entry, false);
  }
}
