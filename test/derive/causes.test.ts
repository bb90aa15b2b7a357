import { expect, test } from 'vitest';
import { explain } from '../../src/derive/causes.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import type { Problem, Severity } from '../../src/domain/problem.ts';
import { poolEntry, poolStatus, vdev } from '../support/pools.ts';
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
  NOW,
  nodesOf,
  podsOf,
  makeVm,
} from './inventory.ts';

const host = makeHost('omni1', {
  zones: answered([
    makeZone('etcd1'),
    makeZone('web', { zonepath: '/tank/zones/web' }),
    makeZone('worker1', { brand: 'bhyve' }),
  ]),
  zoneConfigs: answered([
    makeConfig('etcd1'),
    makeConfig('web'),
    makeConfig('worker1', {
      brand: 'bhyve',
      nets: [{ physical: 'wk0', globalNic: null, vlanId: null, addresses: ['10.0.0.5/24'] }],
      vm: makeVm({ vcpus: 4, ramBytes: null, disks: ['tank/vm/worker1'], vnc: null }),
    }),
  ]),
  links: answered([
    makeLink('igb0'),
    makeLink('igb1'),
    makeLink('aggr0', { class: 'aggr', over: ['igb0', 'igb1'] }),
    makeLink('wk0', { class: 'vnic', over: ['aggr0'] }),
  ]),
  pools: answered([
    {
      name: 'tank',
      sizeBytes: null,
      allocatedBytes: null,
      freeBytes: null,
      fragmentationPercent: null,
      capacityPercent: null,
      health: 'ONLINE',
    },
  ]),
});
const cluster = makeCluster('infrak8s', {
  nodes: answered(nodesOf(makeNode('w1', { internalIp: '10.0.0.5' }), makeNode('w2'))),
  pods: answered(
    podsOf(
      makePod('web-1', { node: 'w1' }),
      makePod('web-2', { node: 'w1' }),
      makePod('web-3', { node: 'w2' }),
    ),
  ),
});
const inventory = makeInventory({ hosts: [host, makeHost('omni2')], clusters: [cluster] });

/** `problem < cause` lines, roots alone. */
function tree(problems: readonly Problem[], at: Inventory = inventory): readonly string[] {
  return explain(problems, at).map(({ id, cause }) => (cause === null ? id : `${id} < ${cause}`));
}
const hostDown = makeProblem('host.unreachable', 'host:omni1');
const nodeDown = makeProblem('node.notready', 'node:infrak8s/w1');
const podLoop = makeProblem('pod.crashloop', 'pod:infrak8s/default/web-1', { severity: 'warning' });

test('a problem that nothing explains is a root', () => {
  expect(explain([makeProblem('zone.down', 'zone:omni1/etcd1')], inventory)).toMatchObject([
    { cause: null, folds: {}, consequences: 0 },
  ]);
});

test('a host that does not answer folds its zones and VMs, which have gone unknown', () => {
  const gone = makeInventory({ hosts: [{ ...host, source: lost }] });
  expect(explain([hostDown], gone)).toMatchObject([
    { cause: null, folds: { zones: 2, vms: 1 }, consequences: 3 },
  ]);
});

test.for(['host.unreachable', 'host.frozen', 'host.auth', 'host.hostkey'])(
  '%s folds what lies on the host',
  (rule) => {
    const cause = makeProblem(rule, 'host:omni1');
    const [first] = explain([cause, makeProblem('pool.state', 'pool:omni1/tank')], inventory);
    expect(first).toMatchObject({ folds: { zones: 2, vms: 1, pools: 1 }, consequences: 4 });
  },
);

test('a host that is merely busy explains nothing', () => {
  const busy = makeProblem('host.cpu', 'host:omni1');
  const zone = makeProblem('zone.down', 'zone:omni1/etcd1');
  expect(tree([busy, zone])).toEqual([busy.id, zone.id]);
});

test('another host explains nothing', () => {
  const other = makeProblem('host.unreachable', 'host:omni2');
  const zone = makeProblem('zone.down', 'zone:omni1/etcd1');
  expect(tree([other, zone])).toEqual([other.id, zone.id]);
});

test('each thing counts once, however many problems it has', () => {
  const zone = makeProblem('zone.down', 'zone:omni1/etcd1');
  const more = makeProblem('zone.memory', 'zone:omni1/etcd1');
  expect(explain([hostDown, zone, more], inventory)[0]).toMatchObject({ consequences: 3 });
});

test('what began well before its host stays a root, what was seen a little earlier does not', () => {
  const early = makeProblem('zone.down', 'zone:omni1/etcd1', { since: NOW - 60_000 });
  const almost = makeProblem('zone.down', 'zone:omni1/web', { since: NOW - 4000 });
  expect(tree([hostDown, early, almost])).toEqual([
    hostDown.id,
    early.id,
    `${almost.id} < ${hostDown.id}`,
  ]);
});

test('a pod folds under its node, which also folds the pods that it no longer tells about', () => {
  const [node, pod] = explain([nodeDown, podLoop], inventory);
  expect(pod?.cause).toBe(nodeDown.id);
  expect(node).toMatchObject({ folds: { pods: 2 }, consequences: 2 });
});

test('a workload folds under what is wrong with one of its pods, or under its node', () => {
  const lacking = makeProblem('workload.unavailable', 'workload:infrak8s/Deployment/default/web', {
    severity: 'warning',
  });
  const pods = answered(
    podsOf(
      makePod('web-1', { node: 'w1', workload: 'Deployment/web' }),
      makePod('web-3', { node: 'w2' }),
    ),
  );
  const at = makeInventory({
    hosts: [host],
    clusters: [{ ...cluster, feeds: { ...cluster.feeds, pods } }],
  });
  expect(tree([podLoop, lacking], at)).toEqual([podLoop.id, `${lacking.id} < ${podLoop.id}`]);
  expect(tree([nodeDown, lacking], at)).toEqual([nodeDown.id, `${lacking.id} < ${nodeDown.id}`]);
  const elsewhere = makeProblem('node.notready', 'node:infrak8s/w2');
  expect(tree([elsewhere, lacking], at)).toEqual([elsewhere.id, lacking.id]);
});

test('a pod on another node stays a root', () => {
  const other = makeProblem('pod.crashloop', 'pod:infrak8s/default/web-3');
  expect(tree([nodeDown, other])).toEqual([nodeDown.id, other.id]);
});

test('a node folds under the VM with its address, and all of it under the host', () => {
  const vm = makeProblem('vm.down', 'vm:omni1/worker1');
  expect(tree([vm, nodeDown, podLoop])).toEqual([
    vm.id,
    `${nodeDown.id} < ${vm.id}`,
    `${podLoop.id} < ${nodeDown.id}`,
  ]);
  const [root] = explain([hostDown, nodeDown, podLoop], inventory);
  expect(root).toMatchObject({ folds: { zones: 2, vms: 1, nodes: 1, pods: 2 }, consequences: 6 });
});

test('an address that two zones have leads nowhere', () => {
  const twin = makeHost('omni2', {
    zones: answered([makeZone('twin')]),
    zoneConfigs: answered([
      makeConfig('twin', {
        nets: [{ physical: 't0', globalNic: null, vlanId: null, addresses: ['10.0.0.5'] }],
      }),
    ]),
  });
  const both = makeInventory({ hosts: [host, twin], clusters: [cluster] });
  const vm = makeProblem('vm.down', 'vm:omni1/worker1');
  expect(tree([vm, nodeDown], both)).toEqual([vm.id, nodeDown.id]);
});

test('a node depends on its cluster, a source on its host or cluster', () => {
  const api = makeProblem('api.down', 'cluster:infrak8s');
  const feed = makeProblem('source.stale', 'source:omni1/pools', { severity: 'warning' });
  expect(tree([api, nodeDown, hostDown, feed])).toEqual([
    api.id,
    `${nodeDown.id} < ${api.id}`,
    hostDown.id,
    `${feed.id} < ${hostDown.id}`,
  ]);
});

test('a link folds under the link below it', () => {
  const aggr = makeProblem('link.down', 'link:omni1/aggr0');
  const vnic = makeProblem('link.errors', 'link:omni1/wk0');
  expect(tree([vnic, aggr])).toEqual([`${vnic.id} < ${aggr.id}`, aggr.id]);
});

test('a dead link explains what travels over it, not that a zone is off', () => {
  const aggr = makeProblem('link.down', 'link:omni1/aggr0');
  const off = makeProblem('vm.down', 'vm:omni1/worker1');
  const check = makeProblem('check.failed', 'vm:omni1/worker1');
  expect(tree([aggr, off, check])).toEqual([aggr.id, off.id, `${check.id} < ${aggr.id}`]);
});

test('a pool that is lost explains the zones and VMs on it, a degraded one does not', () => {
  const pool = makeProblem('pool.state', 'pool:omni1/tank');
  const zones = [
    makeProblem('zone.down', 'zone:omni1/web'),
    makeProblem('vm.down', 'vm:omni1/worker1'),
    makeProblem('zone.down', 'zone:omni1/etcd1'),
  ] as const;
  const [web, worker, etcd] = zones;
  expect(tree([pool, ...zones])).toEqual([
    pool.id,
    `${web.id} < ${pool.id}`,
    `${worker.id} < ${pool.id}`,
    etcd.id,
  ]);
  expect(tree([{ ...pool, severity: 'warning' }, web])).toEqual([pool.id, web.id]);
});

test('of two equally near explanations the one nearer to the physical layer wins', () => {
  const pool = makeProblem('pool.state', 'pool:omni1/tank');
  const web = makeProblem('zone.down', 'zone:omni1/web');
  expect(tree([pool, web, hostDown])).toEqual([
    `${pool.id} < ${hostDown.id}`,
    `${web.id} < ${hostDown.id}`,
    hostDown.id,
  ]);
});

test('links that name each other do not hide each other', () => {
  const odd = makeInventory({
    hosts: [
      makeHost('omni1', {
        links: answered([makeLink('a', { over: ['b'] }), makeLink('b', { over: ['a'] })]),
      }),
    ],
  });
  const a = makeProblem('link.down', 'link:omni1/a');
  const b = makeProblem('link.down', 'link:omni1/b');
  expect(tree([a, b], odd)).toEqual([`${a.id} < ${b.id}`, b.id]);
});

const store = makeHost('store1', {
  zones: answered([makeZone('web', { zonepath: '/tank/zones/web' })]),
  pools: answered([poolEntry()]),
  poolStatus: answered([
    poolStatus({
      vdevs: [
        vdev('tank', 0),
        vdev('raidz2-0', 1),
        vdev('c0t1d0s0', 2, { readErrors: 4 }),
        vdev('c0t2d0', 2),
      ],
    }),
  ]),
});
const storage = makeInventory({ hosts: [store] });
const unc = makeProblem('disk.errors', 'disk:store1/c0t1d0');
const poolOf = (rule: string, severity: Severity = 'warning', since = NOW - 3_600_000) =>
  makeProblem(rule, 'pool:store1/tank', { severity, since });

test.for([
  ['pool.device', 'warning'],
  ['pool.state', 'warning'],
  ['pool.state', 'critical'],
  ['pool.errors', 'critical'],
  ['pool.resilver', 'info'],
] as const)(
  '%s (%s) stands beneath the errors of the disk, whichever was found first',
  ([rule, severity]) => {
    const problem = poolOf(rule, severity);
    expect(tree([unc, problem], storage)).toEqual([unc.id, `${problem.id} < ${unc.id}`]);
  },
);

test('what a disk had counted long ago explains nothing of its pool', () => {
  const old = { ...unc, severity: 'info' as const };
  const state = poolOf('pool.state', 'critical');
  expect(tree([old, state], storage)).toEqual([old.id, state.id]);
});

test('a full or an unscrubbed pool is no matter of its disks', () => {
  const problems = [poolOf('pool.capacity'), poolOf('pool.scrub')];
  expect(tree([unc, ...problems], storage)).toEqual([unc.id, ...problems.map(({ id }) => id)]);
});

test('a disk that its pool finds well explains nothing', () => {
  const other = makeProblem('disk.errors', 'disk:store1/c0t2d0');
  const state = poolOf('pool.state');
  expect(tree([other, state], storage)).toEqual([other.id, state.id]);
});

test('one disk explains no zone, but a pool that is gone by it does', () => {
  const zone = makeProblem('zone.down', 'zone:store1/web');
  expect(tree([unc, zone], storage)).toEqual([unc.id, zone.id]);
  const gone = poolOf('pool.state', 'critical');
  expect(tree([unc, gone, zone], storage)).toEqual([
    unc.id,
    `${gone.id} < ${unc.id}`,
    `${zone.id} < ${gone.id}`,
  ]);
});

test('of a disk its errors are above its pace, of a pool its state above its devices', () => {
  const slow = makeProblem('disk.slow', 'disk:store1/c0t1d0', { since: NOW - 3_600_000 });
  const [state, device] = [poolOf('pool.state'), poolOf('pool.device')];
  expect(tree([slow, unc], storage)).toEqual([`${slow.id} < ${unc.id}`, unc.id]);
  expect(tree([device, state], storage)).toEqual([`${device.id} < ${state.id}`, state.id]);
});

test('a zone without room on a pool without room is no problem of its own', () => {
  const zone = makeProblem('zone.disk', 'zone:store1/web');
  const full = poolOf('pool.capacity');
  expect(tree([zone, full], storage)).toEqual([`${zone.id} < ${full.id}`, full.id]);
});

test('the service that a member of a group is there for explains what the group lacks', () => {
  const fmri = 'svc:/network/dns/bind:default';
  const services = (zone: string) => ({
    count: 40,
    milestone: 'online',
    telling: [fmri],
    notOnline: zone === 'dns1' ? [{ fmri, state: 'maintenance', nextState: null }] : [],
  });
  const inventory = makeInventory({
    hosts: [
      makeHost('omni1', {
        zones: answered([makeZone('dns1'), makeZone('dns2')]),
        zoneServices: answered({
          zones: new Map(['dns1', 'dns2'].map((zone) => [zone, services(zone)])),
          explanations: [],
        }),
      }),
    ],
    groups: [{ name: 'dns', members: ['omni1/dns1', 'omni1/dns2'], atLeast: 1 }],
  });
  const group = makeProblem('group.redundancy', 'group:dns', { severity: 'warning' });
  const service = makeProblem('zone.service', `service:omni1/dns1/${fmri}`);
  const other = makeProblem('zone.service', `service:omni1/dns2/${fmri}`);
  const causeOf = (...problems: Problem[]) =>
    explain(problems, inventory).find(({ rule }) => rule === 'group.redundancy')?.cause;
  expect(causeOf(group, service)).toBe(service.id);
  // As while the rules of its component tell of it.
  expect(causeOf(group, { ...service, severity: 'warning' })).toBe(service.id);
  expect(causeOf(group, other)).toBeNull();
});
