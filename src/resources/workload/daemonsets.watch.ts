import { isBehind, replacesPods, statusCount, workloadWatch } from './workload-fields.ts';

/** The daemon sets of a cluster: `apps/v1` DaemonSet, which wants a pod on each node that fits. */
export const daemonsetsWatch = workloadWatch('daemonsets', 'DaemonSet', (object) => {
  const desired = statusCount(object, 'desiredNumberScheduled');
  const upToDate = statusCount(object, 'updatedNumberScheduled');
  return {
    desired,
    ready: statusCount(object, 'numberReady'),
    upToDate,
    available: statusCount(object, 'numberAvailable'),
    isRolling:
      replacesPods(object) &&
      (isBehind(object) || (upToDate !== null && desired !== null && upToDate < desired)),
  };
});
