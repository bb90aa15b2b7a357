import { duration } from '../../domain/format.ts';
import type { Pod } from '../../domain/kube.ts';
import type { ObjectRule } from '../../domain/problem.ts';
import { podRef } from '../../domain/ref.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';
import { waitsForImage } from './pod-imagepull.rule.ts';

/** A pod that does not get to run: no node takes it, or its volumes, network or init containers do not come about. */
export const podPending: ObjectRule<'pods'> = {
  id: 'pod.pending',
  scope: 'object',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['pod.pending'],
  feed: 'pods',
  check: (pod, cluster, now, limits) => {
    const { createdAt, namespace, name } = pod;
    if (!isPending(pod) || createdAt === null) return null;
    const seconds = Math.floor((now - createdAt) / 1000);
    const level = levelOf(seconds, 'above', limits, null);
    const next = [limits.warning, limits.critical].find((limit) => seconds < limit);
    const until = next === undefined ? {} : { until: createdAt + next * 1000 };
    if (level === null) return { finding: null, ...until };
    return {
      finding: {
        subject: podRef(cluster, namespace, name),
        severity: level,
        title:
          pod.node === null
            ? `no node takes it${pod.reason === null ? '' : `: ${pod.reason}`}`
            : `${pod.status} for ${duration(now - createdAt)}`,
        began: createdAt,
        evidence: {
          status: pod.status,
          node: pod.node,
          reason: pod.reason,
          secondsPending: seconds,
          owner: pod.owner,
          from: 'GET /api/v1/pods',
        },
        hint: `see its events: kubectl -n ${namespace} describe pod ${name}`,
      },
      ...until,
    };
  },
};

/** Other rules tell of an image that does not come, and of containers that end again and again. */
const isPending = (pod: Pod): boolean =>
  pod.phase === 'Pending' &&
  pod.deletionAt === null &&
  pod.status !== 'SchedulingGated' &&
  !waitsForImage(pod) &&
  !pod.status.endsWith('CrashLoopBackOff');
