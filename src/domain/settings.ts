import type { Group } from './inventory.ts';

/** How one host is reached. What is not set comes from the user's ssh configuration, then from ssh's defaults. */
export type HostSettings = {
  /** The name shown everywhere; also an alias in the ssh configuration. */
  readonly name: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly user: string | null;
  /** Jump hosts as in ProxyJump. */
  readonly jump: string | null;
  readonly identityFiles: readonly string[];
  readonly knownHostsFiles: readonly string[];
  /** Path of the agent's socket; `none` uses no agent; null takes $SSH_AUTH_SOCK. */
  readonly agent: string | null;
  /** `openssh`: a child of the ssh program carries the connection, in place of labtop's own SSH. */
  readonly via: 'ssh2' | 'openssh';
};

export type ClusterSettings = {
  readonly name: string;
  /** Absolute path. */
  readonly kubeconfig: string;
  readonly context: string | null;
  /** URL of the virtual IP in front of the API servers. */
  readonly vip: string | null;
  /** API servers that are asked by themselves, besides those that the cluster names. */
  readonly apiServers: readonly InstanceSettings[];
  /**
   * Where to look for what may not be seen in all namespaces, besides the namespaces that the cluster lists and those of
   * the kubeconfig's contexts.
   */
  readonly namespaces: readonly string[];
  /** Ports of members of etcd for their clients that are looked at, besides those that zones and members tell. */
  readonly etcd: readonly InstanceSettings[];
  /** Whether certificates of kubelets are looked at, on port 10250 of each node. */
  readonly kubelets: boolean;
  /** What is kept of its objects takes no more memory, in millions of bytes; the largest kinds are counted only then. */
  readonly objectsMegabytes: number;
};

export type InstanceSettings = {
  readonly url: string;
  /** `HOST/ZONE` that it runs in; null when that is to be found out. */
  readonly zone: string | null;
};

export type Intervals = {
  /** Seconds. */
  readonly fast: number;
  readonly slow: number;
  readonly inventory: number;
};

/** Levels of a rule with two limits. */
export type Threshold = { readonly warning: number; readonly critical: number };

/** The configuration, valid and complete: every key has its default. */
export type Settings = {
  readonly hosts: readonly HostSettings[];
  readonly clusters: readonly ClusterSettings[];
  readonly vlanNames: ReadonlyMap<number, string>;
  readonly groups: readonly Group[];
  /** What zones and VMs are for, `ROLE` or `CLUSTER/ROLE`: by host, then by name. */
  readonly roles: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  /** Hours that the newest snapshot of a dataset may be old: by host, then by dataset. */
  readonly snapshotHours: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly intervals: Intervals;
  readonly thresholds: Readonly<Record<string, Threshold>>;
  readonly ui: {
    readonly theme: string;
    readonly start: string;
    readonly mouse: boolean;
    /** Unlocking actions asks for a reason. */
    readonly unlockReason: boolean;
    /** The escape character of zone consoles. */
    readonly escape: string;
    /** Command id to key. */
    readonly keys: Readonly<Record<string, string>>;
  };
};
