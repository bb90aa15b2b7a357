import { expect, test } from 'vitest';
import { bindView } from '../../src/domain/view.ts';
import type { BoundColumn } from '../../src/domain/view.ts';
import { zoneView } from '../../src/resources/zone/zone.view.ts';
import { fitColumns, planColumns } from '../../src/ui/paint/columns.ts';
import { percentSpark, rateSpark, sparkline } from '../../src/ui/paint/sparkline.ts';
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

const column = (id: string, more: Partial<BoundColumn> = {}): BoundColumn => ({
  id,
  title: id.toUpperCase(),
  width: 10,
  priority: 1,
  ...more,
});
const places = (columns: readonly BoundColumn[], width: number): readonly string[] =>
  planColumns(columns, width).placed.map((each) => `${each.column.id} ${each.x}+${each.width}`);

test('a name does not grow beyond what it says; a text behind it takes the rest', () => {
  const name = column('name', { width: 'grow', least: 10, most: 20, priority: 0 });
  const text = column('text', { width: 'grow' });
  expect(places([name, text, column('age', { width: 5 })], 53)).toEqual([
    'name 3+20',
    'text 24+22',
    'age 48+5',
  ]);
});

test('what grows gets what is left over cell by cell, the narrowest first', () => {
  const name = column('name', { width: 'grow', least: 20, most: 40, priority: 0 });
  const text = column('text', { width: 'grow' });
  expect(places([name, text], 44)).toEqual(['name 3+20', 'text 25+19']);
  expect(places([name, text], 66)).toEqual(['name 3+31', 'text 36+30']);
});

test('columns that are there only where there is room go before a text can no longer be read', () => {
  const name = column('name', { width: 'grow', least: 10, good: 20, priority: 0 });
  const rare = column('rare', { priority: 5 });
  const usual = column('usual', { priority: 4 });
  expect(places([name, rare], 35)).toEqual(['name 3+20', 'rare 25+10']);
  expect(places([name, rare], 34)).toEqual(['name 3+30']);
  expect(places([name, usual], 34)).toEqual(['name 3+19', 'usual 24+10']);
});

test('what grows gives way to columns that stay as long', () => {
  const name = column('name', { width: 'grow', least: 26, priority: 0 });
  const state = column('state', { width: 15, priority: 0 });
  expect(places([name, state], 40)).toEqual(['name 3+20', 'state 25+15']);
});

test('columns that take no more stand a little apart, and the last one at the right edge', () => {
  const columns = [column('name'), column('host'), column('age', { width: 5 })];
  expect(places(columns, 31)).toEqual(['name 3+10', 'host 14+10', 'age 26+5']);
  expect(places(columns, 32)).toEqual(['name 3+10', 'host 15+10', 'age 27+5']);
  expect(places(columns, 200)).toEqual(['name 3+10', 'host 16+10', 'age 195+5']);
});

test('a wide table has every column in the order of the view', () => {
  const { columns } = bindView(zoneView);
  expect(fitColumns(columns, 300).map(({ column }) => column.id)).toEqual(
    columns.map(({ id }) => id),
  );
});
