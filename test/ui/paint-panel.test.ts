import { expect, test } from 'vitest';
import { CellBuffer } from '../../src/term/cell-buffer.ts';
import type { Rect } from '../../src/ui/layout.ts';
import { labelled, run } from '../../src/ui/paint/lines.ts';
import { blockPage, FOCUSED_BOX, moveDetail, shapeDetail } from '../../src/ui/paint/panel.ts';
import type { DetailPage, Panel } from '../../src/ui/paint/panel.ts';
import { tones } from '../support/drawn.ts';

const panel = (id: string, count: number, change: Partial<Panel> = {}): Panel => ({
  id,
  title: id,
  lines: () =>
    Array.from({ length: count }, (_, index) =>
      labelled(`${id}${index}`, [run('text')], `zone:${id}/${index}`),
    ),
  ...change,
});
const page = (panels: readonly Panel[], bands: readonly (readonly Panel[])[]): DetailPage => ({
  tabs: [],
  tab: 0,
  note: [],
  panels,
  bands: () => bands,
});
const area = (width: number, height: number): Rect => ({ x: 0, y: 0, width, height });
const [a, b, c] = [panel('a', 4), panel('b', 30), panel('c', 2)];
const three = page([a, b, c], [[a, b], [c]]);

function painted(
  shape: ReturnType<typeof shapeDetail>,
  size: Rect,
  cursor: Parameters<ReturnType<typeof shapeDetail>['paint']>[1],
): readonly string[] {
  const buffer = new CellBuffer(size.width, size.height);
  shape.paint({ buffer, tones }, cursor);
  return Array.from({ length: size.height }, (_, y) => buffer.line(y));
}

test('a narrow screen has one list, which scrolls as a whole', () => {
  const size = area(80, 20);
  const shape = shapeDetail(three, size, null);
  expect(shape.boxes.map(({ id }) => id)).toEqual([FOCUSED_BOX]);
  // Three titles, two blank lines between them.
  expect(shape.lines).toBe(4 + 30 + 2 + 3 + 2);
  expect(shape.height).toBe(18);
  const lines = painted(shape, size, { ref: null, top: 3 });
  expect(lines[1]).toContain('a2');
  expect(lines.at(-1)).toContain('↑ 3  ↓ 20 more');
});

test('the selected line is on the screen, wherever the list was scrolled to', () => {
  const size = area(80, 20);
  const shape = shapeDetail(three, size, 'zone:c/1');
  expect(painted(shape, size, { ref: 'zone:c/1', top: 0 }).join('\n')).toContain('>c1');
  expect(painted(shape, size, { ref: 'zone:a/0', top: 30 }).join('\n')).toContain('>a0');
});

test('a wide screen has panels side by side, and the focus is on the one with the selection', () => {
  const shape = (selected: Parameters<typeof shapeDetail>[2]) =>
    shapeDetail(three, area(120, 40), selected);
  expect(shape(null).boxes.map(({ id }) => id)).toEqual([FOCUSED_BOX, 'b', 'c']);
  expect(shape('zone:b/3').boxes.map(({ id }) => id)).toEqual(['a', FOCUSED_BOX, 'c']);
  const [first, second, third] = shape(null).boxes.map(({ rect }) => rect);
  expect(first?.height).toBe(second?.height);
  expect((first?.width ?? 0) + (second?.width ?? 0)).toBe(120);
  expect(third?.width).toBe(120);
  expect((first?.height ?? 0) + (third?.height ?? 0)).toBe(40);
});

test('a panel scrolls to its selected line and says what is above and below', () => {
  const size = area(120, 30);
  const text = painted(shapeDetail(three, size, 'zone:b/29'), size, {
    ref: 'zone:b/29',
    top: 0,
  }).join('\n');
  expect(text).toContain('>b29');
  expect(text).toMatch(/↑ \d+/);
});

test('panels become a list when they would have hardly a line each', () => {
  const many = Array.from({ length: 12 }, (_, index) => panel(`p${index}`, 9));
  const shape = shapeDetail(
    page(
      many,
      many.map((each) => [each]),
    ),
    area(120, 30),
    null,
  );
  expect(shape.boxes).toHaveLength(1);
});

test('a thing that is told twice is one target', () => {
  const twice = page([a, { ...a, id: 'again' }], [[a, { ...a, id: 'again' }]]);
  for (const size of [area(80, 20), area(120, 40)])
    expect(shapeDetail(twice, size, null).targets.map(({ ref }) => ref)).toEqual([
      'zone:a/0',
      'zone:a/1',
      'zone:a/2',
      'zone:a/3',
    ]);
});

test('what has height to spare gives it to charts', () => {
  const chart = panel('chart', 3, { grows: true });
  const shape = shapeDetail(page([chart, c], [[chart], [c]]), area(120, 40), null);
  const [first, second] = shape.boxes.map(({ rect }) => rect.height);
  expect(first).toBe(36);
  expect(second).toBe(4);
});

test('blocks of a view become panels, with their labels in one column', () => {
  const blocks = blockPage([
    { title: 'Pods', lines: [{ label: 'longhorn-system', text: 'manager', ref: 'pod:k/l/m' }] },
    { title: 'Empty', lines: [] },
  ]);
  const size = area(80, 20);
  const text = painted(shapeDetail(blocks, size, null), size, { ref: null, top: 0 }).join('\n');
  expect(text).toContain(' longhorn-system manager ›');
  expect(text).toContain('nothing known');
});

const sparse = {
  lines: 40,
  height: 10,
  targets: [
    { ref: 'zone:a/1', line: 3 },
    { ref: 'zone:a/2', line: 25 },
    { ref: 'zone:a/3', line: 26 },
  ],
} as const;
const press = (
  steps: number,
  step: 1 | -1,
  from: Parameters<typeof moveDetail>[1] = { ref: null, top: 0 },
) => {
  let cursor = from;
  for (let index = 0; index < steps; index += 1) cursor = moveDetail(sparse, cursor, step);
  return cursor;
};

test('a list scrolls line by line between the things that can be selected', () => {
  expect(press(1, 1)).toEqual({ ref: 'zone:a/1', top: 0 });
  expect(press(2, 1)).toEqual({ ref: 'zone:a/1', top: 1 });
  expect(press(5, 1)).toEqual({ ref: null, top: 4 });
  expect(press(17, 1)).toEqual({ ref: 'zone:a/2', top: 16 });
  expect(press(18, 1)).toEqual({ ref: 'zone:a/3', top: 17 });
});

test('a list scrolls on to its end behind the last thing, and back up again', () => {
  const end = press(60, 1);
  expect(end).toEqual({ ref: null, top: 30 });
  expect(press(60, -1, end)).toEqual({ ref: 'zone:a/1', top: 0 });
});

test('pages and ends select what is in sight, or nothing', () => {
  expect(moveDetail(sparse, { ref: null, top: 0 }, 9)).toEqual({ ref: null, top: 9 });
  expect(moveDetail(sparse, { ref: null, top: 9 }, 9)).toEqual({ ref: 'zone:a/2', top: 18 });
  expect(moveDetail(sparse, { ref: null, top: 30 }, -9)).toEqual({ ref: 'zone:a/3', top: 21 });
  expect(moveDetail(sparse, { ref: null, top: 9 }, 'first')).toEqual({ ref: 'zone:a/1', top: 0 });
  expect(moveDetail(sparse, { ref: null, top: 9 }, 'last')).toEqual({ ref: null, top: 30 });
});

test('among panels the selection goes from thing to thing', () => {
  const panels = { ...sparse, lines: 0 };
  const go = (ref: Parameters<typeof moveDetail>[1]['ref'], step: number | 'first' | 'last') =>
    moveDetail(panels, { ref, top: 0 }, step).ref;
  expect(go(null, 1)).toBe('zone:a/1');
  expect(go(null, -1)).toBeNull();
  expect(go('zone:a/1', 1)).toBe('zone:a/2');
  expect(go('zone:a/3', 1)).toBe('zone:a/3');
  expect(go('zone:a/1', -1)).toBe('zone:a/1');
  expect(go(null, 'last')).toBe('zone:a/3');
  expect(moveDetail({ ...panels, targets: [] }, { ref: null, top: 0 }, 1)).toEqual({
    ref: null,
    top: 0,
  });
});
