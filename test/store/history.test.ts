import { expect, test } from 'vitest';
import type { Inventory } from '../../src/domain/inventory.ts';
import { createHistory } from '../../src/store/history.ts';
import {
  answered,
  makeHost,
  makeInventory,
  makeKstats,
  makeLink,
  makeZone,
  NOW,
  zoneCounters,
} from '../derive/inventory.ts';

const at = (time: number, cpuPercent: number | null): Inventory =>
  makeInventory({
    hosts: [
      makeHost('omni1', {
        kstats: answered(makeKstats({ cpuPercent }), time),
        zones: answered([makeZone('etcd1')], time),
      }),
    ],
  });

const values = (series: Float32Array) =>
  [...series].map((value) => (value !== value ? null : value));

test('gives the last points, oldest first, with gaps before the first', () => {
  const history = createHistory({ fullSeconds: 60 });
  for (const index of [0, 1, 2]) {
    const time = NOW + index * 5000;
    history.record(at(time, 10 + index), time);
  }
  expect(values(history.series('host:omni1', 'cpuPercent', 5))).toEqual([null, null, 10, 11, 12]);
  expect(values(history.series('host:omni1', 'cpuPercent', 2))).toEqual([11, 12]);
});

test('takes a sample only when the counters are newer', () => {
  const history = createHistory({ fullSeconds: 60 });
  const inventory = at(NOW, 10);
  history.record(inventory, NOW);
  history.record(inventory, NOW + 1000);
  history.record({ ...inventory }, NOW + 2000);
  expect(values(history.series('host:omni1', 'cpuPercent', 2))).toEqual([null, 10]);
});

test('a sample that is late by jitter leaves no gap, a missing one does', () => {
  const history = createHistory({ fullSeconds: 60 });
  for (const [offset, value] of [
    [0, 1],
    [7000, 2],
    [22_000, 3],
  ] as const)
    history.record(at(NOW + offset, value), NOW + offset);
  expect(values(history.series('host:omni1', 'cpuPercent', 5))).toEqual([1, 2, null, null, 3]);
});

test('an unknown value is a gap', () => {
  const history = createHistory({ fullSeconds: 60 });
  for (const [index, value] of [1, null, 3].entries()) {
    const time = NOW + index * 5000;
    history.record(at(time, value), time);
  }
  expect(values(history.series('host:omni1', 'cpuPercent', 3))).toEqual([1, null, 3]);
});

test('the line of a host that is silent runs on as a gap', () => {
  const history = createHistory({ fullSeconds: 60 });
  const inventory = at(NOW, 10);
  history.record(inventory, NOW);
  history.record(inventory, NOW + 20_000);
  expect(values(history.series('host:omni1', 'cpuPercent', 4))).toEqual([10, null, null, null]);
});

test('forgets samples that are older than it keeps', () => {
  const history = createHistory({ fullSeconds: 20 });
  for (let index = 0; index < 50; index += 1) {
    const time = NOW + index * 5000;
    history.record(at(time, index), time);
  }
  expect(values(history.series('host:omni1', 'cpuPercent', 6))).toEqual([
    null,
    null,
    46,
    47,
    48,
    49,
  ]);
});

test('keeps the means of minutes, the one that runs included', () => {
  const history = createHistory({ fullSeconds: 60, intervalSeconds: 30 });
  for (const [index, value] of [10, 20, 30, 40, 50].entries()) {
    const time = NOW + index * 30_000;
    history.record(at(time, value), time);
  }
  expect(values(history.minutes('host:omni1', 'cpuPercent', 4))).toEqual([null, 15, 35, 50]);
});

test('records zones and links of the host', () => {
  const history = createHistory({ fullSeconds: 60 });
  const kstats = makeKstats({
    zones: new Map([['etcd1', { cpuPercent: 42 }]]),
    links: new Map([['igb0', { rxBytesPerSecond: 700, txBytesPerSecond: null }]]),
  });
  const inventory = makeInventory({
    hosts: [
      makeHost('omni1', {
        kstats: answered({
          ...kstats,
          counters: { ...kstats.counters, zones: new Map([['etcd1', zoneCounters()]]) },
        }),
        zones: answered([makeZone('etcd1')]),
        links: answered([makeLink('igb0')]),
      }),
    ],
  });
  history.record(inventory, NOW);
  const last = (ref: 'host:omni1' | 'zone:omni1/etcd1' | 'link:omni1/igb0', name: string) =>
    values(history.series(ref, name, 1))[0];
  expect(last('zone:omni1/etcd1', 'cpuPercent')).toBe(42);
  expect(last('zone:omni1/etcd1', 'rssBytes')).toBe(100 * 1024 ** 2);
  expect(last('link:omni1/igb0', 'rxBytesPerSecond')).toBe(700);
  expect(last('link:omni1/igb0', 'txBytesPerSecond')).toBeNull();
  expect(last('host:omni1', 'rxBytesPerSecond')).toBe(700);
  expect(last('host:omni1', 'memoryUsedBytes')).toBe(47 * 1024 ** 3);
  expect(last('host:omni1', 'load1')).toBe(1.5);
});

test('forgets what has been gone for an hour and gives its memory back', () => {
  const history = createHistory({ fullSeconds: 60 });
  history.record(at(NOW, 10), NOW);
  const without = makeInventory();
  history.forget(without, NOW + 3_500_000);
  expect(values(history.series('host:omni1', 'cpuPercent', 1))).toEqual([10]);
  expect(history.bytes()).toBeGreaterThan(0);
  history.forget(without, NOW + 3_600_000);
  expect(values(history.series('host:omni1', 'cpuPercent', 1))).toEqual([null]);
  expect(history.bytes()).toBe(0);
});

test('keeps what is present although its host has been silent for hours', () => {
  const history = createHistory({ fullSeconds: 3600 });
  const inventory = at(NOW, 10);
  history.record(inventory, NOW);
  history.forget(inventory, NOW + 7_200_000);
  history.forget(makeInventory(), NOW + 7_300_000);
  expect(values(history.series('host:omni1', 'cpuPercent', 1))).toEqual([10]);
});

test('never uses more memory than its budget, and keeps the newest samples', () => {
  const history = createHistory({ fullSeconds: 3600, maxBytes: 4096 });
  for (let index = 0; index < 2000; index += 1) {
    const time = NOW + index * 5000;
    history.record(at(time, index), time);
    expect(history.bytes()).toBeLessThanOrEqual(4096);
  }
  expect(values(history.series('host:omni1', 'cpuPercent', 2))).toEqual([1998, 1999]);
});

test('a clock that is set back by an hour does not silence the host', () => {
  const history = createHistory({ fullSeconds: 60 });
  history.record(at(NOW, 1), NOW);
  const earlier = NOW - 3_600_000;
  history.record(at(earlier, 2), earlier);
  expect(values(history.series('host:omni1', 'cpuPercent', 2))).toEqual([1, 2]);
});
