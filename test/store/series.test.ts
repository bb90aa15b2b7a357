import { expect, test } from 'vitest';
import { RingBudget, RingMemory } from '../../src/store/ring.ts';
import { SeriesTable } from '../../src/store/series.ts';

const tableOf = (memory: RingMemory, hasExtremes: boolean): SeriesTable =>
  new SeriesTable({ memory, growthShare: 1, samples: 100, minutes: 100, hasExtremes });

test('a series costs 140 bytes beside its samples, and one without extremes 90', () => {
  const memory = new RingMemory(new RingBudget(Number.MAX_SAFE_INTEGER), 'float');
  for (const [hasExtremes, most] of [
    [true, 140],
    [false, 90],
  ] as const) {
    const table = tableOf(memory, hasExtremes);
    const count = 20_000;
    for (let series = 0; series < count; series += 1) table.take(1);
    // It grows by an eighth at a time.
    expect(table.bytes).toBeLessThan(count * most * 1.15);
  }
});

test('a series that was given back leaves nothing to the next one in its place, and no memory in use', () => {
  const memory = new RingMemory(new RingBudget(1024 * 1024), 'float');
  const table = tableOf(memory, true);
  const [first, other] = [table.take(7), table.take(7)];
  for (const series of [first, other])
    for (let tick = 1; tick <= 40; tick += 1)
      table.put(series, tick, 7 + Math.floor(tick / 12), tick);
  const used = memory.budget.usedBytes;
  table.give(first);
  expect(memory.budget.usedBytes).toBe(used / 2);
  expect(table.take(9)).toBe(first);
  expect([table.full.first(first), table.means.first(first), table.open.at(first)]).toEqual([
    Infinity,
    Infinity,
    9,
  ]);
  expect([table.full.at(other, 40), table.means.at(other, 7), table.highs?.at(other, 8)]).toEqual([
    40, 6, 23,
  ]);
  table.give(first);
  table.give(other);
  expect(memory.budget.usedBytes).toBe(0);
});
