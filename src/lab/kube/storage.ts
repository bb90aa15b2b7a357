import type { ClusterModel } from './model.ts';

const GIB = 1024 ** 3;

/** Storage that is claimed in the reference cluster, in as few words as the seeds need. */
type ClaimSeed = {
  readonly namespace: string;
  readonly name: string;
  /** The workload or virtual machine whose pods mount it. */
  readonly user: string;
  readonly storageClass: 'longhorn' | 'mayastor-2';
  readonly sizeGib: number;
  /** What the volume has written of its size. */
  readonly usedGib: number;
  /** Disks of machines that can be migrated are mounted on two nodes for a while. */
  readonly mode: 'ReadWriteOnce' | 'ReadWriteMany';
  readonly ageDays: number;
};

const claim = (
  path: `${string}/${string}`,
  user: string,
  storageClass: ClaimSeed['storageClass'],
  [sizeGib, usedGib, ageDays]: readonly [number, number, number],
  mode: ClaimSeed['mode'] = 'ReadWriteOnce',
): ClaimSeed => {
  const [namespace = '', name = ''] = path.split('/');
  return { namespace, name, user, storageClass, sizeGib, usedGib, mode, ageDays };
};

const CLAIMS: readonly ClaimSeed[] = [
  claim('media/jellyfin-config', 'jellyfin', 'longhorn', [10, 3.4, 57]),
  claim('apps/paperless-data', 'paperless', 'longhorn', [20, 11.2, 160]),
  claim('media/audiobookshelf-library', 'audiobookshelf', 'longhorn', [50, 31.7, 57]),
  claim('apps/immich-library', 'immich-server', 'longhorn', [100, 72.9, 77]),
  claim('apps/build-debian-root', 'build-debian', 'longhorn', [40, 18.3, 96], 'ReadWriteMany'),
  claim('apps/win-print-root', 'win-print', 'longhorn', [64, 37.5, 131], 'ReadWriteMany'),
  claim('apps/paperless-db-data', 'paperless-db', 'mayastor-2', [8, 2.1, 88]),
  claim('apps/immich-postgres-data', 'immich-postgres', 'mayastor-2', [20, 6.8, 77]),
];

/** A claim of the reference cluster with the volume that it is bound to. */
export type ClaimModel = ClaimSeed & {
  readonly uid: string;
  /** The PersistentVolume that was made for it. */
  readonly volume: string;
  readonly sizeBytes: number;
  readonly usedBytes: number;
};

/** Every claim of the reference cluster; all are bound. */
export const claimsOf = (model: ClusterModel): readonly ClaimModel[] =>
  CLAIMS.map((seed) => {
    const uid = model.uid('PersistentVolumeClaim', seed.namespace, seed.name);
    return {
      ...seed,
      uid,
      volume: `pvc-${uid}`,
      sizeBytes: seed.sizeGib * GIB,
      usedBytes: Math.round(seed.usedGib * GIB),
    };
  });

/** The names of the claims that the pods of a workload or a virtual machine mount. */
export const claimNames = (namespace: string, user: string): readonly string[] =>
  CLAIMS.filter((seed) => seed.namespace === namespace && seed.user === user).map(
    ({ name }) => name,
  );

/** The drivers behind the storage classes. */
export const PROVISIONERS = {
  longhorn: 'driver.longhorn.io',
  'mayastor-2': 'io.openebs.csi-mayastor',
} as const;

/** `ReadWriteOnce` as kubectl prints it: `RWO`. */
export const shortModes = (modes: readonly string[]): string =>
  modes.map((mode) => SHORT_MODES[mode] ?? mode).join(',');

const SHORT_MODES: { readonly [mode: string]: string } = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};
