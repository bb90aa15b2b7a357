import { expect, test } from 'vitest';
import { untilTurn } from '../../../src/collect/kube/waiting.ts';

test('who begins at different times has its turns at the same time', () => {
  const turns = [12_001, 13_400, 14_999].map((begun) => begun + untilTurn(5000, begun));
  expect(turns).toEqual([15_000, 15_000, 15_000]);
});

test('a turn is never now and never later than an interval', () => {
  expect(untilTurn(5000, 15_000)).toBe(5000);
  expect(untilTurn(5000, 15_000.5)).toBe(4999.5);
});
