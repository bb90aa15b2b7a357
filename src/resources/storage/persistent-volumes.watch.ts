import type { PersistentVolume } from '../../domain/storage.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { keysAt, textAt, textsAt } from '../../parse/json-fields.ts';
import { bytesAt, pathAt, readMeta } from './storage-fields.ts';

/** The volumes of a cluster. */
export const persistentVolumesWatch: ClusterWatch<'persistentVolumes'> = {
  feed: 'persistentVolumes',
  group: '',
  versions: ['v1'],
  resource: 'persistentvolumes',
  namespaced: false,
  maxObjects: 20_000,
  shows: 'volumes',
  project: projectVolume,
};

/** Fields of `spec` that are no volume source. */
const NO_SOURCE = new Set(['capacity', 'claimRef', 'nodeAffinity']);

function projectVolume(object: unknown): PersistentVolume | undefined {
  const meta = readMeta(object, false);
  if (!meta) return undefined;
  return {
    ...meta,
    phase: textAt(object, 'status', 'phase'),
    claim: pathAt(object, ['namespace', 'name'], 'spec', 'claimRef'),
    storageClass: textAt(object, 'spec', 'storageClassName'),
    capacityBytes: bytesAt(object, 'spec', 'capacity', 'storage'),
    accessModes: textsAt(object, 'spec', 'accessModes'),
    reclaimPolicy: textAt(object, 'spec', 'persistentVolumeReclaimPolicy'),
    driver: textAt(object, 'spec', 'csi', 'driver') ?? sourceOf(object),
    handle: textAt(object, 'spec', 'csi', 'volumeHandle'),
    reason: textAt(object, 'status', 'message') ?? textAt(object, 'status', 'reason'),
  };
}

/** The field of `spec` that says what kind of volume it is: the only other one that is an object. */
const sourceOf = (object: unknown): string | null =>
  keysAt(object, 'spec').find(
    (key) => !NO_SOURCE.has(key) && keysAt(object, 'spec', key).length > 0,
  ) ?? null;
