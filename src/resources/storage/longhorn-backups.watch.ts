import type { LonghornBackup } from '../../domain/storage.ts';
import { numberAt, textAt, timeAt } from '../../parse/json-fields.ts';
import { longhornWatch } from './longhorn-watch.ts';
import { readMeta, sizeAt } from './storage-fields.ts';

/** The backups of Longhorn's volumes. */
export const longhornBackupsWatch = longhornWatch<'longhornBackups'>({
  feed: 'longhornBackups',
  resource: 'backups',
  maxObjects: 20_000,
  shows: 'backups of Longhorn',
  project: projectBackup,
});

function projectBackup(object: unknown): LonghornBackup | undefined {
  const meta = readMeta(object);
  if (!meta) return undefined;
  return {
    ...meta,
    volume:
      textAt(object, 'status', 'volumeName') ??
      textAt(object, 'metadata', 'labels', 'backup-volume'),
    state: textAt(object, 'status', 'state'),
    progressPercent: numberAt(object, 'status', 'progress'),
    sizeBytes: sizeAt(object, 'status', 'size'),
    backupAt: timeAt(object, 'status', 'backupCreatedAt'),
    error: textAt(object, 'status', 'error'),
  };
}
