import { expect, test } from 'vitest';
import { layout, shareOut } from '../../src/ui/layout.ts';
import type { Wants } from '../../src/ui/layout.ts';

const wants = (change: Partial<Wants['panes']> = {}, more: Partial<Wants> = {}): Wants => ({
  panes: { hosts: 4, zones: 30, vms: 9, vlans: 12, cluster: 3, ...change },
  problemList: 6,
  ledger: 0,
  ...more,
});
const part = (least: number, want: number, grow = 0) => ({ least, wants: want, grow });

test('every part gets what it needs before any gets what it wants', () => {
  expect(shareOut(10, [part(4, 20), part(4, 4)])).toEqual([6, 4]);
});

test('what lacks most in proportion is filled first', () => {
  expect(shareOut(15, [part(1, 10), part(1, 20)])).toEqual([5, 10]);
});

test('what is left goes by the shares, and the sizes add up', () => {
  expect(shareOut(100, [part(0, 10, 3), part(0, 10, 1)])).toEqual([70, 30]);
  expect(shareOut(7, [part(0, 0, 1), part(0, 0, 1), part(0, 0, 1)])).toEqual([3, 2, 2]);
});

test('the last parts give way when there is not enough', () => {
  expect(shareOut(5, [part(4, 9), part(4, 9), part(4, 9)])).toEqual([4, 1, 0]);
});

test('zones and VMs get room before a cluster that has little to say', () => {
  const rects = new Map(
    layout(120, 40, { kind: 'overview' }, 'hosts', 0, wants()).boxes.map(({ id, rect }) => [
      id,
      rect,
    ]),
  );
  expect(rects.get('cluster')?.height).toBe(5);
  expect(rects.get('zones')?.height).toBeGreaterThan(15);
  expect(rects.get('vms')?.height).toBeGreaterThanOrEqual(9);
});

test('a cluster with trouble grows', () => {
  const height = (cluster: number): number =>
    layout(120, 40, { kind: 'overview' }, 'hosts', 0, wants({ cluster })).boxes.find(
      ({ id }) => id === 'cluster',
    )?.rect.height ?? 0;
  expect(height(20)).toBeGreaterThan(height(3));
});

test('from 160 columns on the problems have a column of their own, while there are any', () => {
  const wide = (lines: number) =>
    layout(160, 40, { kind: 'overview' }, 'hosts', lines, wants()).problems;
  expect(wide(6).rect.x).toBeGreaterThan(100);
  expect(wide(6).framed).toBe(true);
  expect(wide(0)).toEqual({ rect: { x: 0, y: 2, width: 160, height: 1 }, framed: false });
});

test('a high and wide screen has the last hour, and the actions when there were any', () => {
  const ids = (rows: number, ledger: number): readonly string[] =>
    layout(200, rows, { kind: 'overview' }, 'hosts', 3, wants({}, { ledger })).boxes.map(
      ({ id }) => id,
    );
  expect(ids(40, 3)).not.toContain('timeline');
  expect(ids(50, 0)).toContain('timeline');
  expect(ids(50, 0)).not.toContain('ledger');
  expect(ids(50, 3)).toContain('ledger');
});

test('problems have a tree beside the explanation where there is room for both', () => {
  const ids = (cols: number, rows: number): readonly string[] =>
    layout(cols, rows, { kind: 'problems' }, 'hosts', 3, wants()).boxes.map(({ id }) => id);
  expect(ids(80, 24)).toEqual(['problem-list', 'problem-detail']);
  expect(ids(120, 40)).toEqual(['problem-list', 'problem-tree', 'problem-detail']);
  expect(ids(40, 12)).toEqual(['problem-list']);
});
