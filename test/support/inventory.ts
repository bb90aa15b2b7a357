import { NO_EVIDENCE } from '../../src/domain/control-plane.ts';
import type { ControlPlane } from '../../src/domain/control-plane.ts';
import { emptyCluster, emptyHost } from '../../src/domain/empty.ts';
import type { Feed } from '../../src/domain/feed.ts';
import type { HostKstats } from '../../src/domain/host.ts';
import type {
  ClusterInventory,
  HostInventory,
  Inventory,
  SourceStatus,
} from '../../src/domain/inventory.ts';
import type { KubeNode, Pod } from '../../src/domain/kube.ts';
import { WORKLOAD_FEEDS, WORKLOAD_KINDS } from '../../src/domain/workload.ts';
import type { Workload, WorkloadCondition, WorkloadKind } from '../../src/domain/workload.ts';
import type { ZoneConfig, ZoneEntry } from '../../src/domain/zone.ts';
import {
  makeConfig,
  makeInventory,
  makeKstats,
  makeNode,
  makePod,
  makeZone,
  nodesOf,
  podsOf,
  source,
} from '../derive/inventory.ts';

/** A fixed instant, on which all test inventories are fresh. */
export const NOW = Date.UTC(2026, 10, 23, 14, 9, 53);

export const ok = <T>(value: T, at = NOW - 1000): Feed<T> => ({
  status: 'ok',
  value,
  at,
  freshUntil: at + 17_000,
  complaints: [],
  durationMs: 3,
});

export const status = (change: Partial<SourceStatus> = {}): SourceStatus =>
  source({ since: NOW - 3_600_000, lastDataAt: NOW - 1000, ...change });

export const zone = (name: string, change: Partial<ZoneEntry> = {}): ZoneEntry =>
  makeZone(name, { zoneId: 7, uuid: null, ...change });

export const config = (zoneName: string, change: Partial<ZoneConfig> = {}): ZoneConfig =>
  makeConfig(zoneName, {
    nets: [
      { physical: `${zoneName}_0`, globalNic: 'aggr0', vlanId: 20, addresses: ['10.0.20.9/24'] },
    ],
    ...change,
  });

export const kstats = (
  change: Partial<HostKstats['counters']> = {},
  cpuPercent = 31,
): HostKstats => {
  const made = makeKstats({
    cpuPercent,
    swapUsedBytes: null,
    swapAllocatedBytes: null,
    swapTotalBytes: null,
  });
  return {
    ...made,
    counters: {
      ...made.counters,
      bootTimeSeconds: NOW / 1000 - 86_400 * 41,
      cpuCount: 12,
      load1: 1.2,
      load5: 1.1,
      arcBytes: 22 * 2 ** 30,
      ...change,
    },
  };
};

export type HostShape = {
  readonly zones?: readonly ZoneEntry[];
  readonly configs?: readonly ZoneConfig[];
  readonly source?: Partial<SourceStatus>;
  readonly feeds?: Partial<HostInventory['feeds']>;
};

/** A host that answers everything, with those zones. */
export function host(name: string, shape: HostShape = {}): HostInventory {
  const zones = shape.zones ?? [];
  return {
    ...emptyHost(name, NOW),
    source: status(shape.source),
    feeds: {
      identity: ok({
        release: 'r151058',
        kernel: 'omnios-r151058-516f7694c9',
        nodename: name,
        user: 'labtop',
      }),
      session: ok(null),
      kstats: ok(kstats()),
      zones: ok(zones),
      processes: ok(new Map()),
      zoneServices: ok({ zones: new Map(), explanations: [] }),
      zoneComponents: ok([]),
      etcdHealth: ok([]),
      rights: ok({
        commands: ['zoneadm', 'zlogin'].map((name) => ({
          profile: 'Zone Management',
          path: `/usr/sbin/${name}`,
          attributes: ['euid=0'],
        })),
        authorizations: ['solaris.zone.manage'],
      }),
      vcpus: ok(new Map()),
      zoneCertificates: ok([]),
      zoneConfigs: ok(
        shape.configs ?? zones.map((entry) => config(entry.name, { brand: entry.brand })),
      ),
      zoneFiles: ok([]),
      links: ok([]),
      phys: ok([]),
      vnics: ok([]),
      vlans: ok([]),
      aggrs: ok([]),
      switches: ok({ bridges: [], overlays: [] }),
      linkProperties: ok([]),
      addresses: ok([]),
      pools: ok([]),
      poolStatus: ok([]),
      faults: ok([]),
      disks: ok([]),
      diskNames: ok([]),
      smart: ok([]),
      datasets: ok([]),
      snapshots: ok([]),
      services: ok({ services: [], explanations: [] }),
      sensors: ok([]),
      topologySensors: ok([]),
      messages: ok([]),
      bootEnvironments: ok([]),
      timeSync: ok({
        daemon: 'chrony',
        source: '10.0.20.10',
        stratum: 3,
        offsetSeconds: 0,
        leap: 'Normal',
        peers: [],
      }),
      crashDumps: ok({
        content: null,
        device: null,
        directory: null,
        isSavecoreEnabled: null,
        files: null,
      }),
      processors: ok([]),
      ...shape.feeds,
    },
  };
}

export const node = (name: string, change: Partial<KubeNode> = {}): KubeNode =>
  makeNode(name, {
    uid: `uid-${name}`,
    readyMessage: null,
    readySince: NOW - 86_400_000,
    roles: [],
    version: 'v1.34.1',
    osImage: 'Debian GNU/Linux 13',
    kernelVersion: '6.12.0',
    internalIp: '10.0.127.11',
    memoryAllocatableBytes: 32 * 2 ** 30,
    createdAt: NOW - 86_400_000 * 90,
    ...change,
  });

export const pod = (name: string, change: Partial<Pod> = {}): Pod =>
  makePod(name, { uid: `uid-${name}`, ip: '10.1.0.9', createdAt: NOW - 86_400_000, ...change });

/** A control plane that nobody answered for. */
export const noControlPlane: ControlPlane = {
  apiServers: [],
  vip: null,
  leases: [],
  leasesAt: null,
  etcdPorts: [],
  certificates: [],
  evidence: NO_EVIDENCE,
};

export function cluster(
  name: string,
  nodes: readonly KubeNode[],
  pods: readonly Pod[],
  change: Partial<SourceStatus> = {},
): ClusterInventory {
  return {
    ...emptyCluster(name, NOW),
    source: status(change),
    version: 'v1.34.1',
    latencyMs: 4,
    clockSkewMs: 0,
    feeds: {
      ...emptyCluster(name, NOW).feeds,
      nodes: ok(nodesOf(...nodes)),
      pods: ok(podsOf(...pods)),
      controlPlane: ok(noControlPlane),
    },
  };
}

export const lab = (
  hosts: readonly HostInventory[],
  clusters: readonly ClusterInventory[] = [],
  groups: Inventory['groups'] = [],
): Inventory => makeInventory({ hosts, clusters, groups, vlanNames: new Map([[20, 'core']]) });

export const workload = (
  kind: WorkloadKind,
  name: string,
  change: Partial<Workload> = {},
): Workload => ({
  kind,
  namespace: 'default',
  name,
  uid: `uid-${name}`,
  desired: kind === 'CronJob' ? null : 1,
  ready: kind === 'CronJob' ? null : 1,
  upToDate: kind === 'CronJob' || kind === 'Job' ? null : 1,
  available: kind === 'CronJob' || kind === 'Job' ? null : 1,
  active: null,
  isRolling: false,
  isPaused: false,
  schedule: null,
  lastScheduleAt: null,
  lastSuccessAt: null,
  startedAt: null,
  completedAt: null,
  conditions: [],
  podLabels: {},
  owner: null,
  createdAt: NOW - 86_400_000,
  ...change,
});

export const condition = (
  type: string,
  status: string,
  change: Partial<WorkloadCondition> = {},
): WorkloadCondition => ({
  type,
  status,
  reason: null,
  message: null,
  since: NOW - 90_000,
  ...change,
});

/** The cluster with those workloads in the feeds of their kinds. */
export const withWorkloads = (
  of: ClusterInventory,
  workloads: readonly Workload[],
): ClusterInventory => ({
  ...of,
  feeds: {
    ...of.feeds,
    ...Object.fromEntries(
      WORKLOAD_KINDS.map((kind) => [
        WORKLOAD_FEEDS[kind],
        ok({
          revision: 1,
          byKey: new Map(
            workloads
              .filter((each) => each.kind === kind)
              .map((each) => [`${each.namespace}/${each.name}`, each]),
          ),
        }),
      ]),
    ),
  },
});
