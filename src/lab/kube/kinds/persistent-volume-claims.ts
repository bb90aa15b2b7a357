import { record } from '../admission.ts';
import { DAY_SECONDS } from '../model.ts';
import type { KubeObject } from '../object.ts';
import { claimsOf, PROVISIONERS, shortModes } from '../storage.ts';
import { ageColumn, defineKind, nameColumn, type Column } from './kind.ts';

type Claim = KubeObject & {
  readonly spec: {
    readonly volumeName?: string;
    readonly storageClassName?: string;
    readonly volumeMode?: string;
  };
  readonly status: {
    readonly phase: string;
    readonly accessModes?: readonly string[];
    readonly capacity?: { readonly storage?: string };
  };
};

const column = (
  name: string,
  description: string,
  cell: (claim: Claim) => string,
): Column<Claim> => ({
  name,
  type: 'string',
  description,
  cell,
});

/** As printers/internalversion prints a claim that is about to go. */
const phaseOf = ({ metadata, status }: Claim): string =>
  metadata.deletionTimestamp === undefined ? status.phase : 'Terminating';
/** Capacity and modes are printed of a claim that is bound. */
const bound = ({ spec, status }: Claim): Claim['status'] =>
  spec.volumeName ? status : { phase: '' };

/** Claims of storage, each bound to the volume that was made for it. */
export const persistentVolumeClaims = defineKind<Claim>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  singular: 'persistentvolumeclaim',
  shortNames: ['pvc'],
  namespaced: true,
  generation: false,
  subresources: ['status'],
  columns: [
    nameColumn,
    column('Status', 'phase represents the current phase of PersistentVolumeClaim.', phaseOf),
    column(
      'Volume',
      'volumeName is the binding reference to the PersistentVolume backing this claim.',
      ({ spec }) => spec.volumeName ?? '',
    ),
    column(
      'Capacity',
      'capacity represents the actual resources of the underlying volume.',
      (claim) => bound(claim).capacity?.storage ?? '',
    ),
    column(
      'Access Modes',
      'accessModes contains the actual access modes the volume backing the PVC has.',
      (claim) => shortModes(bound(claim).accessModes ?? []),
    ),
    column(
      'StorageClass',
      'storageClassName is the name of the StorageClass required by the claim.',
      ({ spec }) => spec.storageClassName ?? '',
    ),
    column(
      'VolumeAttributesClass',
      'volumeAttributesClassName may be used to set the VolumeAttributesClass used by this claim.',
      () => '<unset>',
    ),
    ageColumn,
    {
      ...column(
        'VolumeMode',
        'volumeMode defines what type of volume is required by the claim.',
        ({ spec }) => spec.volumeMode ?? '<unset>',
      ),
      wide: true,
    },
  ],
  fields: {},
  admit: (draft) => ({
    ...draft,
    spec: { storageClassName: 'longhorn', volumeMode: 'Filesystem', ...record(draft['spec']) },
    status: { phase: 'Pending', ...record(draft['status']) },
  }),
  seed: (model) =>
    claimsOf(model).map(
      ({ namespace, name, uid, volume, storageClass, sizeGib, mode, ageDays }) => {
        const provisioner = PROVISIONERS[storageClass];
        const storage = `${sizeGib}Gi`;
        return {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: {
            name,
            namespace,
            uid,
            creationTimestamp: model.ago(ageDays * DAY_SECONDS),
            annotations: {
              'pv.kubernetes.io/bind-completed': 'yes',
              'pv.kubernetes.io/bound-by-controller': 'yes',
              'volume.beta.kubernetes.io/storage-provisioner': provisioner,
              'volume.kubernetes.io/storage-provisioner': provisioner,
            },
            finalizers: ['kubernetes.io/pvc-protection'],
          },
          spec: {
            accessModes: [mode],
            resources: { requests: { storage } },
            storageClassName: storageClass,
            volumeMode: mode === 'ReadWriteMany' ? 'Block' : 'Filesystem',
            volumeName: volume,
          },
          status: { phase: 'Bound', accessModes: [mode], capacity: { storage } },
        };
      },
    ),
});
