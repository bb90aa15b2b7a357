import { record } from '../admission.ts';
import { DAY_SECONDS } from '../model.ts';
import type { KubeObject } from '../object.ts';
import { claimsOf, PROVISIONERS, shortModes } from '../storage.ts';
import { ageColumn, defineKind, nameColumn, type Column } from './kind.ts';

type Volume = KubeObject & {
  readonly spec: {
    readonly capacity?: { readonly storage?: string };
    readonly accessModes?: readonly string[];
    readonly persistentVolumeReclaimPolicy?: string;
    readonly claimRef?: { readonly namespace: string; readonly name: string };
    readonly storageClassName?: string;
    readonly volumeMode?: string;
  };
  readonly status: { readonly phase: string; readonly reason?: string };
};

const column = (
  name: string,
  description: string,
  cell: (volume: Volume) => string,
): Column<Volume> => ({
  name,
  type: 'string',
  description,
  cell,
});

/** Volumes of the cluster, one for each claim that is bound. */
export const persistentVolumes = defineKind<Volume>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  singular: 'persistentvolume',
  shortNames: ['pv'],
  namespaced: false,
  generation: false,
  subresources: ['status'],
  columns: [
    nameColumn,
    column(
      'Capacity',
      "capacity is the description of the persistent volume's resources and capacity.",
      ({ spec }) => spec.capacity?.storage ?? '',
    ),
    column('Access Modes', 'accessModes contains all ways the volume can be mounted.', ({ spec }) =>
      shortModes(spec.accessModes ?? []),
    ),
    column(
      'Reclaim Policy',
      'persistentVolumeReclaimPolicy defines what happens to a persistent volume when released from its claim.',
      ({ spec }) => spec.persistentVolumeReclaimPolicy ?? '',
    ),
    column(
      'Status',
      'phase indicates if a volume is available, bound to a claim, or released by a claim.',
      ({ metadata, status }) =>
        metadata.deletionTimestamp === undefined ? status.phase : 'Terminating',
    ),
    column(
      'Claim',
      'claimRef is part of a bi-directional binding between PersistentVolume and PersistentVolumeClaim.',
      ({ spec }) => (spec.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : ''),
    ),
    column(
      'StorageClass',
      'storageClassName is the name of StorageClass to which this persistent volume belongs.',
      ({ spec }) => spec.storageClassName ?? '',
    ),
    column(
      'VolumeAttributesClass',
      'Name of VolumeAttributesClass to which this persistent volume belongs.',
      () => '<unset>',
    ),
    column(
      'Reason',
      'reason is a brief CamelCase string that describes any failure and is meant for machine parsing and tidy display in the CLI.',
      ({ status }) => status.reason ?? '',
    ),
    ageColumn,
    {
      ...column(
        'VolumeMode',
        'volumeMode defines if a volume is intended to be used with a formatted filesystem or to remain in raw block state.',
        ({ spec }) => spec.volumeMode ?? '<unset>',
      ),
      wide: true,
    },
  ],
  fields: {},
  admit: (draft) => ({
    ...draft,
    spec: record(draft['spec']),
    status: { phase: 'Available', ...record(draft['status']) },
  }),
  seed: (model) =>
    claimsOf(model).map(
      ({ namespace, name, uid, volume, storageClass, sizeGib, mode, ageDays }) => {
        const driver = PROVISIONERS[storageClass];
        const made = model.ago(ageDays * DAY_SECONDS - 4);
        return {
          apiVersion: 'v1',
          kind: 'PersistentVolume',
          metadata: {
            name: volume,
            uid: model.uid('PersistentVolume', undefined, volume),
            creationTimestamp: made,
            annotations: { 'pv.kubernetes.io/provisioned-by': driver },
            finalizers: ['kubernetes.io/pv-protection'],
          },
          spec: {
            capacity: { storage: `${sizeGib}Gi` },
            accessModes: [mode],
            claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
            csi: {
              driver,
              fsType: storageClass === 'longhorn' ? 'ext4' : 'xfs',
              // Mayastor names its volumes by the uid alone.
              volumeHandle: storageClass === 'longhorn' ? volume : uid,
            },
            persistentVolumeReclaimPolicy: 'Delete',
            storageClassName: storageClass,
            volumeMode: mode === 'ReadWriteMany' ? 'Block' : 'Filesystem',
          },
          status: { phase: 'Bound', lastPhaseTransitionTime: made },
        };
      },
    ),
});
