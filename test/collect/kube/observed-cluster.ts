import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClusterSource } from '../../../src/collect/kube/cluster-source.ts';
import type {
  ClusterPatch,
  ClusterSource,
  ClusterSourceDeps,
} from '../../../src/collect/kube/cluster-source.ts';
import type { KubeTiming } from '../../../src/collect/kube/timing.ts';
import { emptyCluster } from '../../../src/domain/empty.ts';
import { lastKnown } from '../../../src/domain/feed.ts';
import type { ClusterInventory } from '../../../src/domain/inventory.ts';
import type { KubeNode, Pod } from '../../../src/domain/kube.ts';
import type { ClusterWatch } from '../../../src/domain/watch.ts';
import { clusterSettings } from '../../support/cluster-settings.ts';
import type { ApiObject } from './scripted-api.ts';

/** What a test's watch keeps of a pod; its `reason` is the object's version. */
const podOf = (object: unknown): Pod | undefined => {
  const { metadata, status } = object as Partial<ApiObject>;
  if (!metadata?.name) return undefined;
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    status: status?.phase ?? 'Unknown',
    phase: status?.phase ?? 'Unknown',
    readyContainers: 1,
    totalContainers: 1,
    restarts: 0,
    lastRestartAt: null,
    ip: null,
    node: null,
    createdAt: null,
    owner: null,
    workload: null,
    claims: [],
    reason: metadata.resourceVersion,
    deletionAt: null,
    finalizers: [],
    oomKilledAt: null,
    oomKilled: null,
  };
};

const nameOf = (object: unknown): string | undefined =>
  (object as Partial<ApiObject>).metadata?.name;

/** Watches pods by their name. */
export const podWatch = (maxObjects = 1000): ClusterWatch<'pods'> => ({
  feed: 'pods',
  group: '',
  versions: ['v1'],
  resource: 'pods',
  // The scripted server has one namespace only.
  namespaced: false,
  maxObjects,
  shows: 'the pods',
  project: podOf,
});

/** Watches nodes; of a node only its name is kept. */
export const nodeWatch: ClusterWatch<'nodes'> = {
  feed: 'nodes',
  group: '',
  versions: ['v1'],
  resource: 'nodes',
  namespaced: false,
  maxObjects: 1000,
  shows: 'the nodes',
  project: (object) => ({ name: nameOf(object) }) as KubeNode,
};

/**
 * Short waits, so that no test sleeps; the limits of silence are long where a test does not set them, so that a machine
 * that stalls is not taken for a server that does.
 */
export const quick: Partial<KubeTiming> = {
  connectMs: 60_000,
  headersMs: 60_000,
  heartbeatLimitMs: 60_000,
  frozenMs: 60_000,
  backoffMs: 10,
  backoffCapMs: 100,
  settledMs: 50,
  shortStreamMs: 20,
  recountMs: 50,
  deniedMs: 100,
  spreadMs: 20,
  countMs: 50,
  countOftenMs: 20,
  countGapMs: 1,
  growthMs: [10, 500],
  discoveryMs: 50,
  rediscoverMs: 20,
};

/** A cluster's source with everything that its patches told. */
export type ObservedCluster = {
  readonly source: ClusterSource;
  readonly now: () => ClusterInventory;
  readonly patches: readonly { readonly at: number; readonly patch: ClusterPatch }[];
  /** Every state that feed `pods` was seen in, without repetitions. */
  readonly podStates: readonly string[];
  readonly sourceStates: readonly string[];
  /** Resolves with the cluster as soon as it is so. */
  readonly until: (
    what: string,
    isSo: (cluster: ClusterInventory) => boolean,
  ) => Promise<ClusterInventory>;
};

const LIMIT_MS = 120_000;

/** Starts a source and follows it. */
export function observe(
  kubeconfig: string,
  deps: Partial<ClusterSourceDeps> & {
    readonly context?: string;
    readonly namespaces?: readonly string[];
    readonly objectsMegabytes?: number;
  } = {},
): ObservedCluster {
  let cluster = emptyCluster('test', 0);
  const patches: { at: number; patch: ClusterPatch }[] = [];
  const podStates: string[] = [];
  const sourceStates: string[] = [];
  const listeners = new Set<() => void>();
  const { context = null, namespaces = [], objectsMegabytes = 200, timing, ...rest } = deps;
  const source = createClusterSource(
    clusterSettings('test', kubeconfig, { context, namespaces, objectsMegabytes }),
    {
      watches: [podWatch()],
      random: () => 0.1,
      flushMs: 5,
      heartbeatSeconds: 0.1,
      ...rest,
      timing: { ...quick, ...timing },
      onChange: (patch) => {
        patches.push({ at: performance.now(), patch });
        cluster = { ...cluster, ...patch, feeds: { ...cluster.feeds, ...patch.feeds } };
        const pods = cluster.feeds.pods;
        const state = pods.status === 'failed' ? `failed ${pods.error.code}` : pods.status;
        if (podStates.at(-1) !== state) podStates.push(state);
        if (sourceStates.at(-1) !== cluster.source.state) sourceStates.push(cluster.source.state);
        for (const listener of listeners) listener();
      },
    },
  );
  source.start();
  return {
    source,
    now: () => cluster,
    patches,
    podStates,
    sourceStates,
    until: (what, isSo) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!isSo(cluster)) return;
          clearTimeout(timer);
          listeners.delete(look);
          resolve(cluster);
        };
        const timer = setTimeout(() => {
          listeners.delete(look);
          reject(
            new Error(
              `not so within the limit: ${what}; source ${JSON.stringify(cluster.source)}, pods ${podStates.join(' → ')}`,
            ),
          );
        }, LIMIT_MS);
        listeners.add(look);
        look();
      }),
  };
}

/** Names of the pods that are known, however old, in order. */
export const podNames = (cluster: ClusterInventory): readonly string[] =>
  [...(lastKnown(cluster.feeds.pods)?.value.byKey.keys() ?? [])].toSorted();

/** A folder that is removed with `drop`. */
export function temporaryFolder(): { readonly path: string; readonly drop: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'kube-'));
  return { path, drop: () => rmSync(path, { recursive: true, force: true }) };
}

export type KubeconfigOptions = {
  readonly server: string;
  readonly ca?: string;
  readonly token?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly exec?: {
    readonly command: string;
    readonly args: readonly string[];
    readonly provideClusterInfo?: boolean;
    readonly interactiveMode?: string;
  };
  readonly proxyUrl?: string;
  /** Further fields of the cluster and of the user. */
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
};

/** Writes a kubeconfig with the context `test`; JSON is YAML. */
export function writeKubeconfig(path: string, options: KubeconfigOptions): void {
  const base64 = (text: string | undefined) => text && Buffer.from(text).toString('base64');
  writeFileSync(
    path,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      clusters: [
        {
          name: 'test',
          cluster: {
            server: options.server,
            'certificate-authority-data': base64(options.ca),
            'proxy-url': options.proxyUrl,
            ...options.cluster,
          },
        },
      ],
      users: [
        {
          name: 'viewer',
          user: {
            token: options.token,
            'client-certificate-data': base64(options.cert),
            'client-key-data': base64(options.key),
            exec: options.exec && {
              apiVersion: 'client.authentication.k8s.io/v1',
              ...options.exec,
            },
            ...options.user,
          },
        },
      ],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'viewer' } }],
    }),
  );
}
