import { expect, test } from 'vitest';
import type { NewDiskErrors } from '../../../src/domain/disk.ts';
import { diskErrorsRise } from '../../../src/resources/disk/disk-errors.rule.ts';
import { answered, makeHost, makeKstats, NOW } from '../../derive/inventory.ts';
import { diskCounters, diskEntry, diskRates } from '../../support/disks.ts';
import { poolStatus } from '../../support/pools.ts';
import { plainContext } from '../../support/rule-context.ts';

const AT = 100_000;
const risen = (change: Partial<NewDiskErrors>): NewDiskErrors => ({
  hard: 0,
  transport: 0,
  media: 0,
  sinceSeconds: AT - 90_000,
  roseAtSeconds: AT - 10,
  ...change,
});

const OLD = { mediaErrors: 900, hardErrors: 12 };

function check(
  newErrors: NewDiskErrors | null,
  isNamed = true,
  counted: Parameters<typeof diskCounters>[0] = OLD,
) {
  const base = makeKstats();
  const kstats = {
    ...base,
    counters: {
      ...base.counters,
      snaptimeSeconds: AT,
      disks: new Map([['sd1', diskCounters(counted)]]),
    },
    disks: new Map([['sd1', diskRates({ newErrors })]]),
  };
  const host = makeHost('store1', {
    kstats: answered(kstats),
    disks: answered([diskEntry('sd1')]),
    poolStatus: answered([poolStatus()]),
    ...(isNamed ? { diskNames: answered([{ instance: 'sd1', name: 'c0t1d0' }]) } : {}),
  });
  return diskErrorsRise.check({ kstats }, host, NOW, plainContext);
}

test.for<[string, NewDiskErrors | null, string[]]>([
  [
    'old counts that stand still',
    risen({ roseAtSeconds: null }),
    ['info 900 media errors, 12 hard errors since its driver was loaded, none of late'],
  ],
  [
    'at the first look',
    null,
    ['info 900 media errors, 12 hard errors since its driver was loaded, none of late'],
  ],
  ['a block that cannot be read', risen({ media: 1 }), ['critical 1 new media error']],
  [
    'media and hard errors',
    risen({ media: 3, hard: 2 }),
    ['critical 3 new media errors, 2 new hard errors'],
  ],
  [
    'a path that loses commands is no failure of the disk yet',
    risen({ transport: 40 }),
    ['warning 40 new transport errors'],
  ],
  [
    'within the hour',
    risen({ media: 1, roseAtSeconds: AT - 3599 }),
    ['critical 1 new media error'],
  ],
  [
    'longer ago',
    risen({ media: 1, roseAtSeconds: AT - 3601 }),
    ['info 900 media errors, 12 hard errors since its driver was loaded, none of late'],
  ],
])('%s', ([, errors, expected]) => {
  expect(check(errors).map(({ severity, title }) => `${severity} ${title}`)).toEqual(expected);
});

test('tells what was counted since boot beside what is new, and who the disk is', () => {
  expect(check(risen({ media: 3 }))[0]).toMatchObject({
    subject: 'disk:store1/c0t1d0',
    evidence: {
      newMediaErrors: 3,
      mediaErrors: 900,
      hardErrors: 12,
      pool: 'tank',
      serial: 'Ssd1',
      from: 'kstat sd1 of class device_error',
    },
    hint: expect.stringContaining('zpool replace tank c0t1d0 NEW-DISK') as string,
  });
});

test('a disk whose device is not known is called by its driver', () => {
  expect(check(risen({ media: 3 }), false)[0]).toMatchObject({
    subject: 'disk:store1/sd1',
    evidence: { pool: null },
    hint: expect.stringContaining('save what is on it') as string,
  });
});

test('a few errors of old, as a cable leaves that was pulled, are no news', () => {
  const quiet = risen({ roseAtSeconds: null });
  expect(check(quiet, true, { hardErrors: 9, transportErrors: 99, mediaErrors: 0 })).toEqual([]);
  expect(check(quiet, true, { transportErrors: 100 })).toHaveLength(1);
});
