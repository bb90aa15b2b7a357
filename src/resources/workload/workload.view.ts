import {
  ageColumn,
  clusterColumn,
  createdColumn,
  nameColumn,
  namespaceColumn,
} from '../../domain/columns.ts';
import { lastKnown } from '../../domain/feed.ts';
import { count, duration, shortDuration, UNKNOWN } from '../../domain/format.ts';
import type { ClusterInventory, Inventory } from '../../domain/inventory.ts';
import { clusterFresh } from '../../domain/joined.ts';
import { podsByWorkload } from '../../domain/pods.ts';
import { podRef, workloadRef } from '../../domain/ref.ts';
import type { WorkloadRef } from '../../domain/ref.ts';
import type { EpochMs } from '../../domain/time.ts';
import { allRows, rowSource } from '../../domain/view.ts';
import type { DetailBlock, DetailLine, RowSource, Sign, View } from '../../domain/view.ts';
import {
  conditionOf,
  findWorkload,
  WORKLOAD_FEEDS,
  workloadSign,
  workloadState,
  workloadTables,
} from '../../domain/workload.ts';
import type { Workload } from '../../domain/workload.ts';

type WorkloadRow = Workload & {
  readonly ref: WorkloadRef;
  readonly cluster: string;
  readonly at: EpochMs;
  readonly fresh: boolean;
};

const sources = ({ clusters }: Inventory, now: EpochMs): readonly RowSource<WorkloadRow>[] =>
  clusters.flatMap((cluster) =>
    workloadTables(cluster).map(({ kind, feed, table, at }) => {
      const isFresh = clusterFresh(cluster, feed, now);
      return rowSource<Workload, WorkloadRow>({
        part: cluster.name,
        table,
        prefix: `workload:${cluster.name}/${kind}/`,
        depends: [isFresh],
        row: (workload) => ({
          ...workload,
          ref: workloadRef(cluster.name, kind, workload.namespace, workload.name),
          cluster: cluster.name,
          at,
          fresh: isFresh,
        }),
      });
    }),
  );

const signOf = (workload: WorkloadRow): Sign => workloadSign(workload, workload.fresh);

/** `2/3`; of a job the pods that have succeeded. */
const readyText = ({ kind, ready, desired }: Workload): string =>
  kind === 'CronJob' ? '' : `${count(ready)}/${count(desired)}`;

/** How it is, in a few words. */
function statusText(workload: Workload, now: EpochMs): string {
  const { desired, available, upToDate, active, startedAt, completedAt } = workload;
  switch (workloadState(workload)) {
    case 'available':
      return 'available';
    case 'partial':
      return `${(desired ?? 0) - (available ?? 0)} not available`;
    case 'unavailable':
      return 'unavailable';
    case 'rolling':
      return `rolling out ${count(upToDate)}/${count(desired)}`;
    case 'stalled':
      return 'rollout stuck';
    case 'idle':
      return workload.isPaused ? 'suspended' : 'scaled to 0';
    case 'scheduled':
      return scheduleText(workload, now);
    case 'running':
      return workload.kind === 'CronJob'
        ? `${count(active)} running`
        : `running${startedAt === null ? '' : ` ${shortDuration(now - startedAt)}`}`;
    case 'complete':
      return startedAt === null || completedAt === null
        ? 'complete'
        : `complete in ${duration(completedAt - startedAt)}`;
    case 'failed':
      return conditionOf(workload, 'Failed', 'True')?.reason ?? 'failed';
    case 'unknown':
      return 'unknown';
  }
}

const scheduleText = ({ schedule, lastScheduleAt }: Workload, now: EpochMs): string =>
  `${schedule ?? UNKNOWN}${lastScheduleAt === null ? '' : `  last ${shortDuration(now - lastScheduleAt)}`}`;

/** Cluster pane, tab workloads: deployments, stateful sets, daemon sets, jobs and cron jobs in one list. */
export const workloadView: View<WorkloadRow> = {
  id: 'workloads',
  title: 'Workloads',
  feeds: Object.values(WORKLOAD_FEEDS),
  rows: (inventory, now) => allRows(sources(inventory, now)),
  sources,
  parts: ({ clusters }) => clusters,
  key: ({ ref }) => ref,
  sign: signOf,
  at: ({ at }) => at,
  stale: ({ fresh }) => !fresh,
  columns: [
    { id: 'kind', title: 'KIND', width: 11, priority: 1, text: ({ kind }) => kind },
    namespaceColumn(1),
    nameColumn(26),
    {
      id: 'ready',
      title: 'READY',
      width: 6,
      align: 'right',
      priority: 0,
      text: readyText,
      // A share, so that `ready<1` finds what is not.
      value: ({ ready, desired }) =>
        ready === null || desired === null || desired === 0 ? null : ready / desired,
    },
    {
      id: 'uptodate',
      title: 'UP-TO-DATE',
      width: 10,
      align: 'right',
      priority: 4,
      text: ({ kind, upToDate }) => (isServing(kind) ? count(upToDate) : ''),
      value: ({ upToDate }) => upToDate,
    },
    {
      id: 'available',
      title: 'AVAILABLE',
      width: 9,
      align: 'right',
      priority: 3,
      text: ({ kind, available }) => (isServing(kind) ? count(available) : ''),
      value: ({ available }) => available,
    },
    {
      id: 'status',
      title: 'STATUS',
      width: 'grow',
      most: 44,
      priority: 2,
      text: statusText,
      tone: (workload) => {
        const sign = signOf(workload);
        if (sign === 'ok' || sign === 'off') return 'muted';
        return sign === 'down' ? 'bad' : sign === 'unknown' ? 'unknown' : 'warn';
      },
    },
    clusterColumn(),
    createdColumn(5),
    ageColumn(6),
  ],
  detail: (workload, { clusters }, now) => {
    const cluster = clusters.find(({ name }) => name === workload.cluster);
    return [
      stateBlock(workload, cluster, now),
      ...(workload.conditions.length === 0 ? [] : [conditionBlock(workload, now)]),
      ...(cluster ? [partsBlock(workload, cluster)] : []),
    ];
  },
};

const isServing = (kind: Workload['kind']): boolean => kind !== 'Job' && kind !== 'CronJob';

function stateBlock(
  workload: WorkloadRow,
  cluster: ClusterInventory | undefined,
  now: EpochMs,
): DetailBlock {
  const { kind, namespace, ready, desired, owner, createdAt } = workload;
  const above = cluster && findWorkload(cluster, namespace, owner);
  const ago = (at: EpochMs | null): string => (at === null ? UNKNOWN : `${duration(now - at)} ago`);
  const line = (label: string, text: string): DetailLine => ({ label, text });
  return {
    title: kind,
    lines: [
      {
        label: 'status',
        text: workload.fresh
          ? statusText(workload, now)
          : `unknown; was ${statusText(workload, now)}`,
        tone: signOf(workload) === 'down' ? 'bad' : 'plain',
      },
      line('namespace', namespace),
      ...(kind === 'CronJob'
        ? [
            line('schedule', workload.schedule ?? UNKNOWN),
            line('suspended', workload.isPaused ? 'yes' : 'no'),
            line('running', count(workload.active)),
            line('last run', ago(workload.lastScheduleAt)),
            line('succeeded', ago(workload.lastSuccessAt)),
          ]
        : [line(kind === 'Job' ? 'succeeded' : 'ready', `${count(ready)} of ${count(desired)}`)]),
      ...(isServing(kind)
        ? [
            line('up to date', count(workload.upToDate)),
            line('available', count(workload.available)),
          ]
        : []),
      ...(kind === 'Job' ? [line('started', ago(workload.startedAt))] : []),
      {
        label: 'owner',
        text: owner ?? '<none>',
        ...(above
          ? { ref: workloadRef(workload.cluster, above.kind, above.namespace, above.name) }
          : {}),
      },
      line('created', ago(createdAt)),
      line('uid', workload.uid),
    ],
  };
}

/** Conditions whose being False is what is wrong. */
const GOOD = new Set(['Available', 'Progressing']);

const conditionBlock = ({ conditions }: Workload, now: EpochMs): DetailBlock => ({
  title: 'Conditions',
  lines: conditions.map(({ type, status, reason, message, since }) => ({
    label: type,
    text: [
      status,
      ...(since === null ? [] : [`for ${duration(now - since)}`]),
      ...(reason === null ? [] : [reason]),
      ...(message === null ? [] : [message]),
    ].join('  '),
    tone:
      (GOOD.has(type) && status !== 'True') || (type === 'Failed' && status === 'True')
        ? 'bad'
        : 'plain',
  })),
});

/** Its pods, or the jobs of a cron job. */
function partsBlock(
  workload: WorkloadRow,
  { name: cluster, feeds }: ClusterInventory,
): DetailBlock {
  const { kind, namespace, name } = workload;
  if (kind === 'CronJob') {
    const jobs = [...(lastKnown(feeds.jobs)?.value.byKey.values() ?? [])]
      .filter((job) => job.namespace === namespace && job.owner === `CronJob/${name}`)
      .toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
    return {
      title: `Jobs ${jobs.length}`,
      lines: jobs.map((job) => ({
        label: readyText(job),
        text: `${job.name}  ${workloadState(job)}`,
        tone: workloadState(job) === 'failed' ? ('bad' as const) : ('plain' as const),
        ref: workloadRef(cluster, job.kind, job.namespace, job.name),
      })),
    };
  }
  const table = lastKnown(feeds.pods)?.value;
  const pods = [
    ...((table && podsByWorkload(table).get(`${namespace}/${kind}/${name}`)?.values()) ?? []),
  ];
  return {
    title: `Pods ${table ? pods.length : UNKNOWN}`,
    lines: pods.map((pod) => ({
      label: `${pod.readyContainers}/${pod.totalContainers}`,
      text: `${pod.name}  ${pod.status}${pod.node === null ? '' : `  on ${pod.node}`}`,
      tone:
        pod.status === 'Running' || pod.status === 'Completed'
          ? ('plain' as const)
          : ('bad' as const),
      ref: podRef(cluster, pod.namespace, pod.name),
    })),
  };
}
