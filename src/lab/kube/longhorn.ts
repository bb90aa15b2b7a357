import type { ClusterModel } from './model.ts';
import type { KubeObject } from './object.ts';
import type { Condition } from './pod.ts';
import { uuidOf } from './random.ts';
import { claimsOf, type ClaimModel } from './storage.ts';

/** Where Longhorn keeps its objects. */
export const LONGHORN_NAMESPACE = 'longhorn-system';
export const LONGHORN_API = { group: 'longhorn.io', version: 'v1beta2' } as const;
export const LONGHORN_API_VERSION = `${LONGHORN_API.group}/${LONGHORN_API.version}`;

/** A volume of the reference cluster; its replicas lie on the three workers. */
export type LonghornVolume = Pick<
  ClaimModel,
  'namespace' | 'sizeBytes' | 'usedBytes' | 'mode' | 'ageDays'
> & {
  /** That of the PersistentVolume that it is for. */
  readonly name: string;
  readonly claim: string;
};

/** The volumes that the cluster has. */
export const longhornVolumes = (model: ClusterModel): readonly LonghornVolume[] =>
  claimsOf(model)
    .filter(({ storageClass }) => storageClass === 'longhorn')
    .map((claim) => ({ ...claim, name: claim.volume, claim: claim.name }));

/** The nodes that a volume's replicas lie on, each with the name of its replica. */
export const replicaPlaces = (
  model: ClusterModel,
  volume: Pick<LonghornVolume, 'name'>,
): readonly { readonly node: string; readonly name: string }[] =>
  model.nodes
    .filter(({ architecture }) => architecture === 'amd64')
    .slice(0, REPLICAS)
    .map(({ name: node }) => ({
      node,
      name: `${volume.name}-r-${model.uid('replicas', undefined, `${volume.name}/${node}`).slice(0, 8)}`,
    }));

export const REPLICAS = 3;
export const engineName = (volume: string): string => `${volume}-e-0`;

/** `metadata` of an object of Longhorn, but for its name. */
export const longhornMeta = (model: ClusterModel, ageDays: number, labels = {}) => ({
  namespace: LONGHORN_NAMESPACE,
  creationTimestamp: model.ago(ageDays * 86_400 - 6),
  finalizers: ['longhorn.io'],
  labels: { 'longhorn.io/managed-by': 'longhorn-manager', ...labels },
});

/** A condition as longhorn-manager writes it. */
export const longhornCondition = (
  type: string,
  status: Condition['status'],
  at: string,
  why: { readonly reason?: string; readonly message?: string } = {},
): Condition => ({
  type,
  status,
  lastProbeTime: '',
  lastTransitionTime: at,
  reason: '',
  message: '',
  ...why,
});

/** `spec` and `status` of a replica as longhorn-manager 1.10 writes them. */
export function replicaBody(replica: {
  readonly name: string;
  readonly volume: Pick<LonghornVolume, 'name' | 'sizeBytes'>;
  readonly node: string;
  readonly state: 'running' | 'stopped';
}): Pick<KubeObject, 'spec' | 'status'> {
  const { name, volume, node, state } = replica;
  const isRunning = state === 'running';
  const diskID = diskIdOf(node);
  return {
    spec: {
      active: true,
      backingImage: '',
      dataDirectoryName: `${volume.name}-${name.slice(-8)}`,
      dataEngine: 'v1',
      desireState: state,
      diskID,
      diskPath: DISK_PATH,
      engineName: isRunning ? engineName(volume.name) : '',
      evictionRequested: false,
      failedAt: '',
      hardNodeAffinity: '',
      healthyAt: '',
      image: ENGINE_IMAGE,
      lastFailedAt: '',
      lastHealthyAt: '',
      logRequested: false,
      migrationEngineName: '',
      nodeID: node,
      rebuildRetryCount: 0,
      revisionCounterDisabled: true,
      salvageRequested: false,
      snapshotMaxCount: 250,
      snapshotMaxSize: '0',
      unmapMarkDiskChainRemovedEnabled: false,
      volumeName: volume.name,
      volumeSize: String(volume.sizeBytes),
    },
    status: {
      conditions: [],
      currentImage: isRunning ? ENGINE_IMAGE : '',
      currentState: state,
      instanceManagerName: isRunning ? managerOf(node) : '',
      ip: '',
      logFetched: false,
      ownerID: node,
      port: 0,
      salvageExecuted: false,
      started: isRunning,
      storageIP: '',
      uuid: '',
    },
  };
}

export const ENGINE_IMAGE = 'docker.io/longhornio/longhorn-engine:v1.10.0';
export const DISK_PATH = '/var/lib/longhorn/';
export const diskIdOf = (node: string): string => uuidOf(`longhorn disk ${node}`);
export const managerOf = (node: string): string =>
  `instance-manager-${diskIdOf(node).slice(0, 12)}`;
