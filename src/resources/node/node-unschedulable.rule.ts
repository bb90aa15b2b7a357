import type { ClusterRule } from '../../domain/problem.ts';
import { nodeRef } from '../../domain/ref.ts';

/** A node that is cordoned: easily forgotten after an upgrade. */
export const nodeUnschedulable: ClusterRule<'nodes'> = {
  id: 'node.unschedulable',
  scope: 'cluster',
  severity: 'info',
  holdSeconds: 0,
  needs: ['nodes'],
  check: ({ nodes }, cluster) =>
    [...nodes.byKey.values()]
      .filter(({ unschedulable }) => unschedulable)
      .map((node) => ({
        subject: nodeRef(cluster.name, node.name),
        title: 'cordoned: no new pod is placed on it',
        evidence: {
          unschedulable: true,
          status: node.status,
          taints: node.taints.join(', ') || null,
          from: 'GET /api/v1/nodes',
        },
        hint: `when its upkeep is done: kubectl uncordon ${node.name}`,
      })),
};
