import { expect, test } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import type { EtcdPort } from '../../../src/domain/control-plane.ts';
import type { Inventory } from '../../../src/domain/inventory.ts';
import type { Ref } from '../../../src/domain/ref.ts';
import type { ZoneComponent } from '../../../src/domain/zone-component.ts';
import type { ZoneEntry } from '../../../src/domain/zone.ts';
import { zoneReboot, zoneRestart } from '../../../src/resources/zone/zone-restart.action.ts';
import {
  answered,
  lost,
  makeHost,
  makeInventory,
  makeKstats,
  makeZone,
  NOW,
  zoneCounters,
} from '../../derive/inventory.ts';
import { cluster, noControlPlane } from '../../support/inventory.ts';

function lab(zone: Partial<ZoneEntry> = {}, bootTimeSeconds: number | null = null): Inventory {
  const name = zone.name ?? 'web';
  const kstats = makeKstats();
  const zones = new Map([[name, zoneCounters({ bootTimeSeconds })]]);
  return makeInventory({
    hosts: [
      makeHost('omni1', {
        zones: answered([makeZone(name, zone)]),
        kstats: answered({ ...kstats, counters: { ...kstats.counters, zones } }),
      }),
    ],
  });
}
const SUBJECT = 'zone:omni1/web';
const vm = lab({ brand: 'bhyve' });

test('restarts cleanly, reboots hard, and says what that does', () => {
  expect(zoneRestart.plan(SUBJECT, lab())).toMatchObject({
    action: 'zone.restart',
    subject: SUBJECT,
    host: 'omni1',
    argv: ['pfexec', 'zoneadm', '-z', 'web', 'shutdown', '-r'],
    refresh: ['zones', 'kstats'],
    effects: expect.arrayContaining([
      'runs the shutdown scripts inside the zone, then boots it again',
    ]) as string[],
  });
  expect(zoneReboot.plan(SUBJECT, lab())).toMatchObject({
    action: 'zone.reboot',
    argv: ['pfexec', 'zoneadm', '-z', 'web', 'reboot'],
    effects: expect.arrayContaining(['what was not written to disk is lost']) as string[],
  });
});

test('is offered for zones and VMs, with a confirmation', () => {
  for (const action of [zoneRestart, zoneReboot])
    expect(action).toMatchObject({ kinds: ['zone', 'vm'], guard: 1 });
  expect([zoneRestart.key, zoneReboot.key]).toEqual(['r', 'R']);
});

test('gives a VM the time that bhyve takes to end', () => {
  expect(zoneReboot.plan('vm:omni1/web', vm).timeoutSeconds).toBeGreaterThan(1800);
  expect(zoneRestart.plan('vm:omni1/web', vm).effects[0]).toMatch(/ACPI/);
});

test.for<[string, Ref, Inventory, RegExp]>([
  [
    'a zone that hangs',
    SUBJECT,
    lab({ state: 'shutting_down' }),
    /web is shutting_down, not running or installed|web is shutting_down, not running; wait first/,
  ],
  ['a zone that is not there', 'zone:omni1/db', lab(), /db is not among the zones/],
  [
    'a host that is down',
    SUBJECT,
    { ...lab(), hosts: lab().hosts.map((host) => ({ ...host, source: lost })) },
    /omni1 is down, the state of web is not known/,
  ],
  [
    'a list of zones that failed',
    SUBJECT,
    {
      ...lab(),
      hosts: lab().hosts.map((host) => ({
        ...host,
        feeds: {
          ...host.feeds,
          zones: {
            status: 'failed' as const,
            error: { code: 'timeout', message: '', hint: '' },
            at: NOW,
            last: { value: [makeZone('web')], at: NOW },
          },
        },
      })),
    },
    /does not tell its zones/,
  ],
  ['the global zone', 'zone:omni1/global', lab({ name: 'global' }), /not a zone name/],
  ['a reserved name', 'zone:omni1/SUNWlx', lab({ name: 'SUNWlx' }), /not a zone name/],
  ['a name with a blank', 'zone:omni1/a b', lab({ name: 'a b' }), /not a zone name/],
  ['an option as a name', 'zone:omni1/-F', lab({ name: '-F' }), /not a zone name/],
  ['a command in a name', 'zone:omni1/$(reboot)', lab({ name: '$(reboot)' }), /not a zone name/],
  ['a line break', 'zone:omni1/web\n', lab({ name: 'web\n' }), /not a zone name/],
  ['a long name', `zone:omni1/${'a'.repeat(64)}`, lab({ name: 'a'.repeat(64) }), /not a zone name/],
])('is not available for %s, and cannot be planned', ([, subject, inventory, reason]) => {
  for (const action of [zoneRestart, zoneReboot]) {
    expect(action.unavailable(subject, inventory)).toMatch(reason);
    expect(() => action.plan(subject, inventory)).toThrow(reason);
  }
});

test('boots a zone that is installed and not running, and says so when that was on purpose', () => {
  const off = lab({ state: 'installed', zoneId: null });
  expect(zoneRestart.unavailable(SUBJECT, off)).toBeUndefined();
  expect(zoneRestart.plan(SUBJECT, off).argv).toEqual(['pfexec', 'zoneadm', '-z', 'web', 'boot']);
  expect(zoneRestart.observe(SUBJECT, off, lab({ zoneId: 9 })).state).toBe('done');
  expect(zoneRestart.observe(SUBJECT, off, off).state).toBe('failed');
  expect(zoneReboot.unavailable(SUBJECT, off)).toMatch(/web is installed, not running/);
});

test('is available for a running zone', () => {
  expect(zoneRestart.unavailable(SUBJECT, lab())).toBeUndefined();
});

test('the fingerprint changes with each boot, with the state and with the zone behind the name', () => {
  const of = (inventory: Inventory) => zoneRestart.plan(SUBJECT, inventory).fingerprint;
  expect(of(lab())).toBe(of(lab()));
  expect(of(lab({ zoneId: 9 }))).not.toBe(of(lab()));
  expect(of(lab({ uuid: 'other' }))).not.toBe(of(lab()));
});

const before = lab({ zoneId: 3 }, 1000);
test.for<[string, Inventory, ReturnType<Action['observe']>['state']]>([
  ['as before', lab({ zoneId: 3 }, 1000), 'waiting'],
  ['the clock was set by a second', lab({ zoneId: 3 }, 1001), 'waiting'],
  ['shutting down', lab({ state: 'shutting_down' }), 'waiting'],
  ['down', lab({ state: 'down' }), 'waiting'],
  ['ready', lab({ state: 'ready' }), 'waiting'],
  ['a word that is not known', lab({ state: 'unknown' }), 'waiting'],
  ['not listed', makeInventory({ hosts: [makeHost('omni1')] }), 'waiting'],
  ['running with another id', lab({ zoneId: 4 }, 1000), 'done'],
  ['running with a newer boot time', lab({ zoneId: 3 }, 1060), 'done'],
  ['installed', lab({ state: 'installed' }), 'failed'],
  ['incomplete', lab({ state: 'incomplete' }), 'failed'],
])('observes: %s', ([, now, state]) => {
  expect(zoneRestart.observe(SUBJECT, before, now).state).toBe(state);
  expect(zoneReboot.observe(SUBJECT, before, now).state).toBe(state);
});

const withRole = (inventory: Inventory, role: string): Inventory => ({
  ...inventory,
  hosts: inventory.hosts.map((host) => ({ ...host, configuredRoles: new Map([['web', [role]]]) })),
});

test('a component that was well has to be seen well again, by an answer of after the boot', () => {
  const told = (
    inventory: Inventory,
    state: ZoneComponent['state'],
    at: number,
    reason: string | null = state === 'ok' ? null : 'no peers',
  ): Inventory => ({
    ...inventory,
    hosts: inventory.hosts.map((host) => ({
      ...host,
      feeds: {
        ...host.feeds,
        zoneComponents: answered<readonly ZoneComponent[]>(
          [
            {
              zone: 'web',
              kind: 'etcd',
              state,
              reason,
              etcd: null,
            },
          ],
          at,
        ),
      },
    })),
  });
  const was = told(before, 'ok', NOW - 60_000);
  const booted = lab({ zoneId: 4, stateSince: NOW }, NOW / 1000);
  const look = (now: Inventory) => zoneRestart.observe(SUBJECT, was, now);
  expect(look(told(booted, 'ok', NOW - 1000))).toEqual({
    state: 'waiting',
    step: 'running, not well yet: etcd',
  });
  expect(look(told(booted, 'failing', NOW + 1000))).toEqual({
    state: 'waiting',
    step: 'running, not well yet: etcd: no peers',
  });
  expect(look(told(booted, 'ok', NOW + 1000))).toEqual({
    state: 'done',
    evidence: 'running with zone id 4, it was 3; etcd well',
  });
  // Its process is not seen yet, or zlogin(1) does not get in yet.
  for (const reason of [null, 'no peers'])
    expect(look(told(booted, 'unknown', NOW + 1000, reason)).state).toBe('waiting');
  // One that is booted for its component is back when that is well; what cannot be asked is not waited for.
  const off = told(lab({ state: 'installed', zoneId: null }), 'refused', NOW - 1000);
  const boot = (state: ZoneComponent['state'], reason?: null) =>
    zoneRestart.observe(SUBJECT, off, withRole(told(booted, state, NOW + 1000, reason), 'etcd'));
  expect(boot('refused').state).toBe('waiting');
  expect(boot('ok')).toMatchObject({ evidence: expect.stringContaining('; etcd well') as string });
  expect(boot('unknown').state).toBe('done');
  expect(boot('unknown', null).state).toBe('waiting');
  // Nor is a member of etcd back before its port answers, unless it did not answer before.
  const withPort = (inventory: Inventory, state: EtcdPort['state']): Inventory => {
    const told = cluster('k', [], []);
    const port = { member: 'web', address: '10.0.0.1:2379', state, since: NOW, at: NOW };
    const etcdPorts: EtcdPort[] = [{ ...port, answeredAt: NOW - 60_000, certificate: null }];
    const controlPlane = answered({ ...noControlPlane, etcdPorts }, NOW);
    return { ...inventory, clusters: [{ ...told, feeds: { ...told.feeds, controlPlane } }] };
  };
  const well = told(booted, 'ok', NOW + 1000);
  const restart = (portBefore: EtcdPort['state'], portNow: EtcdPort['state']) =>
    zoneRestart.observe(SUBJECT, withPort(was, portBefore), withPort(well, portNow)).state;
  expect(restart('answers', 'refused')).toBe('waiting');
  expect(restart('answers', 'answers')).toBe('done');
  expect(restart('refused', 'refused')).toBe('done');
  // What was not well before is not waited for.
  expect(
    zoneRestart.observe(SUBJECT, told(before, 'refused', NOW), told(booted, 'refused', NOW + 1000)),
  ).toMatchObject({ state: 'done' });
});

test('the components of a zone are asked again while it restarts', () => {
  const refresh = (role: string) => zoneRestart.plan(SUBJECT, withRole(lab(), role)).refresh;
  expect(refresh('etcd')).toContain('zoneComponents');
  expect(refresh('nginx')).not.toContain('zoneComponents');
});
