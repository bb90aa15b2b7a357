import { expect, test } from 'vitest';
import { bgpSessions } from '../../../src/domain/cilium.ts';
import { lastKnown } from '../../../src/domain/feed.ts';
import type { ClusterInventory } from '../../../src/domain/inventory.ts';
import type { BgpPeer } from '../../../src/domain/network.ts';
import { bgpPeer } from '../../../src/resources/network/bgp-peer.rule.ts';
import { cluster, node, NOW, ok, pod, withWorkloads, workload } from '../../support/inventory.ts';
import { peer } from '../../support/network.ts';
import { plainContext } from '../../support/rule-context.ts';

/** A cluster whose nodes have those sessions. */
const withSessions = (
  nodes: Readonly<Record<string, readonly BgpPeer[]>>,
  of: ClusterInventory = cluster('k', [], []),
): ClusterInventory => ({
  ...of,
  feeds: {
    ...of.feeds,
    bgpNodeConfigs: ok({
      revision: 1,
      byKey: new Map(
        Object.entries(nodes).map(([name, peers]) => [
          name,
          { node: name, uid: `uid-${name}`, peers },
        ]),
      ),
    }),
  },
});
const find = (of: ClusterInventory) => {
  const sessions = lastKnown(of.feeds.bgpNodeConfigs)?.value ?? { revision: 0, byKey: new Map() };
  return bgpPeer.check({ bgpNodeConfigs: sessions }, of, NOW, plainContext);
};
const check = (nodes: Readonly<Record<string, readonly BgpPeer[]>>) => find(withSessions(nodes));
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

test('what an agent wrote down that is gone, or whose node is, tells nothing of its sessions now', () => {
  const agent = (on: string, isReady: boolean) =>
    pod(`cilium-${on}`, {
      namespace: 'kube-system',
      node: on,
      owner: 'DaemonSet/cilium',
      workload: 'DaemonSet/cilium',
      ...(!isReady && { readyContainers: 0 }),
    });
  const nodes = [node('w1'), node('w2'), node('w3', { ready: 'Unknown', status: 'NotReady' })];
  const pods = [agent('w1', true), agent('w2', false), agent('w3', true)];
  const set = workload('DaemonSet', 'cilium', { namespace: 'kube-system', desired: 3 });
  const of = withSessions(
    { w1: [up], w2: [up], w3: [down] },
    withWorkloads(cluster('k', nodes, pods), [set]),
  );
  expect(bgpSessions(of).map(({ node: on, peers }) => [on, peers[0]?.state])).toEqual([
    ['w1', 'established'],
    ['w2', null],
    ['w3', null],
  ]);
  expect(find(of)).toEqual([]);
});
