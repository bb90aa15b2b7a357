import type { Claim } from '../../domain/storage.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { textAt, textsAt } from '../../parse/json-fields.ts';
import { bytesAt, readMeta } from './storage-fields.ts';

const SELECTED_NODE = 'volume.kubernetes.io/selected-node';

/** The claims of storage of a cluster. */
export const claimsWatch: ClusterWatch<'claims'> = {
  feed: 'claims',
  group: '',
  versions: ['v1'],
  resource: 'persistentvolumeclaims',
  namespaced: true,
  maxObjects: 20_000,
  shows: 'claims of storage',
  project: projectClaim,
};

function projectClaim(object: unknown): Claim | undefined {
  const meta = readMeta(object);
  if (!meta) return undefined;
  return {
    ...meta,
    phase: textAt(object, 'status', 'phase'),
    volume: textAt(object, 'spec', 'volumeName'),
    storageClass: textAt(object, 'spec', 'storageClassName'),
    requestedBytes: bytesAt(object, 'spec', 'resources', 'requests', 'storage'),
    capacityBytes: bytesAt(object, 'status', 'capacity', 'storage'),
    accessModes: textsAt(object, 'spec', 'accessModes'),
    selectedNode: textAt(object, 'metadata', 'annotations', SELECTED_NODE),
  };
}
