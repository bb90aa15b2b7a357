import type { KubeObject } from '../object.ts';
import { claimsOf } from '../storage.ts';
import { defineKind, nameColumn } from './kind.ts';
import { printed } from './longhorn-kind.ts';

export type DiskPool = KubeObject & {
  readonly spec: { readonly node?: string; readonly disks?: readonly string[] };
  readonly status: {
    readonly cr_state?: string;
    readonly pool_status?: string;
    readonly capacity?: number;
    readonly used?: number;
    readonly available?: number;
  };
};

const GIB = 1024 ** 3;
const POOL_BYTES = 465 * GIB;

/** Pools of disks of OpenEBS Mayastor, one on each worker, as its operator prints them. */
export const diskPools = defineKind<DiskPool>({
  group: 'openebs.io',
  version: 'v1beta2',
  kind: 'DiskPool',
  plural: 'diskpools',
  singular: 'diskpool',
  shortNames: ['dsp'],
  namespaced: true,
  custom: true,
  generation: true,
  subresources: ['status'],
  columns: [
    nameColumn,
    printed('node', 'node the pool is on', ({ spec }) => spec.node),
    printed('state', 'dsp cr state', ({ status }) => status.cr_state),
    printed('pool_status', 'Control plane pool status', ({ status }) => status.pool_status),
    printed('capacity', 'total bytes', ({ status }) => status.capacity, 'integer'),
    printed('used', 'used bytes', ({ status }) => status.used, 'integer'),
    printed('available', 'available bytes', ({ status }) => status.available, 'integer'),
  ],
  fields: {},
  seed: (model) => {
    // Each volume has two replicas, on the first two pools.
    const placed = claimsOf(model)
      .filter(({ storageClass }) => storageClass === 'mayastor-2')
      .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    return model.nodes
      .filter(({ architecture }) => architecture === 'amd64')
      .map(({ name: node }, index) => {
        const used = index < 2 ? placed : 0;
        return {
          apiVersion: 'openebs.io/v1beta2',
          kind: 'DiskPool',
          metadata: {
            name: `pool-${node}`,
            namespace: 'openebs',
            creationTimestamp: model.ago(89 * 86_400),
            finalizers: ['openebs.io/diskpool-protection'],
          },
          spec: { disks: ['/dev/disk/by-id/nvme-SAMSUNG_MZ1L2960HCJR-00A07'], node },
          status: {
            available: POOL_BYTES - used,
            capacity: POOL_BYTES,
            cr_state: 'Created',
            pool_status: 'Online',
            used,
          },
        };
      });
  },
});
