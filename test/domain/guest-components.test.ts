import { expect, test } from 'vitest';
import { componentsOf } from '../../src/domain/components.ts';
import type { Component } from '../../src/domain/components.ts';
import { NO_EVIDENCE } from '../../src/domain/control-plane.ts';
import type { ControlPlane, EtcdPort } from '../../src/domain/control-plane.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import type { ZoneState } from '../../src/domain/zone.ts';
import { apiInstance } from '../../src/resources/control-plane/api-instance.rule.ts';
import { etcdMember } from '../../src/resources/control-plane/etcd-member.rule.ts';
import { findingsOf, lease, refused, server } from '../support/control-plane.ts';
import { cluster, config, host, lab, noControlPlane, NOW, ok, zone } from '../support/inventory.ts';

const port = (change: Partial<EtcdPort> = {}): EtcdPort => ({
  member: '10.1.0.1',
  address: '10.1.0.1:2379',
  state: 'answers',
  since: NOW - 60_000,
  at: NOW - 1000,
  answeredAt: NOW - 1000,
  certificate: null,
  ...change,
});

/** Virtual machines whose guests are the control plane: of their inside nothing is seen but by the network. */
function guests(change: Partial<ControlPlane> = {}, state: ZoneState = 'running'): Inventory {
  const machine = (name: string, address: string) =>
    config(name, {
      nets: [{ physical: `${name}0`, globalNic: 'aggr0', vlanId: 47, addresses: [address] }],
    });
  const own = host('omni1', {
    zones: [zone('k8s-a', { brand: 'bhyve', state }), zone('k8s-b', { brand: 'bhyve' })],
    configs: [machine('k8s-a', '10.1.0.1/24'), machine('k8s-b', '10.1.0.2/24')],
  });
  const entry = cluster('guests', [], []);
  const plane: ControlPlane = {
    ...noControlPlane,
    apiServers: ['10.1.0.1', '10.1.0.2'].map((address) =>
      server(null, { address: `${address}:6443`, from: 'endpoints' }),
    ),
    leases: [lease('kube-scheduler', 'k8s-b.lab'), lease('kube-controller-manager', 'k8s-a')],
    leasesAt: NOW - 1000,
    etcdPorts: [port(), port({ member: 'k8s-b', address: '10.1.0.2:2379' })],
    evidence: {
      ...NO_EVIDENCE,
      endpointsAt: NOW - 1000,
      etcd: [
        { url: 'https://10.1.0.1:2379', zone: null },
        { url: 'https://etcd-b.lab:2379', zone: 'omni1/k8s-b' },
      ],
    },
    ...change,
  };
  return lab([own], [{ ...entry, feeds: { ...entry.feeds, controlPlane: ok(plane) } }]);
}
const rows = (inventory: Inventory): readonly Component[] =>
  inventory.clusters.flatMap((each) => componentsOf(inventory, each, NOW));

test('what runs in guests is joined to their machines by address, lease and configuration', () => {
  expect(
    rows(guests()).map(({ kind, zone: own, host: on, state }) => [kind, own?.ref, on, state]),
  ).toEqual([
    ['etcd', 'vm:omni1/k8s-a', 'omni1', 'port answers'],
    ['etcd', 'vm:omni1/k8s-b', 'omni1', 'port answers'],
    ['kube-apiserver', 'vm:omni1/k8s-a', 'omni1', 'ready'],
    ['kube-apiserver', 'vm:omni1/k8s-b', 'omni1', 'ready'],
    ['kube-scheduler', 'vm:omni1/k8s-b', 'omni1', 'leads'],
    ['kube-controller-manager', 'vm:omni1/k8s-a', 'omni1', 'leads'],
  ]);
});

test('a machine that is down takes what runs in it, and is named', () => {
  const down = guests(
    {
      apiServers: [
        server(null, { address: '10.1.0.1:6443', from: 'endpoints', ...refused }),
        server(null, { address: '10.1.0.2:6443', from: 'endpoints' }),
      ],
      etcdPorts: [port({ state: 'timeout' })],
    },
    'installed',
  );
  expect(rows(down)[0]).toMatchObject({ sign: 'down', gone: 'VM k8s-a is installed' });
  expect(findingsOf(etcdMember, down)).toEqual([
    'critical component:guests/etcd/10.1.0.1: VM k8s-a is installed',
  ]);
  expect(findingsOf(apiInstance, down).join()).toContain('k8s-a');
});
