import { expect, test } from 'vitest';
import { related } from '../../src/derive/related.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import type { LinkEntry } from '../../src/domain/link.ts';
import type { PoolEntry } from '../../src/domain/pool.ts';
import type { Ref } from '../../src/domain/ref.ts';
import { diskEntry } from '../support/disks.ts';
import {
  cluster,
  config,
  host,
  lab,
  node,
  ok,
  pod,
  withWorkloads,
  workload,
  zone,
} from '../support/inventory.ts';
import { poolStatus } from '../support/pools.ts';

const link = (name: string, of: string, over: readonly string[] = []): LinkEntry => ({
  name,
  class: of,
  mtu: 1500,
  state: 'up',
  bridge: null,
  over,
});
const pool = (name: string): PoolEntry => ({
  name,
  sizeBytes: null,
  allocatedBytes: null,
  freeBytes: null,
  fragmentationPercent: null,
  capacityPercent: null,
  health: 'ONLINE',
});
const net = (name: string, address: string) => ({
  physical: `${name}_0`,
  globalNic: 'aggr0',
  vlanId: 20,
  addresses: [address],
});

const world: Inventory = lab(
  [
    host('omni1', {
      zones: [zone('etcd1'), zone('worker', { brand: 'bhyve' })],
      configs: [
        config('etcd1', { nets: [net('etcd1', '10.0.20.1/24')] }),
        config('worker', { nets: [net('worker', '10.0.20.2/24')] }),
      ],
      feeds: {
        pools: ok([pool('rpool'), pool('zones')]),
        links: ok([
          link('ixgbe0', 'phys'),
          link('aggr0', 'aggr', ['ixgbe0']),
          link('etcd1_0', 'vnic', ['aggr0']),
          link('worker_0', 'vnic', ['aggr0']),
        ]),
        vnics: ok([
          { name: 'etcd1_0', over: 'aggr0', vlanId: 20, macAddress: null, zone: 'etcd1' },
          { name: 'worker_0', over: 'aggr0', vlanId: 20, macAddress: null, zone: 'worker' },
        ]),
      },
    }),
    host('omni2', { zones: [zone('etcd2')] }),
  ],
  [
    cluster(
      'k8s',
      [node('worker', { internalIp: '10.0.20.2' })],
      [
        pod('web-1', { node: 'worker', owner: 'ReplicaSet/web' }),
        pod('web-2', { node: null, owner: 'ReplicaSet/web' }),
        pod('web-3', { node: null, owner: 'ReplicaSet/web', namespace: 'other' }),
      ],
    ),
  ],
  [{ name: 'etcd', members: ['omni1/etcd1', 'omni2/etcd2'], atLeast: 1 }],
);

const of = (ref: Ref) => related(ref, world).map((entry) => entry.ref);
const why = (ref: Ref, other: Ref) => related(ref, world).find((entry) => entry.ref === other)?.why;

test('a host leads to its pools, zones, nodes, VLANs and physical links', () => {
  expect(of('host:omni1')).toEqual([
    'pool:omni1/rpool',
    'pool:omni1/zones',
    'zone:omni1/etcd1',
    'vm:omni1/worker',
    'node:k8s/worker',
    'vlan:20',
    'link:omni1/ixgbe0',
    'link:omni1/aggr0',
  ]);
});

test('a zone leads to what it needs, its links and VLANs, and the others of its group', () => {
  expect(of('zone:omni1/etcd1')).toEqual([
    'host:omni1',
    'pool:omni1/zones',
    'link:omni1/aggr0',
    'link:omni1/etcd1_0',
    'vlan:20',
    'zone:omni2/etcd2',
  ]);
  expect(why('zone:omni1/etcd1', 'pool:omni1/zones')).toBe('it is stored there');
  expect(why('zone:omni1/etcd1', 'zone:omni2/etcd2')).toBe('in group etcd with it, running');
});

test('a VM and the node that runs in it lead to each other by the internal address', () => {
  expect(why('vm:omni1/worker', 'node:k8s/worker')).toBe('runs in it');
  expect(why('node:k8s/worker', 'vm:omni1/worker')).toBe('the node runs in it');
  expect(of('node:k8s/worker')).toEqual([
    'vm:omni1/worker',
    'host:omni1',
    'cluster:k8s',
    'pod:k8s/default/web-1',
  ]);
});

test('a pod leads to its node, the VM and host beneath, and its like', () => {
  expect(of('pod:k8s/default/web-1')).toEqual([
    'node:k8s/worker',
    'vm:omni1/worker',
    'host:omni1',
    'cluster:k8s',
    'pod:k8s/default/web-2',
  ]);
});

test('a workload leads to its pods and their nodes, and pods and nodes back to it', () => {
  const shop = lab(
    [],
    [
      withWorkloads(
        cluster(
          'k8s',
          [node('worker')],
          [
            pod('web-1', { node: 'worker', workload: 'Deployment/web' }),
            pod('run-1', { node: null, workload: 'Job/backup-1' }),
          ],
        ),
        [
          workload('Deployment', 'web'),
          workload('CronJob', 'backup'),
          workload('Job', 'backup-1', { owner: 'CronJob/backup' }),
        ],
      ),
    ],
  );
  const from = (ref: Ref) => related(ref, shop).map((entry) => entry.ref);
  const web = 'workload:k8s/Deployment/default/web';
  const job = 'workload:k8s/Job/default/backup-1';
  expect(from(web)).toEqual(['pod:k8s/default/web-1', 'node:k8s/worker', 'cluster:k8s']);
  expect(from('pod:k8s/default/web-1')[0]).toBe(web);
  expect(from('node:k8s/worker')).toContain(web);
  expect(from('workload:k8s/CronJob/default/backup')).toEqual([job, 'cluster:k8s']);
  expect(from(job)).toEqual([
    'workload:k8s/CronJob/default/backup',
    'pod:k8s/default/run-1',
    'cluster:k8s',
  ]);
  expect(related(web, shop)[0]?.label).toBe('pod default/web-1');
  expect(from('workload:k8s/Job/default/none')).toEqual([]);
});

test('a link leads to those beneath and above it, its VLAN and its zones', () => {
  expect(of('link:omni1/etcd1_0')).toEqual([
    'host:omni1',
    'link:omni1/aggr0',
    'vlan:20',
    'zone:omni1/etcd1',
  ]);
  expect(of('link:omni1/ixgbe0')).toEqual([
    'host:omni1',
    'link:omni1/aggr0',
    'zone:omni1/etcd1',
    'vm:omni1/worker',
  ]);
});

test('a pool leads to its host and to what is stored on it', () => {
  expect(of('pool:omni1/zones')).toEqual(['host:omni1', 'zone:omni1/etcd1', 'vm:omni1/worker']);
  expect(of('pool:omni1/rpool')).toEqual(['host:omni1']);
});

test('a VLAN leads to its hosts, zones, VMs and links, with the host where it matters', () => {
  expect(of('vlan:20')).toEqual([
    'host:omni1',
    'host:omni2',
    'zone:omni1/etcd1',
    'zone:omni2/etcd2',
    'vm:omni1/worker',
    'link:omni1/etcd1_0',
    'link:omni1/worker_0',
  ]);
  const labels = related('vlan:20', world).map(({ label }) => label);
  expect(labels).toContain('zone etcd2 on omni2');
  expect(related('host:omni1', world).map(({ label }) => label)).toContain('zone etcd1');
});

test('a cluster leads to its nodes and the machines that they run in', () => {
  expect(of('cluster:k8s')).toEqual(['node:k8s/worker', 'vm:omni1/worker']);
});

test('a source leads to what it watches', () => {
  expect(of('source:omni1')).toEqual(['host:omni1']);
  expect(of('source:k8s')).toEqual(['cluster:k8s']);
});

test('nothing leads to itself or comes twice, and the unknown leads nowhere', () => {
  const all: readonly Ref[] = ['host:omni1', 'zone:omni1/etcd1', 'vm:omni1/worker', 'vlan:20'];
  for (const ref of all) {
    const found = of(ref);
    expect(found).not.toContain(ref);
    expect(new Set(found).size).toBe(found.length);
  }
  for (const ref of ['host:gone', 'zone:omni1/gone', 'vlan:999', 'link:omni1/gone'] as const)
    expect(of(ref)).toEqual([]);
});

test('a pool leads to its disks, a disk to its pool and to those that serve beside it', () => {
  const store = lab([
    host('store1', {
      feeds: {
        disks: ok(['sd1', 'sd2', 'sd3', 'sd9'].map((name) => diskEntry(name))),
        diskNames: ok([
          { instance: 'sd1', name: 'c0t1d0' },
          { instance: 'sd2', name: 'c0t2d0' },
          { instance: 'sd3', name: 'c0t3d0' },
          { instance: 'sd9', name: 'c0t9d0' },
        ]),
        pools: ok([pool('tank')]),
        poolStatus: ok([poolStatus()]),
      },
    }),
  ]);
  const from = (ref: Ref) => related(ref, store).map(({ ref: to }) => to);
  const disks = ['c0t1d0', 'c0t2d0', 'c0t3d0'].map((name) => `disk:store1/${name}`);
  expect(from('pool:store1/tank')).toEqual(['host:store1', ...disks]);
  expect(from('disk:store1/c0t1d0')).toEqual([
    'host:store1',
    'pool:store1/tank',
    ...disks.slice(1),
  ]);
  expect(from('disk:store1/c0t9d0')).toEqual(['host:store1']);
  expect(from('disk:store1/c7t7d7')).toEqual([]);
});
