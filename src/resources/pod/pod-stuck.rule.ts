import { duration } from '../../domain/format.ts';
import type { ObjectRule } from '../../domain/problem.ts';
import { podRef } from '../../domain/ref.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';

/** A pod that was to end and is still there after its grace. */
export const podStuck: ObjectRule<'pods'> = {
  id: 'pod.stuck',
  scope: 'object',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['pod.stuck'],
  feed: 'pods',
  check: (pod, cluster, now, limits) => {
    const { deletionAt, namespace, name, finalizers } = pod;
    if (deletionAt === null) return null;
    const seconds = Math.floor((now - deletionAt) / 1000);
    const level = levelOf(seconds, 'above', limits, null);
    const next = [limits.warning, limits.critical].find((limit) => seconds < limit);
    const until = next === undefined ? {} : { until: deletionAt + next * 1000 };
    if (level === null) return { finding: null, ...until };
    return {
      finding: {
        subject: podRef(cluster, namespace, name),
        severity: level,
        title: `still there ${duration(now - deletionAt)} after its grace`,
        began: deletionAt,
        evidence: {
          status: pod.status,
          shouldBeGone: new Date(deletionAt).toISOString(),
          secondsOverdue: seconds,
          finalizers: finalizers.join(', '),
          node: pod.node,
          owner: pod.owner,
          from: 'GET /api/v1/pods',
        },
        hint:
          finalizers.length > 0
            ? `see who has to take its finalizer away: ${finalizers.join(', ')}`
            : `see whether the kubelet of ${pod.node ?? 'its node'} answers; only if its containers are surely gone: kubectl -n ${namespace} delete pod ${name} --force`,
      },
      ...until,
    };
  },
};
