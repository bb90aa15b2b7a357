import { expect, test } from 'vitest';
import { layout } from '../../src/ui/layout.ts';
import type { Rect } from '../../src/ui/layout.ts';
import type { Place } from '../../src/ui/session.ts';

const PLACES: readonly Place[] = [
  { kind: 'overview' },
  { kind: 'pane', pane: 'zones', tab: 0 },
  { kind: 'problems' },
  { kind: 'detail', view: 'zones', ref: 'zone:omni1/etcd1' },
];

const overlap = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

test.for(PLACES)('nothing overlaps or leaves the screen at any size: %o', (place) => {
  for (let cols = 20; cols <= 300; cols += 7)
    for (let rows = 5; rows <= 80; rows += 1)
      for (const lines of [0, 1, 4, 40]) {
        const { header, crumbs, problems, boxes, footer } = layout(
          cols,
          rows,
          place,
          'hosts',
          lines,
        );
        const rects = [
          header,
          crumbs,
          problems.rect,
          footer,
          ...boxes.map(({ rect }) => rect),
        ].filter((rect): rect is Rect => rect !== null && rect.width > 0 && rect.height > 0);
        const where = `${cols}x${rows} ${lines}`;
        for (const rect of rects) {
          expect(rect.x, where).toBeGreaterThanOrEqual(0);
          expect(rect.x + rect.width, where).toBeLessThanOrEqual(cols);
          expect(rect.y + rect.height, where).toBeLessThanOrEqual(rows);
        }
        for (const [index, rect] of rects.entries())
          for (const other of rects.slice(index + 1))
            expect(overlap(rect, other), where).toBe(false);
      }
});

test.for([
  [80, 24],
  [120, 40],
  [200, 50],
] as const)('the overview has all five panes at %ix%i', ([cols, rows]) => {
  const ids = layout(cols, rows, { kind: 'overview' }, 'hosts', 3).boxes.map(({ id }) => id);
  expect(ids).toEqual(['hosts', 'zones', 'vms', 'vlans', 'cluster']);
});

test('a narrow screen shows the focused pane alone', () => {
  const { boxes } = layout(50, 14, { kind: 'overview' }, 'vms', 3);
  expect(boxes.map(({ id }) => id)).toEqual(['vms']);
});

test('the problem strip is one line when all is well, and grows with what there is to say', () => {
  const height = (lines: number) =>
    layout(80, 24, { kind: 'overview' }, 'hosts', lines).problems.rect.height;
  expect(height(0)).toBe(1);
  expect(height(2)).toBe(4);
  expect(height(30)).toBe(6);
});

test('the list of problems needs no line above it that says the worst of them', () => {
  const at = (rows: number, zoomed: string | null) =>
    layout(80, rows, { kind: 'problems' }, 'hosts', 3, undefined, { focus: null, zoomed }).problems
      .rect.height;
  expect([at(24, null), at(24, 'problem-tree'), at(12, null)]).toEqual([0, 1, 1]);
});
