import { backupsOf } from '../backups.ts';
import { LONGHORN_API_VERSION, longhornMeta, longhornVolumes } from '../longhorn.ts';
import type { KubeObject } from '../object.ts';
import { longhornKind, printed } from './longhorn-kind.ts';

type BackupVolume = KubeObject & {
  readonly status: {
    readonly createdAt?: string;
    readonly lastBackupName?: string;
    readonly lastBackupAt?: string;
    readonly lastSyncedAt?: string;
  };
};

/** The volumes of which there are backups. */
export const longhornBackupVolumes = longhornKind<BackupVolume>({
  kind: 'BackupVolume',
  plural: 'backupvolumes',
  singular: 'backupvolume',
  shortNames: ['lhbv'],
  hasAge: false,
  columns: [
    printed('CreatedAt', 'The backup volume creation time', ({ status }) => status.createdAt),
    printed(
      'LastBackupName',
      'The backup volume last backup name',
      ({ status }) => status.lastBackupName,
    ),
    printed(
      'LastBackupAt',
      'The backup volume last backup time',
      ({ status }) => status.lastBackupAt,
    ),
    printed(
      'LastSyncedAt',
      'The backup volume last synced time',
      ({ status }) => status.lastSyncedAt,
    ),
  ],
  seed: (model) =>
    longhornVolumes(model).map((volume) => {
      const backups = backupsOf(model, volume);
      const [newest] = backups;
      return {
        apiVersion: LONGHORN_API_VERSION,
        kind: 'BackupVolume',
        metadata: {
          name: `${volume.name}-${model.uid('backupvolumes', undefined, volume.name).slice(0, 8)}`,
          ...longhornMeta(model, volume.ageDays, {
            'backup-target': 'default',
            'backup-volume': volume.name,
          }),
        },
        spec: { backupTargetName: 'default', volumeName: volume.name },
        status: {
          createdAt: model.ago(volume.ageDays * 86_400),
          dataStored: String(backups.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)),
          lastBackupAt: newest?.at ?? '',
          lastBackupName: newest?.name ?? '',
          lastSyncedAt: model.ago(120),
          ownerID: 'worker1',
          size: String(volume.sizeBytes),
        },
      };
    }),
});
