import type { Pod } from '../../domain/kube.ts';
import type { ClusterRule } from '../../domain/problem.ts';
import { podRef } from '../../domain/ref.ts';
import type { EpochMs } from '../../domain/time.ts';

/** The kubelet waits at most five minutes between two starts, so a loop shows a restart within ten. */
const RECENT_MS = 10 * 60_000;
const LOOP_RESTARTS = 3;

/** A pod whose container starts and ends again and again, also in the moments in which it runs. */
export const podCrashloop: ClusterRule<'pods'> = {
  id: 'pod.crashloop',
  scope: 'cluster',
  severity: 'warning',
  holdSeconds: 0,
  needs: ['pods'],
  check: ({ pods }, cluster, now) => {
    const looping: Pod[] = [];
    for (const pod of pods.byKey.values()) if (isLooping(pod, now)) looping.push(pod);
    return looping.map((pod) => ({
      subject: podRef(cluster.name, pod.namespace, pod.name),
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
    }));
  },
};

const isLooping = (pod: Pod, now: EpochMs): boolean =>
  pod.status.endsWith('CrashLoopBackOff') ||
  (pod.phase === 'Running' &&
    pod.readyContainers < pod.totalContainers &&
    pod.restarts >= LOOP_RESTARTS &&
    pod.lastRestartAt !== null &&
    now - pod.lastRestartAt < RECENT_MS);
