import type { BgpPeer, BgpPolicy } from '../../domain/network.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { keysAt, listAt, numberAt, textAt, textsAt } from '../../parse/json-fields.ts';
import { readNamed } from './named.ts';

/**
 * What Cilium before 1.16 is told of BGP, and later releases may still be: `cilium.io/v2alpha1` CiliumBGPPeeringPolicy
 * (pkg/k8s/apis/cilium.io/v2alpha1/bgp_types.go of Cilium). Its agents keep the state of the sessions to themselves.
 */
export const bgpPoliciesWatch: ClusterWatch<'bgpPolicies'> = {
  feed: 'bgpPolicies',
  group: 'cilium.io',
  versions: ['v2alpha1'],
  resource: 'ciliumbgppeeringpolicies',
  namespaced: false,
  maxObjects: 1000,
  shows: 'the BGP peers that older releases of Cilium are told of',
  project: (object): BgpPolicy | undefined => {
    const named = readNamed(object);
    if (!named) return undefined;
    return {
      name: named.name,
      uid: named.uid,
      nodes: selectorAt(object),
      peers: listAt(object, 'spec', 'virtualRouters').flatMap((router) =>
        listAt(router, 'neighbors').map((neighbor) => readNeighbor(router, neighbor)),
      ),
    };
  },
};

/** A neighbour is given as a network of one address: `10.127.0.4/32`. */
function readNeighbor(router: unknown, neighbor: unknown): BgpPeer {
  const address = textAt(neighbor, 'peerAddress')?.replace(/\/(?:32|128)$/, '') ?? null;
  return {
    name: address ?? '',
    address,
    peerAs: numberAt(neighbor, 'peerASN'),
    localAs: numberAt(router, 'localASN'),
    state: null,
    establishedAt: null,
    received: null,
    advertised: null,
  };
}

/** As kubectl takes it after `-l`. */
function selectorAt(object: unknown): string {
  const path = ['spec', 'nodeSelector', 'matchLabels'] as const;
  return [
    ...keysAt(object, ...path).map((key) => `${key}=${textAt(object, ...path, key) ?? ''}`),
    ...listAt(object, 'spec', 'nodeSelector', 'matchExpressions').map((expression) => {
      const key = textAt(expression, 'key') ?? '';
      const values = `(${textsAt(expression, 'values').join(',')})`;
      switch (textAt(expression, 'operator') ?? '') {
        case 'Exists':
          return key;
        case 'DoesNotExist':
          return `!${key}`;
        case 'NotIn':
          return `${key} notin ${values}`;
        default:
          return `${key} in ${values}`;
      }
    }),
  ].join(',');
}
