import { expect, test } from 'vitest';
import type { HostKstats } from '../../../src/domain/host.ts';
import { hostKstats } from '../../../src/resources/host/host-kstats.command.ts';

type Sums = Readonly<Record<string, number>>;
const WELL: Sums = { nread: 1000, nwritten: 2000, reads: 10, writes: 20, rtime: 1, rlentime: 2 };

/** One frame of one disk, with its sums and its errors. */
function frame(atSeconds: number, sums: Sums, errors: Sums = {}): HostKstats {
  const lines = [
    'unix:0:system_misc:boot_time\t1750000000',
    ...Object.entries(sums).map(([name, value]) => `sd:3:sd3:${name}\t${value}`),
    ...Object.entries({
      'Hard Errors': 1,
      'Transport Errors': 40,
      'Media Error': 7,
      ...errors,
    }).map(([name, value]) => `sderr:3:sd3,err:${name}\t${value}`),
    `unix:0:system_misc:snaptime\t${atSeconds}.5`,
  ];
  const { value, complaints } = hostKstats.parse(`${lines.join('\n')}\n`);
  expect(complaints).toEqual([]);
  return value;
}
const run = (...frames: readonly HostKstats[]) =>
  frames
    .reduce((before, next) => hostKstats.fold?.(before, next, { previous: 0, next: 0 }) ?? next)
    .disks.get('sd3');

test('one frame tells sums and no rate', () => {
  const stats = frame(100, WELL);
  expect(stats.counters.disks.get('sd3')).toEqual({
    readBytes: 1000n,
    writtenBytes: 2000n,
    reads: 10n,
    writes: 20n,
    busySeconds: 1,
    serviceSeconds: 2,
    hardErrors: 1,
    transportErrors: 40,
    mediaErrors: 7,
  });
  expect(run(stats)).toMatchObject({
    serviceMs: null,
    busyPercent: null,
    newErrors: { hard: 0, transport: 0, media: 0, roseAtSeconds: null },
  });
});

test('two frames tell rates, service time and busy share', () => {
  const later = { nread: 6000, nwritten: 12000, reads: 60, writes: 70, rtime: 3, rlentime: 2.8 };
  const rates = run(frame(100, WELL), frame(105, later));
  expect(rates).toMatchObject({
    readBytesPerSecond: 1000,
    writeBytesPerSecond: 2000,
    operationsPerSecond: 20,
    busyPercent: 40,
  });
  expect(rates?.serviceMs).toBeCloseTo(8);
});

test('without a request there is no service time', () => {
  expect(run(frame(100, WELL), frame(105, WELL))).toMatchObject({
    operationsPerSecond: 0,
    serviceMs: null,
    busyPercent: 0,
  });
});

test('counts errors that rise while it looks, and not those that stood there', () => {
  const rates = run(
    frame(100, WELL),
    frame(105, WELL, { 'Media Error': 9, 'Hard Errors': 2 }),
    frame(110, WELL, { 'Media Error': 10, 'Hard Errors': 2 }),
    frame(115, WELL, { 'Media Error': 10, 'Hard Errors': 2 }),
  );
  expect(rates?.newErrors).toEqual({
    hard: 1,
    transport: 0,
    media: 3,
    sinceSeconds: 100.5,
    roseAtSeconds: 110.5,
  });
});

test('counters that fell belong to another disk, whose errors are counted anew', () => {
  const rates = run(
    frame(100, WELL),
    frame(105, WELL, { 'Media Error': 9 }),
    frame(110, { ...WELL, nread: 0, reads: 0 }, { 'Media Error': 0 }),
  );
  expect(rates).toMatchObject({
    readBytesPerSecond: null,
    operationsPerSecond: null,
    newErrors: { media: 0, sinceSeconds: 110.5, roseAtSeconds: null },
  });
});

test('a number that is none is a complaint and leaves the rest, and so is a slice, which nobody asked for', () => {
  const text =
    'sd:3:sd3:nread\tx\nsd:3:sd3:rtime\t1.5\nsd:3:sd3,a:nread\t5\nunix:0:system_misc:snaptime\t1.5\n';
  const { value, complaints } = hostKstats.parse(text);
  expect(complaints.map(({ line }) => line)).toEqual([1, 3]);
  expect([...value.counters.disks.keys()]).toEqual(['sd3']);
  expect(value.counters.disks.get('sd3')).toMatchObject({ readBytes: null, busySeconds: 1.5 });
});
