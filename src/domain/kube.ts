import type { EpochMs } from './time.ts';

/** A Kubernetes node, only what is shown. */
export type KubeNode = {
  readonly name: string;
  readonly uid: string;
  /** `Ready`, `NotReady`, `Unknown`, with `,SchedulingDisabled` as kubectl prints it. */
  readonly status: string;
  /** The Ready condition: True, False, Unknown (the kubelet is silent), or null when missing. */
  readonly ready: 'True' | 'False' | 'Unknown' | null;
  readonly readyReason: string | null;
  readonly readyMessage: string | null;
  readonly readySince: EpochMs | null;
  readonly roles: readonly string[];
  readonly version: string | null;
  readonly architecture: string | null;
  readonly osImage: string | null;
  readonly kernelVersion: string | null;
  readonly internalIp: string | null;
  readonly unschedulable: boolean;
  readonly taints: readonly string[];
  /** Conditions that are True although they should not be, such as MemoryPressure. */
  readonly pressures: readonly string[];
  readonly cpuAllocatable: number | null;
  readonly memoryAllocatableBytes: number | null;
  readonly podsAllocatable: number | null;
  readonly createdAt: EpochMs | null;
};

/** What a node or a pod takes, as metrics-server measured it. */
export type Usage = {
  readonly cores: number;
  readonly memoryBytes: number;
  /** The end of the window that it is the mean of; null when it does not say. */
  readonly at: EpochMs | null;
};

/** A pod, only what is shown; READY, STATUS and RESTARTS exactly as kubectl prints them. */
export type Pod = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly status: string;
  readonly phase: string;
  readonly readyContainers: number;
  readonly totalContainers: number;
  readonly restarts: number;
  readonly lastRestartAt: EpochMs | null;
  readonly ip: string | null;
  readonly node: string | null;
  readonly createdAt: EpochMs | null;
  /** Kind/name of the controller, such as `ReplicaSet/web-5d8`. */
  readonly owner: string | null;
  /** Kind/name of the workload that it belongs to, such as `Deployment/web`; null when nothing tells. */
  readonly workload: string | null;
  /** The claims of storage that it mounts, by their names. */
  readonly claims: readonly string[];
  /** The PodScheduled=False message or the waiting container's message. */
  readonly reason: string | null;
  /** By when it should be gone, its grace included; null while nobody asked for its end. */
  readonly deletionAt: EpochMs | null;
  /** What holds back its deletion; empty while nobody asked for its end. */
  readonly finalizers: readonly string[];
  /** When the kernel last ended a container of it for want of memory. */
  readonly oomKilledAt: EpochMs | null;
  /** The container that it ended. */
  readonly oomKilled: string | null;
};

/**
 * The objects of one kind. The map is changed in place by its watch; `revision` rises and the wrapper is a new
 * object whenever it did, so that a reference comparison finds the change.
 */
export type KubeTable<T> = {
  readonly revision: number;
  readonly byKey: ReadonlyMap<string, T>;
  /** What has changed in this `byKey`; without it nothing is known of what has. */
  readonly changes?: TableChanges<T>;
};

/** What has changed in a table of late, so that who follows it need not read all of it. */
export type TableChanges<T> = {
  /**
   * The keys that have changed after that revision, each with its object of then (undefined: there was none); what is
   * there now is in the table. undefined: that revision is too long ago, or not of this table.
   */
  readonly since: (revision: number) => ReadonlyMap<string, T | undefined> | undefined;
};
