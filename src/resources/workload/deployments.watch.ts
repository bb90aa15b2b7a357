import { isTrueAt } from '../../parse/json-fields.ts';
import { isBehind, statusCount, wantedReplicas, workloadWatch } from './workload-fields.ts';

/** The deployments of a cluster: `apps/v1` Deployment, counts as in its `DeploymentStatus`. */
export const deploymentsWatch = workloadWatch('deployments', 'Deployment', (object) => {
  const desired = wantedReplicas(object);
  const upToDate = statusCount(object, 'updatedReplicas');
  const total = statusCount(object, 'replicas');
  return {
    desired,
    ready: statusCount(object, 'readyReplicas'),
    upToDate,
    available: statusCount(object, 'availableReplicas'),
    // As `kubectl rollout status` waits: the new spec seen, all pods of it, none of an older one left.
    isRolling:
      isBehind(object) ||
      (upToDate !== null && desired !== null && upToDate < desired) ||
      (upToDate !== null && total !== null && total > upToDate),
    isPaused: isTrueAt(object, 'spec', 'paused'),
  };
});
