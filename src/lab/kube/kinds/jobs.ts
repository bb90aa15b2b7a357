import { checkContainers, record, required, templateWithLabels } from '../admission.ts';
import { countRuns, jobSpec, jobStatus, pastRuns, runTemplate } from '../batch.ts';
import type { Job } from '../batch.ts';
import { isJsonObject } from '../object.ts';
import { humanDuration, rfc3339 } from '../time.ts';
import { seededOwner } from '../workload.ts';
import { templateColumnsOf } from './deployments.ts';
import { ageColumn, defineKind, nameColumn } from './kind.ts';

const BATCH = { group: 'batch', kind: 'Job' } as const;

/** Whether the job has a condition that is true. */
const has = ({ status }: Job, type: string): boolean =>
  status.conditions?.some((each) => each.type === type && each.status === 'True') === true;

/** STATUS as `printJob` in kubernetes/pkg/printers/internalversion says it. */
function statusOf(job: Job): string {
  if (has(job, 'Complete')) return 'Complete';
  if (has(job, 'Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating';
  return has(job, 'Suspended') ? 'Suspended' : 'Running';
}

function durationOf({ status }: Job, nowMs: number): string {
  if (status.startTime === undefined) return '';
  const end = status.completionTime === undefined ? nowMs : Date.parse(status.completionTime);
  return humanDuration(end - Date.parse(status.startTime));
}

export const jobs = defineKind<Job>({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  singular: 'job',
  shortNames: [],
  categories: ['all'],
  namespaced: true,
  generation: true,
  subresources: ['status'],
  columns: [
    nameColumn,
    {
      name: 'Status',
      type: 'string',
      description: 'Status of the job.',
      cell: statusOf,
    },
    {
      name: 'Completions',
      type: 'string',
      description: 'Completions is the number of successfully finished pods of those wanted.',
      cell: ({ spec, status }) => `${status.succeeded ?? 0}/${spec.completions ?? 1}`,
    },
    {
      name: 'Duration',
      type: 'string',
      description: 'Time required to complete the job.',
      cell: durationOf,
    },
    ageColumn,
    ...templateColumnsOf<Job>(({ spec }) => spec.template),
    {
      name: 'Selector',
      type: 'string',
      wide: true,
      description: 'Label selector for pods.',
      cell: ({ metadata }) => `batch.kubernetes.io/controller-uid=${metadata.uid}`,
    },
  ],
  fields: {
    'status.successful': ({ status }) => String(status.succeeded ?? 0),
  },
  admit: (draft) => {
    const spec = record(draft['spec']);
    const template = record(spec['template']);
    const podSpec = record(template['spec']);
    const { name } = draft.metadata;
    if (!isJsonObject(spec['template'])) required(BATCH, name, 'spec.template');
    checkContainers(BATCH, name, podSpec, 'spec.template.spec');
    return {
      ...draft,
      spec: {
        completions: 1,
        parallelism: 1,
        backoffLimit: 6,
        suspend: false,
        ...spec,
        template: templateWithLabels(template),
      },
      status: record(draft['status']),
    };
  },
  seed: (model) =>
    pastRuns(model).map(({ seed, job, startedMs, endedMs }) => {
      const spec = jobSpec(runTemplate(seed));
      return {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: {
          name: job,
          namespace: seed.namespace,
          uid: model.uid('Job', seed.namespace, job),
          creationTimestamp: rfc3339(startedMs),
          annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': rfc3339(startedMs) },
          ownerReferences: [seededOwner(model, 'CronJob', 'batch/v1', seed.namespace, seed.name)],
        },
        spec,
        status: jobStatus(
          { spec, status: { startTime: rfc3339(startedMs) } },
          { ...countRuns([]), succeeded: 1 },
          endedMs,
        ),
      };
    }),
});
