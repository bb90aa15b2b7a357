import { expect, test } from 'vitest';
import { componentsOf } from '../../src/domain/components.ts';
import type { Component } from '../../src/domain/components.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import { certificate, lease, named, planeLab, refused, server } from '../support/control-plane.ts';
import { NOW } from '../support/inventory.ts';

const componentsIn = (inventory: Inventory, now = NOW): readonly Component[] =>
  inventory.clusters.flatMap((cluster) => componentsOf(inventory, cluster, now));

test('a row per instance: etcd, API servers and what is in front of them, then the others', () => {
  expect(
    componentsIn(planeLab()).map(({ name, host, state, leader }) => [name, host, state, leader]),
  ).toEqual([
    ['etcd1', 'omni1', 'ready', true],
    ['etcd2', 'omni2', 'ready', false],
    ['etcd3', 'store1', 'ready', false],
    ['apisrv1', 'omni1', 'ready', null],
    ['apisrv2', 'omni2', 'ready', null],
    ['apisrv3', 'store1', 'ready', null],
    ['vip', null, 'ready', null],
    ['k8sched1', 'omni1', 'leads', true],
    ['k8sched2', 'omni2', 'ready', false],
    ['k8sched3', 'store1', 'ready', false],
    ['ctrlmgr1', 'omni1', 'leads', true],
    ['ctrlmgr2', 'omni2', 'ready', false],
    ['ctrlmgr3', 'store1', 'ready', false],
  ]);
});

test('while the API is dead the zones still tell, and name what is gone', () => {
  const components = componentsIn(
    planeLab({
      zones: { apisrv1: { says: { state: 'refused' } } },
      plane: {
        apiServers: [server('omni1/apisrv1', refused)],
        vip: null,
        leasesAt: NOW - 600_000,
      },
    }),
  );
  expect(named(components, 'apisrv1')).toMatchObject({
    sign: 'down',
    state: 'gone',
    gone: 'no process kube-apiserver in zone apisrv1',
    rssBytes: 400_000_000,
  });
  expect(named(components, 'etcd1')).toMatchObject({ sign: 'ok', leader: true, fresh: true });
  // Nobody knows who leads.
  expect(named(components, 'k8sched1')).toMatchObject({ leader: null, state: 'ready' });
});

test('of members that said one after another to lead the last one does', () => {
  const inventory = planeLab({ zones: { etcd3: { etcd: { isLeader: true } } } });
  const hosts = inventory.hosts.map((host) => {
    const { zoneComponents } = host.feeds;
    return host.name === 'omni1' && zoneComponents.status === 'ok'
      ? { ...host, feeds: { ...host.feeds, zoneComponents: { ...zoneComponents, at: NOW - 9000 } } }
      : host;
  });
  const components = componentsIn({ ...inventory, hosts });
  expect(named(components, 'etcd1')).toMatchObject({ leader: null });
  expect(named(components, 'etcd2')).toMatchObject({ leader: false });
  expect(named(components, 'etcd3')).toMatchObject({ leader: true });
});

test('an API server is joined to its zone by its address, or by a certificate for one zone alone', () => {
  const names = (change: Parameters<typeof server>[1]) =>
    componentsIn(planeLab({ plane: { apiServers: [server(null, change)], vip: null } }))
      .filter(({ direct }) => direct !== null)
      .map(({ name, host }) => [name, host]);
  expect(
    names({ address: '172.18.0.9:6443', certificate: certificate({ names: ['apisrv2'] }) }),
  ).toEqual([['apisrv2', 'omni2']]);
  expect(
    names({
      address: '172.18.0.9:6443',
      certificate: certificate({ names: ['apisrv2', 'apisrv3'] }),
    }),
  ).toEqual([['172.18.0.9:6443', null]]);
  expect(names({ address: '172.18.0.9:6443', certificate: null })).toEqual([
    ['172.18.0.9:6443', null],
  ]);
});

test('what is old says nothing of now', () => {
  const later = componentsIn(planeLab(), NOW + 600_000);
  expect(later.map(({ fresh }) => fresh)).toEqual(later.map(() => false));
  expect(named(later, 'etcd1')).toMatchObject({
    sign: 'unknown',
    state: 'unknown',
    rssBytes: null,
  });
  expect(named(later, 'apisrv1')).toMatchObject({ sign: 'unknown', cpuPercent: null });
});

test('a leader that does not renew its lease is not well, although its zone says so', () => {
  const components = componentsIn(
    planeLab({
      plane: { leases: [lease('kube-scheduler', 'k8sched2.lab', { renewedAt: NOW - 20_000 })] },
    }),
  );
  expect(named(components, 'k8sched2')).toMatchObject({ sign: 'down', state: 'lease expired' });
  expect(named(components, 'k8sched1')).toMatchObject({ sign: 'ok', leader: false });
});

test('nobody may look into the zones: their processes and the API tell what they can', () => {
  const zones = Object.fromEntries(
    ['etcd1', 'k8sched1', 'k8sched2'].map((name) => [name, { says: null }] as const),
  );
  const components = componentsIn(planeLab({ zones }));
  expect(named(components, 'etcd1')).toMatchObject({
    state: 'runs',
    sign: 'ok',
    etcd: null,
    leader: null,
  });
  expect(named(components, 'k8sched1')).toMatchObject({ state: 'leads' });
  expect(named(components, 'k8sched2')).toMatchObject({ state: 'runs' });
});
