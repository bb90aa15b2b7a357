import { expect, test } from 'vitest';
import { toSnapshot } from '../../src/derive/snapshot.ts';
import type { Sensor } from '../../src/domain/sensor.ts';
import { DEFAULT_THRESHOLDS } from '../../src/domain/thresholds.ts';
import { NO_ZONE_RATES } from '../../src/resources/host/kstat-rates.ts';
import { dataset } from '../support/datasets.ts';
import { diskEntry, diskRates, NO_DISK_ERRORS } from '../support/disks.ts';
import {
  answered,
  lost,
  makeCluster,
  makeConfig,
  makeHost,
  makeInventory,
  makeKstats,
  makeLink,
  makeNode,
  makePod,
  makeProblem,
  makeZone,
  NOW,
  nodesOf,
  objectsOf,
  podsOf,
  source,
  zoneCounters,
  makeVm,
} from './inventory.ts';

const temperature = (value: number): Sensor => ({
  name: 'CPU Temp',
  kind: 'temperature',
  value,
  unit: 'degrees C',
  status: 'ok',
  limits: null,
});
const kstats = makeKstats({ zones: new Map([['etcd1', { ...NO_ZONE_RATES, cpuPercent: 12 }]]) });
const host = makeHost('omni1', {
  identity: answered({ release: 'r151058', kernel: 'omnios-r151058', nodename: null, user: null }),
  kstats: answered({
    ...kstats,
    counters: {
      ...kstats.counters,
      zones: new Map([['etcd1', zoneCounters()]]),
    },
  }),
  zones: answered([makeZone('etcd1'), makeZone('jump', { brand: 'bhyve', state: 'installed' })]),
  zoneConfigs: answered([
    makeConfig('etcd1', { memoryCapBytes: 4096 }),
    makeConfig('jump', {
      brand: 'bhyve',
      vm: makeVm({ vcpus: 2, ramBytes: 1024, disks: ['rpool/vm/jump'], vnc: null }),
    }),
  ]),
  links: answered([makeLink('igb0'), makeLink('etcd1_0', { class: 'vnic', over: ['igb0'] })]),
  vnics: answered([{ name: 'etcd1_0', over: 'igb0', vlanId: 48, macAddress: null, zone: 'etcd1' }]),
  pools: answered([
    {
      name: 'rpool',
      sizeBytes: 1000,
      allocatedBytes: 400,
      freeBytes: 600,
      fragmentationPercent: 1,
      capacityPercent: 40,
      health: 'DEGRADED',
    },
  ]),
  datasets: answered([
    dataset('rpool/vm/jump', { type: 'volume', volsizeBytes: 2048, usedBytes: 4096 }),
  ]),
  poolStatus: answered([
    {
      name: 'rpool',
      state: 'DEGRADED',
      status: null,
      action: null,
      scan: {
        kind: 'scrub-done',
        finishedAt: NOW - 1000,
        errors: 0,
        percentDone: null,
        progress: null,
        text: '',
      },
      vdevs: [
        vdev('rpool', 0, 'DEGRADED'),
        vdev('mirror-0', 1, 'DEGRADED'),
        vdev('c0t0d0', 2, 'ONLINE'),
        vdev('c0t1d0', 2, 'FAULTED'),
      ],
      errors: null,
      errorCount: 0,
    },
  ]),
});

function vdev(name: string, depth: number, state: string) {
  return {
    name,
    depth,
    section: 'data',
    state,
    readErrors: 1,
    writeErrors: 2,
    checksumErrors: 3,
    note: null,
  };
}
const cluster = {
  ...makeCluster('infrak8s', {
    nodes: answered(nodesOf(makeNode('w1'))),
    objects: answered(objectsOf(['pods', 2], ['secrets', null], ['replicas.longhorn.io', 9_000])),
    pods: answered(podsOf(makePod('a'), makePod('b', { phase: 'Failed', status: 'Error' }))),
  }),
  version: 'v1.32.1',
  latencyMs: 12,
};
const inventory = makeInventory({
  hosts: [host],
  clusters: [cluster],
  groups: [{ name: 'etcd', members: ['omni1/etcd1', 'omni2/etcd2'], atLeast: 2 }],
  vlanNames: new Map([[48, 'etcd']]),
  thresholds: DEFAULT_THRESHOLDS,
});
const problem = makeProblem('pool.state', 'pool:omni1/rpool', { evidence: { health: 'DEGRADED' } });
const snapshot = toSnapshot(inventory, [problem], NOW);
const keys = (value: object | undefined) => Object.keys(value ?? {});

test('has every key of the documented object, in its order', () => {
  expect(keys(snapshot)).toEqual(
    'schema at sources hosts zones vms links vlans pools disks faults clusters checks groups problems'.split(
      ' ',
    ),
  );
  expect(keys(snapshot.sources[0])).toEqual('name kind state since lastDataAt error'.split(' '));
  expect(keys(snapshot.hosts[0])).toEqual(
    'name state release kernel bootedAt cpuCount cpuPercent load1 memoryTotalBytes memoryFreeBytes arcBytes swapUsedBytes swapTotalBytes temperatureCelsius zonesRunning zonesTotal'.split(
      ' ',
    ),
  );
  expect(keys(snapshot.zones[0])).toEqual(
    'host name zoneId state brand uuid path ipType autoboot bootedAt cpuPercent cpuCapPercent rssBytes memoryCapBytes swapBytes swapCapBytes links vlans addresses role servicesInMaintenance'.split(
      ' ',
    ),
  );
  expect(keys(snapshot.vms[0])).toEqual(
    'host name kind namespace state vcpus memoryBytes cpuPercent rssBytes disks links vlans node'.split(
      ' ',
    ),
  );
  expect(keys(snapshot.links[0])).toEqual(
    'host name class over vlan zone state speedMbps mtu rxBytesPerSecond txBytesPerSecond rxErrors txErrors'.split(
      ' ',
    ),
  );
  expect(keys(snapshot.vlans[0])).toEqual('id name hosts links zones vms'.split(' '));
  expect(keys(snapshot.pools[0])).toEqual(
    'host name state sizeBytes allocatedBytes capacityPercent errors scrub devices'.split(' '),
  );
  expect(keys(snapshot.clusters[0])).toEqual(
    'name version api components nodes pods workloads network events claims volumes storagePools objects certificates'.split(
      ' ',
    ),
  );
  expect(keys(snapshot.groups[0])).toEqual('name up total atLeast'.split(' '));
  expect(keys(snapshot.problems[0])).toEqual(
    'id rule severity subject title since cause consequences evidence hint acknowledged'.split(' '),
  );
});

test('tells what is measured, with times in ISO 8601', () => {
  expect(snapshot).toMatchObject({
    schema: 'labtop/1',
    at: '2026-03-01T12:00:00.000Z',
    sources: [
      { name: 'omni1', kind: 'ssh', state: 'up', lastDataAt: '2026-03-01T12:00:00.000Z' },
      { name: 'infrak8s', kind: 'kubernetes', state: 'up', error: null },
    ],
    hosts: [
      {
        release: 'r151058',
        bootedAt: '2026-02-27T12:00:00.000Z',
        cpuPercent: 25,
        memoryTotalBytes: 64 * 1024 ** 3,
        temperatureCelsius: null,
        zonesRunning: 1,
        zonesTotal: 2,
      },
    ],
    zones: [
      {
        name: 'etcd1',
        zoneId: 3,
        state: 'running',
        cpuPercent: 12,
        bootedAt: '2026-02-28T12:00:00.000Z',
        memoryCapBytes: 4096,
        links: ['etcd1_0'],
        vlans: [48],
        role: null,
      },
    ],
    vms: [
      {
        name: 'jump',
        kind: 'bhyve',
        state: 'installed',
        vcpus: 2,
        memoryBytes: 1024,
        disks: [{ dataset: 'rpool/vm/jump', sizeBytes: 2048, usedBytes: 4096 }],
      },
    ],
    links: [
      { name: 'igb0', over: [] },
      { name: 'etcd1_0', over: ['igb0'], vlan: 48, zone: 'etcd1' },
    ],
    vlans: [{ id: 48, name: 'etcd', links: ['omni1/etcd1_0'], zones: ['omni1/etcd1'], vms: [] }],
    clusters: [
      {
        api: { state: 'up', latencyMs: 12 },
        nodes: [{ name: 'w1', ready: true, status: 'Ready' }],
        pods: { total: 2, running: 1, failing: [{ name: 'b', status: 'Error' }] },
      },
    ],
    groups: [{ name: 'etcd', up: 1, total: 2, atLeast: 2 }],
    problems: [{ id: 'pool.state@pool:omni1/rpool', cause: null, acknowledged: false }],
  });
});

test('a pool shows its disks only, not the mirrors above them', () => {
  expect(snapshot.pools[0]).toEqual({
    host: 'omni1',
    name: 'rpool',
    state: 'DEGRADED',
    sizeBytes: 1000,
    allocatedBytes: 400,
    capacityPercent: 40,
    errors: 0,
    scrub: { state: 'scrub-done', finishedAt: '2026-03-01T11:59:59.000Z', errors: 0 },
    devices: [
      { path: 'c0t0d0', state: 'ONLINE', read: 1, write: 2, checksum: 3 },
      { path: 'c0t1d0', state: 'FAULTED', read: 1, write: 2, checksum: 3 },
    ],
  });
});

test('what is no longer fresh is null or unknown; names and configuration stay', () => {
  const gone = {
    ...inventory,
    hosts: [{ ...host, source: lost }],
    clusters: [{ ...cluster, source: lost }],
  };
  expect(toSnapshot(gone, [], NOW)).toMatchObject({
    sources: [{ state: 'down', error: 'omni1:22 refuses the connection' }, { state: 'down' }],
    hosts: [
      { state: 'down', release: 'r151058', cpuPercent: null, bootedAt: null, zonesTotal: null },
    ],
    zones: [
      {
        name: 'etcd1',
        state: 'unknown',
        zoneId: null,
        cpuPercent: null,
        rssBytes: null,
        memoryCapBytes: 4096,
      },
    ],
    vms: [{ name: 'jump', state: 'unknown', vcpus: 2 }],
    links: [{ state: 'unknown' }, { state: 'unknown' }],
    pools: [{ state: 'UNKNOWN', sizeBytes: 1000, allocatedBytes: null, errors: null }],
    clusters: [
      {
        api: { state: 'down', latencyMs: null },
        nodes: [{ name: 'w1', status: 'Unknown', ready: null }],
        pods: { total: null, running: null, failing: [] },
      },
    ],
    groups: [{ up: 0, total: 2 }],
  });
});

const disks = makeHost('store1', {
  kstats: answered({
    ...kstats,
    disks: new Map([['sd3', diskRates({ serviceMs: 6.5, busyPercent: 31 })]]),
  }),
  disks: answered([
    diskEntry('sd3', {
      serial: 'S1',
      errors: { ...NO_DISK_ERRORS, soft: 1, hard: 2, transport: 3, media: 4 },
    }),
  ]),
  diskNames: answered([{ instance: 'sd3', name: 'c0t1d0' }]),
});

test('a disk has its identity, its errors and its pace', () => {
  expect(toSnapshot(makeInventory({ hosts: [disks] }), [], NOW).disks).toEqual([
    {
      host: 'store1',
      device: 'c0t1d0',
      vendor: 'ATA',
      product: 'LAB HDD',
      serial: 'S1',
      softErrors: 1,
      hardErrors: 2,
      transportErrors: 3,
      mediaErrors: 4,
      serviceMs: 6.5,
      busyPercent: 31,
    },
  ]);
});

test('of a disk of a silent host its identity stays', () => {
  const silent = { ...disks, source: lost };
  expect(toSnapshot(makeInventory({ hosts: [silent] }), [], NOW).disks).toMatchObject([
    { device: 'c0t1d0', serial: 'S1', softErrors: null, mediaErrors: null, serviceMs: null },
  ]);
});

test('of a host that has said nothing yet everything is null', () => {
  const empty = makeInventory({
    hosts: [makeHost('omni1', {}, source({ state: 'connecting', lastDataAt: null }))],
  });
  expect(toSnapshot(empty, [], NOW)).toMatchObject({
    sources: [{ state: 'connecting', lastDataAt: null }],
    hosts: [{ state: 'connecting', release: null, cpuCount: null, zonesTotal: null }],
    zones: [],
    pools: [],
  });
});

test('a host key that is not known counts as down', () => {
  const unknown = makeInventory({
    hosts: [makeHost('omni1', {}, source({ state: 'hostkey-unknown' }))],
  });
  expect(toSnapshot(unknown, [], NOW)).toMatchObject({
    sources: [{ state: 'down' }],
    hosts: [{ state: 'down' }],
  });
});

test.for<[string, Parameters<typeof makeHost>[1], number | null]>([
  ['by the board', { sensors: answered([temperature(45)]) }, 45],
  [
    'by the fault manager where there is no controller',
    {
      sensors: { status: 'absent', reason: 'no such device', at: NOW },
      topologySensors: answered([temperature(61.5)]),
    },
    61.5,
  ],
  ['long ago', { sensors: answered([temperature(45)], NOW - 600_000) }, null],
  ['by nobody', {}, null],
])('the temperature of a host, told %s', ([, feeds, expected]) => {
  const { hosts } = toSnapshot(makeInventory({ hosts: [makeHost('omni1', feeds)] }), [], NOW);
  expect(hosts[0]?.temperatureCelsius).toBe(expected);
});

test('a boot time that no date can show is null', () => {
  const odd = makeKstats();
  const counters = { ...odd.counters, bootTimeSeconds: 1e300 };
  const strange = makeInventory({
    hosts: [makeHost('omni1', { kstats: answered({ ...odd, counters }) })],
  });
  expect(toSnapshot(strange, [], NOW).hosts[0]?.bootedAt).toBeNull();
});

test('objects come with the biggest first; a count that is no longer true is not known', () => {
  const whole = { namespaces: null, sample: null };
  expect(snapshot.clusters[0]?.objects).toEqual([
    { resource: 'replicas.longhorn.io', count: 9_000, perMinute: 0, ...whole },
    { resource: 'pods', count: 2, perMinute: 0, ...whole },
    { resource: 'secrets', count: null, perMinute: 0, ...whole },
  ]);
  const later = toSnapshot(inventory, [], NOW + 3_600_000).clusters[0]?.objects;
  expect(later?.map(({ count, perMinute }) => [count, perMinute])).toEqual(
    Array.from({ length: 3 }, () => [null, null]),
  );
});
