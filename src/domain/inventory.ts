import type { BootEnvironment } from './boot-environment.ts';
import type { ConnectPhase } from './connect-phase.ts';
import type { ApiService, ControlPlane, ManagedCertificate } from './control-plane.ts';
import type { Dataset, NewestSnapshot } from './dataset.ts';
import type { DiskEntry, DiskName, SmartReport } from './disk.ts';
import type { Fault } from './fault.ts';
import type { CollectError, Feed } from './feed.ts';
import type { HostIdentity, HostKstats } from './host.ts';
import type { KubeEvent } from './kube-event.ts';
import type { KubeNode, KubeTable, Pod, Usage } from './kube.ts';
import type { Migration, VirtualMachine, VirtualMachineInstance } from './kubevirt.ts';
import type { LinkQuestion } from './link-question.ts';
import type {
  AddressEntry,
  AggrEntry,
  LinkEntry,
  LinkProperties,
  PhysEntry,
  Switches,
  VlanEntry,
  VnicEntry,
} from './link.ts';
import type {
  BgpNodeConfig,
  BgpPolicy,
  EndpointSlice,
  Gateway,
  HttpRoute,
  Ingress,
  KubeService,
  LoadBalancerPool,
  OutsideTarget,
  WebhookConfiguration,
} from './network.ts';
import type { ObjectCount } from './objects.ts';
import type { HostObserver } from './observer.ts';
import type { PoolEntry, PoolStatus } from './pool.ts';
import type { ZoneProcesses } from './process.ts';
import type { Rights } from './rights.ts';
import type { Sensor } from './sensor.ts';
import type { Services, ServicesOfZones } from './service.ts';
import type { JumpHop, SshSession } from './ssh-session.ts';
import type {
  CephCluster,
  Claim,
  DiskPool,
  LonghornBackup,
  LonghornEngine,
  LonghornJob,
  LonghornNode,
  LonghornReplica,
  LonghornVolume,
  PersistentVolume,
  StorageClass,
} from './storage.ts';
import type { CrashDumps, ListedFile, LogLine, Processor, TimeSync } from './system.ts';
import type { Limits } from './thresholds.ts';
import type { EpochMs } from './time.ts';
import type { VcpuTimes } from './vcpu.ts';
import type { Workload } from './workload.ts';
import type { ZoneCertificates } from './zone-certificates.ts';
import type { EtcdHealth, ZoneComponent } from './zone-component.ts';
import type { ZoneConfig, ZoneEntry } from './zone.ts';

/**
 * The state of a connection.
 * - `connecting`: the first attempt runs, or a new one after a loss
 * - `up`: answers come
 * - `stale`: connected, but no byte for 5 s although one was asked for; what is known counts as old
 * - `frozen`: connected, but no byte for 15 s although one was asked for
 * - `down`: no connection; the next attempt is planned
 * - `auth-failed`, `hostkey-changed`, `hostkey-unknown`: held, no automatic attempt
 */
export type SourceState =
  | 'connecting'
  | 'up'
  | 'stale'
  | 'frozen'
  | 'down'
  | 'auth-failed'
  | 'hostkey-changed'
  | 'hostkey-unknown';

/** A connection as it stands. */
export type SourceStatus = {
  readonly state: SourceState;
  readonly since: EpochMs;
  /** When the last byte of data came; null before the first. */
  readonly lastDataAt: EpochMs | null;
  /** Attempts since the last time it was up. */
  readonly attempt: number;
  readonly nextAttemptAt: EpochMs | null;
  /** Of the attempt that runs; absent or null: none does, or it does not say. */
  readonly phase?: ConnectPhase | null;
  readonly error: CollectError | null;
  /**
   * What a person has to answer first; the state is then `hostkey-unknown` or `auth-failed`. Always null for a
   * cluster.
   */
  readonly question: LinkQuestion | null;
  /** The jump hosts that are passed, the first in front; absent until that is known, and for a cluster. */
  readonly hops?: readonly JumpHop[];
};

/** One line per kind of data that a host is asked for. */
export type Feeds = {
  readonly identity: HostIdentity;
  readonly session: SshSession | null;
  readonly kstats: HostKstats;
  readonly zones: readonly ZoneEntry[];
  readonly zoneConfigs: readonly ZoneConfig[];
  /** The files of zonecfg(8). */
  readonly zoneFiles: readonly ListedFile[];
  /** By the zone's name, `global` among them. */
  readonly processes: ReadonlyMap<string, ZoneProcesses>;
  readonly links: readonly LinkEntry[];
  readonly phys: readonly PhysEntry[];
  readonly vnics: readonly VnicEntry[];
  readonly vlans: readonly VlanEntry[];
  readonly aggrs: readonly AggrEntry[];
  readonly switches: Switches;
  readonly linkProperties: readonly LinkProperties[];
  readonly addresses: readonly AddressEntry[];
  readonly pools: readonly PoolEntry[];
  readonly poolStatus: readonly PoolStatus[];
  readonly faults: readonly Fault[];
  readonly disks: readonly DiskEntry[];
  readonly diskNames: readonly DiskName[];
  readonly smart: readonly SmartReport[];
  readonly datasets: readonly Dataset[];
  readonly snapshots: readonly NewestSnapshot[];
  readonly services: Services;
  readonly zoneServices: ServicesOfZones;
  readonly sensors: readonly Sensor[];
  readonly topologySensors: readonly Sensor[];
  readonly messages: readonly LogLine[];
  readonly bootEnvironments: readonly BootEnvironment[];
  readonly timeSync: TimeSync;
  readonly crashDumps: CrashDumps;
  readonly processors: readonly Processor[];
  readonly zoneComponents: readonly ZoneComponent[];
  readonly etcdHealth: readonly EtcdHealth[];
  readonly rights: Rights;
  /** By the machine's name. */
  readonly vcpus: ReadonlyMap<string, VcpuTimes>;
  readonly zoneCertificates: readonly ZoneCertificates[];
};
export type FeedName = keyof Feeds;

export type HostInventory = {
  readonly name: string;
  /** What its zones are for, by their names, where the configuration says so. */
  readonly configuredRoles: ReadonlyMap<string, readonly string[]>;
  /** Hours that the newest snapshot of a dataset may be old, by dataset. */
  readonly snapshotHours: ReadonlyMap<string, number>;
  readonly source: SourceStatus;
  readonly feeds: { readonly [K in FeedName]: Feed<Feeds[K]> };
  readonly observer: HostObserver;
  /**
   * Its zones and VMs that labtop itself restarts or stops now, and until when that may take: that they do not run meanwhile
   * is no fault.
   */
  readonly away?: ReadonlyMap<string, EpochMs>;
  /** Its zones of control planes that are not watched, for questions that are asked of the others only. */
  readonly strangers?: ReadonlySet<string>;
};

/** One line per Kubernetes resource that is watched, or other thing that is known of a cluster. */
export type ClusterFeeds = {
  readonly nodes: KubeTable<KubeNode>;
  readonly pods: KubeTable<Pod>;
  /** By the name of the node. */
  readonly nodeUsage: KubeTable<Usage>;
  readonly podUsage: KubeTable<Usage>;
  /** By the name of the resource. */
  readonly objects: KubeTable<ObjectCount>;
  readonly controlPlane: ControlPlane;
  readonly apiServices: KubeTable<ApiService>;
  readonly managedCertificates: KubeTable<ManagedCertificate>;
  readonly deployments: KubeTable<Workload>;
  readonly statefulsets: KubeTable<Workload>;
  readonly daemonsets: KubeTable<Workload>;
  readonly jobs: KubeTable<Workload>;
  readonly cronjobs: KubeTable<Workload>;
  readonly services: KubeTable<KubeService>;
  readonly endpointSlices: KubeTable<EndpointSlice>;
  readonly ingresses: KubeTable<Ingress>;
  readonly gateways: KubeTable<Gateway>;
  readonly httpRoutes: KubeTable<HttpRoute>;
  readonly bgpNodeConfigs: KubeTable<BgpNodeConfig>;
  readonly bgpPolicies: KubeTable<BgpPolicy>;
  readonly lbPools: KubeTable<LoadBalancerPool>;
  readonly validatingWebhooks: KubeTable<WebhookConfiguration>;
  readonly mutatingWebhooks: KubeTable<WebhookConfiguration>;
  /** By their origins. */
  readonly webhookTargets: KubeTable<OutsideTarget>;
  readonly events: KubeTable<KubeEvent>;
  readonly claims: KubeTable<Claim>;
  readonly persistentVolumes: KubeTable<PersistentVolume>;
  readonly storageClasses: KubeTable<StorageClass>;
  readonly longhornVolumes: KubeTable<LonghornVolume>;
  readonly longhornReplicas: KubeTable<LonghornReplica>;
  readonly longhornEngines: KubeTable<LonghornEngine>;
  readonly longhornNodes: KubeTable<LonghornNode>;
  readonly longhornBackups: KubeTable<LonghornBackup>;
  readonly longhornJobs: KubeTable<LonghornJob>;
  readonly diskPools: KubeTable<DiskPool>;
  readonly cephClusters: KubeTable<CephCluster>;
  readonly virtualMachines: KubeTable<VirtualMachine>;
  readonly virtualMachineInstances: KubeTable<VirtualMachineInstance>;
  readonly migrations: KubeTable<Migration>;
};
export type ClusterFeedName = keyof ClusterFeeds;
/** The feeds that are tables of objects. */
export type ClusterTableName = {
  [K in ClusterFeedName]: ClusterFeeds[K] extends KubeTable<unknown> ? K : never;
}[ClusterFeedName];

export type ClusterInventory = {
  readonly name: string;
  readonly source: SourceStatus;
  /** `gitVersion` of /version; null before the first answer. */
  readonly version: string | null;
  /** Milliseconds of the last heart-beat request to /readyz; null when it failed or none was made. */
  readonly latencyMs: number | null;
  /** Server clock minus ours, by the Date header; null when not known. */
  readonly clockSkewMs: number | null;
  readonly feeds: { readonly [K in ClusterFeedName]: Feed<ClusterFeeds[K]> };
};

/** A redundancy group of the configuration: at least `atLeast` of its members must be up. */
export type Group = {
  readonly name: string;
  /** Zone or VM as `host/name`. */
  readonly members: readonly string[];
  readonly atLeast: number;
};

/** Everything known, at one instant. Host and cluster objects keep their identity while nothing in them changed. */
export type Inventory = {
  readonly hosts: readonly HostInventory[];
  readonly clusters: readonly ClusterInventory[];
  readonly groups: readonly Group[];
  /** Names of VLAN ids from the configuration. */
  readonly vlanNames: ReadonlyMap<number, string>;
  /** The configured limits of rules, by which values are coloured too. */
  readonly thresholds: Limits;
};
