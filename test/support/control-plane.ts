import type { Component } from '../../src/domain/components.ts';
import type {
  ApiServer,
  ApiServerMetrics,
  ControlPlane,
  LeaderLease,
  SeenCertificate,
} from '../../src/domain/control-plane.ts';
import type { ZoneCounters } from '../../src/domain/host.ts';
import type { ClusterInventory, HostInventory, Inventory } from '../../src/domain/inventory.ts';
import type { Finding, LabRule, RuleContext } from '../../src/domain/problem.ts';
import type { ComponentKind, EtcdMember, ZoneComponent } from '../../src/domain/zone-component.ts';
import type { ZoneState } from '../../src/domain/zone.ts';
import { cluster, config, host, kstats, lab, noControlPlane, NOW, ok, zone } from './inventory.ts';

const HOUR = 3_600_000;

export const certificate = (change: Partial<SeenCertificate> = {}): SeenCertificate => ({
  subject: 'kube-apiserver',
  issuer: 'kubernetes',
  names: ['kubernetes', 'apisrv1'],
  notBefore: NOW - HOUR,
  notAfter: NOW + 167 * HOUR,
  at: NOW - 1000,
  ...change,
});

export const metrics = (change: Partial<ApiServerMetrics> = {}): ApiServerMetrics => ({
  at: NOW - 20_000,
  residentBytes: 2_000_000_000,
  startedAt: NOW - 24 * HOUR,
  inflightReadOnly: 2,
  inflightMutating: 1,
  storageBytes: 50_000_000,
  rejected: 0,
  requestSeconds: [],
  etcdSeconds: [],
  deprecatedApis: [],
  requestP99Ms: 40,
  etcdP99Ms: 8,
  rejectedPerMinute: 0,
  residentBytesPerMinute: 0,
  ...change,
});

/** An API server that is ready, in that zone. */
export const server = (place: string | null, change: Partial<ApiServer> = {}): ApiServer => ({
  address: `${place?.split('/')[1] ?? 'vip'}:6443`,
  url: `https://${place?.split('/')[1] ?? 'vip'}:6443`,
  place,
  from: 'configuration',
  state: 'ok',
  since: NOW - HOUR,
  at: NOW - 1000,
  readyAt: NOW - 1000,
  failedChecks: [],
  live: true,
  latencyMs: 4,
  version: 'v1.34.1',
  error: null,
  certificate: certificate({ names: [place ?? 'vip'] }),
  metrics: metrics(),
  ...change,
});

export const refused: Partial<ApiServer> = {
  state: 'refused',
  latencyMs: null,
  live: null,
  since: NOW - 30_000,
  error: { code: 'refused', message: 'refuses connections', hint: '' },
};

export const member = (change: Partial<EtcdMember> = {}): EtcdMember => ({
  id: '8e9e05c52164694d',
  version: '3.5.21',
  hasLeader: true,
  isLeader: false,
  isLearner: false,
  clusterId: null,
  leaderId: null,
  term: null,
  alarms: null,
  peers: null,
  apiReason: null,
  leaderChanges: 3,
  newLeaderChanges: 0,
  dbBytes: 220 * 2 ** 20,
  inUseBytes: 170 * 2 ** 20,
  quotaBytes: 2 ** 31,
  committed: 1000,
  applied: 1000,
  pending: 0,
  failed: 0,
  fsyncSeconds: [],
  commitSeconds: [],
  fsyncP99Ms: 4,
  commitP99Ms: 5,
  ...change,
});

export const lease = (
  kind: LeaderLease['kind'],
  holder: string,
  change: Partial<LeaderLease> = {},
): LeaderLease => ({
  kind,
  holder: `${holder}_704c191b`,
  renewedAt: NOW - 2000,
  durationSeconds: 15,
  transitions: 14,
  readAt: NOW - 1000,
  ...change,
});

/** A zone of the control plane and what it says; `null` for one that was not asked. */
export type ZoneShape = {
  readonly kind: ComponentKind;
  readonly state?: ZoneState;
  readonly says?: Partial<ZoneComponent> | null;
  readonly etcd?: Partial<EtcdMember>;
  readonly rssBytes?: number;
  readonly capBytes?: number;
};

const ROLES: Readonly<Record<ComponentKind, string>> = {
  etcd: 'etcd',
  'kube-apiserver': 'apisrv',
  'kube-scheduler': 'k8sched',
  'kube-controller-manager': 'ctrlmgr',
};
const HOSTS = ['omni1', 'omni2', 'store1'] as const;

export type PlaneShape = {
  /** What is other than well, by the name of the zone. */
  readonly zones?: Readonly<Record<string, Partial<ZoneShape>>>;
  /** Hosts that do not answer. */
  readonly silent?: readonly string[];
  readonly plane?: Partial<ControlPlane>;
};

/** A lab whose control plane is well, but for what is told. */
export function planeLab(shape: PlaneShape = {}): Inventory {
  const hosts = HOSTS.map((name, index) => hostOf(name, index + 1, shape));
  const plane: ControlPlane = {
    ...noControlPlane,
    apiServers: HOSTS.map((name, index) => server(`${name}/apisrv${index + 1}`)),
    vip: server(null),
    leases: [lease('kube-scheduler', 'k8sched1'), lease('kube-controller-manager', 'ctrlmgr1')],
    leasesAt: NOW - 1000,
    ...shape.plane,
  };
  const entry: ClusterInventory = cluster('infrak8s', [], []);
  return lab(hosts, [{ ...entry, feeds: { ...entry.feeds, controlPlane: ok(plane) } }]);
}

function hostOf(
  name: string,
  index: number,
  { zones = {}, silent = [] }: PlaneShape,
): HostInventory {
  const shapes = Object.entries(ROLES).map(([kind, prefix]) => {
    const own = `${prefix}${index}`;
    return { name: own, kind: kind as ComponentKind, ...zones[own] };
  });
  const counters = new Map(
    shapes.map((each) => [
      each.name,
      {
        ...zoneCounters,
        rssBytes: each.rssBytes ?? 400_000_000,
        rssCapBytes: each.capBytes ?? 4 * 2 ** 30,
      },
    ]),
  );
  const entry = host(name, {
    zones: shapes.map((each) => zone(each.name, { state: each.state ?? 'running' })),
    configs: shapes.map((each) => config(each.name, { memoryCapBytes: each.capBytes ?? null })),
    source: silent.includes(name) ? { state: 'down' } : {},
    feeds: {
      kstats: ok(kstats({ zones: counters })),
      processes: ok(
        new Map(
          shapes.map((each) => [
            each.name,
            {
              count: 3,
              top: [],
              programs: ['init', ...(each.says?.state === 'refused' ? [] : [each.kind])],
            },
          ]),
        ),
      ),
      zoneComponents: ok(
        shapes.flatMap((each): readonly ZoneComponent[] =>
          each.says === null
            ? []
            : [
                {
                  zone: each.name,
                  kind: each.kind,
                  state: 'ok',
                  reason: null,
                  etcd:
                    each.kind === 'etcd' ? member({ isLeader: index === 1, ...each.etcd }) : null,
                  ...each.says,
                },
              ],
        ),
        NOW - 1000,
      ),
    },
  });
  return {
    ...entry,
    configuredRoles: new Map(shapes.map((each) => [each.name, [each.kind]])),
  };
}

const zoneCounters: ZoneCounters = {
  zoneId: 7,
  userNs: null,
  sysNs: null,
  capHits: null,
  pagedOutBytes: null,
  cpuCapWaiting: null,
  cpuCapSeconds: null,
  bootTimeSeconds: (NOW - 24 * HOUR) / 1000,
  initPid: 100,
  processes: null,
  rssBytes: null,
  rssCapBytes: null,
  swapBytes: null,
  swapCapBytes: null,
  cpuCapPercent: null,
};

/** What a rule finds, as `severity subject: title`. */
export const findingsOf = (
  rule: LabRule,
  inventory: Inventory,
  context: Partial<RuleContext> = {},
  now = NOW,
): readonly string[] =>
  foundBy(rule, inventory, context, now).map(
    ({ severity, subject, title }) => `${severity ?? rule.severity} ${subject}: ${title}`,
  );
export const foundBy = (
  rule: LabRule,
  inventory: Inventory,
  context: Partial<RuleContext> = {},
  now = NOW,
): readonly Finding[] =>
  rule.check(inventory, now, {
    limits: rule.limits?.defaults ?? { warning: Number.NaN, critical: Number.NaN },
    raised: () => null,
    ...context,
  });

/** One of some components. */
export const named = (components: readonly Component[], name: string): Component | undefined =>
  components.find((each) => each.name === name);
