import { expect, test } from 'vitest';
import { judgeRight } from '../../src/domain/rights.ts';
import type { GrantedCommand } from '../../src/domain/rights.ts';

const right = {
  what: 'restart zones',
  program: '/usr/sbin/zoneadm',
  authorizations: ['solaris.zone.manage'],
  profile: 'Zone Management',
};
const grant = (path: string, ...attributes: readonly string[]): GrantedCommand => ({
  profile: 'P',
  path,
  attributes,
});
const ZONEADM = '/usr/sbin/zoneadm';
const MANAGE = 'solaris.zone.manage';

test.for<[string, string, readonly GrantedCommand[], readonly string[], string]>([
  ['both are there', 'me', [grant(ZONEADM, 'euid=0')], [MANAGE], 'well'],
  ['root needs neither', 'root', [], [], 'well'],
  ['nothing is there', 'me', [grant('*')], ['solaris.mail.mailq'], 'program authorization'],
  ['a profile without the authorization', 'me', [grant(ZONEADM, 'euid=0')], [], 'authorization'],
  ['an authorization without the profile', 'me', [], [MANAGE], 'program'],
  ['who is root for real is asked for none', 'me', [grant(ZONEADM, 'uid=0')], [], 'well'],
  ['a folder', 'me', [grant('/usr/sbin/*', 'euid=root')], [MANAGE], 'well'],
  ['another folder', 'me', [grant('/sbin/*', 'euid=0')], [MANAGE], 'program'],
  ['the first that fits counts', 'me', [grant('*'), grant(ZONEADM, 'euid=0')], [MANAGE], 'program'],
  ['a privilege is not root', 'me', [grant(ZONEADM, 'privs=sys_admin')], [MANAGE], 'program'],
  ['all of a kind', 'me', [grant(ZONEADM, 'euid=0')], ['solaris.zone.*'], 'well'],
  ['everything', 'me', [grant(ZONEADM, 'euid=0')], ['solaris.*'], 'well'],
  ['one zone', 'me', [grant(ZONEADM, 'euid=0')], [`${MANAGE}/web`], 'only web'],
  [
    'one zone of another kind',
    'me',
    [grant(ZONEADM, 'euid=0')],
    ['solaris.x/web'],
    'authorization',
  ],
])('%s', ([, user, commands, authorizations, expected]) => {
  const { lacksProgram, lacksAuthorization, zones } = judgeRight(
    { commands, authorizations },
    user,
    right,
  );
  const words = [
    ...(lacksProgram ? ['program'] : []),
    ...(lacksAuthorization ? ['authorization'] : []),
    ...zones.map((zone) => `only ${zone}`),
  ];
  expect(words.join(' ') || 'well').toBe(expected);
});
