import { expect, test } from 'vitest';
import { cores, UNKNOWN } from '../../src/domain/format.ts';
import { usageOf } from '../../src/domain/usage.ts';
import { cluster, NOW, ok } from '../support/inventory.ts';

const table = { revision: 1, byKey: new Map([['w1', { cores: 1, memoryBytes: 2, at: NOW }]]) };

test('what was measured counts while it is of now, and its cluster answers', () => {
  const known = cluster('k', [], []);
  const measured = { ...known, feeds: { ...known.feeds, nodeUsage: ok(table) } };
  expect(usageOf(measured, 'nodeUsage', NOW)).toBe(table);
  expect(usageOf(measured, 'podUsage', NOW)).toBeUndefined();
  expect(usageOf(measured, 'nodeUsage', NOW + 3_600_000)).toBeUndefined();
  const silent = cluster('k', [], [], { state: 'down' });
  const then = { ...silent, feeds: { ...silent.feeds, nodeUsage: ok(table) } };
  expect(usageOf(then, 'nodeUsage', NOW)).toBeUndefined();
});

test.for([
  [0.0021, '0.00'],
  [0.25, '0.25'],
  [0.996, '1.0'],
  [1.44, '1.4'],
  [9.96, '10'],
  [32, '32'],
  [null, UNKNOWN],
] as const)('%s processors are %s', ([value, text]) => {
  expect(cores(value)).toBe(text);
});
