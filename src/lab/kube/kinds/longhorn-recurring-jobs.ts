import { BACKUP_CRON, BACKUP_RETAIN } from '../backups.ts';
import { LONGHORN_API_VERSION, longhornMeta } from '../longhorn.ts';
import type { KubeObject } from '../object.ts';
import { longhornKind, printed } from './longhorn-kind.ts';

type RecurringJob = KubeObject & {
  readonly spec: {
    readonly groups?: readonly string[];
    readonly task?: string;
    readonly cron?: string;
    readonly retain?: number;
    readonly concurrency?: number;
    readonly labels?: { readonly [label: string]: string };
  };
};

/** What Longhorn does with volumes at set times. */
export const longhornRecurringJobs = longhornKind<RecurringJob>({
  kind: 'RecurringJob',
  plural: 'recurringjobs',
  singular: 'recurringjob',
  shortNames: ['lhrj'],
  columns: [
    printed(
      'Groups',
      'Sets groupings to the jobs. When set to "default" group will be added to the volume label when no other job label exist in volume',
      ({ spec }) => JSON.stringify(spec.groups ?? []),
    ),
    printed('Task', 'Should be one of "backup" or "snapshot"', ({ spec }) => spec.task),
    printed(
      'Cron',
      'The cron expression represents recurring job scheduling',
      ({ spec }) => spec.cron,
    ),
    printed(
      'Retain',
      'The number of snapshots/backups to keep for the volume',
      ({ spec }) => spec.retain,
      'integer',
    ),
    printed(
      'Concurrency',
      'The concurrent job to run by each cron job',
      ({ spec }) => spec.concurrency,
      'integer',
    ),
  ],
  seed: (model) => [
    {
      apiVersion: LONGHORN_API_VERSION,
      kind: 'RecurringJob',
      metadata: { name: 'backup-daily', ...longhornMeta(model, 160) },
      spec: {
        concurrency: 2,
        cron: BACKUP_CRON,
        groups: ['default'],
        labels: {},
        name: 'backup-daily',
        retain: BACKUP_RETAIN,
        task: 'backup',
      },
      status: { executionCount: 160, ownerID: 'worker1' },
    },
  ],
});
