import { DAY_SECONDS } from '../model.ts';
import type { KubeObject } from '../object.ts';
import { PROVISIONERS } from '../storage.ts';
import { ageColumn, defineKind, type Column } from './kind.ts';

type StorageClass = KubeObject & {
  readonly provisioner: string;
  readonly reclaimPolicy?: string;
  readonly volumeBindingMode?: string;
  readonly allowVolumeExpansion?: boolean;
};

const DEFAULT = 'storageclass.kubernetes.io/is-default-class';

const column = (
  name: string,
  description: string,
  cell: (storageClass: StorageClass) => string | boolean,
  type: 'string' | 'boolean' = 'string',
): Column<StorageClass> => ({ name, type, description, cell });

/** Classes of storage, by which claims say where their volumes come from. */
export const storageClasses = defineKind<StorageClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  singular: 'storageclass',
  shortNames: ['sc'],
  namespaced: false,
  generation: false,
  subresources: [],
  columns: [
    {
      name: 'Name',
      type: 'string',
      format: 'name',
      description: 'Name must be unique within a namespace.',
      cell: ({ metadata: { name, annotations } }) =>
        annotations?.[DEFAULT] === 'true' ? `${name} (default)` : name,
    },
    column(
      'Provisioner',
      'Provisioner indicates the type of the provisioner.',
      (object) => object.provisioner,
    ),
    column(
      'ReclaimPolicy',
      'Dynamically provisioned PersistentVolumes of this storage class are created with this reclaimPolicy.',
      (object) => object.reclaimPolicy ?? 'Delete',
    ),
    column(
      'VolumeBindingMode',
      'VolumeBindingMode indicates how PersistentVolumeClaims should be provisioned and bound.',
      (object) => object.volumeBindingMode ?? '<unset>',
    ),
    column(
      'AllowVolumeExpansion',
      'AllowVolumeExpansion shows whether the storage class allow volume expand',
      (object) => object.allowVolumeExpansion ?? false,
      'boolean',
    ),
    ageColumn,
  ],
  fields: {},
  seed: (model) =>
    (
      [
        [
          'longhorn',
          164,
          'Immediate',
          {
            numberOfReplicas: '3',
            staleReplicaTimeout: '30',
            fsType: 'ext4',
            dataLocality: 'disabled',
            dataEngine: 'v1',
          },
        ],
        [
          'mayastor-2',
          90,
          'WaitForFirstConsumer',
          { protocol: 'nvmf', repl: '2', fsType: 'xfs', thin: 'true' },
        ],
      ] as const
    ).map(([name, ageDays, volumeBindingMode, parameters]) => ({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name,
        uid: model.uid('StorageClass', undefined, name),
        creationTimestamp: model.ago(ageDays * DAY_SECONDS),
        annotations: { [DEFAULT]: String(name === 'longhorn') },
      },
      provisioner: PROVISIONERS[name],
      parameters,
      reclaimPolicy: 'Delete',
      allowVolumeExpansion: true,
      volumeBindingMode,
    })),
});
