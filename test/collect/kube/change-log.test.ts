import { expect, test } from 'vitest';
import { createChangeLog } from '../../../src/collect/kube/change-log.ts';

const keys = (from: number, count: number): ReadonlyMap<string, undefined> =>
  new Map(Array.from({ length: count }, (_, index) => [`key${from + index}`, undefined]));

test('what is too long ago is not known any more', () => {
  const log = createChangeLog<string>(1);
  for (let revision = 2; revision <= 12; revision += 1) log.add(revision, keys(0, 100), 500);
  expect(log.since(12)?.size).toBe(0);
  expect(log.since(2)?.size).toBe(100);
  expect(log.since(1)).toBeUndefined();
});

test('a step that is larger than half of a large table is not remembered', () => {
  const log = createChangeLog<string>(1);
  log.add(2, keys(0, 10), 10_000);
  log.add(3, keys(0, 5001), 10_000);
  expect(log.since(2)).toBeUndefined();
  expect(log.since(3)?.size).toBe(0);
  log.add(4, keys(0, 3), 10_000);
  expect(log.since(3)?.size).toBe(3);
});
