import { expect, test } from 'vitest';
import { bgpNodeConfigsWatch } from '../../../src/resources/network/bgp-node-configs.watch.ts';

const metadata = { name: 'worker1', uid: 'u1' };
const wanted = (name: string, peerAddress: string) => ({ name, peerAddress, peerASN: 64_706 });

test('keeps the sessions that the agent tells of, with the routes of all families together', () => {
  const object = {
    metadata,
    spec: {
      bgpInstances: [{ name: 'i', localASN: 64_709, peers: [wanted('frr1', '10.127.0.1')] }],
    },
    status: {
      bgpInstances: [
        {
          name: 'i',
          localASN: 64_709,
          peers: [
            {
              ...wanted('frr1', '10.127.0.1'),
              peeringState: 'established',
              establishedTime: '2026-01-01T00:00:00Z',
              routeCount: [
                { afi: 'ipv4', safi: 'unicast', received: 3, advertised: 7 },
                { afi: 'ipv6', safi: 'unicast', advertised: 1 },
              ],
            },
          ],
        },
      ],
    },
  };
  expect(bgpNodeConfigsWatch.project(object)).toEqual({
    node: 'worker1',
    uid: 'u1',
    peers: [
      {
        name: 'frr1',
        address: '10.127.0.1',
        peerAs: 64_706,
        localAs: 64_709,
        state: 'established',
        establishedAt: Date.UTC(2026, 0, 1),
        received: 3,
        advertised: 8,
      },
    ],
  });
});

test('a session that is wanted and of which no agent tells has no known state', () => {
  const spec = {
    bgpInstances: [{ name: 'i', localASN: 64_709, peers: [wanted('frr1', '10.127.0.1')] }],
  };
  expect(bgpNodeConfigsWatch.project({ metadata, spec })?.peers).toEqual([
    {
      name: 'frr1',
      address: '10.127.0.1',
      peerAs: 64_706,
      localAs: 64_709,
      state: null,
      establishedAt: null,
      received: null,
      advertised: null,
    },
  ]);
});
