import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKindTable } from '../../../src/collect/kube/kind-table.ts';
import { compileFilter } from '../../../src/derive/filter.ts';
import { duration } from '../../../src/domain/format.ts';
import type { KubeTable } from '../../../src/domain/kube.ts';
import { lasting } from '../../../src/domain/lasting.ts';
import type { Ref } from '../../../src/domain/ref.ts';
import { bindView, rowSource } from '../../../src/domain/view.ts';
import type { BoundView, RowSource, Sign } from '../../../src/domain/view.ts';
import { signCounts } from '../../../src/ui/table/row-list.ts';
import { createRowSet } from '../../../src/ui/table/row-set.ts';
import type { Limit, Motion } from '../../../src/ui/table/row-set.ts';
import type { Shape } from '../../../src/ui/table/shape.ts';
import { compareSortable, sortable } from '../../../src/ui/table/sorting.ts';
import { SIGN_RANK } from '../../../src/ui/tones.ts';
import { lab } from '../../support/inventory.ts';
import { items, listView } from './list-view.ts';

type Thing = { readonly name: string; readonly cpu: number | null; readonly sign: Sign };

const columns = [
  { id: 'name', title: 'NAME', width: 12, priority: 0 },
  { id: 'cpu', title: 'CPU', width: 6, priority: 1 },
] as const;

/** Tables of things that count what is asked of their rows. */
function tables(parts: readonly string[]) {
  const calls = { row: 0, text: 0, value: 0 };
  const stores = parts.map((part) => ({ part, table: createKindTable<Thing>() }));
  let depends: unknown = null;
  const sources = (): readonly RowSource<Thing>[] =>
    stores.map(({ part, table }) =>
      rowSource<Thing, Thing>({
        part,
        table: table.publish() ?? { revision: 0, byKey: new Map() },
        prefix: `node:${part}/`,
        depends: [depends],
        row: (thing) => {
          calls.row += 1;
          return thing;
        },
      }),
    );
  const view: BoundView = bindView<Thing>({
    id: 'things',
    title: 'Things',
    rows: () => [],
    sources,
    key: ({ name }) => `node:x/${name}`,
    sign: ({ sign }) => sign,
    at: () => null,
    stale: () => false,
    columns: [
      {
        ...columns[0],
        text: ({ name }) => {
          calls.text += 1;
          return name;
        },
      },
      {
        ...columns[1],
        text: ({ cpu }) => String(cpu),
        value: ({ cpu }) => {
          calls.value += 1;
          return cpu;
        },
      },
    ],
    detail: () => [],
  });
  const inventory = lab([], []);
  const first = stores[0]?.table;
  for (const { table } of stores) {
    table.begin();
    table.replace();
  }
  return {
    view,
    calls,
    reset: () => Object.assign(calls, { row: 0, text: 0, value: 0 }),
    table: (index: number) => stores[index]?.table ?? first,
    put: (part: number, thing: Thing) => stores[part]?.table.put(thing.name, thing),
    remove: (part: number, name: string) => stores[part]?.table.remove(name),
    relist: (part: number, things: readonly Thing[]) => {
      const table = stores[part]?.table;
      table?.begin();
      for (const thing of things) table?.add(thing.name, thing);
      table?.replace();
    },
    /** As if the API had fallen silent: every row may be another. */
    rely: (on: unknown) => {
      depends = on;
    },
    sources,
    feed: () => ({ sources: view.sources?.(inventory, 0) ?? [] }),
  };
}

const things = (count: number, change: Partial<Thing> = {}): readonly Thing[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `thing${String(index).padStart(6, '0')}`,
    cpu: index % 100,
    sign: 'ok' as const,
    ...change,
  }));

const everything = (): Limit => ({ rows: Number.POSITIVE_INFINITY, isOver: () => false });
const some = (rows: number): Limit => ({ rows, isOver: () => false });
const byCpu = [{ index: 1, descending: true }];
const plain: Shape = { columns, matches: null, faultsOnly: false, sort: [] };
const filter = (text: string): Shape['matches'] => {
  const compiled = compileFilter(text);
  return 'matches' in compiled ? compiled.matches : null;
};

/** A set over such tables, asked with one shape after another. */
function setUp(parts: readonly string[] = ['k'], first: readonly Thing[] = []) {
  const made = tables(parts);
  const set = createRowSet();
  made.relist(0, first);
  let shape = plain;
  let now = 0;
  const look = (motion: Motion = 'free', change: Partial<Shape> = {}): void => {
    if (Object.keys(change).length > 0) shape = { ...shape, ...change };
    set.update(made.feed(), shape, motion, now);
  };
  const work = (limit = everything()): void => set.work(limit);
  return {
    ...made,
    set,
    shape: () => shape,
    wait: (ms: number) => {
      now += ms;
    },
    look,
    work,
    names: (): readonly string[] => {
      const { refs } = set.rows().facts ?? {};
      return refs?.slice().map((ref) => ref.slice('node:'.length)) ?? [];
    },
  };
}

test('rows are sorted by faults, then by table and key, and each is found at its place', () => {
  const { put, look, work, names, set } = setUp(['k', 'a']);
  put(0, { name: 'b', cpu: 1, sign: 'ok' });
  put(0, { name: 'a', cpu: 1, sign: 'ok' });
  put(1, { name: 'a', cpu: 1, sign: 'ok' });
  put(1, { name: 'x', cpu: 1, sign: 'down' });
  look();
  expect(set.isBusy()).toBe(true);
  work();
  expect(set.isBusy()).toBe(false);
  expect(names()).toEqual(['a/x', 'k/a', 'k/b', 'a/a']);
  const rows = set.rows();
  expect(rows.facts?.indexOf('node:a/a')).toBe(3);
  expect(rows.facts?.indexOf('node:a/gone')).toBe(-1);
  expect(rows.facts?.indexOf('zone:a/a')).toBe(-1);
  expect(rows.at(0)?.sign).toBe('down');
  expect(rows.at(4)).toBeUndefined();
  expect(rows.slice(1, 3).map((row) => row.text(0))).toEqual(['a', 'b']);
  expect([...rows]).toHaveLength(4);
  expect(signCounts(rows)).toEqual(
    new Map([
      ['down', 1],
      ['ok', 3],
    ]),
  );
  expect(signCounts(rows, 'k')).toEqual(new Map([['ok', 2]]));
  expect(signCounts(rows, 'none')).toEqual(new Map());
  expect([set.total(), set.has('node:k/b'), set.has('node:k/x')]).toEqual([4, true, false]);
});

test('a change asks one row of 100,000 for what the shape needs', () => {
  const { put, remove, look, work, names, reset, calls, set } = setUp(['k'], things(100_000));
  look('free', { sort: byCpu, matches: filter('thing') });
  work();
  const before = set.rows();
  reset();
  put(0, { name: 'thing050000', cpu: 1000, sign: 'ok' });
  look();
  work();
  expect(calls).toEqual({ row: 1, text: 1, value: 1 });
  expect(names()[0]).toBe('k/thing050000');
  expect(set.rows()).not.toBe(before);
  reset();
  remove(0, 'thing050000');
  put(0, { name: 'new', cpu: 1000, sign: 'ok' });
  look();
  work();
  expect(calls).toEqual({ row: 1, text: 1, value: 1 });
  expect(set.rows().length).toBe(99_999);
  expect(names()).not.toContain('k/new');
});

test('a change that moves nothing leaves the order as it is, and its cells are new', () => {
  const { put, look, work, set } = setUp(['k'], things(1000));
  look();
  work();
  const before = set.rows();
  put(0, { name: 'thing000007', cpu: 5, sign: 'ok' });
  look();
  // Before anything is worked on.
  expect(before.at(7)?.value(1)).toBe(5);
  // Another object tells that cells may be others.
  const after = set.rows();
  expect(after).not.toBe(before);
  work();
  expect(set.rows()).toBe(after);
  look();
  expect(set.rows()).toBe(after);
  expect(set.isBusy()).toBe(false);
});

test('a new shape is made in pieces, beside the rows that are shown until it is ready', () => {
  const { look, work, names, set, reset, calls } = setUp(['k'], things(10_000));
  look();
  work();
  const before = names();
  look('free', { sort: byCpu });
  const steps: number[] = [];
  while (set.isBusy()) {
    expect(names()).toEqual(before);
    expect(set.working()?.what).toBe('sorting');
    steps.push(Math.floor((set.working()?.done ?? 0) * 100));
    reset();
    const limit = some(500);
    work(limit);
    expect(calls.row).toBeLessThanOrEqual(500);
    expect(limit.rows).toBeGreaterThan(-64);
  }
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  expect(steps[0]).toBe(0);
  expect(steps.at(-1)).toBeGreaterThan(90);
  expect(set.working()).toBeNull();
  expect(names()[0]).toBe('k/thing000099');
});

test('a new filter asks no row for its text again, a new order asks no filter', () => {
  const { look, work, reset, calls, set } = setUp(['k'], things(3000));
  look('free', { matches: filter('thing0') });
  work();
  reset();
  look('free', { matches: filter('thing00001') });
  expect(set.working()?.what).toBe('filtering');
  work();
  expect(calls.text).toBe(0);
  expect(set.rows().length).toBe(10);
  reset();
  look('free', { sort: byCpu });
  work();
  expect(calls).toMatchObject({ text: 0, value: 3000 });
});

test('the clock ends a piece too', () => {
  const { look, work, reset, calls } = setUp(['k'], things(10_000));
  look();
  reset();
  let asked = 0;
  work({
    rows: 5000,
    isOver: () => {
      asked += 1;
      return asked > 3;
    },
  });
  expect(calls.row).toBeLessThan(200);
});

test('what changes while a new shape is made is in it', () => {
  const { look, work, put, remove, names, set } = setUp(['k'], things(2000));
  look();
  work();
  look('free', { sort: byCpu });
  work(some(1000));
  put(0, { name: 'thing000003', cpu: 500, sign: 'ok' });
  put(0, { name: 'thing001900', cpu: 600, sign: 'ok' });
  put(0, { name: 'new', cpu: 700, sign: 'ok' });
  remove(0, 'thing000099');
  look('calm');
  work();
  look('free');
  work();
  expect(names().slice(0, 4)).toEqual(['k/new', 'k/thing001900', 'k/thing000003', 'k/thing000199']);
  expect(set.rows().length).toBe(2000);
});

test('when everything may have changed, everything is read again beside what is shown', () => {
  const { look, work, rely, relist, calls, reset, set, table } = setUp(['k'], things(500));
  look();
  work();
  reset();
  rely('the silence of the API');
  look();
  expect(set.working()?.what).toBe('reading');
  work();
  expect(calls.row).toBe(500);
  // A new list is only what has changed by it.
  reset();
  relist(0, things(500).with(3, { name: 'thing000003', cpu: 3, sign: 'down' }));
  look();
  work();
  expect(calls.row).toBe(1);
  // Another table altogether.
  table(0)?.clear();
  relist(0, things(20));
  look();
  work();
  expect(set.rows().length).toBe(20);
});

test('a table whose changes are not known any more is read again', () => {
  const { look, work, relist, feed, set } = setUp(['k'], things(4000));
  look();
  work();
  for (let round = 1; round <= 3; round += 1) {
    relist(0, things(4000, { cpu: round }));
    // Published, and not looked at.
    feed();
  }
  look();
  expect(set.working()?.what).toBe('reading');
  work();
  expect(set.rows().at(0)?.value(1)).toBe(3);
});

test('calm, rows come and go and none moves; under a dialog nothing does', () => {
  const { look, work, put, remove, names, set } = setUp();
  for (const [name, cpu] of [['a', 9] as const, ['b', 5] as const, ['c', 3] as const])
    put(0, { name, cpu, sign: 'ok' });
  look('free', { sort: byCpu });
  work();
  put(0, { name: 'a', cpu: 1, sign: 'ok' });
  put(0, { name: 'd', cpu: 7, sign: 'ok' });
  remove(0, 'c');
  look('frozen');
  expect(set.isBusy()).toBe(false);
  work();
  expect(names()).toEqual(['k/a', 'k/b', 'k/c']);
  expect(
    set
      .rows()
      .slice()
      .map((row) => row.value(1)),
  ).toEqual([1, 5, 3]);
  look('calm');
  work();
  expect(names()).toEqual(['k/a', 'k/d', 'k/b']);
  expect(set.isBusy()).toBe(false);
  look('free');
  work();
  expect(names()).toEqual(['k/d', 'k/b', 'k/a']);
});

test('a new order that was begun before the dialog waits for its end; one that was asked for in it does not', () => {
  const { look, work, names, set } = setUp(['k'], things(300));
  look();
  work();
  const before = names();
  look('free', { sort: byCpu });
  work(some(10));
  look('frozen');
  work();
  expect(names()).toEqual(before);
  expect(set.isBusy()).toBe(false);
  look('frozen', { sort: [{ index: 1, descending: false }] });
  work();
  expect(names()[0]).toBe('k/thing000000');
  expect(names()[1]).toBe('k/thing000100');
  look('frozen');
  expect(set.isBusy()).toBe(false);
});

test('a list that is read as a whole asks only the rows that have changed', () => {
  const { view, holding, calls, reset } = listView();
  const set = createRowSet();
  let list = items(1000);
  const shape: Shape = { ...plain, columns: view.columns, sort: byCpu };
  const look = () => {
    set.update({ rows: view.rows(holding(list), 0) }, shape, 'free', 0);
    set.work(everything());
  };
  look();
  reset();
  list = list.with(500, { name: 'item500', cpu: 1000 });
  look();
  expect(calls).toMatchObject({ text: 0, value: 1 });
  expect(set.rows().at(0)?.ref).toBe('host:item500');
});

test('many small changes of a list end in the order of one that is made at once', () => {
  const { view, holding } = listView();
  const shape: Shape = { ...plain, columns: view.columns, sort: byCpu };
  const change = fc.record({
    at: fc.nat(299),
    cpu: fc.option(fc.nat(40)),
    sign: fc.constantFrom('ok' as const, 'down' as const),
    what: fc.constantFrom('change', 'change', 'remove', 'insert', 'swap'),
    motion: fc.constantFrom<Motion>('free', 'free', 'calm', 'frozen'),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      const set = createRowSet();
      let list = items(300);
      let made = 0;
      const look = (into: typeof set, motion: Motion): readonly string[] => {
        into.update({ rows: view.rows(holding(list), 0) }, shape, motion, 0);
        into.work(everything());
        return (
          into
            .rows()
            .facts?.refs.slice()
            .map((ref) => ref) ?? []
        );
      };
      look(set, 'free');
      for (const { at, cpu, sign, what, motion } of changes) {
        const present = list[at];
        const other = list[0];
        if (what === 'change' && present) list = list.with(at, { name: present.name, cpu, sign });
        else if (what === 'remove') list = list.toSpliced(at, 1);
        else if (what === 'insert')
          list = list.toSpliced(at, 0, { name: `new${(made += 1)}`, cpu, sign });
        else if (present && other) list = list.with(at, other).with(0, present);
        look(set, motion);
      }
      expect(look(set, 'free')).toEqual(look(createRowSet(), 'free'));
    }),
    { numRuns: 40 },
  );
});

test('what goes and comes back while all is read stands there once', () => {
  const made = setUp(['k']);
  const thing = { name: 'g', cpu: null, sign: 'ok' } as const;
  made.relist(0, [thing]);
  made.look('free');
  made.work(some(1));
  made.relist(0, []);
  made.look('free');
  made.work(some(0));
  made.relist(0, [thing]);
  made.look('free');
  made.work();
  expect(made.names()).toEqual(['k/g']);
});

/** As `cpu`, but an instant. */
const beganAt = [columns[0], { ...columns[1], unit: 'since' }] as const;
const younger = compileFilter('cpu<1m', new Map([['cpu', 'since']]));
const young = {
  columns: beganAt,
  matches: 'matches' in younger ? younger.matches : null,
} as const;

test('a row goes when time takes it over a limit of the filter, and is the only one asked', () => {
  const { put, look, work, wait, names, set, calls, reset } = setUp(
    ['k'],
    things(1000, { cpu: 30_000 }),
  );
  put(0, { name: 'old', cpu: 5000, sign: 'ok' });
  put(0, { name: 'older', cpu: -70_000, sign: 'ok' });
  look('free', young);
  work();
  expect([names().length, names().includes('k/old')]).toEqual([1001, true]);
  reset();
  wait(64_000);
  look();
  expect(set.isBusy()).toBe(false);
  wait(1001);
  expect(lasting(() => look('frozen')).ms).toBeGreaterThan(0);
  expect(names()).toContain('k/old');
  look('calm');
  work();
  expect(names()).toContain('k/old');
  look();
  work();
  expect([names().length, names().includes('k/old')]).toEqual([1000, false]);
  expect(calls.value).toBe(1);
  expect(lasting(() => look()).ms).toBe(24_999);
  wait(25_001);
  look();
  work();
  expect([names(), set.isBusy()]).toEqual([[], false]);
});

test('what began first is the longest', () => {
  const { put, look, work, names } = setUp();
  put(0, { name: 'new', cpu: 9, sign: 'ok' });
  put(0, { name: 'old', cpu: 1, sign: 'ok' });
  put(0, { name: 'unknown', cpu: null, sign: 'ok' });
  look('free', { columns: beganAt, sort: byCpu });
  work();
  expect(names()).toEqual(['k/old', 'k/new', 'k/unknown']);
});

/** What the rows should be: all read, filtered and sorted by the plainest means. */
function naive(sources: readonly RowSource<Thing>[], shape: Shape): readonly string[] {
  const all = sources.flatMap(({ part, table }, order) =>
    [...(table as KubeTable<Thing>).byKey].map(([key, thing]) => ({ part, order, key, thing })),
  );
  const cells = ({ thing }: (typeof all)[number]) => [thing.name, thing.cpu];
  return all
    .filter(
      (each) =>
        !(shape.faultsOnly && SIGN_RANK[each.thing.sign] >= SIGN_RANK.ok) &&
        (shape.matches?.({
          text: `${each.thing.name} ${each.thing.cpu}`,
          field: (name) =>
            name === 'name' ? each.thing.name : name === 'cpu' ? each.thing.cpu : null,
          now: 0,
        }) ??
          true),
    )
    .toSorted((a, b) => {
      for (const { index, descending } of shape.sort) {
        const by = compareSortable(
          sortable(cells(a)[index] ?? null),
          sortable(cells(b)[index] ?? null),
          descending,
        );
        if (by !== 0) return by;
      }
      return (
        SIGN_RANK[a.thing.sign] - SIGN_RANK[b.thing.sign] ||
        a.order - b.order ||
        (a.key < b.key ? -1 : 1)
      );
    })
    .map(({ part, key }) => `${part}/${key}`);
}

const anyThing = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'web1', 'web2', 'web10'),
  cpu: fc.option(fc.nat(5)),
  sign: fc.constantFrom<Sign>('ok', 'down', 'unknown', 'off'),
});
const anyPart = fc.nat(1);
const anyStep = fc.oneof(
  fc.record({ do: fc.constant('put' as const), part: anyPart, thing: anyThing }),
  fc.record({ do: fc.constant('remove' as const), part: anyPart, thing: anyThing }),
  fc.record({
    do: fc.constant('relist' as const),
    part: anyPart,
    list: fc.uniqueArray(anyThing, { selector: ({ name }) => name, maxLength: 11 }),
  }),
  fc.record({ do: fc.constant('rely' as const), on: fc.nat(2) }),
  fc.record({
    do: fc.constant('shape' as const),
    filter: fc.constantFrom('', 'web', '!a', 'cpu>2'),
    faultsOnly: fc.boolean(),
    sort: fc.constantFrom<Shape['sort']>(
      [],
      byCpu,
      [
        { index: 1, descending: false },
        { index: 0, descending: true },
      ],
      [{ index: 0, descending: false }],
    ),
  }),
  fc.record({
    do: fc.constant('look' as const),
    motion: fc.constantFrom<Motion>('free', 'calm', 'frozen'),
    rows: fc.constantFrom(0, 1, 3, 10, Number.POSITIVE_INFINITY),
  }),
);

test('whatever came, changed, went and was asked for meanwhile, the rows end as a plain filter and sort make them', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 40, size: 'max' }), (steps) => {
      const made = setUp(['k', 'a']);
      for (const step of steps)
        if (step.do === 'put') made.put(step.part, step.thing);
        else if (step.do === 'remove') made.remove(step.part, step.thing.name);
        else if (step.do === 'relist') made.relist(step.part, step.list);
        else if (step.do === 'rely') made.rely(step.on);
        else if (step.do === 'look') {
          made.look(step.motion);
          made.work(some(step.rows));
        } else
          made.look('free', { ...step, matches: step.filter === '' ? null : filter(step.filter) });
      made.look('free');
      made.work();
      expect(made.set.isBusy()).toBe(false);
      expect(made.names()).toEqual(naive(made.sources(), made.shape()));
      const rows = made.set.rows();
      const signs = rows.slice().map(({ sign }) => sign);
      expect(signCounts(rows)).toEqual(
        new Map(
          Object.entries(Object.groupBy(signs, (sign) => sign)).map(([sign, all]) => [
            sign,
            all.length,
          ]),
        ),
      );
      for (const [index, name] of made.names().entries())
        expect(rows.facts?.indexOf(`node:${name}` as Ref)).toBe(index);
    }),
    { numRuns: 300 },
  );
});

test('words follow what cells say as time passes, but for spans that a column tells', () => {
  const { view, holding } = listView({
    columns: [
      { id: 'name', title: 'NAME', width: 12, priority: 0, text: ({ name }) => name },
      {
        id: 'restarts',
        title: 'RESTARTS',
        width: 12,
        priority: 0,
        text: (_, now) => `7 (${duration(now)} ago)`,
      },
      {
        id: 'age',
        title: 'AGE',
        width: 5,
        priority: 0,
        unit: 'since',
        text: (_, now) => `${now}x`,
      },
    ],
  });
  const feed = { rows: view.rows(holding(items(1)), 0) };
  const shown = (text: string): readonly number[] => {
    const set = createRowSet();
    const shape: Shape = {
      columns: view.columns,
      matches: filter(text),
      faultsOnly: false,
      sort: [],
    };
    return [1000, 2000, 3000].map((now) => {
      set.update({ rows: feed.rows.map((row) => row.rebind?.(now) ?? row) }, shape, 'free', now);
      set.work({ rows: Number.POSITIVE_INFINITY, isOver: () => false });
      return set.rows().length;
    });
  };
  expect(shown('"(1s ago)"')).toEqual([1, 0, 0]);
  expect(shown('"(3s ago)"')).toEqual([0, 0, 1]);
  expect(shown('1000x')).toEqual([0, 0, 0]);
});
