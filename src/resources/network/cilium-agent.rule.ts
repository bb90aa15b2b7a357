import { ciliumAgents } from '../../domain/cilium.ts';
import type { ClusterRule, Finding } from '../../domain/problem.ts';

/**
 * A node whose Cilium agent is not ready or missing: what runs there goes on, but no pod starts or ends there, and no
 * policy or service changes.
 */
export const ciliumAgent: ClusterRule<'nodes' | 'pods' | 'daemonsets'> = {
  id: 'cilium.agent',
  scope: 'cluster',
  severity: 'warning',
  // As long as an agent that is started anew may take.
  holdSeconds: 30,
  needs: ['nodes', 'pods', 'daemonsets'],
  check: (_fresh, cluster) =>
    ciliumAgents(cluster).flatMap(({ ref, node, pod, isReady }): readonly Finding[] =>
      isReady
        ? []
        : [
            {
              subject: ref,
              title: pod
                ? `the Cilium agent of ${node} is not ready: ${pod.status}`
                : 'no Cilium agent runs on it',
              evidence: {
                node,
                pod: pod ? `${pod.namespace}/${pod.name}` : null,
                status: pod?.status ?? null,
                ready: pod ? `${pod.readyContainers}/${pod.totalContainers}` : null,
                restarts: pod?.restarts ?? null,
                reason: pod?.reason ?? null,
                from: 'GET /api/v1/pods',
              },
              hint: pod
                ? `see what it says: kubectl -n ${pod.namespace} logs ${pod.name} -c cilium-agent`
                : `see why its daemon set makes no pod there: kubectl describe node ${node}`,
            },
          ],
    ),
};
