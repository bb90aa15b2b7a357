import { expect, test } from 'vitest';
import { zoneConsole } from '../../../src/resources/zone/zone-console.hand-over.ts';
import { host, lab, zone } from '../../support/inventory.ts';

const inventory = lab([
  host('omni1', {
    zones: [
      zone('etcd1'),
      zone('jump', { brand: 'bhyve' }),
      zone('off', { state: 'installed', zoneId: null }),
      zone('half', { state: 'incomplete', zoneId: null }),
    ],
  }),
]);

test('the console of a zone and the serial line of a virtual machine are the same command', () => {
  for (const [subject, name] of [
    ['zone:omni1/etcd1', 'etcd1'],
    ['vm:omni1/jump', 'jump'],
  ] as const) {
    expect(zoneConsole.unavailable(subject, inventory)).toBeUndefined();
    expect(zoneConsole.plan(subject, inventory, { escape: '~' })).toMatchObject({
      argv: ['pfexec', '/usr/sbin/zlogin', '-C', name],
      place: name,
      ends: 'escape',
    });
  }
  expect(zoneConsole.plan('vm:omni1/jump', inventory, { escape: '#' }).argv).toEqual([
    'pfexec',
    '/usr/sbin/zlogin',
    '-C',
    '-e',
    '#',
    'jump',
  ]);
});

test('it may be opened before the zone boots, but not before it is installed', () => {
  expect(zoneConsole.unavailable('zone:omni1/off', inventory)).toBeUndefined();
  expect(zoneConsole.unavailable('zone:omni1/half', inventory)).toMatch(/needs it installed/);
});
