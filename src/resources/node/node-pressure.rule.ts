import type { ClusterRule } from '../../domain/problem.ts';
import { nodeRef } from '../../domain/ref.ts';

/** A node that is short of something, as its kubelet, its network agent or a problem detector tells. */
export const nodePressure: ClusterRule<'nodes'> = {
  id: 'node.pressure',
  scope: 'cluster',
  severity: 'warning',
  holdSeconds: 0,
  needs: ['nodes'],
  check: ({ nodes }, cluster) =>
    [...nodes.byKey.values()]
      // What a silent kubelet said last is told as that.
      .filter(({ pressures, ready }) => pressures.length > 0 && ready !== 'Unknown')
      .map((node) => ({
        subject: nodeRef(cluster.name, node.name),
        title: node.pressures.map((each) => WORDS[each] ?? each).join(', '),
        evidence: {
          conditions: node.pressures.join(', '),
          taints: node.taints.join(', ') || null,
          ready: node.ready,
          from: 'GET /api/v1/nodes',
        },
        hint: node.pressures.includes('NetworkUnavailable')
          ? `see its network agent: kubectl -n kube-system get pods --field-selector spec.nodeName=${node.name}`
          : `see what takes it: kubectl describe node ${node.name}; its pods are one J away`,
      })),
};

const WORDS: Readonly<Record<string, string>> = {
  MemoryPressure: 'short of memory',
  DiskPressure: 'short of disk space',
  PIDPressure: 'short of process ids',
  NetworkUnavailable: 'network not configured',
};
