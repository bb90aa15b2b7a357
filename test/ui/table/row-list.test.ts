import { expect, test } from 'vitest';
import { clusterLines } from '../../../src/ui/paint/cluster.ts';
import { createLook } from '../../../src/ui/paint/look.ts';
import { createRowCache } from '../../../src/ui/rows.ts';
import { refsOf, rowIndex, rowOf, signCounts } from '../../../src/ui/table/row-list.ts';
import { cluster, lab, node, pod } from '../../support/inventory.ts';
import { model } from '../../support/model.ts';
import { richLab, richModel } from '../../support/rich-lab.ts';
import { listView } from './list-view.ts';

test('an array of rows is looked through once for what is asked of it', () => {
  const { view, holding, calls, reset } = listView();
  const rows = view.rows(
    holding([
      { name: 'a/1', cpu: 1, sign: 'down' },
      { name: 'a/2', cpu: 1 },
      { name: 'b/1', cpu: 1 },
    ]),
    0,
  );
  reset();
  expect([...signCounts(rows)]).toEqual([
    ['down', 1],
    ['ok', 2],
  ]);
  expect([...signCounts(rows, 'a')]).toEqual([
    ['down', 1],
    ['ok', 1],
  ]);
  expect(signCounts(rows, 'a')).toBe(signCounts(rows, 'a'));
  expect(refsOf(rows)).toBe(refsOf(rows));
  expect(rowIndex(rows, 'host:b/1')).toBe(2);
  expect(rowOf(rows, 'host:b/1')).toBe(rows[2]);
  expect(rowIndex(rows, 'host:gone')).toBe(-1);
  expect(rowOf(rows, 'host:gone')).toBeUndefined();
  expect(calls).toMatchObject({ rows: 0, text: 0, value: 0 });
});

test('a cluster with many pods in trouble makes the lines that it shows, and counts the rest', () => {
  const pods = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) =>
      pod(`${prefix}-${String(index).padStart(4, '0')}`, { status: 'Error', phase: 'Failed' }),
    );
  const one = model({
    inventory: lab([], [cluster('one', [node('w1')], [...pods('bad', 2000), pod('good')])]),
  });
  const rowsOf = (of: typeof one) => {
    const cache = createRowCache();
    return clusterLines(
      createLook(of, (view) => cache(of, view, '', false)),
      70,
      12,
    ).map(({ runs }) => runs.map(({ text }) => text).join(''));
  };
  const lines = rowsOf(one);
  expect(lines).toHaveLength(12);
  expect(lines[0]).toMatch(/1\/2001 running +✗ 2000 failing/);
  expect(lines.at(-1)).toMatch(/… 19\d\d more/);
  const two = model({
    inventory: lab(
      [],
      [
        cluster('one', [node('w1')], pods('bad', 3)),
        cluster('two', [node('w2', { ready: 'False' })], [pod('good'), ...pods('bad', 1)]),
      ],
    ),
  });
  const text = rowsOf(two).join('\n');
  expect(text).toMatch(
    /one +pods 0\/3 running +✗ 3 failing[^]*two +pods 1\/2 running +✗ 1 failing/,
  );
  // One that has much to tell leaves its lines to the others.
  const crowded = model({
    inventory: lab(
      [],
      [
        cluster('one', [node('w1')], pods('bad', 2000)),
        cluster('two', [node('w2', { ready: 'False' })], [pod('good')]),
      ],
    ),
  });
  const shared = rowsOf(crowded);
  expect(shared.length).toBeLessThanOrEqual(12);
  expect(shared.join('\n')).toMatch(/one [^]*… \d+ more\n +two +pods[^]*w2/);
});

test.each([60, 78])(
  'two clusters leave no line of %i cells blank while one has more to tell',
  (width) => {
    const [one] = richLab.clusters;
    if (!one) throw new Error('the rich lab has a cluster');
    const two = richModel({
      inventory: { ...richLab, clusters: [one, { ...one, name: 'other' }] },
    });
    const cache = createRowCache();
    const look = createLook(two, (view) => cache(two, view, '', false));
    const heights = Array.from({ length: 14 }, (_, index) => index + 3);
    expect(heights.map((height) => clusterLines(look, width, height).length)).toEqual(heights);
  },
);
