import { expect, test } from 'vitest';
import { bindView } from '../../../src/domain/view.ts';
import { workloadView } from '../../../src/resources/workload/workload.view.ts';
import {
  cluster,
  condition,
  lab,
  NOW,
  pod,
  withWorkloads,
  workload,
} from '../../support/inventory.ts';

const backup = { owner: 'CronJob/backup', startedAt: NOW - 200_000 };
const inventory = lab(
  [],
  [
    withWorkloads(
      cluster(
        'k',
        [],
        [
          pod('web-1', { workload: 'Deployment/web' }),
          pod('web-2', { workload: 'Deployment/web', status: 'Pending', node: null }),
          pod('other', { workload: 'StatefulSet/web' }),
        ],
      ),
      [
        workload('Deployment', 'web', {
          desired: 2,
          available: 1,
          conditions: [condition('Available', 'True'), condition('Progressing', 'False')],
        }),
        workload('DaemonSet', 'agent', { desired: 4, upToDate: 1, available: 3, isRolling: true }),
        workload('CronJob', 'backup', {
          schedule: '0 2 * * *',
          active: 0,
          lastScheduleAt: NOW - 7_200_000,
        }),
        workload('Job', 'backup-1', {
          ...backup,
          completedAt: NOW - 100_000,
          conditions: [condition('Complete', 'True')],
        }),
        workload('Job', 'backup-2', {
          ...backup,
          ready: 0,
          conditions: [condition('Failed', 'True', { reason: 'DeadlineExceeded' })],
        }),
      ],
    ),
  ],
);
const bound = bindView(workloadView);
const cells = (...ids: readonly string[]): readonly string[] =>
  bound
    .rows(inventory, NOW)
    .map((row) =>
      [
        row.sign,
        ...ids.map((id) => row.text(bound.columns.findIndex((each) => each.id === id))),
      ].join(' '),
    );

test('all kinds of workloads stand in one list', () => {
  expect(cells('kind', 'namespace', 'name', 'ready', 'uptodate', 'available', 'status')).toEqual([
    'degraded Deployment default web 1/2 1 1 1 not available',
    'changing DaemonSet default agent 1/4 1 3 rolling out 1/4',
    'off Job default backup-1 1/1   complete in 1m40s',
    'down Job default backup-2 0/1   DeadlineExceeded',
    'ok CronJob default backup    0 2 * * *  last 2h',
  ]);
});

const detail = (ref: `workload:${string}/${string}/${string}/${string}`) =>
  bound.detail(ref, inventory, NOW) ?? [];
const refs = (block: ReturnType<typeof detail>[number] | undefined) =>
  block?.lines.map(({ ref }) => ref);

test('a detail leads to its pods, or to the jobs of a cron job, and back to what made it', () => {
  const web = detail('workload:k/Deployment/default/web');
  expect(web.map(({ title }) => title)).toEqual(['Deployment', 'Conditions', 'Pods 2']);
  expect(refs(web[2])).toEqual(['pod:k/default/web-1', 'pod:k/default/web-2']);
  expect(web[1]?.lines.map(({ tone }) => tone)).toEqual(['plain', 'bad']);
  const backups = detail('workload:k/CronJob/default/backup');
  expect(refs(backups.find(({ title }) => title === 'Jobs 2'))).toEqual([
    'workload:k/Job/default/backup-1',
    'workload:k/Job/default/backup-2',
  ]);
  const [state] = detail('workload:k/Job/default/backup-1');
  expect(state?.lines.find(({ label }) => label === 'owner')).toMatchObject({
    ref: 'workload:k/CronJob/default/backup',
  });
});

test('a workload that nobody knows has no detail', () => {
  expect(bound.detail('workload:k/Deployment/default/none', inventory, NOW)).toBeNull();
});

test('when the cluster is silent nothing is said to be well', () => {
  const [only] = inventory.clusters;
  const silent = lab([], only ? [{ ...only, source: { ...only.source, state: 'down' } }] : []);
  const rows = bound.rows(silent, NOW);
  expect(rows).toHaveLength(5);
  expect(new Set(rows.map(({ sign, stale }) => `${sign} ${stale}`))).toEqual(
    new Set(['unknown true']),
  );
});
