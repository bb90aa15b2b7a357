import { shortDuration } from '../../domain/format.ts';
import { inTenths, spanSince } from '../../domain/lasting.ts';
import type { ClusterRule } from '../../domain/problem.ts';
import { storageRef } from '../../domain/ref.ts';
import { backupsOf } from '../../domain/storage.ts';
import type { LonghornJob, LonghornVolume } from '../../domain/storage.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';

const HOUR_MS = 3_600_000;

/** A volume whose recurring backup is overdue: its newest one is older than the time between two runs, and then some. */
export const backupAge: ClusterRule<'longhornVolumes' | 'longhornBackups' | 'longhornJobs'> = {
  id: 'backup.age',
  scope: 'cluster',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['backup.age'],
  needs: ['longhornVolumes', 'longhornBackups', 'longhornJobs'],
  check: ({ longhornVolumes, longhornJobs }, cluster, now, { limits, raised }) =>
    [...longhornVolumes.byKey].flatMap(([key, volume]) => {
      const due = periodOf(volume, [...longhornJobs.byKey.values()]);
      if (!due) return [];
      const subject = storageRef(cluster.name, 'LonghornVolume', key);
      const backups = backupsOf(cluster, volume);
      const done = backups.find(({ state }) => state === 'Completed');
      const newestAt = done?.backupAt ?? volume.lastBackupAt;
      // A volume that was never backed up counts from when it was made.
      const since = newestAt ?? volume.createdAt;
      if (since === null) return [];
      const dueAt = since + due.hours * HOUR_MS;
      const overdueMs = spanSince(
        dueAt,
        now,
        [limits.warning, limits.critical].map((hours) => hours * HOUR_MS),
      );
      const level = levelOf(overdueMs / HOUR_MS, 'above', limits, raised(subject));
      if (level === null) return [];
      const failed = backups.find(({ state }) => state === 'Error');
      return [
        {
          subject,
          severity: level,
          title: `${volume.claim ?? volume.name}: ${
            newestAt === null ? 'no backup' : `newest backup ${shortDuration(now - newestAt)} old`
          }, should be made every ${shortDuration(due.hours * HOUR_MS)}`,
          evidence: {
            claim: volume.claim,
            newest: newestAt === null ? null : new Date(newestAt).toISOString(),
            overdueHours: inTenths(overdueMs, HOUR_MS),
            limitHours: level === 'critical' ? limits.critical : limits.warning,
            job: due.job.name,
            schedule: due.job.cron,
            lastError: failed?.error ?? null,
            from: 'GET /apis/longhorn.io/v1beta2/backups',
          },
          hint: `see why the job ${due.job.name} makes none: its pods are in ${due.job.namespace}, its target is in the settings of Longhorn`,
        },
      ];
    }),
};

/** The recurring backup that comes round soonest for a volume; null when there is none, or nobody can tell how often. */
function periodOf(
  volume: LonghornVolume,
  jobs: readonly LonghornJob[],
): { readonly job: LonghornJob; readonly hours: number } | null {
  // A volume that names neither jobs nor groups is in the group `default`.
  const isPlain = volume.jobs.length === 0 && volume.jobGroups.length === 0;
  const groups = isPlain ? ['default'] : volume.jobGroups;
  const own = jobs
    .filter(({ task }) => task === 'backup' || task === 'backup-force-create')
    .filter(
      (job) => volume.jobs.includes(job.name) || job.groups.some((group) => groups.includes(group)),
    )
    .flatMap((job) => {
      const hours = job.cron === null ? null : cronHours(job.cron);
      return hours === null ? [] : [{ job, hours }];
    });
  return own.toSorted((a, b) => a.hours - b.hours)[0] ?? null;
}

const ANY = /^(?:\*|\?)$/;
const NAMED: Readonly<Record<string, number>> = {
  '@hourly': 1,
  '@daily': 24,
  '@midnight': 24,
  '@weekly': 168,
  '@monthly': 744,
  '@yearly': 8784,
  '@annually': 8784,
};

/**
 * The longest time in hours between two runs of a cron expression, not less than it is: by the largest of its units
 * that is set. null for what is none.
 */
export function cronHours(cron: string): number | null {
  const text = cron.trim();
  const every = /^@every ([0-9]+)h$/.exec(text);
  if (every) return Number(every[1]);
  if (Object.hasOwn(NAMED, text)) return NAMED[text] ?? null;
  const [minute, hour, day, month, weekday, ...more] = text.split(/\s+/);
  if (minute === undefined || weekday === undefined || more.length > 0) return null;
  if (!ANY.test(month ?? '')) return 8784;
  if (!ANY.test(day ?? '')) return stepOf(day ?? '', 24) ?? 744;
  if (!ANY.test(weekday)) return 168;
  if (!ANY.test(hour ?? '')) return stepOf(hour ?? '', 1) ?? 24;
  return 1;
}

/** What a step such as `*` + `/6` comes to. */
const stepOf = (field: string, unitHours: number): number | null => {
  const step = /^\*\/([0-9]{1,2})$/.exec(field)?.[1];
  return step === undefined ? null : Number(step) * unitHours;
};
