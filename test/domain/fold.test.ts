import { expect, test } from 'vitest';
import { createFold } from '../../src/domain/fold.ts';
import type { KubeTable } from '../../src/domain/kube.ts';
import { pod } from '../support/inventory.ts';
import { podTable } from '../support/pod-storm.ts';

/** How often each object was looked at, and how many there are. */
function counting() {
  const calls = { change: 0, empty: 0 };
  const count = createFold<unknown, { total: number }>({
    empty: () => {
      calls.empty += 1;
      return { total: 0 };
    },
    change: (into, _key, before, after) => {
      calls.change += 1;
      into.total += Number(after !== undefined) - Number(before !== undefined);
    },
  });
  return { calls, count };
}

const many = Array.from({ length: 5000 }, (_, index) => pod(`web-${index}`));

test('a new revision costs what has changed since the last one', () => {
  const { calls, count } = counting();
  const pods = podTable(many);
  expect(count(pods.publish()).total).toBe(5000);
  calls.change = 0;
  const table = pods.happen([
    { kind: 'put', pod: pod('web-7', { restarts: 1 }) },
    { kind: 'put', pod: pod('new') },
    { kind: 'remove', pod: pod('web-8') },
  ]);
  expect(count(table).total).toBe(5000);
  expect(calls).toEqual({ change: 3, empty: 1 });
  count(table);
  expect(calls.change).toBe(3);
});

test('a table that tells nothing of its changes is read as a whole, once', () => {
  const { calls, count } = counting();
  const byKey = new Map([['a', 1]]);
  const first: KubeTable<number> = { revision: 1, byKey };
  expect(count(first).total).toBe(1);
  expect(count(first).total).toBe(1);
  expect(calls).toEqual({ change: 1, empty: 1 });
  byKey.set('b', 2);
  expect(count({ revision: 2, byKey }).total).toBe(2);
  expect(calls).toEqual({ change: 3, empty: 2 });
});

test('who missed too many changes reads all again; an old wrapper shows what is there now', () => {
  const { count } = counting();
  const pods = podTable(many);
  const old = pods.publish();
  count(old);
  for (let round = 0; round < 4; round += 1)
    pods.happen(many.slice(0, 2000).map((each) => ({ kind: 'remove', pod: each })));
  const now = pods.happen([{ kind: 'remove', pod: pod('web-3000') }]);
  expect(count(now).total).toBe(2999);
  expect(count(old).total).toBe(2999);
});
