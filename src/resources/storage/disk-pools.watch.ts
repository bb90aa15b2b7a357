import type { DiskPool } from '../../domain/storage.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { textAt, textsAt } from '../../parse/json-fields.ts';
import { readMeta, sizeAt } from './storage-fields.ts';

/** The disk pools of OpenEBS Mayastor. */
export const diskPoolsWatch: ClusterWatch<'diskPools'> = {
  feed: 'diskPools',
  group: 'openebs.io',
  versions: ['v1beta3', 'v1beta2', 'v1beta1'],
  resource: 'diskpools',
  namespaced: true,
  maxObjects: 5_000,
  shows: 'disk pools of Mayastor',
  project: projectPool,
};

function projectPool(object: unknown): DiskPool | undefined {
  const meta = readMeta(object);
  if (!meta) return undefined;
  return {
    ...meta,
    node: textAt(object, 'spec', 'node'),
    disks: textsAt(object, 'spec', 'disks'),
    status: textAt(object, 'status', 'pool_status'),
    // `state` before v1beta1.
    state: textAt(object, 'status', 'cr_state') ?? textAt(object, 'status', 'state'),
    capacityBytes: sizeAt(object, 'status', 'capacity'),
    usedBytes: sizeAt(object, 'status', 'used'),
  };
}
