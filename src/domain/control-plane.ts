import { lastKnown } from './feed.ts';
import type { CollectError, Known } from './feed.ts';
import type { Histogram } from './histogram.ts';
import type { ClusterInventory } from './inventory.ts';
import type { InstanceSettings } from './settings.ts';
import type { EpochMs } from './time.ts';

/**
 * What became of a request to a component.
 * - `ok`: it is ready
 * - `failing`: it answers that it is not
 * - `overloaded`: 429, 503 or 504
 * - `denied`: 401 or 403; it lives, and that is all that may be known
 * - `refused`: nothing listens there
 * - `timeout`: no answer in time, or no way there
 * - `tls`: no handshake, or a certificate that is not trusted
 * - `no-way`: the proxy of the kubeconfig does not let through to it, so that nothing is known
 * - `error`: anything else
 */
export type ProbeState =
  | 'ok'
  | 'failing'
  | 'overloaded'
  | 'denied'
  | 'refused'
  | 'timeout'
  | 'tls'
  | 'no-way'
  | 'error';

/** A certificate as its owner shows it. */
export type SeenCertificate = {
  /** Common name, or the organization without one. */
  readonly subject: string;
  readonly issuer: string;
  /** DNS names and addresses that it is for. */
  readonly names: readonly string[];
  readonly notBefore: EpochMs;
  readonly notAfter: EpochMs;
  /** When it was seen. */
  readonly at: EpochMs;
};

/** An API, or a version of it, that is asked for although a later release serves it no more. */
export type DeprecatedApi = {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** The release without it, such as `1.32`; null when none is planned. */
  readonly removedRelease: string | null;
};

/** What an API server's `/metrics` says; null is not said. */
export type ApiServerSample = {
  readonly residentBytes: number | null;
  readonly startedAt: EpochMs | null;
  readonly inflightReadOnly: number | null;
  readonly inflightMutating: number | null;
  /** Size of the database file that it stores into. */
  readonly storageBytes: number | null;
  /** Requests that priority and fairness turned away, since the start. */
  readonly rejected: number | null;
  /** Seconds of requests that are no watches. */
  readonly requestSeconds: Histogram;
  /** Seconds of requests to etcd. */
  readonly etcdSeconds: Histogram;
  readonly deprecatedApis: readonly DeprecatedApi[];
};

/** An {@link ApiServerSample}, and what has become of it since the one before. */
export type ApiServerMetrics = ApiServerSample & {
  readonly at: EpochMs;
  readonly requestP99Ms: number | null;
  readonly etcdP99Ms: number | null;
  readonly rejectedPerMinute: number | null;
  /** Growth of the resident memory over the last minutes; null until it is known. */
  readonly residentBytesPerMinute: number | null;
};

/** Reads what is wanted of a text that comes line by line; a new one for each text. */
export type LineReader<T> = {
  readonly push: (line: string) => void;
  readonly end: () => T;
};

/** An API server, or the virtual IP in front of several, as it answers by itself. */
export type ApiServer = {
  /** `host:port`. */
  readonly address: string;
  readonly url: string;
  /** `HOST/ZONE` of the configuration; null when it says nothing. */
  readonly place: string | null;
  /** How it is known: the configuration names it, the endpoints of the service `kubernetes`, or a zone with its address. */
  readonly from: 'configuration' | 'endpoints' | 'kubeconfig' | 'zone';
  readonly state: ProbeState;
  /** Since when it is in that state. */
  readonly since: EpochMs;
  /** When it was last asked. */
  readonly at: EpochMs;
  /** When it was last ready; null when it never was. */
  readonly readyAt: EpochMs | null;
  /** Names of checks of `/readyz` that fail. */
  readonly failedChecks: readonly string[];
  /** Whether `/livez` says that it lives; null when nothing was answered. */
  readonly live: boolean | null;
  /** Milliseconds of the answer, without the handshake; null without one. */
  readonly latencyMs: number | null;
  readonly version: string | null;
  readonly error: CollectError | null;
  /** The last one that was seen. */
  readonly certificate: SeenCertificate | null;
  /** The last ones that were read. */
  readonly metrics: ApiServerMetrics | null;
};

/** The lease that the leader of a component holds. */
export type LeaderLease = {
  readonly kind: 'kube-scheduler' | 'kube-controller-manager';
  /** `NAME_UUID`, of which the name is that of the machine or zone; null when nobody holds it. */
  readonly holder: string | null;
  /** By this console's clock. */
  readonly renewedAt: EpochMs | null;
  readonly durationSeconds: number | null;
  readonly transitions: number | null;
  /** When it was read last: of what came after nothing is known. */
  readonly readAt: EpochMs;
};

/** A member of etcd whose port for clients is looked at. */
export type EtcdTarget = {
  /** Its name as an instance of the control plane. */
  readonly member: string;
  readonly url: string;
  /** What others tell of it: when that changes its port is looked at again at once. */
  readonly told?: string;
};

/** The port of a member of etcd for its clients, by a TLS handshake: more is told to who has a certificate for it. */
export type EtcdPort = {
  readonly member: string;
  /** `host:port`. */
  readonly address: string;
  readonly state: 'answers' | 'refused' | 'timeout' | 'error';
  /** Since when it is in that state. */
  readonly since: EpochMs;
  /** When it was last looked at. */
  readonly at: EpochMs;
  /** When it last answered; null when it never did. */
  readonly answeredAt: EpochMs | null;
  /** The last one that was seen. */
  readonly certificate: SeenCertificate | null;
};

/** Whether it answered once and does not now. */
export const isLostPort = ({ state, answeredAt }: EtcdPort): boolean =>
  state !== 'answers' && answeredAt !== null;

/** A certificate, and who showed it. */
export type CertificateSighting = {
  /** The node whose kubelet it is; null for the client certificate of the kubeconfig. */
  readonly node: string | null;
  readonly address: string | null;
  readonly certificate: SeenCertificate;
};

/** A version of an API group, as the API server registers it. */
export type ApiService = {
  /** `v1beta1.metrics.k8s.io`. */
  readonly name: string;
  /** `namespace/name` of the service that serves it; null for the API server itself. */
  readonly service: string | null;
  /** Status of the condition Available; null when it is missing. */
  readonly available: string | null;
  readonly reason: string | null;
  readonly message: string | null;
  readonly since: EpochMs | null;
};

/** A certificate that cert-manager renews. */
export type ManagedCertificate = {
  readonly namespace: string;
  readonly name: string;
  readonly issuer: string | null;
  readonly names: readonly string[];
  /** null while none was issued. */
  readonly notBefore: EpochMs | null;
  readonly notAfter: EpochMs | null;
  /** Status of the condition Ready; null when it is missing. */
  readonly ready: string | null;
  /** Why it is not ready, or that a renewal is under way and since when; null when neither is so. */
  readonly trouble: string | null;
};

/** What is known of a control plane by asking its parts over the network. */
export type ControlPlane = {
  readonly apiServers: readonly ApiServer[];
  /** null when there is none, or its address is that of an API server. */
  readonly vip: ApiServer | null;
  readonly leases: readonly LeaderLease[];
  /** When the leases were last read; null when they never were. */
  readonly leasesAt: EpochMs | null;
  readonly etcdPorts: readonly EtcdPort[];
  /** Certificates that are neither those of API servers nor of etcd. */
  readonly certificates: readonly CertificateSighting[];
  readonly evidence: PlaneEvidence;
};

/** A handshake with what a zone may have of the cluster: whether the CA of the cluster signed what was shown. */
export type ServerLook = {
  /** `host:port`. */
  readonly address: string;
  readonly isTrusted: boolean;
};

/** An API server in a zone, and whether that is of the cluster. */
export type ServerTarget = {
  readonly url: string;
  readonly belongs: 'member' | 'candidate' | 'other';
};

/** What tells who is of a cluster, besides its API servers and leases. */
export type PlaneEvidence = {
  /** Hosts by which the cluster is reached: of the kubeconfig, and of the virtual IP. */
  readonly fronts: readonly string[];
  /** When the endpoints of default/kubernetes were last read; null when they never were. */
  readonly endpointsAt: EpochMs | null;
  /** Names of the machines or zones of API servers, by their identity leases. */
  readonly identities: readonly string[];
  /** The CAs of the kubeconfig. */
  readonly authorities: readonly Omit<SeenCertificate, 'at'>[];
  /** Whether an answer proves a certificate of these, or of those that this machine trusts. */
  readonly isVerified: boolean;
  readonly looks: readonly ServerLook[];
  /** Members of etcd of the configuration. */
  readonly etcd: readonly InstanceSettings[];
};

/** The evidence while nothing is known. */
export const NO_EVIDENCE: PlaneEvidence = {
  fronts: [],
  endpointsAt: null,
  identities: [],
  authorities: [],
  isVerified: false,
  looks: [],
  etcd: [],
};

/** What is known of a cluster's control plane; the last there was, with its age. */
export const controlPlaneOf = (cluster: ClusterInventory): Known<ControlPlane> | undefined =>
  lastKnown(cluster.feeds.controlPlane);
