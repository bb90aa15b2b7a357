import type { Histogram } from './histogram.ts';

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

/** How a component answers on the loopback of its own zone. */
export type ZoneComponent = {
  readonly zone: string;
  readonly kind: ComponentKind;
  /**
   * - `ok`, `failing`: it says so itself
   * - `refused`: nothing listens there
   * - `timeout`: it took too long
   * - `unknown`: it was not asked, or the answer is none
   */
  readonly state: 'ok' | 'failing' | 'refused' | 'timeout' | 'unknown';
  /** Why it is not well, in its own words or those of who asked; null when there is nothing to say. */
  readonly reason: string | null;
  /** null for other components, and without its metrics. */
  readonly etcd: EtcdMember | null;
};

/** What a member of etcd tells by its metrics, https://etcd.io/docs/v3.5/metrics/; null is not told. */
export type EtcdMember = {
  /** Hexadecimal. */
  readonly id: string | null;
  readonly version: string | null;
  readonly hasLeader: boolean | null;
  readonly isLeader: boolean | null;
  readonly isLearner: boolean | null;
  /** Since its process began. */
  readonly leaderChanges: number | null;
  /** Leader changes that were seen between this answer and the one before; null for the first. */
  readonly newLeaderChanges: number | null;
  /** Size of the database file. */
  readonly dbBytes: number | null;
  /** What of it is not free pages. */
  readonly inUseBytes: number | null;
  readonly quotaBytes: number | null;
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
