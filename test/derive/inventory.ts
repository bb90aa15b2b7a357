import { emptyCluster, emptyHost } from '../../src/domain/empty.ts';
import type { Feed } from '../../src/domain/feed.ts';
import type { HostKstats, LinkCounters, ZoneCounters } from '../../src/domain/host.ts';
import type {
  ClusterInventory,
  HostInventory,
  Inventory,
  SourceStatus,
} from '../../src/domain/inventory.ts';
import type { KubeNode, KubeTable, Pod } from '../../src/domain/kube.ts';
import type { LinkEntry } from '../../src/domain/link.ts';
import type { ObjectCount } from '../../src/domain/objects.ts';
import type { Problem } from '../../src/domain/problem.ts';
import type { Ref } from '../../src/domain/ref.ts';
import { DEFAULT_THRESHOLDS } from '../../src/domain/thresholds.ts';
import type { VmConfig, ZoneConfig, ZoneEntry } from '../../src/domain/zone.ts';

/** The instant of all test inventories. */
export const NOW = Date.UTC(2026, 2, 1, 12);

export const answered = <T>(value: T, at = NOW): Feed<T> => ({
  status: 'ok',
  value,
  at,
  freshUntil: at + 17_000,
  complaints: [],
  durationMs: 4,
});

export const source = (change: Partial<SourceStatus> = {}): SourceStatus => ({
  state: 'up',
  since: NOW - 3_600_000,
  lastDataAt: NOW,
  attempt: 0,
  nextAttemptAt: null,
  error: null,
  question: null,
  ...change,
});

/** The connection was refused three times; the last data came a minute ago. */
export const lost: SourceStatus = source({
  state: 'down',
  since: NOW - 50_000,
  lastDataAt: NOW - 60_000,
  attempt: 3,
  nextAttemptAt: NOW + 4000,
  error: {
    code: 'refused',
    message: 'omni1:22 refuses the connection',
    hint: 'see whether sshd runs',
  },
});

export const makeHost = (
  name: string,
  feeds: Partial<HostInventory['feeds']> = {},
  status: SourceStatus = source(),
): HostInventory => {
  const empty = emptyHost(name, NOW);
  return { ...empty, source: status, feeds: { ...empty.feeds, ...feeds } };
};

export const makeCluster = (
  name: string,
  feeds: Partial<ClusterInventory['feeds']> = {},
  status: SourceStatus = source(),
): ClusterInventory => {
  const empty = emptyCluster(name, NOW);
  return { ...empty, source: status, feeds: { ...empty.feeds, ...feeds } };
};

export const makeInventory = (change: Partial<Inventory> = {}): Inventory => ({
  hosts: [],
  clusters: [],
  groups: [],
  vlanNames: new Map(),
  thresholds: DEFAULT_THRESHOLDS,
  ...change,
});

export const makeZone = (name: string, change: Partial<ZoneEntry> = {}): ZoneEntry => ({
  name,
  zoneId: change.state === undefined || change.state === 'running' ? 3 : null,
  state: 'running',
  stateText: change.state ?? 'running',
  zonepath: `/zones/${name}`,
  uuid: `uuid-of-${name}`,
  brand: 'lipkg',
  ipType: 'excl',
  stateSince: null,
  sawStateBegin: false,
  ...change,
});

export const makeConfig = (zone: string, change: Partial<ZoneConfig> = {}): ZoneConfig => ({
  zone,
  brand: 'lipkg',
  autoboot: true,
  ipType: 'exclusive',
  cpuCapPercent: null,
  memoryCapBytes: null,
  swapCapBytes: null,
  nets: [],
  vm: null,
  datasets: [],
  ...change,
});

/** A VM of which nothing is configured but what is given. */
export const makeVm = (change: Partial<VmConfig> = {}): VmConfig => ({
  vcpus: null,
  ramBytes: null,
  disks: [],
  vnc: null,
  bootrom: null,
  bootOrder: null,
  cloudInit: null,
  guestType: null,
  diskInterface: null,
  netInterface: null,
  passedThrough: [],
  ...change,
});

export const makeLink = (name: string, change: Partial<LinkEntry> = {}): LinkEntry => ({
  name,
  class: 'phys',
  mtu: 1500,
  state: 'up',
  bridge: null,
  over: [],
  ...change,
});

export const makeNode = (name: string, change: Partial<KubeNode> = {}): KubeNode => ({
  name,
  uid: `uid-of-${name}`,
  status: 'Ready',
  ready: 'True',
  readyReason: 'KubeletReady',
  readyMessage: 'kubelet is posting ready status',
  readySince: NOW - 86_400_000,
  roles: ['worker'],
  version: 'v1.32.1',
  architecture: 'amd64',
  osImage: null,
  kernelVersion: null,
  internalIp: null,
  unschedulable: false,
  taints: [],
  pressures: [],
  cpuAllocatable: 8,
  memoryAllocatableBytes: 16 * 1024 ** 3,
  podsAllocatable: 110,
  createdAt: null,
  ...change,
});

export const makePod = (name: string, change: Partial<Pod> = {}): Pod => ({
  namespace: 'default',
  name,
  uid: `uid-of-${name}`,
  status: 'Running',
  phase: 'Running',
  readyContainers: 1,
  totalContainers: 1,
  restarts: 0,
  lastRestartAt: null,
  ip: null,
  node: 'worker1',
  createdAt: null,
  owner: null,
  workload: null,
  claims: [],
  reason: null,
  deletionAt: null,
  finalizers: [],
  oomKilledAt: null,
  oomKilled: null,
  ...change,
});

export const nodesOf = (...nodes: readonly KubeNode[]): KubeTable<KubeNode> => ({
  revision: 1,
  byKey: new Map(nodes.map((node) => [node.name, node])),
});
export const podsOf = (...pods: readonly Pod[]): KubeTable<Pod> => ({
  revision: 1,
  byKey: new Map(pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod])),
});

export const objectsOf = (
  ...counts: readonly (readonly [
    name: string,
    count: number | null,
    change?: Partial<ObjectCount>,
  ])[]
): KubeTable<ObjectCount> => ({
  revision: 1,
  byKey: new Map(
    counts.map(([name, count, change]) => {
      const [resource = '', ...group] = name.split('.');
      const object: ObjectCount = {
        name,
        resource,
        group: group.join('.'),
        kind: resource,
        request: `GET /…/${resource}?limit=1`,
        count,
        perMinute: 0,
        countedAt: NOW,
        namespaces: null,
        sample: null,
        trouble: null,
        ...change,
      };
      return [name, object];
    }),
  ),
});

export const makeProblem = (
  rule: string,
  subject: Ref,
  change: Partial<Problem> = {},
): Problem => ({
  id: `${rule}@${subject}`,
  rule,
  severity: 'critical',
  subject,
  title: 'is wrong',
  since: NOW,
  lastSeen: NOW,
  confirmed: true,
  cause: null,
  folds: {},
  consequences: 0,
  evidence: {},
  hint: '',
  ...change,
});

export const zoneCounters = (change: Partial<ZoneCounters> = {}): ZoneCounters => ({
  zoneId: 3,
  userNs: null,
  sysNs: null,
  bootTimeSeconds: (NOW - 86_400_000) / 1000,
  rssBytes: 100 * 1024 ** 2,
  rssCapBytes: null,
  swapBytes: null,
  swapCapBytes: null,
  capHits: null,
  pagedOutBytes: null,
  cpuCapPercent: null,
  cpuCapWaiting: null,
  cpuCapSeconds: null,
  initPid: 4711,
  processes: null,
  ...change,
});

export const linkCounters = (change: Partial<LinkCounters> = {}): LinkCounters => ({
  rxBytes: null,
  txBytes: null,
  rxPackets: null,
  txPackets: null,
  rxErrors: null,
  txErrors: null,
  rxDrops: null,
  txDrops: null,
  up: null,
  speedBitsPerSecond: null,
  ...change,
});

export const makeKstats = (change: Partial<HostKstats> = {}): HostKstats => ({
  counters: {
    snaptimeSeconds: 1000,
    bootTimeSeconds: (NOW - 172_800_000) / 1000,
    cpuCount: 12,
    load1: 1.5,
    load5: 1,
    load15: 1,
    physmemPages: 16_777_216,
    freememPages: 4_194_304,
    arcBytes: 1024 ** 3,
    arcMinBytes: 2 * 2 ** 30,
    swapAllocPageSum: null,
    swapResvPageSum: null,
    swapAvailPageSum: null,
    swapFreePageSum: null,
    vminfoUpdates: null,
    cpus: new Map(),
    zones: new Map(),
    links: new Map(),
    disks: new Map(),
  },
  cpuPercent: 25,
  cpuPercents: new Map(),
  swapUsedBytes: 0,
  swapAllocatedBytes: 0,
  previousBootTimeSeconds: null,
  swapTotalBytes: 8 * 1024 ** 3,
  zones: new Map(),
  zoneBoots: new Map(),
  processLevels: new Map(),
  links: new Map(),
  disks: new Map(),
  ...change,
});
