import { startAggregator } from './aggregation.ts';
import { startCertManager, type CertificateIncidents } from './cert-manager.ts';
import { createAuthority, type Validity } from './certificates.ts';
import { startControllerManager } from './controller-manager.ts';
import { followDefinitions } from './custom-resources.ts';
import { createDiscovery } from './discovery.ts';
import type { Cluster } from './handler.ts';
import { startHeartbeats } from './heartbeats.ts';
import { createIncidents, type Incidents } from './incidents.ts';
import { publishInstances } from './kinds/endpoint-slices.ts';
import { resourceOf } from './kinds/kind.ts';
import { KINDS } from './kinds/registry.ts';
import { renderKubeconfig } from './kubeconfig.ts';
import { startKubelets } from './kubelet.ts';
import { startKubevirt, type Machines } from './kubevirt-controller.ts';
import { startLonghorn, type StorageIncidents } from './longhorn-manager.ts';
import { METRICS, servesMetrics } from './metrics-api.ts';
import { createModel, type InstanceNames } from './model.ts';
import { createNetworkIncidents, type NetworkIncidents } from './network-incidents.ts';
import { createRandom } from './random.ts';
import { REVIEWS } from './reviews.ts';
import { VIEWER, type RightsRule } from './rights.ts';
import { startScheduler } from './scheduler.ts';
import { startInstance, type KubeInstance } from './server.ts';
import type { Simulation } from './simulation.ts';
import { createStore, type Store } from './store.ts';
import { createStorm, type Storm } from './storm.ts';
import { createTimers } from './timers.ts';

export type KubeApiOptions = {
  /** The same seed gives the same names, uids and choices. */
  readonly seed: number;
  /** The name of the cluster and of the kubeconfig's context. Default `infrak8s`. */
  readonly cluster?: string;
  /** How many times the reference cluster. Default 1: 4 nodes and about 90 pods; 50: 200 nodes and 10,000 pods. */
  readonly scale?: number;
  /** Milliseconds since the epoch for everything that objects and headers say. Default the system's. */
  readonly clock?: () => number;
  /** The instances of its control plane. Default: those of the reference lab. */
  readonly controlPlane?: InstanceNames;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Seconds between the bookmarks of a watch. Default 60, as in Kubernetes. */
  readonly bookmarkSeconds?: number;
  /** Whether the feature WatchList is on, as it is since 1.34. Default true. */
  readonly watchList?: boolean;
  /** The first two numbers of the addresses of nodes. Default `10.127`. */
  readonly nodeNetwork?: string;
  /** Further names and addresses of the first API server's certificate. */
  readonly names?: readonly string[];
  /** Milliseconds that a simulated controller, scheduler or kubelet takes for a step. Default 1,000. */
  readonly paceMs?: number;
};

/** A running cluster with its first API server. */
export type KubeApi = KubeInstance &
  Incidents &
  StorageIncidents &
  Machines &
  CertificateIncidents &
  NetworkIncidents &
  Storm & {
    /** The objects of the cluster; all instances serve the same. */
    readonly store: Store;
    /** A kubeconfig with embedded certificates. `server` replaces the first instance's URL, such as by a balancer's. */
    readonly kubeconfig: (options?: {
      readonly server?: string;
      readonly user?: string;
      readonly groups?: readonly string[];
      readonly validity?: Validity;
    }) => string;
    /** Limits a user to these rights; every other user may do everything. */
    readonly limit: (user: string, rules: readonly RightsRule[]) => void;
    /** PEM of the authority that signed all certificates. */
    readonly authority: string;
    /** Stops or resumes the renewal of a lease. While its lease is silent, scheduler or controller manager do nothing. */
    readonly setLeaseRenewing: (namespace: string, name: string, renewing: boolean) => void;
    /**
     * Counts requests for an API that a later release does not serve; null takes that back, as when the API servers
     * have started anew and nobody has asked since.
     */
    readonly setDeprecatedRequests: (api: DeprecatedApi | null) => void;
    /** Whether a process of the control plane runs, as `COMPONENT/NAME`: one that does not renews no lease. */
    readonly setRunning: (instance: `${string}/${string}`, running: boolean) => void;
    /** Without a quorum of etcd nothing is read or written, and no API server is ready. */
    readonly setQuorum: (hasQuorum: boolean) => void;
    /** All API servers of the cluster, the first among them. */
    readonly instances: () => readonly KubeInstance[];
    /** Starts another API server of the same cluster, with its own port, faults and certificate. */
    readonly addInstance: (
      name: string,
      options?: { readonly port?: number; readonly names?: readonly string[] },
    ) => Promise<KubeInstance>;
  };

/** An API as the metric apiserver_requested_deprecated_apis names it. */
export type DeprecatedApi = {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly removedRelease: string;
};

/** Lifetime of leaf certificates in the reference lab. */
const LEAF_HOURS = 168;
const HOUR_MS = 3_600_000;

/** The version from which objects count: a cluster of a year is not at its beginning. */
const START_VERSION = 48_213_000;

/**
 * Starts a simulated Kubernetes cluster on loopback.
 * @throws {Error} when the port is taken.
 */
export async function startKubeApi(options: KubeApiOptions): Promise<KubeApi> {
  const {
    seed,
    cluster: name = 'infrak8s',
    scale = 1,
    clock = Date.now,
    port = 0,
    bookmarkSeconds = 60,
    watchList = true,
    paceMs = 1000,
  } = options;
  const model = createModel({
    name,
    seed,
    scale,
    nowMs: clock(),
    ...(options.controlPlane && { instances: options.controlPlane }),
    ...(options.nodeNetwork && { nodeNetwork: options.nodeNetwork }),
  });
  const store = createStore({ kinds: KINDS, seed, clock, startVersion: START_VERSION });
  for (const kind of KINDS)
    for (const draft of kind.seed(model)) store.create(resourceOf(kind), draft);
  // The seeds are the state of the cluster, not its recent history.
  store.compact();

  // Peers judge certificates by their own clock, which is the real one.
  const leaf = (): Validity => ({
    notBeforeMs: Date.now() - HOUR_MS,
    notAfterMs: Date.now() + LEAF_HOURS * HOUR_MS,
  });
  const authority = createAuthority('kubernetes', {
    notBeforeMs: Date.now() - HOUR_MS,
    notAfterMs: Date.now() + 87_600 * HOUR_MS,
  });
  const rights = new Map([[VIEWER.name, VIEWER.rules]]);
  const shared: Cluster = {
    store,
    clock,
    random: createRandom(seed + 1),
    authority,
    discover: createDiscovery(
      () => store.kinds,
      [...REVIEWS, ...METRICS],
      (group) => group === 'metrics.k8s.io' && !servesMetrics({ store }),
    ),
    bookmarkSeconds,
    rights,
  };
  const timers = createTimers(paceMs);
  followDefinitions(store, { timers, clock });
  const first = await startInstance(shared, {
    name: model.instances['kube-apiserver'][0] ?? 'apiserver',
    port,
    watchList,
    validity: leaf(),
    ...(options.names && { names: options.names }),
  });
  publishInstances(store, [first]);
  const others = new Set<KubeInstance>();

  const instances = (): readonly KubeInstance[] => [first, ...others];
  const stopped = new Set<string>();
  const undos: (() => void)[] = [];
  let hasQuorum = true;

  const heartbeats = startHeartbeats({ model, store, clock, timers });
  const simulation: Simulation = {
    model,
    store,
    clock,
    timers,
    isAlive: (component) => heartbeats.isRenewing('kube-system', component),
    isKubeletAlive: (node) => heartbeats.isRenewing('kube-node-lease', node),
  };
  const lookAgain = {
    kubelet: startKubelets(simulation),
    scheduler: startScheduler(simulation),
    controllers: startControllerManager(simulation),
  };
  const incidents = createIncidents(simulation, heartbeats, lookAgain.kubelet);
  const storage = startLonghorn(simulation);
  const machines = startKubevirt(simulation);
  const certificates = startCertManager(simulation, paceMs);
  startAggregator(simulation);
  let deprecatedRequests: string | null = null;
  /** An API server that stopped is no longer an endpoint of the service `kubernetes`. */
  function followWrites(): void {
    const serving = instances().filter(
      (instance) => !stopped.has(`kube-apiserver/${instance.name}`),
    );
    const isWritable = hasQuorum && serving.length > 0;
    heartbeats.setWritable(isWritable);
    if (!isWritable) return;
    publishInstances(store, serving);
    lookAgain.scheduler();
    lookAgain.controllers();
  }

  return {
    ...first,
    ...incidents,
    ...storage,
    ...machines,
    ...certificates,
    ...createNetworkIncidents(simulation),
    ...createStorm(simulation),
    store,
    authority: authority.certificate,
    limit: (limited, rules) => rights.set(limited, rules),
    kubeconfig: ({
      server = first.url,
      user = 'labtop',
      groups = ['system:masters'],
      validity = leaf(),
    } = {}) =>
      renderKubeconfig({
        cluster: name,
        user,
        server,
        authority: authority.certificate,
        client: authority.issueClient(user, groups, validity),
      }),
    setLeaseRenewing(namespace, lease, renewing) {
      heartbeats.setLeaseRenewing(namespace, lease, renewing);
      if (!renewing) return;
      lookAgain.scheduler();
      lookAgain.controllers();
    },
    setRunning(instance, running) {
      if (running !== stopped.has(instance)) return;
      if (running) stopped.delete(instance);
      else stopped.add(instance);
      heartbeats.setRunning(instance, running);
      followWrites();
    },
    setDeprecatedRequests(api) {
      const set = (value: number | null): void => {
        for (const { faults } of instances())
          if (deprecatedRequests !== null) faults.setMetric(deprecatedRequests, value);
      };
      set(null);
      deprecatedRequests =
        api &&
        `apiserver_requested_deprecated_apis{group="${api.group}",removed_release="${api.removedRelease}",resource="${api.resource}",subresource="",version="${api.version}"}`;
      set(1);
    },
    setQuorum(next) {
      if (next === hasQuorum) return;
      hasQuorum = next;
      for (const undo of undos.splice(0)) undo();
      if (!next)
        for (const { faults } of instances())
          undos.push(
            ...['etcd', 'etcd-readiness'].map((check) => faults.failCheck(check)),
            faults.respond({ status: 500, path: '/api', message: 'etcdserver: no leader' }),
          );
      followWrites();
    },
    instances,
    async addInstance(instance, { port: instancePort = 0, names } = {}) {
      const started = await startInstance(shared, {
        name: instance,
        port: instancePort,
        watchList,
        validity: leaf(),
        ...(names && { names }),
      });
      others.add(started);
      publishInstances(store, instances());
      return started;
    },
    async close() {
      timers.close();
      await Promise.all([first, ...others].map((instance) => instance.close()));
    },
  };
}
