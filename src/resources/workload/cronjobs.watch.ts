import { isTrueAt, listAt, textAt, timeAt } from '../../parse/json-fields.ts';
import { workloadWatch } from './workload-fields.ts';

/** The cron jobs of a cluster: `batch/v1` CronJob. */
export const cronjobsWatch = workloadWatch('cronjobs', 'CronJob', (object) => ({
  active: listAt(object, 'status', 'active').length,
  isPaused: isTrueAt(object, 'spec', 'suspend'),
  schedule: textAt(object, 'spec', 'schedule'),
  lastScheduleAt: timeAt(object, 'status', 'lastScheduleTime'),
  lastSuccessAt: timeAt(object, 'status', 'lastSuccessfulTime'),
}));
