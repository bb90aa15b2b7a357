import { expect, test } from 'vitest';
import { guardOf } from '../../src/act/guard.ts';
import type { RaisedGuard } from '../../src/act/guard.ts';
import type { Action, GuardLevel } from '../../src/domain/action.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import type { Problem } from '../../src/domain/problem.ts';
import type { Ref } from '../../src/domain/ref.ts';
import {
  answered,
  lost,
  makeConfig,
  makeHost,
  makeInventory,
  makeLink,
  makeProblem,
  makeZone,
  NOW,
} from '../derive/inventory.ts';

const action = (guard: GuardLevel): Action => ({
  id: 'zone.restart',
  verb: 'restart',
  label: 'Restart',
  key: 'r',
  kinds: ['zone', 'vm'],
  guard,
  stops: true,
  unavailable: () => undefined,
  plan: () => {
    throw new Error('not asked');
  },
  observe: () => ({ state: 'waiting', step: '' }),
});
const guard = (
  level: GuardLevel,
  of: Ref,
  inventory: Inventory,
  problems: readonly Problem[],
): RaisedGuard => guardOf(action(level), of, { inventory, problems, now: NOW });
const member = (name: string, zone: string, status?: typeof lost) =>
  makeHost(
    name,
    {
      zones: answered([makeZone(zone), makeZone('web')]),
      zoneConfigs: answered([
        makeConfig(zone, {
          nets: [{ physical: 'v0', globalNic: null, vlanId: null, addresses: [] }],
        }),
      ]),
      links: answered([
        makeLink('igb0'),
        makeLink('aggr0', { class: 'aggr', over: ['igb0'] }),
        makeLink('v0', { class: 'vnic', over: ['aggr0'] }),
      ]),
    },
    status,
  );
const hosts = [member('omni1', 'etcd1'), member('omni2', 'etcd2'), member('store1', 'etcd3')];
const groups = [
  { name: 'etcd', members: ['omni1/etcd1', 'omni2/etcd2', 'store1/etcd3'], atLeast: 2 },
];
const inventory = makeInventory({ hosts, groups });
const subject = 'zone:omni1/etcd1';

test('is the own guard of the action while all is well', () => {
  expect(guard(1, subject, inventory, [])).toEqual({
    level: 1,
    reasons: [],
    kept: [],
    breaks: [],
    phrase: null,
  });
});

test('is one higher while a critical problem is open elsewhere', () => {
  const problem = makeProblem('pool.state', 'pool:store1/tank', { title: 'SUSPENDED' });
  expect(guard(1, subject, inventory, [problem])).toEqual({
    level: 2,
    reasons: ['a critical problem is open: pool tank on store1 SUSPENDED'],
    kept: [],
    breaks: [],
    phrase: 'etcd1',
  });
  expect(guard(3, subject, inventory, [problem])).toMatchObject({
    level: 3,
    phrase: 'restart etcd1',
  });
});

test.for<[string, Parameters<typeof makeProblem>, Partial<ReturnType<typeof makeProblem>>]>([
  ['a warning', ['pool.state', 'pool:store1/tank'], { severity: 'warning' }],
  ['the subject itself', ['zone.memory', 'zone:omni1/etcd1'], {}],
  ['its host', ['host.memory', 'host:omni1'], {}],
  ['a link below it', ['link.down', 'link:omni1/igb0'], {}],
  ['the pool of its path', ['pool.state', 'pool:omni1/zones'], {}],
  ['what another one explains', ['zone.down', 'zone:omni2/web'], { cause: 'x' }],
])('is not raised by a problem of %s', ([, problem, change]) => {
  const open = { ...makeProblem(...problem), ...change };
  expect(guard(1, subject, inventory, [open]).level).toBe(1);
});

test('is not raised by the cause of the own problem', () => {
  const root = makeProblem('check.failed', 'vlan:48');
  const own = makeProblem('zone.memory', subject, { cause: root.id });
  expect(guard(1, subject, inventory, [root, own]).level).toBe(1);
});

test('is 3 when a group would fall below what it needs, and the consequence has to be typed', () => {
  const two = makeInventory({
    hosts: [...hosts.slice(0, 2), member('store1', 'etcd3', lost)],
    groups,
  });
  expect(guard(1, subject, two, [])).toEqual({
    level: 3,
    reasons: ['etcd would have 1 running, it needs at least 2'],
    kept: [],
    breaks: ['etcd'],
    phrase: 'etcd1 breaks etcd',
  });
});

test('a member that does not run takes nothing from its group', () => {
  const off = makeInventory({
    hosts: [
      makeHost('omni1', { zones: answered([makeZone('etcd1', { state: 'installed' })]) }),
      ...hosts.slice(1, 2),
    ],
    groups,
  });
  expect(guard(1, subject, off, []).level).toBe(1);
});

test('a zone in no group breaks none', () => {
  expect(guard(1, 'zone:omni1/web', inventory, []).level).toBe(1);
});
