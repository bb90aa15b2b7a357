import { bgpSessions } from '../../domain/cilium.ts';
import type { BgpPeer } from '../../domain/network.ts';
import { isEstablished } from '../../domain/network.ts';
import type { ClusterRule, Finding } from '../../domain/problem.ts';
import { objectRef } from '../../domain/ref.ts';

type Session = { readonly node: string; readonly peer: BgpPeer };

/**
 * BGP sessions that are not established. When no node has one with a peer, that is one problem of the peer; otherwise
 * each node without its session has one.
 */
export const bgpPeer: ClusterRule<'bgpNodeConfigs'> = {
  id: 'bgp.peer',
  scope: 'cluster',
  severity: 'warning',
  // As long as a session that is set up anew may take.
  holdSeconds: 5,
  needs: ['bgpNodeConfigs'],
  check: (_fresh, cluster) => {
    const sessions = bgpSessions(cluster).flatMap(({ node, peers }) =>
      peers.map((peer): Session => ({ node, peer })),
    );
    const all = sessions.length;
    const up = sessions.filter(({ peer }) => isEstablished(peer)).length;
    return [...Map.groupBy(sessions, ({ peer }) => peer.address ?? peer.name)].flatMap(
      ([address, own]): readonly Finding[] => {
        // What no agent has told of yet is not known to be down.
        const down = own.filter(({ peer }) => peer.state !== null && !isEstablished(peer));
        const [first] = down;
        if (!first) return [];
        if (down.length < own.length)
          return down.map(({ node, peer }) => ({
            subject: objectRef(cluster.name, 'BGPPeer', null, `${node}/${address}`),
            title: `no session with AS ${peer.peerAs ?? 'unknown'}: ${peer.state ?? 'unknown'}`,
            evidence: evidenceOf(peer, {
              node,
              sessionsUp: own.length - down.length,
              sessions: own.length,
            }),
            hint: `see what the agent says: kubectl -n kube-system exec ds/cilium -- cilium-dbg bgp peers; then whether ${address} answers on port 179`,
          }));
        return [
          {
            subject: objectRef(cluster.name, 'BGPPeer', null, address),
            title: `no node has a session with it, ${first.peer.state ?? 'unknown'}${up === 0 ? '; nobody is told of the addresses of load balancers' : ''}`,
            severity: up === 0 ? 'critical' : 'warning',
            evidence: evidenceOf(first.peer, {
              node: down.map(({ node }) => node).join(', '),
              sessionsUp: 0,
              sessions: own.length,
              otherSessionsUp: up,
              otherSessions: all - own.length,
            }),
            hint: `see whether the BGP router at ${address} runs and answers on port 179`,
          },
        ];
      },
    );
  },
};

const evidenceOf = (peer: BgpPeer, more: Finding['evidence']): Finding['evidence'] => ({
  state: peer.state,
  peer: peer.name,
  address: peer.address,
  peerAs: peer.peerAs,
  localAs: peer.localAs,
  ...more,
  from: 'GET /apis/cilium.io/v2/ciliumbgpnodeconfigs',
});
