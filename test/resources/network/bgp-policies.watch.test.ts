import { expect, test } from 'vitest';
import { bgpPoliciesWatch } from '../../../src/resources/network/bgp-policies.watch.ts';

const neighbor = { peerAddress: '10.127.0.4/32', peerASN: 64_706 };

test('keeps whom the nodes are told to peer with, of which the API tells no state', () => {
  const object = {
    metadata: { name: 'rack0', uid: 'u1' },
    spec: {
      nodeSelector: {
        matchLabels: { 'kubernetes.io/os': 'linux' },
        matchExpressions: [
          { key: 'rack', operator: 'In', values: ['a', 'b'] },
          { key: 'spare', operator: 'DoesNotExist' },
        ],
      },
      virtualRouters: [
        { localASN: 64_709, neighbors: [neighbor, { ...neighbor, peerAddress: 'fd00::4/128' }] },
      ],
    },
  };
  expect(bgpPoliciesWatch.project(object)).toMatchObject({
    name: 'rack0',
    nodes: 'kubernetes.io/os=linux,rack in (a,b),!spare',
    peers: [
      { address: '10.127.0.4', peerAs: 64_706, localAs: 64_709, state: null },
      { address: 'fd00::4', state: null },
    ],
  });
});

test('one without a selector is for all nodes, and what is no policy is passed over', () => {
  const bare = { metadata: { name: 'all' }, spec: {} };
  expect(bgpPoliciesWatch.project(bare)).toMatchObject({ nodes: '', peers: [] });
  expect(bgpPoliciesWatch.project({})).toBeUndefined();
});
