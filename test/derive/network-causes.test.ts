import { expect, test } from 'vitest';
import { createGraph } from '../../src/derive/graph.ts';
import { nextProblems, noProblems } from '../../src/derive/problems.ts';
import { related } from '../../src/derive/related.ts';
import type { Feed } from '../../src/domain/feed.ts';
import type { ClusterInventory, HostInventory } from '../../src/domain/inventory.ts';
import { objectRef } from '../../src/domain/ref.ts';
import { rules } from '../../src/registry.ts';
import {
  cluster,
  condition,
  config,
  host,
  lab,
  node,
  NOW,
  ok,
  pod,
  zone,
} from '../support/inventory.ts';
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

/** The same with data that stays fresh for a minute. */
function lastingLonger<T extends { readonly feeds: object }>(of: T): T {
  const feeds = Object.entries(of.feeds as Readonly<Record<string, Feed<unknown>>>).map(
    ([name, feed]) => [name, feed.status === 'ok' ? { ...feed, freshUntil: NOW + 60_000 } : feed],
  );
  return { ...of, feeds: Object.fromEntries(feeds) as T['feeds'] };
}

/** `rule subject` of each problem of the network, and the rule beneath which it stands. */
function tree(
  of: ClusterInventory,
  hosts: readonly HostInventory[] = [],
  sources: readonly string[] = [],
): readonly string[] {
  const inventory = lab(hosts.map(lastingLonger), [lastingLonger(of)]);
  let state = noProblems;
  for (let second = 0; second <= 40; second += 1)
    state = nextProblems(state, rules, inventory, NOW + second * 1000);
  return state.problems
    .filter(
      ({ rule, subject }) => !rule.startsWith('source.') || sources.includes(`${rule} ${subject}`),
    )
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
    'service.noendpoints object:k/Service/default/gate < webhook.unreachable',
    'webhook.unreachable object:k/Service/default/gate < node.notready',
    'webhook.unreachable object:k/ValidatingWebhookConfiguration/gate < webhook.unreachable',
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
    'service.noendpoints object:k/Service/default/gate < webhook.unreachable',
    'webhook.unreachable object:k/Service/default/gate < pod.crashloop',
    'webhook.unreachable object:k/ValidatingWebhookConfiguration/gate < webhook.unreachable',
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

test('two configurations that call one target have one cause, whether it is a service or a URL', () => {
  const calls = (url: string | null) => [webhook('a', url === null ? {} : { service: null, url })];
  const tablesFor = (url: string | null) => ({
    ...gate([]),
    validatingWebhooks: table([webhooks('one', calls(url))]),
    mutatingWebhooks: table([webhooks('two', calls(url), 'MutatingWebhookConfiguration')]),
    webhookTargets: table(
      url === null
        ? []
        : [{ name: url, error: { code: 'refused', message: 'no', hint: '' }, since: NOW, at: NOW }],
    ),
  });
  const told = (of: string) => [
    'webhook.unreachable object:k/MutatingWebhookConfiguration/two < webhook.unreachable',
    ...[
      `webhook.unreachable object:k/${of}`,
      'webhook.unreachable object:k/ValidatingWebhookConfiguration/one < webhook.unreachable',
    ].toSorted(),
  ];
  const of = cluster('k', [node('w1')], []);
  const webhooksOf = (from: ClusterInventory) =>
    tree(from).filter((each) => each.startsWith('webhook.'));
  expect(webhooksOf(withTables(of, tablesFor(null)))).toEqual(told('Service/default/gate'));
  expect(webhooksOf(withTables(of, tablesFor('https://gate.example:8443')))).toEqual(
    told('WebhookTarget/gate.example:8443').toSorted(),
  );
});

test('a router that is a machine of a host explains the sessions that nobody has with it', () => {
  const frr = {
    name: 'frr1',
    address: '10.127.0.1',
    state: 'active',
    establishedAt: null,
  } as const;
  const of = withTables(cluster('k', [node('w1')], []), {
    bgpNodeConfigs: {
      revision: 1,
      byKey: new Map([['w1', { node: 'w1', uid: 'u', peers: [peer(frr)] }]]),
    },
  });
  const omni1 = host('omni1', {
    zones: [zone('frr1', { brand: 'bhyve', state: 'installed' })],
    configs: [
      config('frr1', {
        brand: 'bhyve',
        nets: [
          { physical: 'frr1_0', globalNic: 'aggr0', vlanId: 127, addresses: ['10.127.0.1/16'] },
        ],
      }),
    ],
  });
  expect(tree(of, [omni1])).toEqual([
    'bgp.peer object:k/BGPPeer/10.127.0.1 < vm.down',
    'vm.down vm:omni1/frr1',
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

test('what is not listed because there is too much of it leads to its resource', () => {
  const of = cluster('k', [], []);
  const error = { code: 'over-cap', message: '', hint: '', resource: 'replicas.longhorn.io' };
  const inventory = lab(
    [],
    [
      {
        ...of,
        feeds: { ...of.feeds, longhornReplicas: { status: 'failed', error, at: NOW } },
      },
    ],
  );
  expect(createGraph(inventory).needs('source:k/longhornReplicas')).toContainEqual({
    to: 'resource:k/replicas.longhorn.io',
    strength: 'part',
  });
});

test('what an API of another server does not tell stands beneath that API', () => {
  const of = withTables(cluster('k', [node('w1')], []), {
    apiServices: table([
      {
        name: 'v1beta1.metrics.k8s.io',
        service: 'kube-system/metrics-server',
        available: 'False',
        reason: 'MissingEndpoints',
        message: null,
        since: NOW,
      },
    ]),
  });
  const error = { code: 'http-503', message: '', hint: '', resource: 'nodes.metrics.k8s.io' };
  const blind: ClusterInventory = {
    ...of,
    feeds: { ...of.feeds, nodeUsage: { status: 'failed', error, at: NOW } },
  };
  expect(tree(blind, [], ['source.stale source:k/nodeUsage'])).toEqual([
    'apiservice.unavailable object:k/APIService/v1beta1.metrics.k8s.io',
    'source.stale source:k/nodeUsage < apiservice.unavailable',
  ]);
});
