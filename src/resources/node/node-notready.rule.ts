import type { ClusterRule } from '../../domain/problem.ts';
import { nodeRef } from '../../domain/ref.ts';

/** A node whose Ready condition is not True. A node that has no such condition yet is just joining. */
export const nodeNotready: ClusterRule<'nodes'> = {
  id: 'node.notready',
  scope: 'cluster',
  severity: 'critical',
  holdSeconds: 0,
  needs: ['nodes'],
  check: ({ nodes }, cluster) =>
    [...nodes.byKey.values()]
      .filter(({ ready }) => ready === 'False' || ready === 'Unknown')
      .map((node) => ({
        subject: nodeRef(cluster.name, node.name),
        title:
          node.ready === 'Unknown'
            ? 'not ready: its kubelet is silent'
            : `not ready: ${node.readyMessage ?? node.readyReason ?? 'no reason given'}`,
        ...(node.readySince === null ? {} : { began: node.readySince }),
        evidence: {
          ready: node.ready,
          reason: node.readyReason,
          message: node.readyMessage,
          internalIp: node.internalIp,
          from: 'GET /api/v1/nodes',
        },
        hint:
          node.ready === 'Unknown'
            ? `see whether ${node.internalIp ?? node.name} answers and its kubelet runs`
            : `see its conditions: kubectl describe node ${node.name}`,
      })),
};
