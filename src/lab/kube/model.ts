import { createRandom, uuidOf, type Random } from './random.ts';
import { rfc3339 } from './time.ts';

/** A node of the reference cluster, as far as other kinds need it. */
export type NodeModel = {
  readonly name: string;
  readonly index: number;
  readonly architecture: 'amd64' | 'arm64';
  readonly address: string;
  readonly cpus: number;
  readonly memoryKi: number;
};

/** What the seeds of all kinds agree on. */
export type ClusterModel = {
  readonly name: string;
  readonly seed: number;
  /** How many times the reference cluster: nodes and pods grow with it. */
  readonly scale: number;
  readonly nowMs: number;
  readonly random: Random;
  readonly nodes: readonly NodeModel[];
  readonly instances: InstanceNames;
  /** The uid that an object gets at the start, so that kinds can refer to each other. */
  readonly uid: (resource: string, namespace: string | undefined, name: string) => string;
  /** The timestamp of so many seconds ago. */
  readonly ago: (seconds: number) => string;
};

export const KUBERNETES_VERSION = 'v1.34.1';

/** The names of the instances of a control plane, those of their zones; the first of each leads. */
export type InstanceNames = {
  readonly 'kube-apiserver': readonly string[];
  readonly 'kube-scheduler': readonly string[];
  readonly 'kube-controller-manager': readonly string[];
};

/** In the zones of the reference lab. */
export const API_SERVERS = ['apisrv1', 'apisrv2', 'apisrv3'] as const;
const INSTANCES: InstanceNames = {
  'kube-apiserver': API_SERVERS,
  'kube-scheduler': ['k8sched1', 'k8sched2', 'k8sched3'],
  'kube-controller-manager': ['ctrlmgr1', 'ctrlmgr2', 'ctrlmgr3'],
};

export const DAY_SECONDS = 86_400;

/** The age of the cluster at the start of the lab, in days. */
export const CLUSTER_AGE_DAYS = 412;

/** Addresses of a kind of node in the worker network: a /24 each 200 nodes. */
const addressOf = (network: string, index: number): string =>
  `${network}.${Math.floor(index / 200)}.${11 + (index % 200)}`;

/** The pod address of the given number on a node. */
export function podAddress(node: NodeModel, number: number): string {
  return `10.244.${node.index % 256}.${10 + (number % 240)}`;
}

export function createModel(options: {
  readonly name: string;
  readonly seed: number;
  readonly scale: number;
  readonly nowMs: number;
  /** Default: those of the reference lab. */
  readonly instances?: InstanceNames;
  /** The first two numbers of the addresses of nodes. Default `10.127`. */
  readonly nodeNetwork?: string;
}): ClusterModel {
  const { seed, scale, nowMs, nodeNetwork = '10.127' } = options;
  return {
    instances: INSTANCES,
    ...options,
    random: createRandom(seed),
    nodes: nodesOf(Math.max(1, Math.round(scale)), nodeNetwork),
    uid: (resource, namespace, name) => uuidOf(`${seed} ${resource} ${namespace ?? ''}/${name}`),
    ago: (seconds) => rfc3339(nowMs - seconds * 1000),
  };
}

/** Three amd64 workers and one arm64 board, as many times as the scale says. */
function nodesOf(scale: number, network: string): readonly NodeModel[] {
  const workers = Array.from({ length: scale * 3 }, (_, index) => ({
    name: `worker${index + 1}`,
    architecture: 'amd64' as const,
    cpus: 16,
    memoryKi: 131_841_452,
  }));
  const boards = Array.from({ length: scale }, (_, index) => ({
    name: `rk${index + 1}`,
    architecture: 'arm64' as const,
    cpus: 8,
    memoryKi: 32_586_116,
  }));
  return [...workers, ...boards].map((node, index) => ({
    ...node,
    index,
    address: addressOf(network, index),
  }));
}
