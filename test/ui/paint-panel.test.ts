import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CellBuffer } from '../../src/term/cell-buffer.ts';
import type { Rect } from '../../src/ui/layout.ts';
import { gridLines, labelled, lineText, run } from '../../src/ui/paint/lines.ts';
import type { TextLine } from '../../src/ui/paint/lines.ts';
import {
  blockPage,
  LIST_BOX,
  movePanel,
  noCursor,
  paintPanel,
  paintPreview,
  placePage,
  placePanel,
  placePreview,
  scrollPanel,
  targetsOf,
  visibleTop,
} from '../../src/ui/paint/panel.ts';
import type { DetailPage, Panel, PanelCursor, PlacedPanel } from '../../src/ui/paint/panel.ts';
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
  title: 'the page',
  tabs: [],
  tab: 0,
  note: [],
  panels,
  bands: () => bands,
});
const area = (width: number, height: number): Rect => ({ x: 0, y: 0, width, height });
const [a, b, c] = [panel('a', 4), panel('b', 30), panel('c', 2)];
const three = page([a, b, c], [[a, b], [c]]);

const painted = (
  placed: readonly PlacedPanel[],
  size: Rect,
  cursor: PanelCursor,
  focused = placed[0]?.box.id,
): readonly string[] => {
  const buffer = new CellBuffer(size.width, size.height);
  for (const each of placed)
    paintPanel({ buffer, tones }, each, cursor, { focused: each.box.id === focused });
  return Array.from({ length: size.height }, (_, y) => buffer.line(y));
};
const only = (placed: readonly PlacedPanel[]): PlacedPanel => {
  const [first, ...others] = placed;
  if (!first || others.length > 0) throw new Error(`${placed.length} panels`);
  return first;
};

test('a narrow screen has one list, which scrolls as a whole', () => {
  const size = area(80, 20);
  const list = only(placePage(three, size));
  expect(list.box).toMatchObject({ id: LIST_BOX, title: 'the page' });
  // Three titles, two blank lines between them.
  expect(list.lines.length).toBe(4 + 30 + 2 + 3 + 2);
  expect(list.sections).toEqual([
    { id: 'a', line: 0 },
    { id: 'b', line: 6 },
    { id: 'c', line: 38 },
  ]);
  expect(list.height).toBe(18);
  const lines = painted([list], size, { ref: null, top: 3 });
  expect(lines[1]).toContain('a2');
  expect(lines.at(-1)).toContain(' 4–21 of 41 ');
});

test('the selected line is on the screen, wherever the list was scrolled to', () => {
  const size = area(80, 20);
  const text = (cursor: PanelCursor) => painted(placePage(three, size), size, cursor).join('\n');
  expect(text({ ref: 'zone:c/1', top: 0 })).toContain('>c1');
  expect(text({ ref: 'zone:a/0', top: 30 })).toContain('>a0');
});

test('a wide screen has panels side by side', () => {
  const placed = placePage(three, area(120, 40));
  expect(placed.map(({ box }) => box.id)).toEqual(['a', 'b', 'c']);
  const [first, second, third] = placed.map(({ box }) => box.rect);
  expect(first?.height).toBe(second?.height);
  expect((first?.width ?? 0) + (second?.width ?? 0)).toBe(120);
  expect(third?.width).toBe(120);
  expect((first?.height ?? 0) + (third?.height ?? 0)).toBe(40);
});

test('a panel scrolls to its selected line and tells which lines are in sight', () => {
  const size = area(120, 30);
  const placed = placePage(three, size);
  const text = (focused: string) =>
    painted(placed, size, { ref: 'zone:b/29', top: 0 }, focused).join('\n');
  expect(text('b')).toContain('>b29');
  expect(text('b')).toMatch(/ \d+–30 of 30 /);
});

test('a panel that is zoomed has the place for itself, on any screen', () => {
  for (const size of [area(40, 8), area(120, 40), area(200, 50)]) {
    const { box, lines } = only(placePage(three, size, 'b'));
    expect(box).toMatchObject({ id: 'b', title: 'b', rect: size });
    expect(lines).toHaveLength(30);
  }
});

test('titles of columns stay above the rows that scroll', () => {
  const grid = panel('grid', 0, {
    lines: (width) =>
      gridLines(
        [{ title: 'NAME', width: 'fit' }],
        Array.from({ length: 40 }, (_, index) => ({ cells: [`row${index}`] })),
        width,
      ),
  });
  const size = area(60, 12);
  const placed = placePage(page([grid], [[grid]]), size);
  expect(only(placed).height).toBe(9);
  const lines = painted(placed, size, { ref: null, top: 20 });
  expect(lines[1]).toContain('NAME');
  expect(lines[2]).toContain('row20');
  expect(lines.at(-1)).toContain(' 21–29 of 40 ');
});

test('panels become a list when they would have hardly a line each', () => {
  const many = Array.from({ length: 12 }, (_, index) => panel(`p${index}`, 9));
  const bands = many.map((each) => [each]);
  expect(placePage(page(many, bands), area(120, 30))).toHaveLength(1);
});

test('a thing that is told twice is one target', () => {
  const twice = page([a, { ...a, id: 'again' }], [[a, { ...a, id: 'again' }]]);
  expect(targetsOf(only(placePage(twice, area(80, 20)))).map(({ ref }) => ref)).toEqual([
    'zone:a/0',
    'zone:a/1',
    'zone:a/2',
    'zone:a/3',
  ]);
});

test('what has height to spare gives it to charts', () => {
  const chart = panel('chart', 3, { grows: true });
  const placed = placePage(page([chart, c], [[chart], [c]]), area(120, 40));
  const [first, second] = placed.map(({ box }) => box.rect.height);
  expect(first).toBe(36);
  expect(second).toBe(4);
});

test('blocks of a view become panels, with their labels in one column', () => {
  const blocks = blockPage('pod m', [
    { title: 'Pods', lines: [{ label: 'longhorn-system', text: 'manager', ref: 'pod:k/l/m' }] },
    { title: 'Empty', lines: [] },
  ]);
  const size = area(80, 20);
  const text = painted(placePage(blocks, size), size, { ref: null, top: 0 }).join('\n');
  expect(text).toContain(' longhorn-system manager ›');
  expect(text).toContain('nothing known');
});

/** Forty lines of which three can be selected, ten in sight. */
const sparse = {
  lines: Array.from({ length: 40 }, (_, index): TextLine => {
    const ref = ({ 3: 'zone:a/1', 25: 'zone:a/2', 26: 'zone:a/3' } as const)[index];
    return { runs: [run(String(index))], ...(ref === undefined ? {} : { ref }) };
  }),
  height: 10,
};
const press = (steps: number, step: 1 | -1, from: PanelCursor = noCursor) => {
  let cursor = from;
  for (let index = 0; index < steps; index += 1) cursor = movePanel(sparse, cursor, step);
  return cursor;
};

test('a panel scrolls line by line between the things that can be selected', () => {
  expect(press(1, 1)).toEqual({ ref: 'zone:a/1', top: 0 });
  expect(press(2, 1)).toEqual({ ref: 'zone:a/1', top: 1 });
  expect(press(5, 1)).toEqual({ ref: null, top: 4 });
  expect(press(17, 1)).toEqual({ ref: 'zone:a/2', top: 16 });
  expect(press(18, 1)).toEqual({ ref: 'zone:a/3', top: 17 });
});

test('a panel scrolls on to its end behind the last thing, and back up again', () => {
  const end = press(60, 1);
  expect(end).toEqual({ ref: null, top: 30 });
  expect(press(60, -1, end)).toEqual({ ref: 'zone:a/1', top: 0 });
});

test('pages and ends select what is in sight, or nothing', () => {
  expect(movePanel(sparse, { ref: null, top: 0 }, 9)).toEqual({ ref: null, top: 9 });
  expect(movePanel(sparse, { ref: null, top: 9 }, 9)).toEqual({ ref: 'zone:a/2', top: 18 });
  expect(movePanel(sparse, { ref: null, top: 30 }, -9)).toEqual({ ref: 'zone:a/3', top: 21 });
  expect(movePanel(sparse, { ref: null, top: 9 }, 'first')).toEqual({ ref: 'zone:a/1', top: 0 });
  expect(movePanel(sparse, { ref: null, top: 9 }, 'last')).toEqual({ ref: null, top: 30 });
});

test('every line of a panel comes into sight, whatever can be selected in it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.constantFrom(1, 7),
      (selectable, height, step) => {
        const lines = selectable.map((is, index): TextLine => ({
          runs: [run(String(index))],
          ...(is ? { ref: `zone:a/${index}` } : {}),
        }));
        const seen = new Set<number>();
        let cursor = noCursor;
        for (let count = 0; count < lines.length * 2 + 2; count += 1) {
          const top = visibleTop({ lines, height }, cursor);
          for (let line = top; line < Math.min(lines.length, top + height); line += 1)
            seen.add(line);
          cursor = movePanel({ lines, height }, cursor, Math.min(step, height));
        }
        expect(seen.size).toBe(lines.length);
      },
    ),
  );
});

test('the wheel scrolls, and what is selected stays so as long as it is in sight', () => {
  const from = { ref: 'zone:a/1', top: 0 } as const;
  expect(scrollPanel(sparse, from, 3)).toEqual({ ref: 'zone:a/1', top: 3 });
  expect(scrollPanel(sparse, from, 4)).toEqual({ ref: null, top: 4 });
  expect(scrollPanel(sparse, { ref: null, top: 29 }, 3)).toEqual({ ref: null, top: 30 });
});

test('a title that is longer than its frame says that it is cut', () => {
  const size = area(24, 4);
  const buffer = new CellBuffer(size.width, size.height);
  const title = 'a name that is longer than its frame';
  paintPreview({ buffer, tones }, size, placePreview(size, title, [a]));
  expect(buffer.line(0).trimEnd()).toBe('   a name that is lo…');
  const [headed] = placePage(page([panel('a', 1, { heading: title })], []), size);
  expect(headed).toBeDefined();
  if (headed) paintPanel({ buffer, tones }, headed, noCursor);
  expect(buffer.line(0).trimEnd()).toBe('   a name that is lo…');
});

test('a text that is too long goes on beneath as far as lines are free, and is cut else', () => {
  const long = 'the quick brown fox jumps over the lazy dog and is gone';
  const text: Panel = {
    id: 'text',
    title: 'text',
    lines: () => [
      labelled('why', [run(long, 'bad')], 'zone:a/b'),
      labelled('short', [run('text')]),
    ],
  };
  const shown = (size: Rect): readonly string[] =>
    placePage(page([text], [[text], [c]]), size).flatMap(({ lines, height }) =>
      lines.slice(0, height).map((line) => lineText(line).trimEnd()),
    );
  expect(shown(area(40, 24))).toEqual([
    ' why         the quick brown fox jumps',
    '             over the lazy dog and is',
    '             gone',
    ' short       text',
  ]);
  const beside = (height: number) =>
    placePanel(text, area(40, height)).lines.map((line) => lineText(line).trimEnd());
  expect(beside(6)).toEqual(shown(area(40, 24)));
  expect(beside(5)).toEqual([
    ' why         the quick brown fox jumps',
    '             over the lazy dog and is gone',
    ' short       text',
  ]);
  expect(beside(4)).toEqual([` why         ${long}`, ' short       text']);
  const [first, second] = placePanel(text, area(40, 6)).lines;
  expect([first?.ref, second?.ref]).toEqual(['zone:a/b', undefined]);
  expect(second?.runs.at(-1)?.tone).toBe('bad');
});

test('a band is as high as its texts are when they are whole, as far as there is room', () => {
  const text: Panel = {
    id: 'text',
    title: 'text',
    lines: () => [labelled('why', [run('word '.repeat(60))])],
  };
  const [wide] = placePage(page([text, b], [[text], [b]]), area(120, 40));
  expect(wide?.box.rect.height).toBe(5);
  expect(wide?.lines.map((line) => lineText(line).trim().length)).toEqual([116, 104, 89]);
});
