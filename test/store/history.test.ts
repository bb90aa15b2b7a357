import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Inventory } from '../../src/domain/inventory.ts';
import type { Ref } from '../../src/domain/ref.ts';
import type { EpochMs } from '../../src/domain/time.ts';
import { NO_ZONE_RATES } from '../../src/resources/host/kstat-rates.ts';
import { NO_LINK_RATES } from '../../src/resources/host/link-windows.ts';
import { createHistory as create } from '../../src/store/history.ts';
import type { History, HistoryOptions } from '../../src/store/history.ts';
import {
  answered,
  makeCluster,
  makeHost,
  makeInventory,
  makeKstats,
  makeLink,
  makeZone,
  NOW,
  objectsOf,
  zoneCounters,
} from '../derive/inventory.ts';
import { poolEntry } from '../support/pools.ts';

const at = (time: number, cpuPercent: number | null): Inventory =>
  makeInventory({
    hosts: [
      makeHost('omni1', {
        kstats: answered(makeKstats({ cpuPercent }), time),
        zones: answered([makeZone('etcd1')], time),
      }),
    ],
  });

const recordedAt = new WeakMap<History, EpochMs>();

/** A history that knows when it was told something last. */
function createHistory(options: HistoryOptions): History {
  const inner = create(options);
  const history: History = {
    ...inner,
    record: (inventory, now) => {
      recordedAt.set(history, now);
      inner.record(inventory, now);
    },
  };
  return history;
}

/** The last `count` intervals of five seconds, oldest first; null where nothing is known. */
const recent = (
  history: History,
  ref: Ref,
  name: string,
  count: number,
): readonly (number | null)[] =>
  [...history.past(ref, name, count * 5000, count, recordedAt.get(history) ?? NOW).points].map(
    (value) => (Number.isNaN(value) ? null : value),
  );

test('gives the last points, oldest first, with gaps before the first', () => {
  const history = createHistory({ fullSeconds: 60 });
  for (const index of [0, 1, 2]) {
    const time = NOW + index * 5000;
    history.record(at(time, 10 + index), time);
  }
  expect(recent(history, 'host:omni1', 'cpuPercent', 5)).toEqual([null, null, 10, 11, 12]);
  expect(recent(history, 'host:omni1', 'cpuPercent', 2)).toEqual([11, 12]);
});

test('takes a sample only when the counters are newer', () => {
  const history = createHistory({ fullSeconds: 60 });
  const inventory = at(NOW, 10);
  history.record(inventory, NOW);
  history.record(inventory, NOW + 1000);
  history.record({ ...inventory }, NOW + 2000);
  expect(recent(history, 'host:omni1', 'cpuPercent', 2)).toEqual([null, 10]);
});

test('a sample that is late by jitter leaves no gap, a missing one does', () => {
  const history = createHistory({ fullSeconds: 60 });
  for (const [offset, value] of [
    [0, 1],
    [7000, 2],
    [22_000, 3],
  ] as const)
    history.record(at(NOW + offset, value), NOW + offset);
  const seconds = history.past('host:omni1', 'cpuPercent', 27_000, 27, NOW + 22_000).points;
  const of = (value: number, count: number): readonly number[] => Array(count).fill(value);
  expect([...seconds]).toEqual([...of(1, 5), ...of(2, 7), ...of(Number.NaN, 10), ...of(3, 5)]);
});

test('an unknown value is a gap', () => {
  const history = createHistory({ fullSeconds: 60 });
  for (const [index, value] of [1, null, 3].entries()) {
    const time = NOW + index * 5000;
    history.record(at(time, value), time);
  }
  expect(recent(history, 'host:omni1', 'cpuPercent', 3)).toEqual([1, null, 3]);
});

test('the line of a host that is silent runs on as a gap', () => {
  const history = createHistory({ fullSeconds: 60 });
  const inventory = at(NOW, 10);
  history.record(inventory, NOW);
  history.record(inventory, NOW + 20_000);
  expect(recent(history, 'host:omni1', 'cpuPercent', 5)).toEqual([10, null, null, null, null]);
});

const past = (history: History, spanMs: number, count: number, now: number) => {
  const { points, ...rest } = history.past('host:omni1', 'cpuPercent', spanMs, count, now);
  return { ...rest, points: points.map((value) => (Number.isNaN(value) ? null : value)) };
};
/** A whole multiple of an hour, so that minutes and parts begin with it. */
const HOUR = Math.floor(NOW / 3_600_000) * 3_600_000;

test('the past in equal parts: means by time, gaps as gaps, extremes of the samples', () => {
  const history = createHistory({ fullSeconds: 3600 });
  // Two samples a part, then a silence of two parts.
  for (const [offset, value] of [
    [5, 10],
    [10, 20],
    [15, 30],
    [20, 60],
    [45, 5],
    [50, 7],
  ] as const)
    history.record(at(HOUR + offset * 1000, value), HOUR + offset * 1000);
  expect(past(history, 50_000, 5, HOUR + 50_000)).toEqual({
    from: HOUR,
    to: HOUR + 50_000,
    points: [15, 45, null, null, 6],
    min: 5,
    max: 60,
  });
});

test('a sample stands for the time since the one before it, however late it comes', () => {
  const history = createHistory({ fullSeconds: 3600 });
  for (const [offset, value] of [
    [0, 0],
    [10, 10],
    [12, 90],
  ] as const)
    history.record(at(HOUR + offset * 1000, value), HOUR + offset * 1000);
  // 10 for ten seconds, 90 for two.
  expect(past(history, 12_000, 1, HOUR + 12_000).points).toEqual([(10 * 10 + 90 * 2) / 12]);
  expect(past(history, 12_000, 6, HOUR + 12_000).points).toEqual([10, 10, 10, 10, 10, 90]);
});

test('the past ends with the newest sample while samples come, and with now when they have stopped', () => {
  const history = createHistory({ fullSeconds: 3600 });
  history.record(at(HOUR + 5000, 1), HOUR + 5000);
  history.record(at(HOUR + 10_000, 2), HOUR + 10_000);
  expect(past(history, 10_000, 2, HOUR + 13_000)).toMatchObject({ from: HOUR, points: [1, 2] });
  expect(past(history, 10_000, 2, HOUR + 40_000)).toMatchObject({
    from: HOUR + 30_000,
    points: [null, null],
    max: Number.NaN,
  });
});

test('minutes tell what every sample no longer does, the highest and the lowest with it', () => {
  const history = createHistory({ fullSeconds: 60, intervalSeconds: 20 });
  // 0..179 over an hour: three a minute, of which the minute keeps the mean and both ends.
  for (let index = 0; index < 180; index += 1) {
    const time = HOUR + index * 20_000 + 20_000 - 1;
    history.record(at(time, index), time);
  }
  const now = HOUR + 3_600_000;
  const { points, min, max } = past(history, 3_600_000, 60, now);
  expect(points.slice(0, 3)).toEqual([1, 4, 7]);
  expect(points.at(-2)).toBeCloseTo(175, 1);
  expect([min, max]).toEqual([0, 179]);
  expect(past(history, 86_400_000, 24, now).points.at(-1)).toBeCloseTo(89.5, 1);
});

test('a day is kept, and no more', () => {
  const history = createHistory({ fullSeconds: 60, intervalSeconds: 60 });
  for (let minute = 0; minute < 1500; minute += 1) {
    const time = HOUR + minute * 60_000 + 1000;
    history.record(at(time, minute), time);
  }
  const now = HOUR + 1500 * 60_000;
  const { points } = past(history, 2 * 86_400_000, 2880, now);
  expect(points.filter((value) => value !== null).length).toBeGreaterThanOrEqual(1439);
  expect(points.filter((value) => value !== null).length).toBeLessThanOrEqual(1442);
});

test('of what nobody sampled the past is unknown', () => {
  const history = createHistory({ fullSeconds: 60 });
  expect(history.since()).toBeNull();
  expect(past(history, 60_000, 3, HOUR).points).toEqual([null, null, null]);
  history.record(at(HOUR, 1), HOUR);
  expect(history.since()).toBe(HOUR);
});

/** Samples at irregular times, some of them unknown: the seconds since the one before, and the value. */
const irregular = fc.array(
  fc.tuple(
    fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 1, max: 12 }) },
      fc.integer({ min: 13, max: 200 }),
    ),
    fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 100 }) }, fc.constant(null)),
  ),
  { minLength: 1, maxLength: 80 },
);

test('points are what the samples say at every instant, whatever their times', () => {
  fc.assert(
    fc.property(
      irregular,
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 10, max: 3000 }),
      (samples, count, spanSeconds) => {
        const history = createHistory({ fullSeconds: 3600 });
        const told: { start: number; end: number; value: number | null }[] = [];
        let time = HOUR;
        for (const [seconds, value] of samples) {
          const before = told.length === 0 ? Number.NaN : time;
          time += seconds * 1000;
          history.record(at(time, value), time);
          const isNext = time - before <= 12_500;
          told.push({ start: isNext ? before : time - 5000, end: time, value });
        }
        const { points, from, to, min, max } = past(history, spanSeconds * 1000, count, time);
        const step = (spanSeconds * 1000) / count;
        expect(to).toBeGreaterThanOrEqual(time - 1);
        expect(to - time).toBeLessThanOrEqual(step);
        const known = told.flatMap(({ value, ...rest }) =>
          value === null ? [] : [{ ...rest, value }],
        );
        const expected = points.map((_, index) => {
          const begin = from + index * step;
          let sum = 0;
          let weight = 0;
          for (const { start, end, value } of known) {
            const part = Math.max(0, Math.min(end, begin + step) - Math.max(start, begin));
            sum += value * part;
            weight += part;
          }
          return weight <= 1e-6 ? null : sum / weight;
        });
        const rounded = (values: readonly (number | null)[]) =>
          values.map((value) => (value === null ? null : Number(value.toFixed(3))));
        expect(rounded(points)).toEqual(rounded(expected));
        const seen = known.filter(({ end, start }) => end > from && start < to);
        const values = seen.map(({ value }) => value);
        expect([min, max]).toEqual(
          values.length === 0
            ? [Number.NaN, Number.NaN]
            : [Math.min(...values), Math.max(...values)],
        );
      },
    ),
  );
});

test('records zones and links of the host', () => {
  const history = createHistory({ fullSeconds: 60 });
  const kstats = makeKstats({
    zones: new Map([['etcd1', { ...NO_ZONE_RATES, cpuPercent: 42 }]]),
    links: new Map([['igb0', { ...NO_LINK_RATES, rxBytesPerSecond: 700 }]]),
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
    recent(history, ref, name, 1)[0];
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
  expect(recent(history, 'host:omni1', 'cpuPercent', 1)).toEqual([10]);
  expect(history.bytes()).toBeGreaterThan(0);
  history.forget(without, NOW + 3_600_000);
  expect(recent(history, 'host:omni1', 'cpuPercent', 1)).toEqual([null]);
  expect(history.bytes()).toBe(0);
});

test('keeps what is present although its host has been silent for hours', () => {
  const history = createHistory({ fullSeconds: 3600 });
  const inventory = at(NOW, 10);
  history.record(inventory, NOW);
  history.forget(inventory, NOW + 7_200_000);
  history.forget(makeInventory(), NOW + 7_300_000);
  expect(recent(history, 'host:omni1', 'cpuPercent', 1)).toEqual([10]);
});

test('never uses more memory than its budget, and keeps the newest samples', () => {
  const history = createHistory({ fullSeconds: 3600, maxBytes: 4096 });
  for (let index = 0; index < 2000; index += 1) {
    const time = NOW + index * 5000;
    history.record(at(time, index), time);
    expect(history.bytes()).toBeLessThanOrEqual(4096);
  }
  expect(recent(history, 'host:omni1', 'cpuPercent', 2)).toEqual([1998, 1999]);
});

test('memory is bounded whatever appears, and hosts look back further than what is on them', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1024, max: 200_000 }),
      (zones, samples, maxBytes) => {
        const names = Array.from({ length: zones }, (_, index) => `zone${index}`);
        const history = createHistory({ fullSeconds: 3600, maxBytes });
        for (let index = 0; index < samples; index += 1) {
          const time = HOUR + index * 5000;
          const kstats = makeKstats({
            cpuPercent: index,
            zones: new Map(names.map((name) => [name, { ...NO_ZONE_RATES, cpuPercent: index }])),
          });
          const inventory = makeInventory({
            hosts: [
              makeHost('omni1', {
                kstats: answered(kstats, time),
                zones: answered(
                  names.map((name) => makeZone(name)),
                  time,
                ),
              }),
            ],
          });
          history.record(inventory, time);
          expect(history.bytes()).toBeLessThanOrEqual(maxBytes);
        }
        const known = (ref: Ref) =>
          recent(history, ref, 'cpuPercent', samples).filter((value) => value !== null).length;
        expect(known('host:omni1')).toBeGreaterThanOrEqual(known(`zone:omni1/zone0`));
      },
    ),
    { numRuns: 15 },
  );
});

test('when every sample cannot be kept for an hour, minutes look back further than samples would', () => {
  const names = Array.from({ length: 40 }, (_, index) => `zone${index}`);
  // Of each zone, samples of one hour alone would take more than this.
  const history = createHistory({ fullSeconds: 3600, maxBytes: 40 * 1000 });
  const hours = 6;
  for (let index = 0; index <= hours * 720; index += 1) {
    const time = HOUR + index * 5000;
    const zones = new Map(names.map((name) => [name, { ...NO_ZONE_RATES, cpuPercent: index }]));
    const host = makeHost('omni1', {
      kstats: answered(makeKstats({ zones }), time),
      zones: answered(
        names.map((name) => makeZone(name)),
        time,
      ),
    });
    history.record(makeInventory({ hosts: [host] }), time);
  }
  const now = HOUR + hours * 3_600_000;
  const { points } = history.past('zone:omni1/zone0', 'cpuPercent', 3_600_000, 24, now);
  expect(points.filter((point) => !(point >= 0))).toEqual([]);
});

test('a clock that is set back by an hour does not silence the host', () => {
  const history = createHistory({ fullSeconds: 60 });
  history.record(at(NOW, 1), NOW);
  const earlier = NOW - 3_600_000;
  history.record(at(earlier, 2), earlier);
  expect(recent(history, 'host:omni1', 'cpuPercent', 2)).toEqual([null, 2]);
});

test('the objects of a cluster are sampled once an interval, however often they are counted', () => {
  const history = createHistory({ fullSeconds: 60 });
  const counted = (count: number | null, time: number) =>
    makeInventory({
      clusters: [
        makeCluster('omni1', {
          objects: answered(objectsOf(['replicas.longhorn.io', count]), time),
        }),
      ],
    });
  for (const [offset, count] of [
    [0, 10],
    [1000, 11],
    [5000, 20],
    [9000, 25],
    [10_000, null],
    [15_000, 40],
  ] as const)
    history.record(counted(count, NOW + offset), NOW + offset);
  expect(recent(history, 'resource:omni1/replicas.longhorn.io', 'count', 5)).toEqual([
    null,
    10,
    20,
    null,
    40,
  ]);
});

test('keeps what pools hold, repeated between the answers that tell it, and nothing of an old one', () => {
  const history = createHistory({ fullSeconds: 60 });
  const storage = (time: number, pools: Parameters<typeof makeHost>[1]): Inventory =>
    makeInventory({
      hosts: [makeHost('store1', { kstats: answered(makeKstats(), time), ...pools })],
    });
  const told = { pools: answered([poolEntry({ allocatedBytes: 400 })], NOW) };
  history.record(storage(NOW, told), NOW);
  history.record(storage(NOW + 5000, told), NOW + 5000);
  history.record(storage(NOW + 10_000, { pools: { status: 'pending' } }), NOW + 10_000);
  expect(recent(history, 'pool:store1/tank', 'allocatedBytes', 3)).toEqual([400, 400, null]);
});
