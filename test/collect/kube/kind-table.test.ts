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

test('a new list that differs in one object is one change', () => {
  const table = filled('a', 'b', 'c');
  const before = table.publish();
  const kept = before?.byKey.get('c');
  table.begin();
  for (const name of ['c', 'b', 'd']) table.add(name, { name, count: 1 });
  table.replace();
  const after = table.publish();
  expect([...(after?.byKey.keys() ?? [])]).toEqual(['b', 'c', 'd']);
  expect(after?.byKey.get('c')).toBe(kept);
  expect(after?.changes?.since(before?.revision ?? 0)).toEqual(
    new Map([
      ['a', { name: 'a', count: 1 }],
      ['d', undefined],
    ]),
  );
});

test('tells what has changed since a revision, with what was there then', () => {
  const table = filled('a', 'b');
  const first = table.publish();
  const revision = first?.revision ?? 0;
  expect(first?.changes?.since(revision)).toEqual(new Map());
  table.put('a', { name: 'a', count: 2 });
  table.publish();
  table.put('a', { name: 'a', count: 3 });
  table.put('c', { name: 'c', count: 1 });
  const last = table.publish();
  expect(last?.changes?.since(revision)).toEqual(
    new Map([
      ['a', { name: 'a', count: 1 }],
      ['c', undefined],
    ]),
  );
  expect(last?.changes?.since(revision + 1)?.get('a')).toEqual({ name: 'a', count: 2 });
  expect(last?.changes?.since(revision - 1)).toBeUndefined();
});

test('a change that is taken back before it was seen is none', () => {
  const table = filled('a');
  const before = table.publish();
  table.put('b', { name: 'b', count: 1 });
  table.remove('b');
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
      const first = table.publish();
      const copies = [{ revision: first?.revision ?? 0, content: new Map(first?.byKey) }];
      for (const { do: what, key, value } of operations) {
        const name = String(key);
        if (what === 'put') {
          table.put(name, { value });
          model.set(name, { value });
        } else if (what === 'remove') {
          table.remove(name);
          model.delete(name);
        } else if (what === 'publish') {
          const seen = table.publish();
          copies.push({ revision: seen?.revision ?? 0, content: new Map(seen?.byKey) });
        } else {
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
      const last = table.publish();
      expect(new Map(last?.byKey)).toEqual(model);
      // What is told of the changes leads back to every content that there was.
      for (const { revision, content } of copies) {
        const then = new Map(last?.byKey);
        for (const [key, before] of last?.changes?.since(revision) ?? [])
          if (before === undefined) then.delete(key);
          else then.set(key, before);
        expect(then).toEqual(content);
      }
    }),
  );
});

test('of all objects, seen or not yet, those with the smallest ranks go; of a list that is being read too', () => {
  const table = createKindTable<{ readonly rank: number }>();
  const rank = (object: { readonly rank: number }): number => object.rank;
  table.begin();
  for (const [index, key] of ['d', 'b', 'c', 'a'].entries()) table.add(key, { rank: index });
  expect(table.trimStaged(3, rank)).toBe(1);
  expect(table.staged()).toBe(3);
  table.replace();
  table.put('e', { rank: 9 });
  expect(table.trim(2, rank)).toBe(2);
  expect(table.size()).toBe(2);
  expect([...(table.publish()?.byKey.keys() ?? [])].toSorted()).toEqual(['a', 'e']);
  table.put('b', { rank: 0 });
  table.put('a', { rank: 7 });
  expect(table.trim(2, rank)).toBe(1);
  expect([...(table.publish()?.byKey.keys() ?? [])].toSorted()).toEqual(['a', 'e']);
  expect(table.trim(2, rank)).toBe(0);
});
