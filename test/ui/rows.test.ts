import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Inventory } from '../../src/domain/inventory.ts';
import { bindView } from '../../src/domain/view.ts';
import type { BoundView, View } from '../../src/domain/view.ts';
import { paneViews } from '../../src/registry.ts';
import { podView } from '../../src/resources/pod/pod.view.ts';
import { CellBuffer } from '../../src/term/cell-buffer.ts';
import { createStyles } from '../../src/term/style.ts';
import { paintTable } from '../../src/ui/paint/table.ts';
import { createRowCache, rowDetail } from '../../src/ui/rows.ts';
import type { RowOptions } from '../../src/ui/rows.ts';
import { refsOf, rowIndex, signCounts } from '../../src/ui/table/row-list.ts';
import type { SortState } from '../../src/ui/table/sorting.ts';
import { createTones } from '../../src/ui/tones.ts';
import { cluster, host, lab, NOW, ok, pod, zone } from '../support/inventory.ts';
import { midnight, model } from '../support/model.ts';
import { podTable } from '../support/pod-storm.ts';
import type { PodEvent } from '../support/pod-storm.ts';
import { items, listView } from './table/list-view.ts';
import type { Item } from './table/list-view.ts';

const SECOND = 1000;
const byCpu: SortState = [{ column: 'cpu', descending: true }];

/** A list with its cache, asked again and again. */
function setUp(change: Parameters<typeof listView>[0] = {}) {
  const list = listView(change);
  const cache = createRowCache();
  let now = NOW;
  let inventory: Inventory = list.holding([]);
  const shown = (options: RowOptions & { filter?: string; faultsOnly?: boolean } = {}) =>
    cache(
      { inventory, now },
      list.view,
      options.filter ?? '',
      options.faultsOnly ?? false,
      options,
    );
  return {
    ...list,
    shown,
    names: (options?: Parameters<typeof shown>[0]) =>
      shown(options)
        .rows.slice()
        .map(({ ref }) => ref.slice(5)),
    hold: (next: readonly Item[]) => {
      inventory = list.holding(next);
    },
    wait: (ms: number) => {
      now += ms;
    },
    now: () => now,
    inventory: () => inventory,
  };
}

test('a row of a list comes when time takes it over a limit of the filter', () => {
  const bornAt: View<Item>['columns'][number] = {
    id: 'age',
    title: 'AGE',
    width: 5,
    priority: 0,
    text: () => '',
    value: ({ cpu }) => NOW - (cpu ?? 0) * SECOND,
    unit: 'since',
  };
  const { hold, names, wait, shown } = setUp({ columns: [bornAt] });
  hold([
    { name: 'b', cpu: 50 },
    { name: 'a', cpu: 70 },
  ]);
  expect(names({ filter: 'age>1m' })).toEqual(['a']);
  wait(9 * SECOND);
  expect(names({ filter: 'age>1m' })).toEqual(['a']);
  wait(2 * SECOND);
  expect(names({ filter: 'age>1m' })).toEqual(['b', 'a']);
  expect(shown({ filter: 'age>60' }).filterError).toBe(
    'not a span of time like 90s, 5m or 30d after age>: 60 (character 5)',
  );
});

test('faults come first, then the order of the view; nothing else is asked for', () => {
  const { hold, names, calls } = setUp();
  hold([
    { name: 'b', cpu: 1 },
    { name: 'a', cpu: 2 },
    { name: 'x', cpu: 3, sign: 'down' },
  ]);
  expect(names()).toEqual(['x', 'b', 'a']);
  expect(calls).toMatchObject({ text: 0, value: 0 });
});

test.for([10, 100_000])(
  'a frame of a table asks for the cells that it shows only: %i rows',
  (count) => {
    const { hold, shown, view, calls, reset, now, inventory } = setUp();
    hold(items(count));
    const canvas = {
      buffer: new CellBuffer(80, 12),
      tones: createTones(createStyles('truecolor'), midnight),
    };
    const paint = () =>
      paintTable(
        canvas,
        { x: 0, y: 0, width: 80, height: 11 },
        model({ now: now(), inventory: inventory() }),
        view,
        shown().rows,
        { selected: null, top: 0, header: true, focused: true, empty: '' },
      );
    paint();
    reset();
    paint();
    expect(calls).toMatchObject({ rows: 0, text: 20, value: 0 });
  },
);

test('time alone asks for nothing, until an answer stops being fresh', () => {
  const [zones] = paneViews.zones;
  if (!zones) throw new Error('no view of zones');
  let reads = 0;
  const view: BoundView = {
    ...zones,
    rows: (inventory, now) => {
      reads += 1;
      return zones.rows(inventory, now);
    },
  };
  const cache = createRowCache();
  const inventory = lab([host('omni1', { zones: [zone('etcd1')] })]);
  const at = (now: number) => cache({ inventory, now }, view, '', false);
  // The answers of this inventory are fresh for 16 s more.
  for (let second = 0; second <= 16; second += 1) at(NOW + second * SECOND);
  expect(reads).toBe(1);
  expect(at(NOW + 16 * SECOND).rows.at(0)?.sign).toBe('ok');
  expect(at(NOW + 16 * SECOND + 1).rows.at(0)?.sign).toBe('unknown');
  expect(reads).toBe(2);
});

test('a row that keeps its identity is not asked again when others change', () => {
  const { hold, names, wait, calls, reset } = setUp();
  const all = items(1000);
  hold(all);
  names({ sort: byCpu, filter: 'item cpu<1000' });
  reset();
  wait(SECOND);
  hold(all.with(500, { name: 'item500', cpu: 99.5 }));
  expect(names({ sort: byCpu, filter: 'item cpu<1000' })[0]).toBe('item500');
  expect(calls).toMatchObject({ rows: 1, text: 2, value: 2 });
});

test('rows move at most twice a second, and come and go at once', () => {
  const { hold, names, wait } = setUp();
  hold([
    { name: 'a', cpu: 9 },
    { name: 'b', cpu: 5 },
  ]);
  expect(names({ sort: byCpu })).toEqual(['a', 'b']);
  wait(100);
  hold([
    { name: 'a', cpu: 1 },
    { name: 'b', cpu: 5 },
    { name: 'c', cpu: 7 },
  ]);
  expect(names({ sort: byCpu })).toEqual(['a', 'c', 'b']);
  wait(500);
  expect(names({ sort: byCpu })).toEqual(['c', 'b', 'a']);
  wait(100);
  hold([{ name: 'a', cpu: 1 }]);
  expect(names({ sort: byCpu })).toEqual(['a']);
});

test('what a person asks for is done at once', () => {
  const { hold, names, wait } = setUp();
  hold(items(20));
  names();
  wait(10);
  expect(names({ sort: byCpu })[0]).toBe('item19');
  wait(10);
  expect(names({ sort: [{ column: 'cpu', descending: false }] })[0]).toBe('item0');
  wait(10);
  expect(names({ filter: 'item13' })).toEqual(['item13']);
});

test('under a dialog no row comes, goes or moves, and its cells are new', () => {
  const { hold, names, shown, wait } = setUp();
  hold([
    { name: 'a', cpu: 9 },
    { name: 'b', cpu: 5 },
    { name: 'c', cpu: 3 },
  ]);
  const frozen = { sort: byCpu, frozen: true };
  names({ sort: byCpu });
  wait(5 * SECOND);
  hold([
    { name: 'c', cpu: 50 },
    { name: 'new', cpu: 70 },
    { name: 'a', cpu: 1 },
  ]);
  expect(names(frozen)).toEqual(['a', 'b', 'c']);
  expect(
    shown(frozen)
      .rows.slice()
      .map((row) => row.text(1)),
  ).toEqual(['1', '5', '50']);
  expect(names({ sort: byCpu })).toEqual(['new', 'c', 'a']);
});

test('who only looks at the rows does not move those of a frozen table', () => {
  const { hold, names, wait } = setUp();
  hold([
    { name: 'a', cpu: 1 },
    { name: 'b', cpu: 1 },
  ]);
  names({ frozen: false });
  wait(SECOND);
  hold([
    { name: 'a', cpu: 1 },
    { name: 'b', cpu: 1, sign: 'down' },
  ]);
  expect(names()).toEqual(['b', 'a']);
  expect(names({ frozen: true })).toEqual(['a', 'b']);
  expect(names({ frozen: false })).toEqual(['b', 'a']);
});

test('a large list is read at most twice a second', () => {
  const { hold, shown, wait, calls } = setUp();
  for (let frame = 0; frame < 10; frame += 1) {
    hold(items(3000));
    shown();
    wait(100);
  }
  expect(calls.rows).toBe(2);
});

test('the larger a list is, the less often it is read', () => {
  const { hold, shown, wait, calls } = setUp();
  const list = items(60_000);
  for (let frame = 0; frame < 30; frame += 1) {
    hold([...list]);
    shown();
    wait(100);
  }
  expect(calls.rows).toBe(2);
});

test('a view that names its parts is not read again while they are the same', () => {
  const part = {};
  const { hold, shown, wait, calls } = setUp({ parts: () => [part] });
  hold(items(3));
  shown();
  wait(SECOND);
  hold(items(4));
  expect(shown().total).toBe(3);
  expect(calls.rows).toBe(1);
});

test('a filter that is typed reads the texts of a row once', () => {
  const { hold, names, wait, calls, reset } = setUp();
  hold(items(100));
  names({ filter: 'i' });
  reset();
  for (const filter of ['it', 'ite', 'item', 'item7', 'item77']) {
    wait(50);
    names({ filter });
  }
  expect(calls).toMatchObject({ rows: 0, text: 0 });
  expect(names({ filter: 'item77' })).toEqual(['item77']);
  expect(names({ filter: 'cpu>97' })).toEqual(['item98', 'item99']);
});

test('a filter that cannot be read says where, and hides nothing', () => {
  const { hold, shown } = setUp();
  hold(items(3));
  const { rows, filterError } = shown({ filter: '=[' });
  expect(rows).toHaveLength(3);
  expect(filterError).toMatch(/\(character 2\)/);
});

test('faults only leaves out what is well or off', () => {
  const { hold, names } = setUp();
  hold([
    { name: 'a', cpu: 1 },
    { name: 'b', cpu: 1, sign: 'off' },
    { name: 'c', cpu: 1, sign: 'warning' },
    { name: 'd', cpu: 1, sign: 'unknown' },
  ]);
  expect(names({ faultsOnly: true })).toEqual(['c', 'd']);
});

test('a thing that the view lists twice is shown once', () => {
  const { hold, names } = setUp();
  hold([
    { name: 'a', cpu: 1 },
    { name: 'a', cpu: 2 },
    { name: 'b', cpu: 2 },
  ]);
  expect(names()).toEqual(['a', 'b']);
  hold([
    { name: 'b', cpu: 2 },
    { name: 'b', cpu: 2 },
  ]);
  expect(names()).toEqual(['b']);
});

const signs = ['ok', 'down', 'unknown', 'off'] as const;
const anyItem = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'web1', 'web10', 'web2'),
  cpu: fc.option(fc.nat(5)),
  sign: fc.constantFrom(...signs),
});
const anyList = fc.uniqueArray(anyItem, { selector: ({ name }) => name, maxLength: 11 });
const anyLook = fc.record({
  list: anyList,
  ms: fc.constantFrom(0, 100, 600),
  frozen: fc.boolean(),
  filter: fc.constantFrom('', 'web', '!a', 'cpu>2'),
  sort: fc.constantFrom<SortState>(
    [],
    byCpu,
    [
      { column: 'cpu', descending: false },
      { column: 'name', descending: true },
    ],
    [{ column: 'name', descending: false }],
  ),
  faultsOnly: fc.boolean(),
});

test('whatever happened before, the order is that of a list that is made anew', () => {
  fc.assert(
    fc.property(fc.array(anyLook, { minLength: 1, maxLength: 12 }), (looks) => {
      const kept = setUp();
      for (const { list, ms, ...look } of looks) {
        kept.hold(list);
        kept.wait(ms);
        kept.names(look);
      }
      const last = looks.at(-1);
      if (!last) return;
      const { list, ms: _ms, ...look } = last;
      kept.wait(600);
      const fresh = setUp();
      fresh.hold(list);
      expect(kept.names({ ...look, frozen: false })).toEqual(
        fresh.names({ ...look, frozen: false }),
      );
    }),
  );
});

test('what is counted over the rows is counted once', () => {
  const { hold, shown } = setUp();
  hold([
    { name: 'a', cpu: 1, sign: 'down' },
    { name: 'b', cpu: 1 },
    { name: 'c', cpu: 1 },
  ]);
  const { rows } = shown();
  expect([...signCounts(rows)]).toEqual([
    ['down', 1],
    ['ok', 2],
  ]);
  expect(signCounts(rows)).toBe(signCounts(rows));
  expect(refsOf(rows)).toBe(refsOf(shown().rows));
  expect(rowIndex(rows, 'host:c')).toBe(2);
  expect(rowIndex(rows, 'host:gone')).toBe(-1);
});

test('the detail of a shown row needs no other row', () => {
  const { hold, shown, calls, inventory, now } = setUp();
  hold(items(50));
  const { rows, has } = shown();
  const blocks = rowDetail(rows, 'host:item7', { inventory: inventory(), now: now() });
  expect(blocks?.[0]?.title).toBe('item7');
  expect(rowDetail(rows, 'host:none', { inventory: inventory(), now: now() })).toBeNull();
  expect(calls.rows).toBe(1);
  expect(has?.('host:item7')).toBe(true);
  expect(has?.('host:none')).toBe(false);
});

/** The pods of a cluster, whose list is worked on only when `turn` says so. */
function setUpPods(count: number) {
  const turns: (() => void)[] = [];
  const told = { count: 0 };
  let now = NOW;
  const cache = createRowCache({
    later: (run) => turns.push(run),
    clock: () => now,
    onChange: () => {
      told.count += 1;
    },
  });
  const calls = { row: 0 };
  const counted: BoundView = {
    ...pods,
    sources: (inventory, at) =>
      (pods.sources?.(inventory, at) ?? []).map((source) => ({
        ...source,
        bind: (object, of) => {
          calls.row += 1;
          return source.bind(object, of);
        },
      })),
  };
  const table = podTable(
    Array.from({ length: count }, (_, index) => pod(`web-${String(index).padStart(6, '0')}`)),
  );
  const base = cluster('k', [], []);
  let inventory = lab([], [{ ...base, feeds: { ...base.feeds, pods: ok(table.publish()) } }]);
  return {
    told,
    calls,
    turns,
    happen: (events: readonly PodEvent[]) => {
      const value = table.happen(events);
      inventory = lab([], [{ ...base, feeds: { ...base.feeds, pods: ok(value, now) } }]);
    },
    wait: (ms: number) => {
      now += ms;
    },
    look: (options: RowOptions & { filter?: string } = {}) =>
      cache({ inventory, now }, counted, options.filter ?? '', false, {
        frozen: false,
        ...options,
      }),
    turn: () => turns.shift()?.(),
    settle: () => {
      for (let run = turns.shift(); run; run = turns.shift()) run();
    },
  };
}
const pods = bindView(podView);
const byRestarts: SortState = [{ column: 'restarts', descending: true }];

test('a long list is made in slices of a few thousand rows, and says how far it is', () => {
  const { look, turn, turns, calls, wait, told } = setUpPods(20_000);
  expect(look()).toMatchObject({ total: 20_000, working: { what: 'reading', done: 0 } });
  expect(look().rows.length).toBe(0);
  let slices = 0;
  for (; turns.length > 0; slices += 1) {
    calls.row = 0;
    wait(1);
    turn();
    expect(calls.row).toBeLessThanOrEqual(4000);
    expect(look().working === null).toBe(turns.length === 0);
  }
  expect(slices).toBeGreaterThan(20);
  // Told now and then, not at each slice, and when it is ready.
  expect(told.count).toBeGreaterThanOrEqual(1);
  expect(told.count).toBeLessThanOrEqual(3);
  expect(look().rows.length).toBe(20_000);
});

test('who asks for a long list waits for nothing: what has changed is looked at in a later turn', () => {
  const { look, settle, happen, calls, told, wait } = setUpPods(20_000);
  look({ sort: byRestarts });
  settle();
  told.count = 0;
  wait(1000);
  happen([{ kind: 'put', pod: pod('web-000500', { restarts: 9 }) }]);
  calls.row = 0;
  expect(look({ sort: byRestarts }).rows.length).toBe(20_000);
  expect(calls.row).toBe(0);
  settle();
  expect(calls.row).toBe(1);
  expect(told.count).toBe(1);
  expect(look({ sort: byRestarts }).rows.at(0)?.ref).toBe('pod:k/default/web-000500');
});

test('rows move although somebody looks again before it is their turn', () => {
  const { look, settle, happen, wait, calls } = setUpPods(20_000);
  look({ sort: byRestarts });
  settle();
  calls.row = 0;
  for (let restarts = 1; restarts <= 20; restarts += 1) {
    wait(100);
    happen([{ kind: 'put', pod: pod('web-000500', { restarts }) }]);
    for (let looks = 0; looks < 3; looks += 1) look({ sort: byRestarts });
    settle();
  }
  // Twice a second.
  expect(calls.row).toBe(4);
  expect(look({ sort: byRestarts }).rows.at(0)?.ref).toBe('pod:k/default/web-000500');
});

test('a change that moves no row of a long list is no news', () => {
  const { look, settle, happen, told, wait } = setUpPods(5000);
  look();
  settle();
  told.count = 0;
  wait(1000);
  happen([{ kind: 'put', pod: pod('web-000500', { restarts: 9 }) }]);
  const { rows } = look();
  expect(rows.at(500)?.value(4)).toBe(9);
  settle();
  expect(told.count).toBe(0);
});

test('a table with few rows is made in the turn in which it is asked for', () => {
  const { look, turns } = setUpPods(2000);
  expect(look().rows.length).toBe(2000);
  expect(look({ filter: 'web-00001' }).rows.length).toBe(10);
  expect(turns).toEqual([]);
});

test('a mark is kept on a thing that a list has not read yet', () => {
  const { look } = setUpPods(5000);
  const { has, rows } = look();
  expect(rows.length).toBe(0);
  expect(has?.('pod:k/default/web-004999')).toBe(true);
  expect(has?.('pod:k/default/web-005000')).toBe(false);
});
