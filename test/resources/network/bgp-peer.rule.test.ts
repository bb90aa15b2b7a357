import { expect, test } from 'vitest';
import type { BgpPeer } from '../../../src/domain/network.ts';
import { bgpPeer } from '../../../src/resources/network/bgp-peer.rule.ts';
import { cluster, NOW } from '../../support/inventory.ts';
import { peer } from '../../support/network.ts';
import { plainContext } from '../../support/rule-context.ts';

const check = (nodes: Readonly<Record<string, readonly BgpPeer[]>>) =>
  bgpPeer.check(
    {
      bgpNodeConfigs: {
        revision: 1,
        byKey: new Map(
          Object.entries(nodes).map(([node, peers]) => [node, { node, uid: `uid-${node}`, peers }]),
        ),
      },
    },
    cluster('k', [], []),
    NOW,
    plainContext,
  );
const up = peer();
const down = peer({ state: 'active', establishedAt: null, received: 0, advertised: 0 });
const other = peer({ name: 'frr2', address: '10.127.0.2' });

test.for<[string, Readonly<Record<string, readonly BgpPeer[]>>, readonly string[]]>([
  ['all sessions are up', { w1: [up], w2: [up] }, []],
  ['there are no sessions', { w1: [] }, []],
  ['no agent has told yet', { w1: [peer({ state: null })] }, []],
  ['a name is spelled otherwise', { w1: [peer({ state: 'Established' })] }, []],
  ['one node has none', { w1: [up], w2: [down] }, ['warning object:k/BGPPeer/w2/10.127.0.1']],
  ['no node has one', { w1: [down], w2: [down] }, ['critical object:k/BGPPeer/10.127.0.1']],
  [
    'no node has one, with another peer each has',
    { w1: [down, other], w2: [down, other] },
    ['warning object:k/BGPPeer/10.127.0.1'],
  ],
  [
    'no node that tells has one, another has not told',
    { w1: [down], w2: [peer({ state: null })] },
    ['warning object:k/BGPPeer/w1/10.127.0.1'],
  ],
])('%s', ([, nodes, expected]) => {
  expect(check(nodes).map(({ severity = 'warning', subject }) => `${severity} ${subject}`)).toEqual(
    expected,
  );
});

test('tells the session, its systems, and how many others there are', () => {
  expect(check({ w1: [down], w2: [down] })).toEqual([
    {
      subject: 'object:k/BGPPeer/10.127.0.1',
      title:
        'no node has a session with it, active; nobody is told of the addresses of load balancers',
      severity: 'critical',
      evidence: {
        state: 'active',
        peer: 'frr1',
        address: '10.127.0.1',
        peerAs: 64_706,
        localAs: 64_709,
        node: 'w1, w2',
        sessionsUp: 0,
        sessions: 2,
        otherSessionsUp: 0,
        otherSessions: 0,
        from: 'GET /apis/cilium.io/v2/ciliumbgpnodeconfigs',
      },
      hint: 'see whether the BGP router at 10.127.0.1 runs and answers on port 179',
    },
  ]);
  expect(check({ w1: [up], w2: [down] })[0]?.evidence).toMatchObject({
    node: 'w2',
    sessionsUp: 1,
    sessions: 2,
  });
});
