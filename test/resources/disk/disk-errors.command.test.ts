import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseKstatText } from '../../../src/parse/kstat-lines.ts';
import { diskErrors, readDiskErrors } from '../../../src/resources/disk/disk-errors.command.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const parse = (name: string) => diskErrors.parse(readFixture(`disk/disk-errors/${name}`));

test('reads who a disk is and all kinds of its errors, without what a full field runs on into', () => {
  const { value, complaints } = parse('sata-nvme-ide.txt');
  expect(complaints).toEqual([]);
  expect(value.map(({ instance }) => instance)).toEqual(['sd0', 'blkdev0', 'cmdk1']);
  expect(value[0]).toEqual({
    instance: 'sd0',
    vendor: 'ATA',
    product: 'ST4000NM0035-1V4',
    revision: 'TN02',
    serial: 'ZC114E8X',
    sizeBytes: 4000787030016,
    errors: {
      soft: 5,
      hard: 2,
      transport: 40,
      media: 7,
      notReady: 0,
      noDevice: 1,
      recoverable: 4,
      illegalRequests: 64965,
      predictedFailures: 1,
    },
  });
});

test('what a driver does not tell is not known, and no medium has no size', () => {
  const [, nvme, ide] = parse('sata-nvme-ide.txt').value;
  expect(nvme).toMatchObject({
    vendor: null,
    product: 'SAMSUNG MZVL2512HCJQ-00B00 with a long name',
    serial: 'S675NX0RB12345',
    errors: { hard: 0, media: null },
  });
  expect(ide).toMatchObject({ product: 'VBOX HARDDISK', sizeBytes: null });
});

test('broken lines are told one by one', () => {
  const { value, complaints } = parse('garbage-and-cut-off.txt');
  expect(value).toMatchObject([{ instance: 'sd0', serial: null, errors: { hard: null } }]);
  expect(complaints.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
    '1 Hard Errors is not a number',
    '3 not an error kstat of a disk',
    '4 expected module:instance:name:statistic TAB value',
    '5 not an error kstat of a disk',
    '6 cut off: no line end',
  ]);
});

test('the form for people gives the same disks', () => {
  const text = [
    'module: sderr                           instance: 3',
    'name:   sd3,err                         class:    device_error',
    '\tMedia Error                     12',
    '\tSerial No',
    '\tSize                            21474836480',
    '',
  ].join('\n');
  expect(readDiskErrors(parseKstatText(text).value).value).toMatchObject([
    { instance: 'sd3', serial: null, sizeBytes: 21474836480, errors: { media: 12 } },
  ]);
});

test('a host without disks of its own is no failure', () => {
  expect(diskErrors.goodExitCodes).toContain(1);
  expect(diskErrors.parse('')).toEqual({ value: [], complaints: [] });
});

test('any text gives disks and complaints', () => {
  fc.assert(
    fc.property(hostileText('disk/disk-errors'), (text) => {
      for (const { instance } of diskErrors.parse(text).value) expect(instance).not.toBe('');
    }),
  );
});
