import { expect, test } from 'vitest';
import { bindView } from '../../src/domain/view.ts';
import { zoneView } from '../../src/resources/zone/zone.view.ts';
import { sparkline } from '../../src/ui/paint/sparkline.ts';
import { fitColumns } from '../../src/ui/paint/table.ts';

test('a sparkline has one cell per sample, and a gap where there is none', () => {
  expect(sparkline([0, 50, 100], 3, 25)).toBe('▁▅█');
  expect(sparkline([Number.NaN, 10], 4, 25)).toBe('┄┄┄▄');
  expect(sparkline([], 3, 25)).toBe('┄┄┄');
  expect(sparkline([1, 2, 3, 4], 2, 4)).toBe('▇█');
});

test('columns never exceed the width, and the important ones stay', () => {
  const { columns } = bindView(zoneView);
  for (let width = 20; width <= 300; width += 1) {
    const fitted = fitColumns(columns, width);
    const used = 3 + fitted.reduce((sum, column) => sum + column.width + 1, 0);
    expect(fitted.length === 1 || used <= width, String(width)).toBe(true);
    expect(fitted.map(({ column }) => column.id)).toContain('name');
  }
});

test('a wide table has every column in the order of the view', () => {
  const { columns } = bindView(zoneView);
  expect(fitColumns(columns, 300).map(({ column }) => column.id)).toEqual(
    columns.map(({ id }) => id),
  );
});
