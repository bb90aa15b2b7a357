import type { ClusterRule } from '../../domain/problem.ts';
import { nodeRef } from '../../domain/ref.ts';

/** How many minor versions a kubelet may be behind the API server (kubernetes.io/releases/version-skew-policy). */
const MOST_BEHIND = 3;

/** A kubelet that is newer than the API server, or older than is supported with it. */
export const nodeVersion: ClusterRule<'nodes'> = {
  id: 'node.version',
  scope: 'cluster',
  severity: 'warning',
  holdSeconds: 0,
  needs: ['nodes'],
  check: ({ nodes }, cluster) => {
    const server = readVersion(cluster.version);
    if (server === null) return [];
    return [...nodes.byKey.values()].flatMap((node) => {
      const kubelet = readVersion(node.version);
      if (kubelet === null) return [];
      const behind = (server.major - kubelet.major) * 1000 + server.minor - kubelet.minor;
      if (behind >= 0 && behind <= MOST_BEHIND) return [];
      return [
        {
          subject: nodeRef(cluster.name, node.name),
          title:
            behind < 0
              ? `kubelet ${node.version ?? ''} is newer than the API server ${cluster.version ?? ''}`
              : `kubelet ${node.version ?? ''} is ${behind} minor versions behind the API server`,
          evidence: {
            kubelet: node.version,
            server: cluster.version,
            minorVersionsBehind: behind,
            limit: MOST_BEHIND,
            from: 'GET /api/v1/nodes and GET /version',
          },
          hint:
            behind < 0
              ? 'upgrade the API servers first: a kubelet must not be newer'
              : `drain ${node.name} and upgrade its kubelet`,
        },
      ];
    });
  },
};

function readVersion(
  text: string | null,
): { readonly major: number; readonly minor: number } | null {
  const match = /^v?([0-9]{1,3})\.([0-9]{1,4})(?:[.+-]|$)/.exec(text ?? '');
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : null;
}
