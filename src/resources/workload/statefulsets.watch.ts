import { numberAt, textAt } from '../../parse/json-fields.ts';
import {
  isBehind,
  replacesPods,
  statusCount,
  wantedReplicas,
  workloadWatch,
} from './workload-fields.ts';

/** The stateful sets of a cluster: `apps/v1` StatefulSet. */
export const statefulsetsWatch = workloadWatch('statefulsets', 'StatefulSet', (object) => {
  const current = textAt(object, 'status', 'currentRevision');
  const update = textAt(object, 'status', 'updateRevision');
  const desired = wantedReplicas(object);
  const upToDate = statusCount(object, 'updatedReplicas');
  // Those below the partition keep the old template for as long as it stands.
  const kept = numberAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  const isNew = current === null || update === null || current === update;
  return {
    desired,
    ready: statusCount(object, 'readyReplicas'),
    upToDate,
    available: statusCount(object, 'availableReplicas'),
    isRolling:
      replacesPods(object) &&
      (isBehind(object) || (!isNew && (upToDate ?? 0) < Math.max(0, (desired ?? 0) - kept))),
  };
});
