import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import type { HostKstats, KstatCounters } from '../../../src/domain/host.ts';
import { hostKstats } from '../../../src/resources/host/host-kstats.command.ts';
import { NO_ZONE_RATES } from '../../../src/resources/host/kstat-rates.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const LONG_NAME = 'a-zone-whose-name-is-longer-than-thirty';
const parse = (name: string) => hostKstats.parse(readFixture(`host/host-kstats/${name}`));
const fold = (previous: HostKstats, next: HostKstats) =>
  hostKstats.fold?.(previous, next, { previous: 0, next: 5000 });
const first = parse('frame-1.txt').value;
const second = parse('frame-2-five-seconds-later.txt').value;
const withCounters = (stats: HostKstats, counters: Partial<KstatCounters>): HostKstats => ({
  ...stats,
  counters: { ...stats.counters, ...counters },
});

test('asks one kstat process whose last operand marks the end of the frame', () => {
  const question = hostKstats.question(emptyHost('omni1', 0)) ?? [];
  expect(question).toHaveLength(1);
  expect(question[0]?.slice(0, 2)).toEqual(['kstat', '-p']);
  expect(question[0]?.at(-1)).toBe('unix:0:system_misc:snaptime');
});

test('reads the counters of the host', () => {
  const { value, complaints } = parse('frame-1.txt');
  expect(complaints).toEqual([]);
  expect(value.counters).toMatchObject({
    snaptimeSeconds: 1000.5,
    bootTimeSeconds: 1750000000,
    cpuCount: 2,
    load1: 1.5,
    load5: 1,
    load15: 0.5,
    physmemPages: 16000000,
    freememPages: 1000000,
    arcBytes: 8589934592,
    arcMinBytes: 2147483648,
    swapResvPageSum: 2000000n,
    vminfoUpdates: 100n,
  });
  expect(value.counters.cpus.get(1)).toEqual({
    idleNs: 10n ** 12n,
    userNs: 10n ** 11n,
    kernelNs: 10n ** 11n,
  });
});

test('reads zones by their whole name, with the cap of each and without caps near 2^64', () => {
  const { zones } = first.counters;
  expect([...zones.keys()]).toEqual(['global', 'etcd1', LONG_NAME]);
  expect(zones.get('etcd1')).toEqual({
    zoneId: 7,
    userNs: 1000000000n,
    sysNs: 500000000n,
    bootTimeSeconds: 1750000107,
    rssBytes: 536870912,
    rssCapBytes: 4294967296,
    swapBytes: 1000,
    swapCapBytes: null,
    capHits: 3n,
    pagedOutBytes: 1000000n,
    cpuCapPercent: 200,
    cpuCapWaiting: 0,
    cpuCapSeconds: 10n,
    initPid: 4711,
    processes: null,
  });
  expect(zones.get(LONG_NAME)).toMatchObject({
    userNs: 18446744073709551000n,
    rssCapBytes: null,
    cpuCapPercent: null,
    cpuCapSeconds: null,
    // An init that ended leaves a pid of -1.
    initPid: 0,
  });
});

test('does not take a global zone of 0 bytes for a measurement', () => {
  expect(first.counters.zones.get('global')?.rssBytes).toBeNull();
});

test('takes a cap that is larger than the memory for none', () => {
  const line = (statistic: string, value: string) => `memory_cap:3:web:${statistic}\t${value}\n`;
  const text = `unix:0:system_pages:physmem\t1000\n${line('physcap', '4096001')}${line('zonename', 'web')}`;
  expect(hostKstats.parse(text).value.counters.zones.get('web')?.rssCapBytes).toBeNull();
  const fits = text.replace('4096001', '4096000');
  expect(hostKstats.parse(fits).value.counters.zones.get('web')?.rssCapBytes).toBe(4096000);
});

test('reads links, whose state may not be known', () => {
  expect([...first.counters.links].map(([name, { up }]) => [name, up])).toEqual([
    ['aggr0', true],
    ['etcd_net0', null],
    ['ixgbe1', false],
  ]);
  expect(first.counters.links.get('aggr0')).toMatchObject({
    rxBytes: 1000n,
    txBytes: 500n,
    rxErrors: 3n,
    txErrors: 4n,
    speedBitsPerSecond: 10000000000,
  });
});

test('has no rates in a single frame', () => {
  expect(first).toMatchObject({ cpuPercent: null, swapUsedBytes: null, swapTotalBytes: null });
  expect(first.zones.get('etcd1')).toEqual(NO_ZONE_RATES);
  expect(first.links.get('aggr0')).toMatchObject({
    rxBytesPerSecond: null,
    txBytesPerSecond: null,
  });
});

test('reads a release without memory caps, and counts statistics that nobody asked for', () => {
  const { value, complaints } = parse('gate-without-memory-caps.txt');
  expect(complaints).toMatchObject([{ line: 9, reason: '1 statistic nobody asked for' }]);
  expect(value.counters.cpuCount).toBe(1);
  expect(value.counters.zones.get('web')).toMatchObject({ rssBytes: null, capHits: null });
});

test('refuses a number that was cut off and says that the frame is not whole', () => {
  const { value, complaints } = parse('cut-off-last-line.txt');
  expect(value.counters.zones.get('web')?.userNs).toBeNull();
  expect(complaints.map(({ line }) => line)).toEqual([0, 3]);
});

test('complains about negative numbers, noise and a zone whose name nothing tells', () => {
  const { value, complaints } = parse('negative-garbage-crlf.txt');
  expect(value.counters.zones.get('web')).toMatchObject({ userNs: null, sysNs: 12n });
  expect(value.counters.zones.size).toBe(1);
  expect(complaints.map(({ line }) => line)).toEqual([3, 5, 6, 7]);
});

test('computes rates between two frames', () => {
  const rates = fold(first, second);
  expect(rates?.counters).toBe(second.counters);
  // Each CPU was idle 4 of 5 seconds.
  expect(rates?.cpuPercent).toBeCloseTo(20);
  // 5 s of user and 2.5 s of system time in 5 s.
  expect(rates?.zones.get('etcd1')?.cpuPercent).toBeCloseTo(150);
  expect(rates?.zones.get('etcd1')).toMatchObject({
    pagedOutBytesPerSecond: 1_000_000,
    capHitsPerSecond: 0,
    cpuCapTimePercent: 40,
  });
  expect(rates?.zones.get(LONG_NAME)?.cpuPercent).toBe(0);
  expect(rates?.links.get('aggr0')).toMatchObject({ rxBytesPerSecond: 10000, txBytesPerSecond: 0 });
  expect(rates?.swapUsedBytes).toBe(250000 * 4096);
  expect(rates?.swapAllocatedBytes).toBe(150000 * 4096);
  expect(rates?.swapTotalBytes).toBe(1000000 * 4096);
  expect([...(rates?.cpuPercents ?? [])].map(([id, busy]) => [id, Math.round(busy ?? -1)])).toEqual(
    [
      [0, 20],
      [1, 20],
    ],
  );
});

test.for([
  ['the host was booted', { bootTimeSeconds: 1750000001 }],
  ['no time has passed', { snaptimeSeconds: 1000.5 }],
  ['the time fell', { snaptimeSeconds: 3 }],
  ['the time is not known', { snaptimeSeconds: null }],
] as const)('has no rates when %s', ([, counters]) => {
  const rates = fold(first, withCounters(second, counters));
  expect(rates).toMatchObject({ cpuPercent: null, swapUsedBytes: null });
  expect(rates?.zones.get('etcd1')).toEqual(NO_ZONE_RATES);
  expect(rates?.links.get('aggr0')).toMatchObject({
    rxBytesPerSecond: null,
    txBytesPerSecond: null,
  });
});

test('remembers the boot before the present one, but not a clock that was set right', () => {
  const rebooted = fold(first, withCounters(second, { bootTimeSeconds: 1750009000 })) ?? first;
  expect(rebooted.previousBootTimeSeconds).toBe(1750000000);
  const later = withCounters(second, { bootTimeSeconds: 1750009000, snaptimeSeconds: 1020 });
  expect(fold(rebooted, later)?.previousBootTimeSeconds).toBe(1750000000);
  const stepped = fold(first, withCounters(second, { bootTimeSeconds: 1750000002 }));
  expect(stepped?.previousBootTimeSeconds).toBeNull();
});

test('has no rate for a zone that was booted in between, and for a new one', () => {
  const etcd = second.counters.zones.get('etcd1');
  const zones = new Map(second.counters.zones);
  if (etcd) zones.set('etcd1', { ...etcd, zoneId: 8 }).set('new', etcd);
  const rates = fold(first, withCounters(second, { zones }));
  expect(rates?.zones.get('etcd1')).toEqual(NO_ZONE_RATES);
  expect(rates?.zones.get('new')).toEqual(NO_ZONE_RATES);
  expect(rates?.zones.get('global')).toEqual(
    expect.objectContaining({ cpuPercent: 0, cpuCapTimePercent: null }),
  );
});

test('has no rate for a counter that fell', () => {
  const rates = fold(second, withCounters(first, { snaptimeSeconds: 1010.5 }));
  expect(rates?.cpuPercent).toBeNull();
  expect(rates?.zones.get('etcd1')).toEqual({ ...NO_ZONE_RATES, capHitsPerSecond: 0 });
  expect(rates?.links.get('aggr0')).toMatchObject({ rxBytesPerSecond: null, txBytesPerSecond: 0 });
  expect(rates?.swapUsedBytes).toBeNull();
});

test('measures the CPUs that are in both frames', () => {
  const cpus = new Map([...second.counters.cpus].filter(([id]) => id === 1));
  expect(fold(first, withCounters(second, { cpus }))?.cpuPercent).toBeCloseTo(20);
  expect(fold(first, withCounters(second, { cpus: new Map() }))?.cpuPercent).toBeNull();
});

test('has no swap while the kernel has not counted anew', () => {
  const rates = fold(first, withCounters(second, { vminfoUpdates: 100n }));
  expect(rates).toMatchObject({ swapUsedBytes: null, swapTotalBytes: null });
});

test('never throws, and folds whatever it has read', () => {
  fc.assert(
    fc.property(hostileText('host/host-kstats'), hostileText('host/host-kstats'), (a, b) => {
      expect(() => fold(hostKstats.parse(a).value, hostKstats.parse(b).value)).not.toThrow();
    }),
  );
});
