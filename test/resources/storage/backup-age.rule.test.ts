import { expect, test } from 'vitest';
import type { LonghornBackup, LonghornJob, LonghornVolume } from '../../../src/domain/storage.ts';
import { THRESHOLDS } from '../../../src/domain/thresholds.ts';
import { backupAge, cronHours } from '../../../src/resources/storage/backup-age.rule.ts';
import { NOW } from '../../support/inventory.ts';
import { backup, job, longhornVolume, tableOf, withTables } from '../../support/storage.ts';

const HOUR_MS = 3_600_000;
const context = { limits: THRESHOLDS['backup.age'].defaults, raised: () => null };
const check = (
  change: Partial<LonghornVolume>,
  jobs: readonly LonghornJob[],
  backups: readonly LonghornBackup[],
) => {
  const tables = {
    longhornVolumes: tableOf(longhornVolume('v', change)),
    longhornBackups: tableOf(...backups),
    longhornJobs: tableOf(...jobs),
  };
  return backupAge.check(tables, withTables(tables), NOW, context);
};
const daily = [job('daily')];
const at = (hours: number, change: Partial<LonghornBackup> = {}) =>
  backup('v', hours * HOUR_MS, change);

test.for<
  [
    string,
    Partial<LonghornVolume>,
    readonly LonghornJob[],
    readonly LonghornBackup[],
    string | null,
  ]
>([
  ['was backed up last night', {}, daily, [at(12)], null],
  ['has missed a night by an hour', {}, daily, [at(25)], null],
  ['has missed a night', {}, daily, [at(31)], 'warning'],
  ['has missed four', {}, daily, [at(100)], 'critical'],
  [
    'has failed since',
    {},
    daily,
    [at(31), at(7, { state: 'Error', error: 'no such share' })],
    'warning',
  ],
  ['was never backed up', {}, daily, [], 'critical'],
  ['was made today', { createdAt: NOW - HOUR_MS }, daily, [], null],
  ['has no recurring job', {}, [], [at(1000)], null],
  ['has a job for snapshots only', {}, [job('daily', { task: 'snapshot' })], [], null],
  ['is in another group', { jobGroups: ['weekly'] }, daily, [], null],
  ['is in the group', { jobGroups: ['default'] }, daily, [at(31)], 'warning'],
  [
    'names the job itself',
    { jobs: ['daily'] },
    [job('daily', { groups: [] })],
    [at(31)],
    'warning',
  ],
  ['is backed up by the week', {}, [job('weekly', { cron: '0 3 * * 0' })], [at(100)], null],
  ['tells of its backup by itself', { lastBackupAt: NOW - 2 * HOUR_MS }, daily, [], null],
])('a volume that %s', ([, change, jobs, backups, severity]) => {
  const found = check(change, jobs, backups);
  expect(found.map((each) => each.severity)).toEqual(severity === null ? [] : [severity]);
});

test('tells by how much it is overdue, and what went wrong last', () => {
  expect(
    check({}, daily, [at(31), at(7, { state: 'Error', error: 'no such share' })]),
  ).toMatchObject([
    {
      subject: 'storage:k/LonghornVolume/longhorn-system/v',
      evidence: {
        overdueHours: 7,
        job: 'daily',
        schedule: '15 2 * * *',
        lastError: 'no such share',
      },
    },
  ]);
});

test.for([
  ['15 2 * * *', 24],
  ['0 */6 * * *', 6],
  ['30 * * * *', 1],
  ['0 3 * * 0', 168],
  ['0 3 1 * *', 744],
  ['0 3 */2 * *', 48],
  ['@daily', 24],
  ['@every 12h', 12],
  ['0 0 1 1 *', 8784],
  ['nonsense', null],
  ['', null],
] as const)('between two runs of %s there are %s hours at most', ([cron, hours]) => {
  expect(cronHours(cron)).toBe(hours);
});
