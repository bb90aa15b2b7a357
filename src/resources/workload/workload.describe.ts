import type { Describer } from '../../domain/described.ts';
import { describedLines, entry } from '../../parse/described-lines.ts';
import type { Entry } from '../../parse/described-lines.ts';
import {
  conditionEntry,
  eventEntry,
  metadataEntries,
  NONE,
  pairs,
  scalar,
  timeText,
} from '../../parse/described-parts.ts';
import { isTrueAt, listAt, textAt, timeAt, valueAt } from '../../parse/json-fields.ts';
import { containerEntries, volumeEntries } from '../../parse/pod-parts.ts';

/** Fields of the spec or status under kubectl's labels; what is missing is left out. */
const FIELDS: readonly (readonly [label: string, ...path: string[]])[] = [
  ['Replicas wanted', 'spec', 'replicas'],
  ['Replicas', 'status', 'replicas'],
  ['Updated', 'status', 'updatedReplicas'],
  ['Ready', 'status', 'readyReplicas'],
  ['Available', 'status', 'availableReplicas'],
  ['Unavailable', 'status', 'unavailableReplicas'],
  ['Desired Nodes', 'status', 'desiredNumberScheduled'],
  ['Scheduled', 'status', 'currentNumberScheduled'],
  ['Nodes Ready', 'status', 'numberReady'],
  ['Misscheduled', 'status', 'numberMisscheduled'],
  ['StrategyType', 'spec', 'strategy', 'type'],
  ['Max Unavailable', 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable'],
  ['Max Surge', 'spec', 'strategy', 'rollingUpdate', 'maxSurge'],
  ['Update Strategy', 'spec', 'updateStrategy', 'type'],
  ['MinReadySeconds', 'spec', 'minReadySeconds'],
  ['Pod Management', 'spec', 'podManagementPolicy'],
  ['Service', 'spec', 'serviceName'],
  ['Schedule', 'spec', 'schedule'],
  ['Concurrency', 'spec', 'concurrencyPolicy'],
  ['Suspend', 'spec', 'suspend'],
  ['Parallelism', 'spec', 'parallelism'],
  ['Completions', 'spec', 'completions'],
  ['Backoff Limit', 'spec', 'backoffLimit'],
  ['Active', 'status', 'active'],
  ['Succeeded', 'status', 'succeeded'],
  ['Failed', 'status', 'failed'],
];
const TIMES: readonly (readonly [label: string, field: string])[] = [
  ['Start Time', 'startTime'],
  ['Completed At', 'completionTime'],
  ['Last Schedule', 'lastScheduleTime'],
  ['Last Success', 'lastSuccessfulTime'],
];

/** Workloads of apps/v1 and batch/v1, after their describers in kubectl's pkg/describe/describe.go. */
export const workloadDescriber: Describer = {
  kinds: ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'],
  describe: (workload, context) => {
    const template =
      valueAt(workload, 'spec', 'template') ??
      valueAt(workload, 'spec', 'jobTemplate', 'spec', 'template');
    const isPaused = isTrueAt(workload, 'spec', 'paused');
    return describedLines([
      ...metadataEntries(workload, context),
      entry(
        'Selector',
        pairs(workload, ['spec', 'selector', 'matchLabels'], '=').join(',') || NONE,
      ),
      ...FIELDS.flatMap(([label, ...path]): readonly Entry[] => {
        // A status has lists of these names too.
        const text = scalar(valueAt(workload, ...path));
        return text === '' ? [] : [entry(label, text)];
      }),
      ...(isPaused ? [entry('Paused', 'true', 'warn')] : []),
      ...TIMES.flatMap(([label, field]) => {
        const at = timeAt(workload, 'status', field);
        return at === null ? [] : [entry(label, timeText(at, context.now))];
      }),
      entry('Pod Template', [
        entry('Labels', pairs(template, ['metadata', 'labels'], '=')),
        entry('Service Account', textAt(template, 'spec', 'serviceAccountName') ?? NONE),
        ...['initContainers', 'containers'].flatMap((field) => {
          const containers = listAt(template, 'spec', field);
          return containers.length === 0
            ? []
            : [
                entry(
                  field === 'containers' ? 'Containers' : 'Init Containers',
                  containers.map((container) =>
                    entry(textAt(container, 'name') ?? '', containerEntries(container)),
                  ),
                ),
              ];
        }),
        entry('Volumes', volumeEntries(valueAt(template, 'spec'))),
        entry('Node-Selectors', pairs(template, ['spec', 'nodeSelector'], '=')),
      ]),
      ...conditionEntry(workload, context.now),
      eventEntry(context),
    ]);
  },
};
