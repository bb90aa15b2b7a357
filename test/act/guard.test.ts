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
  makeCluster,
  makeConfig,
  makeHost,
  makeInventory,
  makeLink,
  makeNode,
  makePod,
  makeProblem,
  makeZone,
  nodesOf,
  podsOf,
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
    reasons: ['a critical problem is open elsewhere: pool tank on store1 SUSPENDED, 0s'],
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

test('of several criticals elsewhere the oldest is named, and how many more there are', () => {
  const open = [
    makeProblem('pool.state', 'pool:store1/tank', { title: 'SUSPENDED', since: NOW - 60_000 }),
    makeProblem('host.unreachable', 'host:omni2', { title: 'unreachable', since: NOW - 462_000 }),
    makeProblem('zone.down', 'zone:omni2/web'),
  ];
  expect(guard(1, subject, inventory, open)).toMatchObject({
    level: 2,
    reasons: ['a critical problem is open elsewhere: host omni2 unreachable, 7m42s, and 2 more'],
  });
});

test.for<[string, Ref]>([
  ['a VLAN that it is on', 'vlan:48'],
  ['a service in it', 'service:omni1/etcd1/svc:/network/etcd:default'],
  ['a group that it is a member of', 'group:etcd'],
  ['a node of Kubernetes that it is', 'node:infrak8s/worker1'],
])('is on the root of a problem of %s', ([what, of]) => {
  const config = makeConfig('etcd1', {
    nets: [{ physical: 'v0', globalNic: null, vlanId: 48, addresses: ['10.0.48.1/24'] }],
  });
  const on = makeInventory({
    hosts: [
      makeHost('omni1', {
        // A group lacks only who does not run.
        zones: answered([
          makeZone('etcd1', what.startsWith('a group') ? { state: 'installed' } : {}),
        ]),
        zoneConfigs: answered([config]),
        links: answered([makeLink('v0', { class: 'vnic' })]),
      }),
    ],
    groups: [{ name: 'etcd', members: ['omni1/etcd1'], atLeast: 0 }],
    clusters: [
      makeCluster('infrak8s', {
        nodes: answered(nodesOf(makeNode('worker1', { internalIp: '10.0.48.1' }))),
      }),
    ],
  });
  const root = makeProblem('disk.smart', 'disk:store1/c1t0d0');
  // What runs on a node asks for guard 2 by itself.
  const least = guard(1, subject, on, []).level;
  expect(guard(1, subject, on, [makeProblem('a.rule', of)]).level).toBe(least);
  // What it shares with others may have its cause at these.
  const isShared = /VLAN|group/.test(what);
  expect(guard(1, subject, on, [root, makeProblem('a.rule', of, { cause: root.id })]).level).toBe(
    isShared ? least + 1 : least,
  );
  expect(guard(1, subject, on, [root]).level).toBe(least + 1);
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

test('a node of Kubernetes has its short name typed, and says how many pods run there', () => {
  const on = makeInventory({
    hosts: [
      makeHost('omni1', {
        zones: answered([makeZone('worker', { brand: 'bhyve' })]),
        zoneConfigs: answered([
          makeConfig('worker', {
            nets: [{ physical: 'w0', globalNic: null, vlanId: 127, addresses: ['10.127.0.11/16'] }],
          }),
        ]),
      }),
    ],
    clusters: [
      makeCluster('infrak8s', {
        nodes: answered(
          nodesOf(makeNode('worker1', { internalIp: '10.127.0.11' }), makeNode('worker2')),
        ),
        pods: answered(
          podsOf(
            makePod('a', { node: 'worker1' }),
            makePod('b', { node: 'worker1' }),
            makePod('c', { node: 'worker2' }),
          ),
        ),
      }),
    ],
  });
  expect(guard(1, 'vm:omni1/worker', on, [])).toMatchObject({
    level: 2,
    reasons: ['it is node worker1 of infrak8s: 2 pods there'],
    phrase: 'worker',
  });
});

const onPath = (client: string): Inventory => {
  const machine = (name: string, own: string, vlanId: number) => ({
    link: makeLink(`${name}_0`, { class: 'vnic' }),
    vnic: { name: `${name}_0`, over: 'aggr0', vlanId, macAddress: null, zone: name },
    allowed: { link: `${name}_0`, zone: name, allowedIps: [own] },
  });
  const machines = [machine('jump', '10.0.45.15', 45), machine('fw', '10.0.20.1', 20)];
  const router = { address: '10.0.20.1', macAddress: null };
  return makeInventory({
    hosts: [
      makeHost('omni1', {
        session: answered({
          client: { address: client, macAddress: null },
          server: '10.0.20.2',
          router,
          defaultRouter: router,
        }),
        addresses: answered([
          { object: 'c/v4', link: 'c', type: 'static', state: 'ok', address: '10.0.20.2/24' },
        ]),
        zones: answered([
          makeZone('jump', { brand: 'bhyve' }),
          makeZone('fw', { brand: 'bhyve' }),
          makeZone('web'),
        ]),
        links: answered(machines.map(({ link }) => link)),
        vnics: answered(machines.map(({ vnic }) => vnic)),
        linkProperties: answered(machines.map(({ allowed }) => allowed)),
      }),
    ],
  });
};

test('what the own session runs through is guard 3, and the way is told', () => {
  const way = 'you > jump (VM on omni1) > VLAN 45 > fw (VM on omni1) > omni1';
  expect(guard(1, 'vm:omni1/jump', onPath('10.0.45.15'), [])).toEqual({
    level: 3,
    reasons: [`your own session runs through this: ${way}`],
    kept: [],
    breaks: ['your session'],
    phrase: 'jump breaks your session',
  });
  expect(guard(1, 'vm:omni1/fw', onPath('10.0.45.15'), [])).toMatchObject({
    level: 3,
    reasons: [
      `your own session runs through this: ${way}`,
      'it is the default router of omni1: they reach no other network meanwhile',
    ],
    phrase: 'fw breaks your session',
  });
  expect(guard(1, 'host:omni1', onPath('10.0.45.15'), [])).toMatchObject({
    level: 3,
    phrase: 'omni1 breaks your session',
  });
});

test('what it does not run through says so, where the whole way is known', () => {
  expect(guard(1, 'zone:omni1/web', onPath('10.0.45.15'), [])).toMatchObject({
    level: 1,
    kept: ['your own session does not run through this'],
  });
  // Where the session comes from is not known: nothing is said of what that might be.
  expect(guard(1, 'zone:omni1/web', onPath('192.0.2.7'), []).kept).toEqual([]);
});

test('a default router is guard 3 also when nothing of the own way is known', () => {
  expect(guard(1, 'vm:omni1/fw', onPath('127.0.0.1'), [])).toMatchObject({
    level: 3,
    phrase: 'fw breaks routing',
  });
});

test('an action that stops nothing cuts no way', () => {
  const start = { ...action(1), stops: false };
  expect(
    guardOf(start, 'vm:omni1/jump', { inventory: onPath('10.0.45.15'), problems: [], now: NOW })
      .level,
  ).toBe(1);
});
