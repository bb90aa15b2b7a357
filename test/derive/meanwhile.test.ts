import { expect, test } from 'vitest';
import { meanwhile } from '../../src/derive/meanwhile.ts';
import type { Glance } from '../../src/derive/meanwhile.ts';
import type { HostInventory } from '../../src/domain/inventory.ts';
import { host, kstats, lab, NOW, ok, status, zone } from '../support/inventory.ts';
import { problem } from '../support/model.ts';

const glance = (hosts: readonly HostInventory[], problems: Glance['problems'] = []): Glance => ({
  inventory: lab([...hosts]),
  problems,
});
const omni1 = (...zones: Parameters<typeof zone>[]): HostInventory =>
  host('omni1', { zones: zones.map(([name, change]) => zone(name, change)) });

test('nothing that changed is nothing to say', () => {
  const same = glance([omni1(['etcd1'])]);
  expect(meanwhile(same, same, null)).toBe('');
  expect(meanwhile(same, glance([omni1(['etcd1'])]), null)).toBe('');
});

test('problems: new, resolved, and those beneath a cause not counted', () => {
  const old = problem({ id: 'old', subject: 'zone:omni1/squid', severity: 'warning' });
  const root = problem({ id: 'root', subject: 'host:omni2' });
  const under = problem({ id: 'under', subject: 'zone:omni2/imap', cause: 'root' });
  expect(meanwhile(glance([], [old]), glance([], [root, under]), null)).toBe(
    '1 new problem (critical: host omni2), 1 resolved',
  );
  expect(meanwhile(glance([], [old]), glance([]), null)).toBe('1 problem resolved');
  // What was known and is only explained now is neither new nor resolved.
  expect(
    meanwhile(
      glance([], [{ ...under, cause: null }]),
      glance([], [{ ...under, cause: 'root' }]),
      null,
    ),
  ).toBe('');
});

test.each([
  [{}, { zoneId: 8 }, 'zone web rebooted'],
  [{}, { state: 'installed', zoneId: null }, 'zone web stopped (installed)'],
  [{ state: 'installed', zoneId: null }, {}, 'zone web started'],
  [
    { state: 'configured', zoneId: null },
    { state: 'installed', zoneId: null },
    'zone web is installed',
  ],
  [{ brand: 'bhyve' }, { brand: 'bhyve', zoneId: 8 }, 'vm web rebooted'],
] as const)('a zone %j that is then %j', (before, after, text) => {
  expect(meanwhile(glance([omni1(['web', before])]), glance([omni1(['web', after])]), null)).toBe(
    text,
  );
});

test('zones that came and went', () => {
  expect(meanwhile(glance([omni1(['a'])]), glance([omni1(['b'])]), null)).toBe(
    'zone b is new, zone a was removed',
  );
});

test('what one was in comes first, and many are counted', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const before = glance([omni1(...names.map((name) => [name] as [string]))]);
  const after = glance([
    omni1(...names.map((name) => [name, { zoneId: 9 }] as [string, { zoneId: number }])),
  ]);
  expect(meanwhile(before, after, 'zone:omni1/d')).toBe(
    'zone d rebooted, zone a rebooted, zone b rebooted and 2 more',
  );
});

test('hosts that went, came back and rebooted', () => {
  const booted = (bootTimeSeconds: number): HostInventory => {
    const empty = host('omni1');
    return { ...empty, feeds: { ...empty.feeds, kstats: ok(kstats({ bootTimeSeconds })) } };
  };
  const up = booted(NOW / 1000 - 86_400);
  const down: HostInventory = { ...up, source: status({ state: 'down' }) };
  expect(meanwhile(glance([up]), glance([down]), null)).toBe('host omni1 no longer answers (down)');
  expect(meanwhile(glance([down]), glance([up]), null)).toBe('host omni1 answers again');
  const rebooted = booted(NOW / 1000);
  expect(meanwhile(glance([up]), glance([rebooted]), null)).toBe('host omni1 rebooted');
});
