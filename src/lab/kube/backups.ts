import type { LonghornVolume } from './longhorn.ts';
import type { ClusterModel } from './model.ts';
import { hash32 } from './random.ts';

/** Where the backups of the cluster go: a share of the store. */
export const BACKUP_TARGET = 'nfs://store1.lab:/tank/longhorn';
/** When the recurring job of all volumes runs, in the clock of UTC. */
export const BACKUP_CRON = '15 2 * * *';
/** How many backups of a volume it keeps. */
export const BACKUP_RETAIN = 3;

const DAY_MS = 86_400_000;

/** The backups that a volume has, the newest first: one of each of the last nights. */
export function backupsOf(model: ClusterModel, volume: LonghornVolume) {
  const run = 2 * 3_600_000 + 15 * 60_000;
  const midnight = Math.floor(model.nowMs / DAY_MS) * DAY_MS;
  const last = midnight + run <= model.nowMs - 600_000 ? midnight + run : midnight - DAY_MS + run;
  return Array.from({ length: BACKUP_RETAIN }, (_, night) => {
    const id = model.uid('backups', volume.name, String(night)).replaceAll('-', '');
    const seconds = 20 + (hash32(id) % 400);
    return {
      name: `backup-${id.slice(0, 16)}`,
      snapshot: `backup-d-${id.slice(16, 24)}-${id.slice(24, 28)}`,
      at: model.ago((model.nowMs - last) / 1000 + night * 86_400 - seconds),
      sizeBytes: volume.usedBytes,
    };
  });
}
