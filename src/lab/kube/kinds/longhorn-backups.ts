import { backupsOf, BACKUP_TARGET } from '../backups.ts';
import { LONGHORN_API_VERSION, longhornMeta, longhornVolumes } from '../longhorn.ts';
import type { KubeObject } from '../object.ts';
import { longhornKind, printed } from './longhorn-kind.ts';

type Backup = KubeObject & {
  readonly status: {
    readonly snapshotName?: string;
    readonly size?: string;
    readonly snapshotCreatedAt?: string;
    readonly backupTargetName?: string;
    readonly state?: string;
    readonly lastSyncedAt?: string;
  };
};

/** Backups of Longhorn volumes outside of the cluster. */
export const longhornBackups = longhornKind<Backup>({
  kind: 'Backup',
  plural: 'backups',
  singular: 'backup',
  shortNames: ['lhb'],
  hasAge: false,
  columns: [
    printed('SnapshotName', 'The snapshot name', ({ status }) => status.snapshotName),
    printed('SnapshotSize', 'The snapshot size', ({ status }) => status.size),
    printed(
      'SnapshotCreatedAt',
      'The snapshot creation time',
      ({ status }) => status.snapshotCreatedAt,
    ),
    printed('BackupTarget', 'The backup target name', ({ status }) => status.backupTargetName),
    printed('State', 'The backup state', ({ status }) => status.state),
    printed('LastSyncedAt', 'The backup last synced time', ({ status }) => status.lastSyncedAt),
  ],
  seed: (model) =>
    longhornVolumes(model).flatMap((volume) =>
      backupsOf(model, volume).map(({ name, snapshot, at, sizeBytes }) => ({
        apiVersion: LONGHORN_API_VERSION,
        kind: 'Backup',
        metadata: {
          name,
          ...longhornMeta(model, 1, { 'backup-volume': volume.name, 'backup-target': 'default' }),
          creationTimestamp: at,
        },
        spec: {
          backupMode: 'incremental',
          labels: { RecurringJob: 'backup-daily' },
          snapshotName: snapshot,
        },
        status: {
          backupCreatedAt: at,
          backupTargetName: 'default',
          compressionMethod: 'lz4',
          lastSyncedAt: model.ago(120),
          ownerID: 'worker1',
          progress: 100,
          size: String(sizeBytes),
          snapshotCreatedAt: at,
          snapshotName: snapshot,
          state: 'Completed',
          url: `${BACKUP_TARGET}?backup=${name}&volume=${volume.name}`,
          volumeName: volume.name,
          volumeSize: String(volume.sizeBytes),
        },
      })),
    ),
});
