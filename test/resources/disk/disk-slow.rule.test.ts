import { expect, test } from 'vitest';
import type { DiskRates } from '../../../src/domain/disk.ts';
import type { Severity } from '../../../src/domain/problem.ts';
import { THRESHOLDS } from '../../../src/domain/thresholds.ts';
import { diskSlow } from '../../../src/resources/disk/disk-slow.rule.ts';
import { answered, makeHost, makeKstats, NOW } from '../../derive/inventory.ts';
import { diskCounters, diskRates } from '../../support/disks.ts';
import { poolStatus, vdev } from '../../support/pools.ts';

/** Disks c0t0d0, c0t1d0, … of tank, and one of its cache. */
function check(disks: readonly Partial<DiskRates>[], raised: Severity | null = null) {
  const base = makeKstats();
  const instances = disks.map((_, index) => `sd${index}`);
  const kstats = {
    ...base,
    counters: {
      ...base.counters,
      disks: new Map([...instances, 'sd99'].map((name) => [name, diskCounters()])),
    },
    disks: new Map([
      ...disks.map((change, index) => [`sd${index}`, diskRates(change)] as const),
      ['sd99', diskRates({ serviceMs: 900 })] as const,
    ]),
  };
  const status = [
    poolStatus({
      vdevs: [
        vdev('tank', 0),
        vdev('raidz2-0', 1),
        ...instances.map((_, index) => vdev(`c0t${index}d0`, 2)),
        vdev('c9t0d0', 0, { section: 'cache' }),
      ],
    }),
  ];
  const host = makeHost('store1', {
    kstats: answered(kstats),
    poolStatus: answered(status),
    diskNames: answered([
      ...instances.map((instance, index) => ({ instance, name: `c0t${index}d0` })),
      { instance: 'sd99', name: 'c9t0d0' },
    ]),
  });
  return diskSlow.check({ kstats, poolStatus: status }, host, NOW, {
    limits: THRESHOLDS['disk.slow'].defaults,
    raised: () => raised,
  });
}
const like = (...serviceMs: readonly (number | null)[]) =>
  serviceMs.map((ms) => ({ serviceMs: ms }));

test.for<[string, Parameters<typeof check>, string[]]>([
  ['all alike', [like(6, 7, 6, 8)], []],
  [
    'one far above the others',
    [like(6, 7, 60, 8)],
    ['warning disk:store1/c0t2d0 60 ms a request, 8.6 times its peers'],
  ],
  [
    'one that hardly answers',
    [like(6, 7, 600, 8)],
    ['critical disk:store1/c0t2d0 600 ms a request, 85.7 times its peers'],
  ],
  ['all slow alike: the work is heavy', [like(200, 220, 210, 230)], []],
  ['far above, and still fast', [like(0.1, 0.1, 9, 0.1)], []],
  [
    'a mirror of two: each is the other one’s peer',
    [like(6, 90)],
    ['warning disk:store1/c0t1d0 90 ms a request, 15 times its peers'],
  ],
  ['alone in its pool', [like(900)], []],
  [
    'hardly any request',
    [[{ serviceMs: 900, operationsPerSecond: 1 }, { serviceMs: 6 }, { serviceMs: 6 }]],
    [],
  ],
  ['no request at all', [like(null, 6, 6)], []],
  [
    'just below a limit that was passed',
    [like(6, 29.5, 6), 'warning'],
    ['warning disk:store1/c0t1d0 30 ms a request, 4.9 times its peers'],
  ],
  ['well below it', [like(6, 25, 6), 'warning'], []],
])('%s', ([, args, expected]) => {
  expect(
    check(...args).map(({ subject, severity, title }) => `${severity} ${subject} ${title}`),
  ).toEqual(expected);
});

test('tells what was measured, and holds for half a minute first', () => {
  expect(diskSlow.holdSeconds).toBe(30);
  expect(check(like(6, 7, 60, 8))[0]).toMatchObject({
    evidence: {
      serviceMs: 60,
      peersMs: 7,
      peers: 3,
      busyPercent: 30,
      operationsPerSecond: 60,
      pool: 'tank',
      from: 'kstat sd2',
    },
  });
});
