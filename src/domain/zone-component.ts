import type { Histogram } from './histogram.ts';
import type { EpochMs } from './time.ts';

/** The components of a Kubernetes control plane, by the names of their programs. */
export type ComponentKind =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-scheduler'
  | 'kube-controller-manager';

export const COMPONENT_KINDS: readonly ComponentKind[] = [
  'etcd',
  'kube-apiserver',
  'kube-scheduler',
  'kube-controller-manager',
];

/** The component that a zone of that role is there for. */
export const componentOf = (role: string | null | undefined): ComponentKind | undefined =>
  COMPONENT_KINDS.find((kind) => kind === role);

/**
 * k3s is several components in one process, and etcd too where it was told to: else it keeps its objects in SQLite or
 * another database, https://docs.k3s.io/datastore.
 */
export const K3S = 'k3s';
const K3S_KINDS: readonly ComponentKind[] = [
  'kube-apiserver',
  'kube-scheduler',
  'kube-controller-manager',
];
/** The first unpacks the second and becomes it, under its own name (cmd/k3s/main.go). */
export const K3S_PROGRAMS = ['k3s', 'k3s-server'] as const;

/** MicroK8s is these in one process, and keeps its objects in dqlite, https://canonical.com/microk8s/docs/configuring-services. */
export const MICROK8S = 'microk8s';
export const MICROK8S_PROGRAMS = ['kubelite', 'k8s-dqlite'] as const;

/** The port of an API server where no argument names one. */
export const apiServerPort = (isMicrok8s: boolean): string => (isMicrok8s ? '16443' : '6443');

/** The components that a zone of that role is surely there for. */
export function componentsOfRole(role: string): readonly ComponentKind[] {
  if (role === K3S || role === MICROK8S) return K3S_KINDS;
  const own = componentOf(role);
  return own === undefined ? [] : [own];
}

/** Whether a component may run as that program, named without its folder. */
export const isProgramOf = (kind: string, program: string): boolean =>
  program === kind ||
  K3S_PROGRAMS.some((each) => each === program) ||
  (program === MICROK8S_PROGRAMS[0] && kind !== 'etcd');

/** How a component answers on the loopback of its own zone. */
export type ZoneComponent = {
  readonly zone: string;
  readonly kind: ComponentKind;
  /**
   * - `ok`, `failing`: it says so itself
   * - `denied`: it answers, but tells its health to nobody without a name
   * - `refused`: nothing listens there
   * - `timeout`: it took too long
   * - `unknown`: it was not asked, or the answer is none
   */
  readonly state: 'ok' | 'failing' | 'denied' | 'refused' | 'timeout' | 'unknown';
  /** Why it is not well, in its own words or those of who asked; null when there is nothing to say. */
  readonly reason: string | null;
  /** null for other components, and without its metrics. */
  readonly etcd: EtcdMember | null;
  /** The id of its etcd cluster as it told last, also while it tells nothing. */
  readonly etcdCluster?: string;
};

/** How a member of etcd in a zone answered last when it was asked for its health alone, which is done often. */
export type EtcdHealth = {
  readonly zone: string;
  readonly state: 'ok' | 'failing' | 'refused' | 'timeout' | 'unknown';
  /** null: at the time of the answer that it is a part of. */
  readonly at: EpochMs | null;
};

/** What a list that has an entry for each component of each zone tells of one. */
export const toldOf = <T extends { readonly zone: string; readonly kind: ComponentKind }>(
  list: readonly T[] | undefined,
  zone: string | undefined,
  kind: string,
): T | undefined => list?.find((each) => each.zone === zone && each.kind === kind);

/** Whether it answers, and does not say that it is not well. */
export const isSound = ({ state }: Pick<ZoneComponent, 'state'>): boolean =>
  state === 'ok' || state === 'denied';

/** Whether it does not say that it is well, or is a member of etcd with less of its database in use than this. */
export const isUnwell = (
  { state, etcd }: Pick<ZoneComponent, 'state' | 'etcd'>,
  leastInUsePercent: number,
): boolean =>
  !isSound({ state }) ||
  (etcd !== null &&
    etcd.dbBytes !== null &&
    etcd.inUseBytes !== null &&
    etcd.inUseBytes * 100 < etcd.dbBytes * leastInUsePercent);

/** An alarm that a member has raised, `NOSPACE` or `CORRUPT`: nothing more is written until it is disarmed. */
export type EtcdAlarm = {
  /** Its id, hexadecimal. */
  readonly member: string;
  readonly alarm: string;
};

/** A member as the members know it. */
export type EtcdPeer = {
  /** Hexadecimal. */
  readonly id: string;
  /** Empty before it has started for the first time. */
  readonly name: string;
  readonly clientUrls: readonly string[];
  readonly peerUrls: readonly string[];
  readonly isLearner: boolean;
};

/**
 * What a member of etcd tells by its metrics, https://etcd.io/docs/v3.5/metrics/, and to its clients; null is not
 * told.
 */
export type EtcdMember = {
  /** Hexadecimal, without zeros before it. */
  readonly id: string | null;
  readonly version: string | null;
  readonly hasLeader: boolean | null;
  readonly isLeader: boolean | null;
  readonly isLearner: boolean | null;
  /** Of its etcd cluster, hexadecimal. */
  readonly clusterId: string | null;
  /** The member that leads, as it knows; null too when none does. */
  readonly leaderId: string | null;
  /** The term of raft: it rises with each election, and one member at most leads in it. */
  readonly term: number | null;
  /** Of all members, as it knows. */
  readonly alarms: readonly EtcdAlarm[] | null;
  /** All members, itself among them. */
  readonly peers: readonly EtcdPeer[] | null;
  /** Why its clients' side did not tell term, alarms or members; null when it did, or was not asked. */
  readonly apiReason: string | null;
  /** etcdctl was asked in place of its JSON gateway, which is off. */
  readonly isByCtl?: boolean;
  /** Since its process began. */
  readonly leaderChanges: number | null;
  /** Leader changes that were seen between this answer and the one before; null for the first. */
  readonly newLeaderChanges: number | null;
  /** Size of the database file. */
  readonly dbBytes: number | null;
  /** What of it is not free pages. */
  readonly inUseBytes: number | null;
  readonly quotaBytes: number | null;
  /** The index of raft that is committed, and the one that is applied. */
  readonly committed: number | null;
  readonly applied: number | null;
  readonly pending: number | null;
  readonly failed: number | null;
  /** Seconds of syncs of the log, and of commits of the database, since its process began. */
  readonly fsyncSeconds: Histogram;
  readonly commitSeconds: Histogram;
  /** What 99 of 100 did not exceed since the answer before, in milliseconds; null for the first answer. */
  readonly fsyncP99Ms: number | null;
  readonly commitP99Ms: number | null;
};
