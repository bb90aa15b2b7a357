import type { LonghornVolume } from '../../domain/storage.ts';
import { numberAt, textAt, timeAt } from '../../parse/json-fields.ts';
import { longhornWatch } from './longhorn-watch.ts';
import { conditionAt, enabledLabels, pathAt, readMeta, sizeAt } from './storage-fields.ts';

/** The volumes of Longhorn. */
export const longhornVolumesWatch = longhornWatch<'longhornVolumes'>({
  feed: 'longhornVolumes',
  resource: 'volumes',
  shows: 'volumes of Longhorn',
  project: projectVolume,
});

function projectVolume(object: unknown): LonghornVolume | undefined {
  const meta = readMeta(object);
  if (!meta) return undefined;
  const scheduled = conditionAt(object, 'Scheduled', 'status', 'conditions');
  return {
    ...meta,
    state: textAt(object, 'status', 'state'),
    robustness: textAt(object, 'status', 'robustness'),
    replicas: numberAt(object, 'spec', 'numberOfReplicas'),
    sizeBytes: sizeAt(object, 'spec', 'size'),
    actualBytes: sizeAt(object, 'status', 'actualSize'),
    node: textAt(object, 'status', 'currentNodeID'),
    claim: pathAt(object, ['namespace', 'pvcName'], 'status', 'kubernetesStatus'),
    persistentVolume: textAt(object, 'status', 'kubernetesStatus', 'pvName'),
    degradedAt: timeAt(object, 'status', 'lastDegradedAt'),
    lastBackupAt: timeAt(object, 'status', 'lastBackupAt'),
    unscheduled:
      scheduled?.status === 'False'
        ? (scheduled.message ?? scheduled.reason ?? 'no reason given')
        : null,
    jobs: enabledLabels(object, 'recurring-job.longhorn.io/'),
    jobGroups: enabledLabels(object, 'recurring-job-group.longhorn.io/'),
  };
}
