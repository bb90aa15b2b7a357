import type { HostKstats, ZoneCounters } from '../../src/domain/host.ts';
import type { HostInventory, Inventory } from '../../src/domain/inventory.ts';
import type { LinkEntry, VnicEntry } from '../../src/domain/link.ts';
import type { PoolEntry, PoolStatus } from '../../src/domain/pool.ts';
import type { Problem } from '../../src/domain/problem.ts';
import { DEFAULT_THRESHOLDS } from '../../src/domain/thresholds.ts';
import type { ZoneConfig } from '../../src/domain/zone.ts';
import { NO_ZONE_RATES } from '../../src/resources/host/kstat-rates.ts';
import { NO_LINK_RATES } from '../../src/resources/host/link-windows.ts';
import type { Model } from '../../src/ui/model.ts';
import { makeVm } from '../derive/inventory.ts';
import { cluster, config, host, kstats, node, NOW, ok, pod, zone } from './inventory.ts';
import { model, problem } from './model.ts';
import { pastOf } from './past.ts';
import { vdev } from './pools.ts';

const GIB = 2 ** 30;

export const linkEntry = (name: string, change: Partial<LinkEntry> = {}): LinkEntry => ({
  name,
  class: 'phys',
  mtu: 1500,
  state: 'up',
  bridge: null,
  over: [],
  ...change,
});

export const vnicEntry = (
  name: string,
  vlanId: number,
  change: Partial<VnicEntry> = {},
): VnicEntry => ({
  name,
  over: 'aggr0',
  vlanId,
  macAddress: `02:08:20:00:00:${String(vlanId).padStart(2, '0').slice(-2)}`,
  zone: name.replace(/_\d+$/, ''),
  ...change,
});

export const poolEntry = (name: string, change: Partial<PoolEntry> = {}): PoolEntry => ({
  name,
  sizeBytes: 100 * GIB,
  allocatedBytes: 40 * GIB,
  freeBytes: 60 * GIB,
  fragmentationPercent: 7,
  capacityPercent: 40,
  health: 'ONLINE',
  ...change,
});

export const poolStatus = (name: string, change: Partial<PoolStatus> = {}): PoolStatus => ({
  name,
  state: 'ONLINE',
  status: null,
  action: null,
  scan: {
    kind: 'scrub-done',
    finishedAt: NOW - 6 * 86_400_000,
    errors: 0,
    percentDone: null,
    progress: null,
    text: 'scrub repaired 0 in 0 days 00:22:51 with 0 errors on Tue Nov 17 14:09:53 2026',
  },
  vdevs: [vdev(name, 0), vdev('mirror-0', 1), vdev('c1t0d0', 2), vdev('c1t1d0', 2)],
  errors: 'No known data errors',
  errorCount: 0,
  ...change,
});

const zoneCounters = (rssBytes: number, change: Partial<ZoneCounters> = {}): ZoneCounters => ({
  zoneId: 7,
  userNs: 1n,
  sysNs: 1n,
  bootTimeSeconds: NOW / 1000 - 86_400 * 9,
  rssBytes,
  rssCapBytes: null,
  swapBytes: rssBytes * 1.2,
  swapCapBytes: null,
  capHits: 0n,
  pagedOutBytes: 0n,
  cpuCapPercent: null,
  cpuCapWaiting: null,
  cpuCapSeconds: null,
  initPid: 4711,
  processes: null,
  ...change,
});

const stats = (
  zones: Readonly<Record<string, number>>,
  links: readonly string[],
  cpuPercent: number,
): HostKstats => ({
  ...kstats(
    {
      zones: new Map(
        Object.entries(zones).map(([name], index) => [name, zoneCounters((index + 1) * GIB)]),
      ),
    },
    cpuPercent,
  ),
  swapUsedBytes: GIB,
  swapTotalBytes: 16 * GIB,
  zones: new Map(
    Object.entries(zones).map(([name, percent]) => [
      name,
      { ...NO_ZONE_RATES, cpuPercent: percent },
    ]),
  ),
  links: new Map(
    links.map((name, index) => [
      name,
      {
        ...NO_LINK_RATES,
        rxBytesPerSecond: (index + 1) * 100_000,
        txBytesPerSecond: (index + 1) * 50_000,
      },
    ]),
  ),
});

const member = (name: string, vlanId: number, address: string): ZoneConfig =>
  config(name, {
    nets: [{ physical: `${name}_0`, globalNic: 'aggr0', vlanId, addresses: [address] }],
  });

const WIRES = ['ixgbe0', 'ixgbe1'];
const carriers: readonly LinkEntry[] = [
  ...WIRES.map((name) => linkEntry(name)),
  linkEntry('aggr0', { class: 'aggr', over: WIRES }),
];
const vnicLinks = (names: readonly string[]): readonly LinkEntry[] =>
  names.map((name) => linkEntry(name, { class: 'vnic', over: ['aggr0'] }));

const omni1: HostInventory = host('omni1', {
  zones: [
    zone('etcd1', { zonepath: '/tank/etcd1' }),
    zone('squid', { zonepath: '/tank/squid' }),
    zone('k8sw1', { brand: 'bhyve', zonepath: '/tank/k8sw1' }),
    zone('oldbuild', { state: 'installed', zoneId: null }),
  ],
  configs: [
    member('etcd1', 48, '10.0.48.71/26'),
    member('squid', 20, '10.0.20.9/24'),
    {
      ...member('k8sw1', 47, '10.0.47.11/26'),
      brand: 'bhyve',
      vm: makeVm({ vcpus: 8, ramBytes: 16 * GIB, disks: ['tank/k8sw1/disk0'], vnc: 'on' }),
    },
    config('oldbuild', { autoboot: false, nets: [] }),
  ],
  feeds: {
    kstats: ok(stats({ etcd1: 6, squid: 11, k8sw1: 190 }, [...WIRES, 'etcd1_0'], 31)),
    links: ok([...carriers, ...vnicLinks(['etcd1_0', 'squid_0', 'k8sw1_0'])]),
    vnics: ok([vnicEntry('etcd1_0', 48), vnicEntry('squid_0', 20), vnicEntry('k8sw1_0', 47)]),
    pools: ok([poolEntry('rpool'), poolEntry('tank', { capacityPercent: 78 })]),
    poolStatus: ok([poolStatus('rpool'), poolStatus('tank')]),
  },
});

const omni2: HostInventory = host('omni2', {
  zones: [
    zone('etcd2'),
    zone('imap'),
    zone('smtp'),
    zone('dns2'),
    zone('proxy'),
    zone('web'),
    zone('k8sw2', { brand: 'bhyve' }),
  ],
  configs: [
    member('etcd2', 48, '10.0.48.72/26'),
    ...['imap', 'smtp', 'dns2', 'proxy', 'web'].map((name, index) =>
      member(name, 20, `10.0.20.${20 + index}/24`),
    ),
    { ...member('k8sw2', 47, '10.0.47.12/26'), brand: 'bhyve' },
  ],
  source: {
    state: 'down',
    since: NOW - 400_000,
    lastDataAt: NOW - 462_000,
    attempt: 3,
    nextAttemptAt: NOW + 9000,
    error: { code: 'refused', message: 'port closed', hint: 'is sshd running?' },
    question: null,
  },
  feeds: {
    kstats: ok(stats({ etcd2: 7 }, WIRES, 24), NOW - 462_000),
    zones: ok(
      ['etcd2', 'imap', 'smtp', 'dns2', 'proxy', 'web']
        .map((name) => zone(name))
        .concat(zone('k8sw2', { brand: 'bhyve' })),
      NOW - 462_000,
    ),
    links: ok([...carriers, ...vnicLinks(['etcd2_0', 'k8sw2_0'])], NOW - 462_000),
    vnics: ok([vnicEntry('etcd2_0', 48), vnicEntry('k8sw2_0', 47)], NOW - 462_000),
    pools: ok([poolEntry('rpool')], NOW - 462_000),
    poolStatus: ok([poolStatus('rpool')], NOW - 462_000),
  },
});

const store1: HostInventory = host('store1', {
  zones: [zone('etcd3', { zonepath: '/tank/etcd3' }), zone('gitea', { brand: 'pkgsrc' })],
  configs: [
    member('etcd3', 48, '10.0.48.73/26'),
    { ...member('gitea', 20, '10.0.20.9/24'), memoryCapBytes: 2 * GIB },
  ],
  feeds: {
    kstats: ok(stats({ etcd3: 7, gitea: 2 }, WIRES, 48)),
    links: ok([
      linkEntry('ixgbe0'),
      linkEntry('ixgbe1', { state: 'down' }),
      linkEntry('aggr0', { class: 'aggr', over: WIRES }),
      ...vnicLinks(['etcd3_0', 'gitea_0']),
    ]),
    vnics: ok([vnicEntry('etcd3_0', 48), vnicEntry('gitea_0', 21)]),
    pools: ok([
      poolEntry('rpool'),
      poolEntry('tank', { health: 'DEGRADED', capacityPercent: 91, sizeBytes: 60 * 1024 * GIB }),
    ]),
    poolStatus: ok([
      poolStatus('rpool'),
      poolStatus('tank', {
        state: 'DEGRADED',
        status: 'One or more devices are faulted in response to persistent errors.',
        action: 'Replace the faulted device, or use zpool clear to mark the device repaired.',
        scan: {
          kind: 'resilver-running',
          finishedAt: null,
          errors: 0,
          percentDone: 62.4,
          progress: null,
          text: 'resilver in progress since Mon Nov 23 09:00:00 2026 62.4% done, 3h02m to go',
        },
        vdevs: [
          vdev('tank', 0, { state: 'DEGRADED' }),
          vdev('raidz2-0', 1, { state: 'DEGRADED' }),
          vdev('c2t1d0', 2),
          vdev('c2t2d0', 2),
          vdev('spare-2', 2, { state: 'DEGRADED' }),
          vdev('c2t3d0', 3, { state: 'FAULTED', readErrors: 41, writeErrors: 9 }),
          vdev('c2t9d0', 3, { note: '(resilvering)' }),
          vdev('slog0', 0, { section: 'logs' }),
        ],
      }),
    ]),
  },
});

/** Three hosts of which one is silent and one has a degraded pool, with links, groups, and nodes that run on them. */
export const richLab: Inventory = {
  hosts: [omni1, omni2, store1],
  clusters: [
    cluster(
      'infrak8s',
      [
        node('worker1', { internalIp: '10.0.47.11' }),
        node('worker2', { internalIp: '10.0.47.12', ready: 'Unknown', status: 'NotReady' }),
      ],
      [
        pod('web-1'),
        pod('web-2', { node: 'worker2' }),
        pod('api-1', { status: 'CrashLoopBackOff', readyContainers: 0, restarts: 7 }),
      ],
    ),
  ],
  groups: [
    { name: 'etcd', members: ['omni1/etcd1', 'omni2/etcd2', 'store1/etcd3'], atLeast: 2 },
    { name: 'mail', members: ['omni2/imap', 'omni2/smtp'], atLeast: 1 },
  ],
  vlanNames: new Map([
    [20, 'core'],
    [47, 'k8s'],
    [48, 'etcd'],
  ]),
  thresholds: DEFAULT_THRESHOLDS,
};

export const richProblems: readonly Problem[] = [
  problem({
    id: 'host',
    subject: 'host:omni2',
    folds: { zones: 6, vms: 1, nodes: 1, pods: 1 },
    consequences: 9,
    evidence: { error: 'refused', attempts: 3, lastDataAgeSeconds: 462, from: 'ssh' },
  }),
  problem({
    id: 'pool',
    rule: 'pool.state',
    severity: 'warning',
    subject: 'pool:store1/tank',
    title: 'DEGRADED: c2t3d0 FAULTED',
    since: NOW - 3 * 86_400_000,
    evidence: { health: 'DEGRADED', capacityPercent: 91, from: 'zpool list' },
    hint: 'Replace the faulted device',
  }),
  problem({
    id: 'node',
    rule: 'node.notready',
    subject: 'node:infrak8s/worker2',
    title: 'not ready: its kubelet is silent',
    cause: 'host',
    folds: { pods: 1 },
    consequences: 1,
    evidence: { ready: 'Unknown', from: 'GET /api/v1/nodes' },
  }),
];

/** The last ten minutes; the silent host's end when it fell silent. */
const richPast: Model['past'] = (ref, name, spanMs, count, now) =>
  pastOf(spanMs, count, now, (index) => {
    const ago = Math.round(((count - 1 - index) * spanMs) / count / 5000);
    if (ago >= 120 || (ref.includes('omni2') && ago < 92)) return Number.NaN;
    const wave = 1 + Math.sin(ago / 7);
    return name.endsWith('Bytes')
      ? 2 * GIB + wave * GIB
      : name.endsWith('PerSecond')
        ? wave * 400_000
        : 10 + wave * 20;
  });

/** A model of the rich lab. */
export const richModel = (change: Partial<Model> = {}): Model =>
  model({
    inventory: richLab,
    problems: richProblems,
    past: richPast,
    since: NOW - 600_000,
    ...change,
  });
