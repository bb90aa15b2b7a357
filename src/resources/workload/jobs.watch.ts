import { isTrueAt, numberAt, timeAt } from '../../parse/json-fields.ts';
import { workloadWatch } from './workload-fields.ts';

/** The jobs of a cluster: `batch/v1` Job. Without completions, one that succeeds is enough, as kubectl prints it. */
export const jobsWatch = workloadWatch('jobs', 'Job', (object) => {
  const startedAt = timeAt(object, 'status', 'startTime');
  // A job has no observedGeneration: its start tells that a controller has looked at it.
  const count = (field: string): number | null =>
    numberAt(object, 'status', field) ?? (startedAt === null ? null : 0);
  return {
    desired: numberAt(object, 'spec', 'completions') ?? 1,
    ready: count('succeeded'),
    active: count('active'),
    isPaused: isTrueAt(object, 'spec', 'suspend'),
    startedAt,
    completedAt: timeAt(object, 'status', 'completionTime'),
  };
});
