import { expect, test } from 'vitest';
import type { NewDiskErrors } from '../../src/domain/disk.ts';
import { followsDisks } from '../../src/domain/follows-disks.ts';
import { answered, makeHost, makeKstats } from '../derive/inventory.ts';
import { diskRates } from '../support/disks.ts';

const errors = (media: number): NewDiskErrors => ({
  hard: 0,
  transport: 0,
  media,
  sinceSeconds: 1,
  roseAtSeconds: null,
});
const follow = (disks: Readonly<Record<string, NewDiskErrors | null>>) =>
  followsDisks(
    makeHost('store1', {
      kstats: answered({
        ...makeKstats(),
        disks: new Map(
          Object.entries(disks).map(([name, newErrors]) => [name, diskRates({ newErrors })]),
        ),
      }),
    }),
  );
const well = follow({ sd1: errors(0), sd2: null });

test('while no disk goes and none fails it is the same', () => {
  expect(follow({ sd1: errors(0), sd2: null })).toBe(well);
});

test.for([
  ['a disk is gone', { sd1: errors(0) }],
  ['a disk has come', { sd1: errors(0), sd2: null, sd3: null }],
  ['a disk counts its first error', { sd1: errors(1), sd2: null }],
] as const)('%s: it changes', ([, disks]) => {
  expect(follow(disks)).not.toBe(well);
});

test('a disk that fails all the time does not change it all the time', () => {
  const prints = new Set(
    Array.from({ length: 1000 }, (_, count) => follow({ sd1: errors(count) })),
  );
  expect(prints.size).toBeLessThan(12);
});

test('without counters it is not known', () => {
  expect(followsDisks(makeHost('store1'))).toBeNull();
});
