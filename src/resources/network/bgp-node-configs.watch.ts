import type { BgpNodeConfig, BgpPeer } from '../../domain/network.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { listAt, numberAt, textAt, timeAt } from '../../parse/json-fields.ts';
import { readNamed } from './named.ts';

/**
 * The BGP sessions of each node: `cilium.io` CiliumBGPNodeConfig, which bears the name of its node, and whose status its
 * agent writes (`BGPNodeStatus` in pkg/k8s/apis/cilium.io/v2/bgp_node_types.go of Cilium). A peer of the spec of which
 * the status does not tell has no state.
 */
export const bgpNodeConfigsWatch: ClusterWatch<'bgpNodeConfigs'> = {
  feed: 'bgpNodeConfigs',
  group: 'cilium.io',
  versions: ['v2', 'v2alpha1'],
  resource: 'ciliumbgpnodeconfigs',
  namespaced: false,
  maxObjects: 20_000,
  shows: 'the BGP sessions',
  project: (object): BgpNodeConfig | undefined => {
    const named = readNamed(object);
    if (!named) return undefined;
    const told = listAt(object, 'status', 'bgpInstances').flatMap((instance) =>
      listAt(instance, 'peers').map((peer) => readPeer(instance, peer)),
    );
    const wanted = listAt(object, 'spec', 'bgpInstances').flatMap((instance) =>
      listAt(instance, 'peers').map((peer) => readPeer(instance, peer)),
    );
    return {
      node: named.name,
      uid: named.uid,
      peers: [...told, ...wanted.filter(({ name }) => !told.some((peer) => peer.name === name))],
    };
  },
};

function readPeer(instance: unknown, peer: unknown): BgpPeer {
  const counts = listAt(peer, 'routeCount');
  const routes = (field: string): number | null =>
    counts.length === 0
      ? null
      : counts.reduce<number>((sum, count) => sum + (numberAt(count, field) ?? 0), 0);
  return {
    name: textAt(peer, 'name') ?? '',
    address: textAt(peer, 'peerAddress'),
    peerAs: numberAt(peer, 'peerASN'),
    localAs: numberAt(instance, 'localASN'),
    state: textAt(peer, 'peeringState'),
    establishedAt: timeAt(peer, 'establishedTime'),
    received: routes('received'),
    advertised: routes('advertised'),
  };
}
