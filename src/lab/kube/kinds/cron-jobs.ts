import { checkContainers, record, required, templateWithLabels } from '../admission.ts';
import {
  CRON_JOBS,
  jobSpec,
  KEPT_FAILED,
  KEPT_SUCCESSFUL,
  pastRuns,
  runTemplate,
} from '../batch.ts';
import type { CronJob } from '../batch.ts';
import { textOf } from '../object.ts';
import { age, rfc3339 } from '../time.ts';
import { templateColumnsOf } from './deployments.ts';
import { ageColumn, defineKind, nameColumn } from './kind.ts';

const BATCH = { group: 'batch', kind: 'CronJob' } as const;

export const cronJobs = defineKind<CronJob>({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  singular: 'cronjob',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  generation: true,
  subresources: ['status'],
  columns: [
    nameColumn,
    {
      name: 'Schedule',
      type: 'string',
      description: 'The schedule in Cron format, see https://en.wikipedia.org/wiki/Cron.',
      cell: ({ spec }) => spec.schedule,
    },
    {
      name: 'Timezone',
      type: 'string',
      description: 'The time zone name for the given schedule.',
      cell: ({ spec }) => textOf(spec['timeZone']) || '<none>',
    },
    {
      name: 'Suspend',
      type: 'boolean',
      description: 'This flag tells the controller to suspend subsequent executions.',
      cell: ({ spec }) => spec.suspend,
    },
    {
      name: 'Active',
      type: 'integer',
      description: 'A list of pointers to currently running jobs.',
      cell: ({ status }) => status.active?.length ?? 0,
    },
    {
      name: 'Last Schedule',
      type: 'string',
      description: 'Information when was the last time the job was successfully scheduled.',
      cell: ({ status }, nowMs) =>
        status.lastScheduleTime === undefined ? '<none>' : age(status.lastScheduleTime, nowMs),
    },
    ageColumn,
    ...templateColumnsOf<CronJob>(({ spec }) => spec.jobTemplate.spec.template),
    {
      name: 'Selector',
      type: 'string',
      wide: true,
      description: 'Label selector of the pods.',
      cell: () => '<none>',
    },
  ],
  fields: {},
  admit: (draft) => {
    const spec = record(draft['spec']);
    const { name } = draft.metadata;
    if (textOf(spec['schedule']) === '') required(BATCH, name, 'spec.schedule');
    const jobTemplate = record(spec['jobTemplate']);
    const run = record(jobTemplate['spec']);
    const template = record(run['template']);
    checkContainers(BATCH, name, record(template['spec']), 'spec.jobTemplate.spec.template.spec');
    const defaults = {
      suspend: false,
      concurrencyPolicy: 'Allow',
      successfulJobsHistoryLimit: KEPT_SUCCESSFUL,
      failedJobsHistoryLimit: KEPT_FAILED,
    };
    const made = { ...jobTemplate, spec: { ...run, template: templateWithLabels(template) } };
    return {
      ...draft,
      spec: { ...defaults, ...spec, jobTemplate: made },
      status: record(draft['status']),
    };
  },
  seed: (model) => {
    const runs = pastRuns(model);
    return CRON_JOBS.map((seed) => {
      const { namespace, name, schedule, suspend, ageDays } = seed;
      const last = runs.findLast((run) => run.seed === seed);
      return {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: {
          name,
          namespace,
          uid: model.uid('CronJob', namespace, name),
          creationTimestamp: model.ago(ageDays * 86_400),
        },
        spec: {
          schedule,
          suspend,
          concurrencyPolicy: 'Forbid',
          successfulJobsHistoryLimit: KEPT_SUCCESSFUL,
          failedJobsHistoryLimit: KEPT_FAILED,
          jobTemplate: { spec: jobSpec(runTemplate(seed)) },
        },
        status: last
          ? {
              lastScheduleTime: rfc3339(last.startedMs),
              lastSuccessfulTime: rfc3339(last.endedMs),
            }
          : {},
      };
    });
  },
});
