import type { SourceState } from '../domain/inventory.ts';
import type { Finding, Severity } from '../domain/problem.ts';

/** A time as in `2026-03-01T14:09:53.000Z`. */
export type IsoTime = string;

/**
 * What `labtop snapshot --json` prints. Every key is always there: `null` or `[]` where nothing is known. A measured
 * value that is no longer fresh is `null`, a state `unknown`; names and configuration stay as last seen.
 */
export type SnapshotJson = {
  readonly schema: 'labtop/1';
  readonly at: IsoTime;
  readonly sources: readonly SourceJson[];
  readonly hosts: readonly HostJson[];
  readonly zones: readonly ZoneJson[];
  readonly vms: readonly VmJson[];
  readonly links: readonly LinkJson[];
  readonly vlans: readonly VlanJson[];
  readonly pools: readonly PoolJson[];
  readonly disks: readonly DiskJson[];
  readonly faults: readonly FaultJson[];
  readonly clusters: readonly ClusterJson[];
  readonly checks: readonly CheckJson[];
  readonly groups: readonly GroupJson[];
  readonly problems: readonly ProblemJson[];
};

/** A host key that is not known yet counts as down here, and a host that just fell silent as frozen. */
export type SourceStateJson = Exclude<SourceState, 'hostkey-unknown' | 'stale'>;

export type SourceJson = {
  readonly name: string;
  readonly kind: 'ssh' | 'kubernetes' | 'check';
  readonly state: SourceStateJson;
  readonly since: IsoTime;
  readonly lastDataAt: IsoTime | null;
  /** The reason in words. */
  readonly error: string | null;
};

export type HostJson = {
  readonly name: string;
  readonly state: SourceStateJson;
  readonly release: string | null;
  readonly kernel: string | null;
  readonly bootedAt: IsoTime | null;
  readonly cpuCount: number | null;
  /** 100 = all CPUs busy. */
  readonly cpuPercent: number | null;
  readonly load1: number | null;
  readonly memoryTotalBytes: number | null;
  readonly memoryFreeBytes: number | null;
  readonly arcBytes: number | null;
  readonly swapUsedBytes: number | null;
  readonly swapTotalBytes: number | null;
  readonly temperatureCelsius: number | null;
  /** Non-global zones, those of virtual machines among them. */
  readonly zonesRunning: number | null;
  readonly zonesTotal: number | null;
};

export type ZoneJson = {
  readonly host: string;
  readonly name: string;
  readonly zoneId: number | null;
  /** As zoneadm(8) prints it, or `unknown`. */
  readonly state: string;
  readonly brand: string;
  readonly uuid: string | null;
  readonly path: string;
  readonly ipType: string | null;
  readonly autoboot: boolean | null;
  readonly bootedAt: IsoTime | null;
  /** 100 = one CPU busy. */
  readonly cpuPercent: number | null;
  /** null without a cap, as for the other caps. */
  readonly cpuCapPercent: number | null;
  readonly rssBytes: number | null;
  readonly memoryCapBytes: number | null;
  readonly swapBytes: number | null;
  readonly swapCapBytes: number | null;
  readonly links: readonly string[];
  readonly vlans: readonly number[];
  readonly addresses: readonly string[];
  readonly role: string | null;
  readonly servicesInMaintenance: readonly string[];
};

export type VmJson = {
  /** null for a VM that no host is known of. */
  readonly host: string | null;
  readonly name: string;
  /** `emu` is the third brand of OmniOS whose zone is a virtual machine. */
  readonly kind: 'bhyve' | 'kvm' | 'emu' | 'kubevirt';
  /** Of a KubeVirt VM. */
  readonly namespace: string | null;
  readonly state: string;
  readonly vcpus: number | null;
  readonly memoryBytes: number | null;
  readonly cpuPercent: number | null;
  readonly rssBytes: number | null;
  readonly disks: readonly VmDiskJson[];
  readonly links: readonly string[];
  readonly vlans: readonly number[];
  /** Of a KubeVirt VM. */
  readonly node: string | null;
};
export type VmDiskJson = {
  /** Of a KubeVirt VM the claim, `namespace/name`. */
  readonly dataset: string;
  readonly sizeBytes: number | null;
  readonly usedBytes: number | null;
};

export type LinkJson = {
  readonly host: string;
  readonly name: string;
  readonly class: string;
  readonly over: readonly string[];
  readonly vlan: number | null;
  readonly zone: string | null;
  readonly state: 'up' | 'down' | 'unknown';
  readonly speedMbps: number | null;
  readonly mtu: number | null;
  readonly rxBytesPerSecond: number | null;
  readonly txBytesPerSecond: number | null;
  /** Since the link was made. */
  readonly rxErrors: number | null;
  readonly txErrors: number | null;
};

export type VlanJson = {
  readonly id: number;
  readonly name: string | null;
  readonly hosts: readonly string[];
  /** `host/name`, as for zones and VMs. */
  readonly links: readonly string[];
  readonly zones: readonly string[];
  readonly vms: readonly string[];
};

export type PoolJson = {
  readonly host: string;
  readonly name: string;
  /** As zpool(8) prints it, or `UNKNOWN`. */
  readonly state: string;
  readonly sizeBytes: number | null;
  readonly allocatedBytes: number | null;
  readonly capacityPercent: number | null;
  /** Data errors. */
  readonly errors: number | null;
  readonly scrub: {
    readonly state: string;
    readonly finishedAt: IsoTime | null;
    readonly errors: number | null;
  };
  readonly devices: readonly PoolDeviceJson[];
};
export type PoolDeviceJson = {
  readonly path: string;
  readonly state: string;
  readonly read: number | null;
  readonly write: number | null;
  readonly checksum: number | null;
};

export type DiskJson = {
  readonly host: string;
  readonly device: string;
  readonly vendor: string | null;
  readonly product: string | null;
  readonly serial: string | null;
  readonly softErrors: number | null;
  readonly hardErrors: number | null;
  readonly transportErrors: number | null;
  readonly mediaErrors: number | null;
  readonly serviceMs: number | null;
  readonly busyPercent: number | null;
};

export type FaultJson = {
  readonly host: string;
  readonly id: string;
  readonly class: string | null;
  readonly severity: string;
  readonly time: IsoTime | null;
  readonly resource: string | null;
};

export type ClusterJson = {
  readonly name: string;
  readonly version: string | null;
  readonly api: { readonly state: SourceStateJson; readonly latencyMs: number | null };
  readonly components: readonly ComponentJson[];
  readonly nodes: readonly NodeJson[];
  readonly pods: {
    readonly total: number | null;
    readonly running: number | null;
    readonly failing: readonly FailingPodJson[];
  };
  readonly workloads: readonly WorkloadJson[];
  readonly network: NetworkJson;
  /** Once for each reason and object, warnings first, then the newest. */
  readonly events: readonly EventJson[];
  readonly claims: readonly ClaimJson[];
  readonly volumes: readonly VolumeJson[];
  readonly storagePools: readonly StoragePoolJson[];
  readonly objects: readonly {
    readonly resource: string;
    readonly count: number | null;
    readonly perMinute: number | null;
    /** The only namespaces that may be counted in; null: all. */
    readonly namespaces: readonly string[] | null;
    /** Some that were looked at where there are many, each with how many have it in common. */
    readonly sample: {
      readonly size: number;
      readonly newest: boolean;
      readonly managers: Readonly<Record<string, number>>;
      readonly owners: Readonly<Record<string, number>>;
      readonly namespaces: Readonly<Record<string, number>>;
    } | null;
  }[];
  readonly certificates: readonly {
    readonly subject: string;
    readonly where: string;
    readonly notAfter: IsoTime | null;
  }[];
};
export type ComponentJson = {
  readonly kind: string;
  readonly name: string;
  readonly zone: string | null;
  readonly host: string | null;
  readonly state: string;
  readonly leader: boolean | null;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
};
export type NodeJson = {
  readonly name: string;
  /** As kubectl prints it, or `Unknown`. */
  readonly status: string;
  readonly ready: boolean | null;
  readonly readySince: IsoTime | null;
  readonly roles: readonly string[];
  readonly version: string | null;
  readonly architecture: string | null;
  readonly internalIp: string | null;
  readonly unschedulable: boolean;
  readonly pressures: readonly string[];
  /** What it takes now, by metrics-server. */
  readonly cpuCores: number | null;
  readonly memoryBytes: number | null;
  readonly cpuAllocatable: number | null;
  readonly memoryAllocatableBytes: number | null;
  readonly podsAllocatable: number | null;
};
export type WorkloadJson = {
  /** As the API spells it: `Deployment`, `StatefulSet`, `DaemonSet`, `Job`, `CronJob`. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /**
   * `available`, `partial`, `unavailable`, `rolling`, `stalled`, `idle`, `scheduled`, `running`, `complete`, `failed` or
   * `unknown`.
   */
  readonly state: string;
  /** Pods that it is to have; of a job its completions. */
  readonly desired: number | null;
  /** Pods that are ready; of a job those that have succeeded. */
  readonly ready: number | null;
  readonly upToDate: number | null;
  readonly available: number | null;
  /** Pods of a job, or jobs of a cron job, that run. */
  readonly active: number | null;
  /** `CronJob/backup` */
  readonly owner: string | null;
  readonly schedule: string | null;
  readonly lastScheduleAt: IsoTime | null;
  readonly lastSuccessAt: IsoTime | null;
  readonly createdAt: IsoTime | null;
};
/** What a state may be is said with it; each is `unknown` where what was told is no longer fresh. */
export type NetworkJson = {
  readonly ciliumAgents: readonly {
    readonly node: string;
    /** null where the node has no agent. */
    readonly namespace: string | null;
    readonly pod: string | null;
    readonly ready: boolean | null;
  }[];
  /** The BGP sessions of each node. */
  readonly bgpPeers: readonly {
    readonly node: string;
    readonly name: string;
    readonly address: string | null;
    readonly peerAs: number | null;
    readonly localAs: number | null;
    /** `established`, `idle`, `connect`, `active`, `opensent`, `openconfirm`. */
    readonly state: string;
    readonly establishedAt: IsoTime | null;
    readonly routesReceived: number | null;
    readonly routesAdvertised: number | null;
  }[];
  /** What older releases of Cilium are told of BGP; how these sessions are the API does not tell. */
  readonly bgpPolicies: readonly {
    readonly name: string;
    /** A selector of labels; empty: all nodes. */
    readonly nodes: string;
    readonly peers: readonly {
      readonly address: string | null;
      readonly peerAs: number | null;
      readonly localAs: number | null;
    }[];
  }[];
  /** Addresses for services of the type LoadBalancer. */
  readonly loadBalancerPools: readonly {
    readonly name: string;
    readonly disabled: boolean;
    readonly total: number | null;
    readonly available: number | null;
    readonly used: number | null;
    readonly conflict: string | null;
  }[];
  readonly gateways: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly class: string | null;
    readonly addresses: readonly string[];
    /** `Programmed`, or what it or a listener of it is not: `not Accepted`. */
    readonly state: string;
  }[];
  readonly httpRoutes: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly hostnames: readonly string[];
    /** `namespace/name` */
    readonly parents: readonly string[];
    /** `Accepted`, or what it is not: `not ResolvedRefs`. */
    readonly state: string;
  }[];
  readonly ingresses: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly class: string | null;
    readonly hosts: readonly string[];
    readonly addresses: readonly string[];
  }[];
  /** `namespace/name` of those with a selector behind which nothing is ready; null where that is not known. */
  readonly servicesWithoutEndpoints: readonly string[] | null;
  readonly webhooks: readonly {
    /** `ValidatingWebhookConfiguration`, `MutatingWebhookConfiguration`. */
    readonly kind: string;
    readonly configuration: string;
    readonly name: string;
    readonly failurePolicy: 'Fail' | 'Ignore';
    /** `namespace/name:port` of its service, or scheme, host and port of its URL. */
    readonly target: string;
    /** `ready`, `no-service`, `no-endpoints`; `no-answer` of one outside that does not answer the console. */
    readonly state: string;
    readonly readyEndpoints: number | null;
    /** `CREATE,UPDATE pods` */
    readonly rules: readonly string[];
  }[];
};
export type EventJson = {
  /** `Normal`, `Warning`. */
  readonly type: string;
  readonly reason: string;
  /** What it is about, as everywhere: `pod:infrak8s/media/jellyfin-0`. */
  readonly subject: string;
  /** That of the newest. */
  readonly message: string;
  readonly count: number;
  readonly firstAt: IsoTime | null;
  readonly lastAt: IsoTime | null;
  /** What tells it. */
  readonly component: string | null;
};
/** A PersistentVolumeClaim. */
export type ClaimJson = {
  readonly namespace: string;
  readonly name: string;
  /** `Pending`, `Bound`, `Lost`, or `Unknown`. */
  readonly phase: string;
  /** The name of its volume. */
  readonly volume: string | null;
  readonly storageClass: string | null;
  /** What it got; while it is pending, what it asks for. */
  readonly sizeBytes: number | null;
  readonly accessModes: readonly string[];
  /** The pods that mount it, by their names in its namespace. */
  readonly pods: readonly string[];
};
/** A PersistentVolume, or a volume of Longhorn that has none. */
export type VolumeJson = {
  readonly name: string;
  /** `namespace/name` */
  readonly claim: string | null;
  readonly storageClass: string | null;
  /** The CSI driver, or the kind of volume: `nfs`. */
  readonly driver: string | null;
  /** `Available`, `Bound`, `Released`, `Failed`, `Pending`, or `Unknown`; null without a PersistentVolume. */
  readonly phase: string | null;
  readonly sizeBytes: number | null;
  /** What Longhorn tells; null of other volumes. */
  readonly longhorn: {
    /** `attached`, `detached` … or `unknown`. */
    readonly state: string;
    /** `healthy`, `degraded`, `faulted` or `unknown`. */
    readonly robustness: string;
    readonly replicas: number | null;
    readonly replicasHealthy: number | null;
    readonly rebuildPercent: number | null;
    readonly usedBytes: number | null;
    readonly node: string | null;
    readonly lastBackupAt: IsoTime | null;
  } | null;
};
/** What volumes are made on: the disks of a node in Longhorn, a disk pool of Mayastor, a cluster of Ceph. */
export type StoragePoolJson = {
  readonly kind: 'longhorn' | 'mayastor' | 'ceph';
  readonly namespace: string;
  readonly name: string;
  readonly node: string | null;
  /** As its kind tells it: `Ready`, `NotReady`; `Online`, `Degraded`, `Faulted`; `HEALTH_OK` … or `unknown`. */
  readonly state: string;
  readonly sizeBytes: number | null;
  readonly usedBytes: number | null;
};
export type FailingPodJson = {
  readonly namespace: string;
  readonly name: string;
  readonly status: string;
  readonly restarts: number;
  readonly node: string | null;
  readonly reason: string | null;
};

export type CheckJson = {
  readonly name: string;
  readonly type: string;
  readonly target: string;
  readonly state: string;
};

export type GroupJson = {
  readonly name: string;
  /** Members that are known to run. */
  readonly up: number;
  readonly total: number;
  readonly atLeast: number;
};

export type ProblemJson = {
  readonly id: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly subject: string;
  readonly title: string;
  readonly since: IsoTime;
  /** Id of the problem that explains this one. */
  readonly cause: string | null;
  readonly consequences: number;
  readonly evidence: Finding['evidence'];
  readonly hint: string;
  readonly acknowledged: boolean;
};
