import { expect, test } from 'vitest';
import { zoneShell } from '../../../src/resources/zone/zone-shell.hand-over.ts';
import { host, lab, zone } from '../../support/inventory.ts';

const inventory = lab([
  host('omni1', {
    zones: [
      zone('etcd1', { uuid: 'abc', zoneId: 12 }),
      zone('off', { state: 'installed', zoneId: null }),
      zone('-C'),
    ],
  }),
]);

test('a running zone is entered by zlogin, with the path that a login may lack', () => {
  expect(zoneShell.unavailable('zone:omni1/etcd1', inventory)).toBeUndefined();
  expect(zoneShell.plan('zone:omni1/etcd1', inventory, { escape: '~' })).toEqual({
    handOver: 'zone.shell',
    subject: 'zone:omni1/etcd1',
    place: 'etcd1',
    host: 'omni1',
    argv: ['pfexec', '/usr/sbin/zlogin', 'etcd1'],
    ends: 'exit',
    fingerprint: 'abc id 12',
  });
});

test('another escape character is given to zlogin', () => {
  expect(zoneShell.plan('zone:omni1/etcd1', inventory, { escape: '%' }).argv).toEqual([
    'pfexec',
    '/usr/sbin/zlogin',
    '-e',
    '%',
    'etcd1',
  ]);
});

test('a zone that does not run, is not there, or has no name for a command line is refused', () => {
  expect(zoneShell.unavailable('zone:omni1/off', inventory)).toBe('off is installed, not running');
  expect(zoneShell.unavailable('zone:omni1/nope', inventory)).toMatch(/not among the zones/);
  expect(zoneShell.unavailable('zone:omni1/-C', inventory)).toMatch(/not a zone name/);
  expect(() => zoneShell.plan('zone:omni1/-C', inventory, { escape: '~' })).toThrow(
    'not a zone name',
  );
});
