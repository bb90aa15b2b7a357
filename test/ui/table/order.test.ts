import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOrder, insertSorted } from '../../../src/ui/table/order.ts';
import type { Shape } from '../../../src/ui/table/order.ts';
import { items, listView } from './list-view.ts';

const numerically = (a: number, b: number) => a - b;

test('what is put into a sorted list stands where sorting would put it', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), fc.array(fc.nat(50)), (list, added) => {
      const before = list.toSorted(numerically);
      expect(insertSorted(before, added, numerically)).toEqual(
        [...list, ...added].toSorted(numerically),
      );
    }),
  );
});

test('a single change is found by binary search', () => {
  const sorted = Array.from({ length: 100_000 }, (_, index) => index * 2);
  let comparisons = 0;
  insertSorted(sorted, [77_777], (a, b) => {
    comparisons += 1;
    return a - b;
  });
  expect(comparisons).toBeLessThanOrEqual(17);
});

test('many small changes one after another end in the order of a list that is sorted at once', () => {
  const { view, holding } = listView();
  const shape: Shape = {
    columns: view.columns,
    matches: null,
    faultsOnly: false,
    sort: [{ index: 1, descending: true }],
  };
  const change = fc.record({
    at: fc.nat(299),
    cpu: fc.option(fc.nat(40)),
    sign: fc.constantFrom('ok' as const, 'down' as const),
    what: fc.constantFrom('change', 'change', 'remove', 'insert', 'swap'),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      const order = createOrder();
      let list = items(300);
      let made = 0;
      const rowsOf = () => view.rows(holding(list), 0);
      order.update(rowsOf(), shape, 'free');
      for (const { at, cpu, sign, what } of changes) {
        const present = list[at];
        const other = list[0];
        if (what === 'change' && present) list = list.with(at, { name: present.name, cpu, sign });
        else if (what === 'remove') list = list.toSpliced(at, 1);
        else if (what === 'insert')
          list = list.toSpliced(at, 0, { name: `new${(made += 1)}`, cpu, sign });
        else if (present && other) list = list.with(at, other).with(0, present);
        order.update(rowsOf(), shape, 'free');
      }
      const names = (rows: readonly { readonly ref: string }[]) => rows.map(({ ref }) => ref);
      expect(names(order.update(rowsOf(), shape, 'free'))).toEqual(
        names(createOrder().update(rowsOf(), shape, 'free')),
      );
    }),
    { numRuns: 40 },
  );
});
