import type { Finding, ObjectRule } from '../../domain/problem.ts';
import { workloadRef } from '../../domain/ref.ts';
import { conditionOf, workloadState } from '../../domain/workload.ts';
import type { Workload } from '../../domain/workload.ts';

type ServingFeed = 'deployments' | 'statefulsets' | 'daemonsets';

/**
 * A workload that has fewer pods available than it is to have, or whose rollout is stuck. While its pods are being
 * replaced it may have fewer, as long as its own strategy allows that.
 */
const unavailable = (feed: ServingFeed): ObjectRule<ServingFeed> => ({
  id: 'workload.unavailable',
  scope: 'object',
  severity: 'warning',
  // As long as a pod that is started anew may take.
  holdSeconds: 30,
  feed,
  check: (workload, cluster) => {
    const finding = judge(workload, cluster, feed);
    return finding && { finding };
  },
});

export const deploymentUnavailable = unavailable('deployments');
export const statefulsetUnavailable = unavailable('statefulsets');
export const daemonsetUnavailable = unavailable('daemonsets');

function judge(workload: Workload, cluster: string, feed: ServingFeed): Finding | null {
  const state = workloadState(workload);
  if (state !== 'partial' && state !== 'unavailable' && state !== 'stalled') return null;
  const { kind, namespace, name, desired, ready, available, upToDate } = workload;
  const told =
    state === 'stalled'
      ? conditionOf(workload, 'Progressing', 'False')
      : conditionOf(workload, 'Available', 'False');
  const since = told?.since ?? null;
  return {
    subject: workloadRef(cluster, kind, namespace, name),
    title:
      state === 'stalled'
        ? `rollout makes no progress, ${upToDate ?? 0} of ${desired ?? 0} pods are new`
        : `${available ?? 0} of ${desired ?? 0} pods available`,
    ...(since === null ? {} : { began: since }),
    evidence: {
      desired,
      ready,
      available,
      upToDate,
      reason: told?.reason ?? null,
      message: told?.message ?? null,
      from: `GET /apis/apps/v1/${feed}`,
    },
    hint: 'open it to see its pods; the events of a pod tell why it does not start',
  };
}
