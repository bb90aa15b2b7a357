import type { Pod } from '../../domain/kube.ts';
import type { Finding, ObjectRule } from '../../domain/problem.ts';
import { podRef } from '../../domain/ref.ts';
import type { EpochMs } from '../../domain/time.ts';

/** The kubelet waits at most five minutes between two starts, so a loop shows a restart within ten. */
const RECENT_MS = 10 * 60_000;
const LOOP_RESTARTS = 3;

/** A pod whose container starts and ends again and again, also in the moments in which it runs. */
export const podCrashloop: ObjectRule<'pods'> = {
  id: 'pod.crashloop',
  scope: 'object',
  severity: 'warning',
  holdSeconds: 0,
  feed: 'pods',
  check: (pod, cluster, now) => {
    const until = loopsUntil(pod);
    if (now >= until) return null;
    const finding: Finding = {
      subject: podRef(cluster, pod.namespace, pod.name),
      title: `crash loop, ${pod.restarts} restarts`,
      evidence: {
        status: pod.status,
        restarts: pod.restarts,
        ready: `${pod.readyContainers}/${pod.totalContainers}`,
        reason: pod.reason,
        node: pod.node,
        owner: pod.owner,
        from: 'GET /api/v1/pods',
      },
      hint: `see the last container's log: kubectl -n ${pod.namespace} logs --previous ${pod.name}`,
    };
    return { finding, until };
  },
};

/** While it waits for its next start it loops; while it runs, it does so until its last restart is long ago. */
function loopsUntil(pod: Pod): EpochMs {
  if (pod.status.endsWith('CrashLoopBackOff')) return Number.POSITIVE_INFINITY;
  const isUnready = pod.phase === 'Running' && pod.readyContainers < pod.totalContainers;
  return isUnready && pod.restarts >= LOOP_RESTARTS && pod.lastRestartAt !== null
    ? pod.lastRestartAt + RECENT_MS
    : Number.NEGATIVE_INFINITY;
}
