import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { SmartReport } from '../../../src/domain/disk.ts';
import { smartctl } from '../../../src/resources/host/smartctl.command.ts';
import { diskEntry } from '../../support/disks.ts';
import { host, ok } from '../../support/inventory.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const parse = (name: string) => smartctl.parse(readFixture(`host/smartctl/${name}`));
const silent = (disk: string): SmartReport => ({
  disk,
  passed: null,
  temperatureCelsius: null,
  powerOnHours: null,
  reallocatedSectors: null,
  pendingSectors: null,
  uncorrectableSectors: null,
  wearPercent: null,
});

test('asks SATA and SAS disks that are known by their devices, each in its own way', () => {
  const known = host('store1', {
    feeds: {
      disks: ok([
        diskEntry('sd1'),
        diskEntry('sd2', { vendor: 'SEAGATE' }),
        diskEntry('blkdev0'),
        diskEntry('sd9'),
      ]),
      diskNames: ok([
        { instance: 'sd1', name: 'c0t1d0' },
        { instance: 'sd2', name: 'c0t2d0' },
        { instance: 'blkdev0', name: 'c1t0d0' },
      ]),
    },
  });
  expect(smartctl.question(known)?.map((argv) => argv.slice(-3))).toEqual([
    ['-d', 'sat', '/dev/rdsk/c0t1d0s0'],
    ['-d', 'scsi', '/dev/rdsk/c0t2d0s0'],
  ]);
  expect(smartctl.question(host('omni1'))).toBeUndefined();
});

test('reads verdicts, sectors, wear, age and warmth of SATA and SAS disks', () => {
  expect(parse('four.txt')).toEqual({
    value: [
      {
        disk: 'c0t5000CCA2530A1B2Cd0',
        passed: true,
        temperatureCelsius: 38,
        powerOnHours: 31337,
        reallocatedSectors: 12,
        pendingSectors: 8,
        uncorrectableSectors: 3,
        wearPercent: null,
      },
      {
        ...silent('c1t0d0'),
        passed: false,
        temperatureCelsius: 41,
        reallocatedSectors: 4,
        wearPercent: 97,
      },
      silent('c1t1d0'),
      { ...silent('c1t2d0'), passed: true, wearPercent: 3 },
    ],
    complaints: [],
  });
});

test('what is no report is a complaint, what is of another kind is not known', () => {
  const { value, complaints } = parse('garbage.txt');
  expect(value).toEqual([silent('c9t0d0')]);
  expect(complaints.map(({ line }) => line)).toEqual([1, 2, 3, 5]);
});

test('lines that can be no report are complaints without an error being thrown for each', () => {
  const read = vi.spyOn(JSON, 'parse');
  expect(smartctl.parse('a\n'.repeat(1000)).complaints.length).toBeGreaterThan(0);
  expect(read).not.toHaveBeenCalled();
  smartctl.parse(' {}\n');
  expect(read).toHaveBeenCalledOnce();
});

test('a raw disk that may not be opened is a missing right', () => {
  expect(smartctl.denied?.(readFixture('host/smartctl/denied.txt'), '')).toBe(
    'failed: Permission denied',
  );
  expect(smartctl.denied?.(readFixture('host/smartctl/four.txt'), '')).toBeNull();
});

test('one that knows no JSON is too old, and one complaint for each disk says what is hidden', () => {
  const said = readFixture('host/smartctl/without-json.txt');
  expect(smartctl.tooOld?.(said)).toBe('smartctl 7.0 or newer');
  expect(smartctl.tooOld?.(readFixture('host/smartctl/four.txt'))).toBeNull();
  expect(smartctl.tooOld?.(readFixture('host/smartctl/garbage.txt'))).toBeNull();
  const { value, complaints } = smartctl.parse(said);
  expect(value).toEqual([]);
  expect(complaints.map(({ line }) => line)).toEqual([4, 11]);
  for (const { reason } of complaints) expect(reason).toContain(smartctl.hides);
});

test('a disk that sleeps keeps what it said before', () => {
  const times = { previous: 0, next: 1 };
  const [awake] = parse('four.txt').value;
  if (!awake) throw new Error('no report');
  const asleep = silent(awake.disk);
  expect(smartctl.fold?.([awake], [asleep], times)).toEqual([awake]);
  expect(smartctl.fold?.([], [asleep], times)).toEqual([asleep]);
  expect(smartctl.fold?.([asleep], [awake], times)).toEqual([awake]);
});

test('bits of the exit code that tell how a disk is are no failure, those of a wrong call are', () => {
  for (const code of [2, 4, 8, 64, 192]) expect(smartctl.goodExitCodes).toContain(code);
  for (const code of [1, 126, 127]) expect(smartctl.goodExitCodes).not.toContain(code);
});

test('any text gives reports and complaints', () => {
  fc.assert(
    fc.property(hostileText('host/smartctl'), (text) => {
      for (const { disk } of smartctl.parse(text).value) expect(disk).not.toBe('');
    }),
  );
});
