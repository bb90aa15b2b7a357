import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKindTable } from '../../../src/collect/kube/kind-table.ts';

const filled = (...names: readonly string[]) => {
  const table = createKindTable<{ readonly name: string; readonly count: number }>();
  table.begin();
  for (const name of names) table.add(name, { name, count: 1 });
  table.replace();
  table.publish();
  return table;
};

test('shows nothing before the first complete list', () => {
  const table = createKindTable<string>();
  table.begin();
  table.add('a', 'A');
  expect(table.publish()).toBeUndefined();
  expect(table.staged()).toBe(1);
  table.replace();
  expect([...(table.publish()?.byKey ?? [])]).toEqual([['a', 'A']]);
});

test('changes become visible together, with a new wrapper and a higher revision', () => {
  const table = filled('a', 'b');
  const before = table.publish();
  table.put('c', { name: 'c', count: 1 });
  table.remove('a');
  expect([...(before?.byKey.keys() ?? [])]).toEqual(['a', 'b']);
  expect(table.size()).toBe(2);
  const after = table.publish();
  expect([...(after?.byKey.keys() ?? [])]).toEqual(['b', 'c']);
  expect(after).not.toBe(before);
  expect(after?.revision).toBe((before?.revision ?? 0) + 1);
});

test('an equal object, and an equal list, change nothing', () => {
  const table = filled('a', 'b');
  const before = table.publish();
  table.put('a', { name: 'a', count: 1 });
  table.remove('never-there');
  expect(table.publish()).toBe(before);
  table.begin();
  for (const name of ['a', 'b']) table.add(name, { name, count: 1 });
  table.replace();
  expect(table.publish()).toBe(before);
});

test('whatever happens in whatever order, it is the map it stands for', () => {
  const operation = fc.oneof(
    fc.record({ do: fc.constant('put'), key: fc.nat(6), value: fc.nat(2) }),
    fc.record({ do: fc.constant('remove'), key: fc.nat(6), value: fc.constant(0) }),
    fc.record({ do: fc.constant('relist'), key: fc.nat(6), value: fc.nat(2) }),
    fc.record({ do: fc.constant('publish'), key: fc.constant(0), value: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const table = createKindTable<{ readonly value: number }>();
      let model = new Map<string, { readonly value: number }>();
      table.begin();
      table.replace();
      for (const { do: what, key, value } of operations) {
        const name = String(key);
        if (what === 'put') {
          table.put(name, { value });
          model.set(name, { value });
        } else if (what === 'remove') {
          table.remove(name);
          model.delete(name);
        } else if (what === 'publish') table.publish();
        else {
          model = new Map([
            [name, { value }],
            ['always', { value: 7 }],
          ]);
          table.begin();
          for (const [each, object] of model) table.add(each, object);
          table.replace();
        }
        expect(table.size()).toBe(model.size);
      }
      expect(new Map(table.publish()?.byKey)).toEqual(model);
    }),
  );
});
