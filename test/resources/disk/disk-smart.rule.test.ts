import { expect, test } from 'vitest';
import type { SmartReport } from '../../../src/domain/disk.ts';
import { diskSmart } from '../../../src/resources/disk/disk-smart.rule.ts';
import { answered, makeHost, NOW } from '../../derive/inventory.ts';
import { diskEntry, NO_DISK_ERRORS } from '../../support/disks.ts';
import { poolStatus } from '../../support/pools.ts';
import { plainContext } from '../../support/rule-context.ts';

const WELL: SmartReport = {
  disk: 'c0t1d0',
  passed: true,
  temperatureCelsius: 38,
  powerOnHours: 31337,
  reallocatedSectors: 12,
  pendingSectors: 0,
  uncorrectableSectors: 0,
  wearPercent: 12,
};
function check(report: Partial<SmartReport> | null, predictedFailures: number | null = 0) {
  const disks = [diskEntry('sd1', { errors: { ...NO_DISK_ERRORS, predictedFailures } })];
  const host = makeHost('store1', {
    disks: answered(disks),
    diskNames: answered([{ instance: 'sd1', name: 'c0t1d0' }]),
    poolStatus: answered([poolStatus()]),
    ...(report ? { smart: answered([{ ...WELL, ...report }]) } : {}),
  });
  return diskSmart.check({ disks }, host, NOW, plainContext);
}

test.for<[string, Parameters<typeof check>, string[]]>([
  ['well, with some sectors replaced', [{}], []],
  ['no smartctl', [null], []],
  [
    'it tells nothing',
    [{ passed: null, pendingSectors: null, uncorrectableSectors: null, wearPercent: null }, null],
    [],
  ],
  ['its own verdict', [{ passed: false }], ['critical expects to fail soon (SMART)']],
  ['its driver counts it, without smartctl', [null, 1], ['critical predicts its failure']],
  ['sectors wait', [{ pendingSectors: 8 }], ['warning 8 sectors that cannot be read']],
  ['a sector is lost', [{ uncorrectableSectors: 1 }], ['warning 1 sector that cannot be read']],
  ['worn', [{ wearPercent: 92 }], ['warning worn by 92%']],
  [
    'the verdict comes first',
    [{ passed: false, pendingSectors: 8 }, 1],
    ['critical expects to fail soon (SMART)'],
  ],
])('%s', ([, args, expected]) => {
  expect(check(...args).map(({ severity, title }) => `${severity} ${title}`)).toEqual(expected);
});

test('tells what the disk said', () => {
  expect(check({ pendingSectors: 8 })[0]).toMatchObject({
    subject: 'disk:store1/c0t1d0',
    evidence: { pendingSectors: 8, reallocatedSectors: 12, pool: 'tank', serial: 'Ssd1' },
    hint: expect.stringContaining('zpool replace tank c0t1d0') as string,
  });
});
