import { expect, test } from 'vitest';
import { bindView } from '../../src/domain/view.ts';
import { zoneView } from '../../src/resources/zone/zone.view.ts';
import { percentSpark, rateSpark, sparkline } from '../../src/ui/paint/sparkline.ts';
import { fitColumns } from '../../src/ui/paint/table.ts';
import { model } from '../support/model.ts';
import { pastOf } from '../support/past.ts';

test('a sparkline has one cell per point, and a gap where there is none', () => {
  expect(sparkline([0, 50, 99], 100)).toBe('▁▄▇');
  expect(sparkline([Number.NaN, 10], 100)).toBe('┄▁');
  expect(sparkline([], 100)).toBe('');
});

test('bars leave the top of their cell free, so that those of neighbouring rows do not merge', () => {
  expect(sparkline([100, 1000], 100)).toBe('▇▇');
});

const flat = (value: number) =>
  model({ past: (_ref, _name, spanMs, count, now) => pastOf(spanMs, count, now, () => value) });

test('a full bar of a percentage is 100 %, more only when there is more', () => {
  const spark = (value: number) => percentSpark(flat(value), 'host:omni1', 'cpuPercent', 3);
  expect(spark(25)).toBe('▂▂▂');
  expect(spark(99)).toBe('▇▇▇');
  expect(spark(150)).toBe('▆▆▆');
  expect(spark(399)).toBe('▇▇▇');
});

test('a steady rate stands in the middle, a quiet one at the bottom', () => {
  const spark = (value: number) => rateSpark(flat(value), 'host:omni1', 'rxBytesPerSecond', 2);
  expect(spark(100)).toBe('▁▁');
  for (const value of [20_000, 1e6, 3.3e7]) expect('▃▄▅▆').toContain(spark(value)[0]);
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
