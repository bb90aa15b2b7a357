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

function check(newErrors: NewDiskErrors | null, isNamed = true) {
  const base = makeKstats();
  const kstats = {
    ...base,
    counters: {
      ...base.counters,
      snaptimeSeconds: AT,
      disks: new Map([['sd1', diskCounters({ mediaErrors: 900, hardErrors: 12 })]]),
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
  ['old counts that stand still', risen({ roseAtSeconds: null }), []],
  ['nothing is known yet', null, []],
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
  ['longer ago', risen({ media: 1, roseAtSeconds: AT - 3601 }), []],
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
