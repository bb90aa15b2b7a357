import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dumpadm } from '../../../src/resources/host/dumpadm.command.ts';
import { answered, makeHost } from '../../derive/inventory.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const parse = (name: string) => dumpadm.parse(readFixture(`host/dumpadm/${name}`));

test('reads where a dump goes, and the files that there are', () => {
  const { value, complaints } = parse('usual.txt');
  expect(complaints).toEqual([]);
  expect(value).toEqual({
    content: 'kernel and current process',
    device: '/dev/zvol/dsk/rpool/dump',
    directory: '/var/crash/omni1',
    isSavecoreEnabled: false,
    files: [
      { name: 'bounds', sizeBytes: 2, writtenAt: Date.UTC(2026, 10, 20, 10, 2, 55, 123) },
      { name: 'vmdump.0', sizeBytes: 6450123, writtenAt: Date.UTC(2026, 10, 20, 9, 2, 55) },
      { name: 'with a blank', sizeBytes: 3, writtenAt: Date.UTC(2026, 10, 20, 10, 2, 55) },
    ],
  });
});

test('dumps that are disabled have no device, and a closed folder tells nothing', () => {
  expect(parse('disabled-and-closed.txt').value).toMatchObject({
    device: null,
    isSavecoreEnabled: true,
    files: null,
  });
});

test('looks into the folder that dumpadm told', () => {
  const folder = (feeds: Parameters<typeof makeHost>[1]) =>
    dumpadm.question(makeHost('omni1', feeds))?.[0]?.at(-1);
  expect(folder({})).toBe('/var/crash/unknown');
  expect(folder({ crashDumps: answered(parse('usual.txt').value) })).toBe('/var/crash/omni1');
});

test('complains about lines in another language and those that are cut', () => {
  const { value, complaints } = parse('garbage-and-cut-off.txt');
  expect(value.files).toBeNull();
  expect(complaints.map(({ line }) => line)).toEqual([4, 6, 1, 2]);
});

test('never throws', () => {
  fc.assert(
    fc.property(hostileText('host/dumpadm'), (text) => {
      dumpadm.parse(text);
    }),
  );
});
