import { duration } from '../../domain/format.ts';
import type { ObjectRule } from '../../domain/problem.ts';
import { podRef } from '../../domain/ref.ts';

/** So long after it, a container that the kernel ended is worth a look. */
const RECENT_MS = 3_600_000;

/** A pod of which a container was ended for want of memory within the last hour. */
export const podOom: ObjectRule<'pods'> = {
  id: 'pod.oom',
  scope: 'object',
  severity: 'warning',
  holdSeconds: 0,
  feed: 'pods',
  check: (pod, cluster, now) => {
    const { oomKilledAt: at, namespace, name } = pod;
    if (at === null || now >= at + RECENT_MS) return null;
    return {
      finding: {
        subject: podRef(cluster, namespace, name),
        title: `container ${pod.oomKilled ?? ''} was out of memory`,
        began: at,
        evidence: {
          container: pod.oomKilled,
          ended: new Date(at).toISOString(),
          agoSeconds: Math.floor((now - at) / 1000),
          restarts: pod.restarts,
          status: pod.status,
          node: pod.node,
          owner: pod.owner,
          from: 'GET /api/v1/pods',
        },
        hint: `compare what it needs with its limit: kubectl -n ${namespace} top pod ${name} --containers; told for ${duration(RECENT_MS)}`,
      },
      until: at + RECENT_MS,
    };
  },
};
