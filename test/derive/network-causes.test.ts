import { expect, test } from 'vitest';
import { createGraph } from '../../src/derive/graph.ts';
import { nextProblems, noProblems } from '../../src/derive/problems.ts';
import { related } from '../../src/derive/related.ts';
import type { ClusterInventory } from '../../src/domain/inventory.ts';
import { objectRef } from '../../src/domain/ref.ts';
import { rules } from '../../src/registry.ts';
import { cluster, condition, lab, node, NOW, ok, pod } from '../support/inventory.ts';
import {
  gateway,
  peer,
  service,
  slice,
  table,
  webhook,
  webhooks,
  withTables,
} from '../support/network.ts';

/** `rule subject` of each problem of the network, and the rule beneath which it stands. */
function tree(of: ClusterInventory): readonly string[] {
  const feeds = Object.entries(of.feeds).map(([name, feed]) => [
    name,
    feed.status === 'ok' ? { ...feed, freshUntil: NOW + 60_000 } : feed,
  ]);
  const inventory = lab([], [{ ...of, feeds: Object.fromEntries(feeds) as typeof of.feeds }]);
  let state = noProblems;
  for (let second = 0; second <= 40; second += 1)
    state = nextProblems(state, rules, inventory, NOW + second * 1000);
  return state.problems
    .filter(({ rule }) => !rule.startsWith('source.'))
    .map(
      ({ rule, subject, cause }) =>
        `${rule} ${subject}${cause === null ? '' : ` < ${cause.split('@')[0] ?? ''}`}`,
    )
    .toSorted();
}
const NOTHING = table<ReturnType<typeof webhooks>>([]);
const gate = (pods: readonly string[]) => ({
  services: table([service('gate')]),
  endpointSlices: table([slice('gate', 0, pods.length, { unreadyPods: pods })]),
  validatingWebhooks: table([webhooks('gate', [webhook('a')])]),
  mutatingWebhooks: NOTHING,
  webhookTargets: NOTHING,
});

test('a node that is silent explains the service on it, and the webhook behind that', () => {
  const silent = node('w1', {
    status: 'NotReady',
    ready: 'Unknown',
    readyMessage: 'Kubelet stopped posting node status.',
    readySince: NOW - 60_000,
  });
  const of = cluster('k', [silent], [pod('gate-1', { node: 'w1', readyContainers: 0 })]);
  expect(tree(withTables(of, gate(['gate-1'])))).toEqual([
    'node.notready node:k/w1',
    'service.noendpoints object:k/Service/default/gate < node.notready',
    'webhook.unreachable object:k/ValidatingWebhookConfiguration/gate < node.notready',
  ]);
});

test('a pod that loops explains both as well', () => {
  const loops = pod('gate-1', {
    status: 'CrashLoopBackOff',
    readyContainers: 0,
    restarts: 9,
    node: 'w1',
  });
  const of = cluster('k', [node('w1')], [loops]);
  expect(tree(withTables(of, gate(['gate-1'])))).toEqual([
    'pod.crashloop pod:k/default/gate-1',
    'service.noendpoints object:k/Service/default/gate < pod.crashloop',
    'webhook.unreachable object:k/ValidatingWebhookConfiguration/gate < pod.crashloop',
  ]);
});

test('a gateway that is not programmed explains its routes', () => {
  const of = withTables(cluster('k', [node('w1')], []), {
    gateways: table([gateway('public', { conditions: [condition('Programmed', 'False')] })]),
    httpRoutes: table([
      {
        namespace: 'apps',
        name: 'photos',
        uid: 'u',
        hostnames: [],
        parents: [
          {
            kind: 'Gateway',
            namespace: 'default',
            name: 'public',
            conditions: [condition('Accepted', 'False')],
          },
        ],
        createdAt: null,
      },
    ]),
  });
  expect(tree(of)).toEqual([
    'gateway.notready object:k/Gateway/default/public',
    'gateway.notready object:k/HTTPRoute/apps/photos < gateway.notready',
  ]);
});

test('a BGP session leads to its node, and an event to what it is about', () => {
  const of: ClusterInventory = {
    ...withTables(cluster('k', [node('w1')], [pod('web')]), {
      bgpNodeConfigs: {
        revision: 1,
        byKey: new Map([['w1', { node: 'w1', uid: 'u', peers: [peer()] }]]),
      },
    }),
  };
  const inventory = lab([], [{ ...of, feeds: { ...of.feeds, events: ok(table([])) } }]);
  const needs = (ref: Parameters<typeof related>[0]) =>
    createGraph(inventory)
      .needs(ref)
      .map(({ to }) => to);
  expect(needs(objectRef('k', 'BGPPeer', null, 'w1/10.127.0.1'))).toEqual([
    'node:k/w1',
    'cluster:k',
  ]);
  const event = objectRef('k', 'Event', null, 'Pod/default/web/BackOff');
  expect(needs(event)).toContain('pod:k/default/web');
  expect(related(event, inventory).map(({ ref }) => ref)).toContain('pod:k/default/web');
  expect(needs(objectRef('k', 'Event', null, 'Node//w1/NodeNotReady'))).toContain('node:k/w1');
});
