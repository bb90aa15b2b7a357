import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pendingBootEnvironment } from '../../../src/domain/boot-environment.ts';
import {
  beadmList,
  parseBeadmList,
  parseBeadmTable,
} from '../../../src/resources/host/beadm-list.command.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const parse = (name: string) => beadmList.parse(readFixture(`host/beadm-list/${name}`));

test('reads which one runs and which one the next boot takes', () => {
  const { value, complaints } = parse('r151058-reboot-pending.txt');
  expect(complaints).toEqual([]);
  expect(value[1]).toEqual({
    name: 'omnios-r151056',
    uuid: null,
    isActive: true,
    isActiveOnReboot: false,
    isTemporary: false,
    mountpoint: '/',
    spaceBytes: 6631169511,
    createdAt: 1777734815000,
  });
  expect(pendingBootEnvironment(value)?.name).toBe('omnios-r151058');
});

test('reads the flags of a single boot and of a zone, and fields that are empty', () => {
  const { value, complaints } = parse('temporary-and-zone-flags.txt');
  expect(complaints).toEqual([]);
  expect(value.map(({ name, createdAt, spaceBytes }) => [name, createdAt, spaceBytes])).toEqual([
    ['omnios', 1777734815000, 6631169511],
    ['try-it', null, 859189507],
    ['zbe-1', null, null],
  ]);
  expect(pendingBootEnvironment(value)?.name).toBe('try-it');
});

test('nothing is pending where nothing tells what runs', () => {
  const { value } = parse('r151058-reboot-pending.txt');
  expect(pendingBootEnvironment(value.filter(({ isActive }) => !isActive))).toBeNull();
  expect(pendingBootEnvironment([])).toBeNull();
});

test('complains about what is no boot environment, and about a size or a date that cannot be', () => {
  const { value, complaints } = parse('garbage-and-cut-off.txt');
  expect(value.map(({ name, createdAt }) => [name, createdAt])).toEqual([
    ['omnios', 1777734815000],
  ]);
  expect(complaints.map(({ line }) => line)).toEqual([1, 3, 7, 4, 5, 6]);
});

test('a mount point with a blank moves no other cell', () => {
  const table =
    'BE  Active Mountpoint Space Policy Created\nold -      /tmp/m nt  5.1K  static 2019-05-06 08:00\n';
  const { value, complaints } = parseBeadmTable(table);
  expect(value).toEqual([]);
  expect(complaints.map(({ reason }) => reason)).toEqual(['space is not a size: nt']);
});

test('reads the form for people', () => {
  const { value, complaints } = parseBeadmTable(readFixture('host/beadm-list/table.txt'));
  expect(complaints).toEqual([]);
  expect(value).toMatchObject([
    { name: 'omnios-r151054', isActive: false, mountpoint: null, spaceBytes: 4697620 },
    {
      name: 'omnios-r151056-a',
      isActive: true,
      isActiveOnReboot: true,
      createdAt: Date.UTC(2018, 6, 25, 10, 7),
    },
  ]);
});

test('has nothing to read where there is none', () => {
  expect(parseBeadmList('No boot environments found on this system.\n')).toEqual({
    value: [],
    complaints: [],
  });
});

test('never throws', () => {
  fc.assert(
    fc.property(hostileText('host/beadm-list'), (text) => {
      parseBeadmList(text);
      parseBeadmTable(text);
    }),
  );
});
