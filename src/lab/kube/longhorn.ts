import type { ClusterModel } from './model.ts';
import type { KubeObject } from './object.ts';

/** Where Longhorn keeps its objects. */
export const LONGHORN_NAMESPACE = 'longhorn-system';

/** A volume of the reference cluster; its replicas lie on the three workers. */
export type LonghornVolume = { readonly name: string; readonly sizeBytes: number };

const GIB = 1024 ** 3;
const SIZES_GIB = [10, 20, 50, 100, 8, 40] as const;

/** The volumes that the cluster has, named after the PersistentVolumes that they are for. */
export const longhornVolumes = (model: ClusterModel): readonly LonghornVolume[] =>
  SIZES_GIB.map((size, index) => ({
    name: `pvc-${model.uid('persistentvolumeclaims', undefined, `longhorn-${index}`)}`,
    sizeBytes: size * GIB,
  }));

/** `spec` and `status` of a replica as longhorn-manager 1.10 writes them. */
export function replicaBody(replica: {
  readonly name: string;
  readonly volume: LonghornVolume;
  readonly node: string;
  readonly state: 'running' | 'stopped';
}): Pick<KubeObject, 'spec' | 'status'> {
  const { name, volume, node, state } = replica;
  const isRunning = state === 'running';
  return {
    spec: {
      active: true,
      backingImage: '',
      dataDirectoryName: `${volume.name}-${name.slice(-8)}`,
      dataEngine: 'v1',
      desireState: state,
      diskID: DISK_ID,
      diskPath: '/var/lib/longhorn/',
      engineName: isRunning ? `${volume.name}-e-0` : '',
      evictionRequested: false,
      failedAt: '',
      hardNodeAffinity: '',
      healthyAt: '',
      image: IMAGE,
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
      currentImage: isRunning ? IMAGE : '',
      currentState: state,
      instanceManagerName: isRunning ? `instance-manager-${DISK_ID.slice(0, 12)}` : '',
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

const IMAGE = 'docker.io/longhornio/longhorn-engine:v1.10.0';
const DISK_ID = '6a1b3f70-9c64-4d0e-a7a1-1d0a5e3b2c10';
