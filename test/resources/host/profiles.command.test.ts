import fc from 'fast-check';
import { expect, test } from 'vitest';
import { profiles } from '../../../src/resources/host/profiles.command.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const parse = (name: string) => profiles.parse(readFixture(`host/profiles/${name}`));

test('reads the programs of each profile with all their attributes, and the authorizations', () => {
  const { value, complaints } = parse('two-profiles.txt');
  expect(complaints).toEqual([]);
  expect(
    value.commands.map(({ profile, path, attributes }) => [profile, path, ...attributes]),
  ).toEqual([
    ['Zone Management', '/usr/sbin/zlogin', 'euid=0'],
    ['Zone Management', '/usr/sbin/zoneadm', 'euid=0'],
    ['Lab Monitor', '/usr/sbin/fmadm', 'privs=sys_admin', 'euid=0'],
    ['Lab Monitor', '/usr/lib/fm/fmd/a-program-with-a-long-name', 'uid=0'],
    ['All', '*'],
  ]);
  expect(value.authorizations).toEqual([
    'solaris.zone.manage/web',
    'solaris.zone.manage/db1',
    'solaris.device.cdrw',
    'solaris.mail.mailq',
  ]);
});

test('complains about what is neither, and takes the rest', () => {
  const { value, complaints } = parse('garbage.txt');
  expect(complaints.map(({ line }) => line)).toEqual([1, 4, 6]);
  expect(value.commands.map(({ path }) => path)).toEqual(['/usr/sbin/zoneadm']);
  expect(value.authorizations).toEqual([]);
});

test('a user without profiles has no rights, which is no failure', () => {
  expect(profiles.goodExitCodes).toContain(1);
  expect(profiles.parse('=== labtop: auths\n').value).toEqual({ commands: [], authorizations: [] });
});

test('never throws, whatever a host prints', () => {
  fc.assert(
    fc.property(hostileText('host/profiles'), (any) => {
      expect(() => profiles.parse(any)).not.toThrow();
    }),
  );
});
