import { expect, test } from 'vitest';
import { componentsOf } from '../../src/domain/components.ts';
import type { Component } from '../../src/domain/components.ts';
import { etcdTargets } from '../../src/domain/control-plane-targets.ts';
import type { ControlPlane } from '../../src/domain/control-plane.ts';
import type { KubeNode, Pod } from '../../src/domain/kube.ts';
import { etcdQuorum } from '../../src/resources/control-plane/etcd-quorum.rule.ts';
import { certificate, findingsOf, lease, named, server } from '../support/control-plane.ts';
import { cluster, lab, noControlPlane, node, NOW, ok, pod } from '../support/inventory.ts';

const NODES = ['cp1', 'cp2', 'cp3'] as const;
const KINDS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

const controlNode = (name: string, index: number): KubeNode =>
  node(name, { roles: ['control-plane'], internalIp: `172.18.0.${index + 2}` });
const staticPod = (kind: string, of: string, change: Partial<Pod> = {}): Pod =>
  pod(`${kind}-${of}`, { namespace: 'kube-system', node: of, owner: `Node/${of}`, ...change });

/** A cluster of kubeadm, of which no host is watched. */
function plainLab(
  pods: readonly Pod[] = NODES.flatMap((name) => KINDS.map((kind) => staticPod(kind, name))),
  change: Partial<ControlPlane> = {},
) {
  const entry = cluster('kind', [...NODES.map(controlNode), node('worker1')], pods);
  const plane: ControlPlane = {
    ...noControlPlane,
    apiServers: NODES.map((_, index) =>
      server(null, { from: 'endpoints', address: `172.18.0.${index + 2}:6443` }),
    ),
    leases: [lease('kube-scheduler', 'cp2'), lease('kube-controller-manager', 'cp1')],
    leasesAt: NOW - 1000,
    ...change,
  };
  return lab([], [{ ...entry, feeds: { ...entry.feeds, controlPlane: ok(plane) } }]);
}
const rowsOf = (inventory: ReturnType<typeof plainLab>, now = NOW): readonly Component[] =>
  inventory.clusters.flatMap((each) => componentsOf(inventory, each, now));

test('without any host the table is filled by static pods, leases and the API servers themselves', () => {
  expect(
    rowsOf(plainLab()).map(({ kind, name, state, leader }) => [kind, name, state, leader]),
  ).toEqual([
    ['etcd', 'cp1', 'ready', null],
    ['etcd', 'cp2', 'ready', null],
    ['etcd', 'cp3', 'ready', null],
    ['kube-apiserver', 'cp1', 'ready', null],
    ['kube-apiserver', 'cp2', 'ready', null],
    ['kube-apiserver', 'cp3', 'ready', null],
    ['kube-scheduler', 'cp1', 'ready', false],
    ['kube-scheduler', 'cp2', 'leads', true],
    ['kube-scheduler', 'cp3', 'ready', false],
    ['kube-controller-manager', 'cp1', 'leads', true],
    ['kube-controller-manager', 'cp2', 'ready', false],
    ['kube-controller-manager', 'cp3', 'ready', false],
  ]);
  const row = rowsOf(plainLab()).find(({ kind }) => kind === 'kube-apiserver');
  expect(row).toMatchObject({ rssBytes: 2_000_000_000, pod: { name: 'kube-apiserver-cp1' } });
});

test('one that crashes is told by its pod, and the quorum counts it', () => {
  const pods = NODES.flatMap((name) =>
    KINDS.map((kind) =>
      staticPod(
        kind,
        name,
        kind === 'etcd' && name === 'cp3' ? { status: 'CrashLoopBackOff', readyContainers: 0 } : {},
      ),
    ),
  );
  const inventory = plainLab(pods);
  expect(rowsOf(inventory)[2]).toMatchObject({ state: 'CrashLoopBackOff', sign: 'degraded' });
  const failed = plainLab(
    pods.map((each) =>
      each.name === 'etcd-cp3' ? { ...each, phase: 'Failed', status: 'Error' } : each,
    ),
  );
  expect(rowsOf(failed)[2]).toMatchObject({ state: 'Error', sign: 'down' });
  expect(findingsOf(etcdQuorum, failed)).toEqual([
    'warning component:kind/etcd: 2 of 3 members, one more failure loses the quorum',
  ]);
});

test('where one program is all of them, those that hold the leases are there', () => {
  const rows = rowsOf(plainLab([]));
  expect(rows.map(({ kind, name, state }) => [kind, name, state])).toEqual([
    ['kube-apiserver', 'cp1', 'ready'],
    ['kube-apiserver', 'cp2', 'ready'],
    ['kube-apiserver', 'cp3', 'ready'],
    ['kube-scheduler', 'cp2', 'leads'],
    ['kube-controller-manager', 'cp1', 'leads'],
  ]);
});

test('the port of etcd is looked at on its node, and a pod of that name elsewhere is none', () => {
  const inventory = plainLab([
    staticPod('etcd', 'cp1'),
    staticPod('etcd', 'cp2', { node: 'worker1' }),
    staticPod('etcd', 'worker1'),
  ]);
  const [entry] = inventory.clusters;
  expect(entry && etcdTargets(inventory, entry, { etcd: [] }, NOW)).toMatchObject([
    { member: 'cp1', url: 'https://172.18.0.2:2379' },
  ]);
});

test('a port that answered and does not any more tells more than an old pod', () => {
  const etcdPort = {
    member: 'cp1',
    address: '172.18.0.2:2379',
    state: 'refused',
    since: NOW - 5000,
    at: NOW - 5000,
    answeredAt: NOW - 65_000,
    certificate: certificate({ subject: 'cp1' }),
  } as const;
  const row = (change: Partial<typeof etcdPort> | { state: 'answers' }) =>
    named(
      rowsOf(plainLab([staticPod('etcd', 'cp1')], { etcdPorts: [{ ...etcdPort, ...change }] })),
      'cp1',
    );
  expect(row({})).toMatchObject({
    sign: 'down',
    state: 'refused',
    certificate: { subject: 'cp1' },
  });
  expect(row({ state: 'answers' })).toMatchObject({ sign: 'ok', state: 'port answers' });
  // It may never have been reachable from here.
  expect(row({ answeredAt: null as never })).toMatchObject({ sign: 'ok', state: 'ready' });
});

test('what the API told before it was lost stays, and is no longer fresh', () => {
  const rows = rowsOf(plainLab(), NOW + 600_000);
  expect(rows).toHaveLength(12);
  expect(new Set(rows.map(({ state, fresh }) => `${state} ${fresh}`))).toEqual(
    new Set(['unknown false']),
  );
});
