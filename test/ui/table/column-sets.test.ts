import { expect, test } from 'vitest';
import { bindView } from '../../../src/domain/view.ts';
import { paneViews } from '../../../src/registry.ts';
import { eventView } from '../../../src/resources/event/event.view.ts';
import { allColumns, columnsFor, planColumns, scrollText } from '../../../src/ui/paint/columns.ts';
import type { ColumnChoice } from '../../../src/ui/paint/columns.ts';
import {
  columnOptions,
  scrollColumns,
  toggleColumn,
  toggleWide,
} from '../../../src/ui/table/column-sets.ts';

const [zones] = paneViews.zones;
const columns = zones?.columns ?? [];
const ids = columns.map(({ id }) => id);
const shownIds = (width: number, choice: ColumnChoice) =>
  planColumns(columns, width, choice).placed.map(({ column }) => column.id);

test.for(Object.values(paneViews).flat())(
  'columns of $id overlap nowhere and stay on the screen at any width and offset',
  (view) => {
    for (let width = 30; width <= 220; width += 3)
      for (const offset of [null, 0, 1, 3, 7, 99]) {
        const { placed } = planColumns(view.columns, width, { columns: null, offset });
        let free = 3;
        for (const { x, width: cells } of placed) {
          expect(x).toBeGreaterThanOrEqual(free);
          free = x + cells + 1;
        }
        expect(free - 1).toBeLessThanOrEqual(width);
        expect(placed.length).toBeGreaterThan(0);
      }
  },
);

test('a wide table scrolls behind the name, as far as its last column', () => {
  const wide = toggleWide(allColumns);
  expect(shownIds(80, wide).slice(0, 3)).toEqual(['name', 'state', 'host']);
  const once = scrollColumns(wide, columns, 80, 1);
  expect(shownIds(80, once).slice(0, 3)).toEqual(['name', 'host', 'brand']);
  expect(planColumns(columns, 80, once)).toMatchObject({ hiddenLeft: 1 });
  const end = scrollColumns(wide, columns, 80, 99);
  expect(shownIds(80, end).at(-1)).toBe(ids.at(-1));
  expect(planColumns(columns, 80, end).hiddenRight).toBe(0);
  expect(scrollColumns(end, columns, 80, 1)).toEqual(end);
  expect(scrollColumns(end, columns, 80, -99).offset).toBe(0);
  expect(toggleWide(end)).toEqual(allColumns);
});

test('a column that grows keeps what it wants at least, and others go before it is cut', () => {
  const name = { id: 'name', title: 'NAME', width: 'grow', least: 20, priority: 0 } as const;
  const table = [name, { id: 'node', title: 'NODE', width: 12, priority: 2 }];
  const widths = (width: number) =>
    planColumns(table, width, allColumns).placed.map(({ column, width: cells }) => [
      column.id,
      cells,
    ]);
  expect(widths(37)).toEqual([
    ['name', 20],
    ['node', 12],
  ]);
  expect(widths(36)).toEqual([['name', 32]]);
  expect(widths(10)).toEqual([['name', 7]]);
});

test('a wide table that fits has nothing to scroll', () => {
  const wide = scrollColumns(toggleWide(allColumns), columns, 300, 5);
  expect(wide.offset).toBe(0);
  expect(planColumns(columns, 300, wide)).toMatchObject({ hiddenLeft: 0, hiddenRight: 0 });
});

test('chosen columns are shown in the order in which they were chosen', () => {
  const choice = { columns: ['age', 'name', 'nonsense', 'cpu'], offset: null };
  expect(shownIds(120, choice)).toEqual(['age', 'name', 'cpu']);
  const [first] = planColumns(columns, 120, choice).placed;
  expect(first?.index).toBe(ids.indexOf('age'));
});

test('a choice without any known column shows all', () => {
  expect(shownIds(300, { columns: ['nonsense'], offset: null })).toEqual(ids);
});

test('a column is hidden and comes back to its place; the last one stays', () => {
  const without = toggleColumn(allColumns, columns, 'host', 1);
  expect(without.columns).toEqual(ids.filter((id) => id !== 'host'));
  expect(toggleColumn(without, columns, 'host', 1)).toEqual(allColumns);
  const one = { columns: ['name'], offset: null };
  expect(toggleColumn(one, columns, 'name', 1)).toBe(one);
  expect(toggleColumn(one, columns, 'nonsense', 1).columns).toEqual(['name']);
});

test('the options say which columns are shown', () => {
  const options = columnOptions(columns, { columns: ['name'], offset: null });
  expect(options.filter(({ isShown }) => isShown).map(({ column }) => column)).toEqual(['name']);
  expect(new Set(options.map(({ letter }) => letter)).size).toBe(ids.length);
});

test('a column that tells clusters apart is shown where there are several, and where it was chosen', () => {
  const events = bindView(eventView).columns;
  const has = (choice: ColumnChoice, clusters: number): boolean =>
    planColumns(events, 200, columnsFor(events, choice, clusters)).placed.some(
      ({ column }) => column.id === 'cluster',
    );
  expect([has(allColumns, 0), has(allColumns, 1), has(allColumns, 2)]).toEqual([
    false,
    false,
    true,
  ]);
  const shown = toggleColumn(allColumns, events, 'cluster', 1);
  expect(has(shown, 1)).toBe(true);
  expect(toggleColumn(shown, events, 'cluster', 1)).toEqual(allColumns);
  const without = toggleColumn(allColumns, events, 'cluster', 2);
  expect(has(without, 2)).toBe(false);
});

test.for(
  paneViews.cluster.filter(({ feeds }) => feeds.length > 0).map((view) => [view.id, view] as const),
)('with several clusters a table says which one a row is of on 80 columns too: %s', ([, view]) => {
  const ids = planColumns(view.columns, 78, columnsFor(view.columns, allColumns, 2)).placed.map(
    ({ column }) => column.id,
  );
  expect(ids).toContain('cluster');
});

test('a table that scrolls says which part of its columns is in sight', () => {
  const plan = (offset: number | null) => planColumns(columns, 80, { columns: null, offset });
  expect(scrollText(plan(null))).toBe('');
  expect(scrollText(plan(0))).toMatch(/^\d+ of \d+ columns ›$/);
  expect(scrollText(plan(1))).toMatch(/^‹ \d+ of \d+ columns ›$/);
  expect(scrollText(plan(99))).toMatch(/^‹ \d+ of \d+ columns$/);
});
