import type { CephCluster } from '../../domain/storage.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { keysAt, textAt, valueAt } from '../../parse/json-fields.ts';
import { readMeta, sizeAt } from './storage-fields.ts';

/** The clusters of Ceph that Rook runs (`ClusterStatus` and `CephStatus` in pkg/apis/ceph.rook.io/v1/types.go). */
export const cephClustersWatch: ClusterWatch<'cephClusters'> = {
  feed: 'cephClusters',
  group: 'ceph.rook.io',
  versions: ['v1'],
  resource: 'cephclusters',
  namespaced: true,
  maxObjects: 100,
  shows: 'clusters of Ceph',
  project: projectCeph,
};

function projectCeph(object: unknown): CephCluster | undefined {
  const meta = readMeta(object);
  if (!meta) return undefined;
  const details = valueAt(object, 'status', 'ceph', 'details');
  return {
    ...meta,
    health: textAt(object, 'status', 'ceph', 'health'),
    phase: textAt(object, 'status', 'phase'),
    checks: keysAt(details).map((code) => ({
      code: textAt({ code }, 'code') ?? '',
      message: textAt(details, code, 'message'),
    })),
    capacityBytes: sizeAt(object, 'status', 'ceph', 'capacity', 'bytesTotal'),
    usedBytes: sizeAt(object, 'status', 'ceph', 'capacity', 'bytesUsed'),
  };
}
