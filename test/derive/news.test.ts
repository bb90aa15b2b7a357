import { expect, test } from 'vitest';
import { hasNews } from '../../src/derive/news.ts';
import { emptyCluster } from '../../src/domain/empty.ts';
import type { HostInventory, Inventory } from '../../src/domain/inventory.ts';
import { answered, lost, makeHost, makeInventory, makeKstats, NOW } from './inventory.ts';

const host = makeHost('omni1', { kstats: answered(makeKstats()) });
const lab = (only: HostInventory): Inventory => makeInventory({ hosts: [only] });
const told = (after: HostInventory): boolean => hasNews(lab(host), lab(after));

test('other values, or the same once more, are no news', () => {
  expect(told(host)).toBe(false);
  expect(told({ ...host, feeds: { ...host.feeds, kstats: answered(makeKstats(), NOW + 1) } })).toBe(
    false,
  );
});

test('a connection in another state, a first answer and a failure are news', () => {
  expect(told({ ...host, source: lost })).toBe(true);
  expect(told({ ...host, feeds: { ...host.feeds, faults: answered([]) } })).toBe(true);
  const error = { code: 'timeout', message: 'kstat: no answer in 20 s', hint: '' };
  expect(
    told({ ...host, feeds: { ...host.feeds, kstats: { status: 'failed', error, at: NOW } } }),
  ).toBe(true);
});

test('clusters are no different', () => {
  const cluster = emptyCluster('infrak8s', NOW);
  const of = (only: typeof cluster): Inventory => ({ ...lab(host), clusters: [only] });
  const before = of(cluster);
  expect(hasNews(before, { ...before, clusters: [{ ...cluster }] })).toBe(false);
  expect(hasNews(before, { ...before, clusters: [{ ...cluster, source: lost }] })).toBe(true);
});
