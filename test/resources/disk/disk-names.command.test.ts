import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import { diskNames, parseIostatErrors } from '../../../src/resources/disk/disk-names.command.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const text = readFixture('disk/disk-names/two-kinds.txt');
const lines = text.split('\n');

test('asks for both kinds of names, in this order', () => {
  expect(diskNames.question(emptyHost('omni1', 0))).toEqual([
    ['iostat', '-E'],
    ['iostat', '-En'],
  ]);
});

test('pairs the names of drivers with those of devices', () => {
  expect(diskNames.parse(text)).toEqual({
    value: [
      { instance: 'blkdev0', name: 'c1t0025385511B0A1C2d0' },
      { instance: 'sd0', name: 'c0t5000C500634A297Bd0' },
      { instance: 'sd11', name: 'c2t0d0' },
    ],
    complaints: [],
  });
});

test('reads identity and errors by their labels', () => {
  expect(parseIostatErrors(text).value[4]).toMatchObject({
    instance: 'c0t5000C500634A297Bd0',
    vendor: 'ATA',
    product: 'ST4000NM0035-1V4',
    serial: 'ZC114E8X',
    sizeBytes: 4000787030016,
    errors: { soft: 1, hard: 2, transport: 40, media: 7, predictedFailures: 1 },
  });
});

const reason = 'the disks of -E and those of -En are not the same';
test.for([
  ['a disk came between the two', lines.toSpliced(9, 5).join('\n')],
  [
    'two disks changed places',
    [...lines.slice(0, 14), ...lines.slice(18, 23), ...lines.slice(14, 18)].join('\n'),
  ],
  ['the second answer is missing', lines.slice(0, 14).join('\n')],
])('guesses nothing when %s', ([, output = '']) => {
  const { value, complaints } = diskNames.parse(`${output.trimEnd()}\n`);
  expect(value).toEqual([]);
  expect(complaints.map((each) => each.reason)).toEqual([reason]);
});

test('a count that is none is a complaint, and not known', () => {
  const odd =
    'sd0 Soft Errors: many Hard Errors: 2 Transport Errors: 0\nSize: 1.00GB <many bytes>\n';
  const { value, complaints } = parseIostatErrors(odd);
  expect(value).toMatchObject([{ sizeBytes: null, errors: { soft: null, hard: 2 } }]);
  expect(complaints.map(({ line, reason }) => [line, reason])).toEqual([
    [1, 'Soft Errors is not a number'],
    [2, 'Size is not a number'],
  ]);
});

test('a drive that knows no size has none, and is no complaint', () => {
  const reader = [
    'c2t0d0           Soft Errors: 0 Hard Errors: 0 Transport Errors: 0 ',
    'Vendor: Generic- Product: SD/MMC/MS PRO    Revision: 1.00 Serial No:  ',
    'Size: 18446744073.71GB <-1 bytes>',
    'Media Error: 0 Device Not Ready: 0 No Device: 0 Recoverable: 0 ',
    'Illegal Request: 2 Predictive Failure Analysis: 0 ',
    '',
  ].join('\n');
  const { value, complaints } = parseIostatErrors(reader);
  expect(complaints).toEqual([]);
  expect(value).toMatchObject([{ product: 'SD/MMC/MS PRO', serial: null, sizeBytes: null }]);
});

test('a host without disks has no names', () => {
  expect(diskNames.parse('')).toEqual({ value: [], complaints: [] });
});

test('lines without labels are complaints', () => {
  const { complaints } = diskNames.parse(readFixture('disk/disk-names/garbage-and-cut-off.txt'));
  expect(complaints.map(({ line }) => line)).toContain(3);
});

test('any text gives names and complaints', () => {
  fc.assert(
    fc.property(hostileText('disk/disk-names'), (any) => {
      for (const { instance } of diskNames.parse(any).value)
        expect(instance).toMatch(/^[a-z]+[0-9]+$/);
    }),
  );
});
