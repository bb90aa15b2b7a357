import { expect, test } from 'vitest';
import { toSnapshot } from '../../src/derive/snapshot.ts';
import type { ClusterInventory } from '../../src/domain/inventory.ts';
import {
  cluster,
  condition,
  lab,
  node,
  NOW,
  pod,
  withWorkloads,
  workload,
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

const agent = pod('cilium-x', {
  namespace: 'kube-system',
  workload: 'DaemonSet/cilium',
  readyContainers: 0,
});
const infrak8s = withTables(
  withWorkloads(cluster('infrak8s', [node('worker1')], [agent]), [
    workload('DaemonSet', 'cilium', { namespace: 'kube-system' }),
  ]),
  {
    services: table([service('gate'), service('web'), service('db', { clusterIp: 'None' })]),
    endpointSlices: table([slice('web', 2, 3)]),
    bgpNodeConfigs: {
      revision: 1,
      byKey: new Map([
        ['worker1', { node: 'worker1', uid: 'u', peers: [peer({ state: 'idle' })] }],
      ]),
    },
    gateways: table([gateway('public', { conditions: [condition('Programmed', 'True')] })]),
    httpRoutes: table([
      {
        namespace: 'apps',
        name: 'photos',
        uid: 'u',
        hostnames: ['photos.k8s.lab'],
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
    validatingWebhooks: table([
      webhooks('gate', [
        webhook('pods.gate.lab'),
        webhook('far.gate.lab', { service: null, url: 'https://gate.example' }),
      ]),
    ]),
    events: table([
      {
        namespace: 'default',
        name: 'a.1',
        type: 'Warning',
        reason: 'BackOff',
        message: 'again',
        object: { kind: 'Pod', namespace: 'default', name: 'a' },
        component: 'kubelet',
        count: 3,
        firstAt: null,
        lastAt: NOW - 1000,
      },
    ]),
  },
);
const clusterOf = (of: ClusterInventory, now = NOW) =>
  toSnapshot(lab([], [of]), [], now).clusters[0];

test('tells each thing of the network and how it is', () => {
  expect(clusterOf(infrak8s)?.network).toEqual({
    ciliumAgents: [{ node: 'worker1', namespace: 'kube-system', pod: 'cilium-x', ready: false }],
    bgpPeers: [
      {
        node: 'worker1',
        name: 'frr1',
        address: '10.127.0.1',
        peerAs: 64_706,
        localAs: 64_709,
        // Its agent is not ready: what it wrote is the last that it saw.
        state: 'unknown',
        establishedAt: null,
        routesReceived: null,
        routesAdvertised: null,
      },
    ],
    bgpPolicies: [],
    loadBalancerPools: [],
    gateways: [
      {
        namespace: 'default',
        name: 'public',
        class: 'cilium',
        addresses: ['10.127.64.21'],
        state: 'Programmed',
      },
    ],
    httpRoutes: [
      {
        namespace: 'apps',
        name: 'photos',
        hostnames: ['photos.k8s.lab'],
        parents: ['default/public'],
        state: 'not Accepted',
      },
    ],
    ingresses: [],
    servicesWithoutEndpoints: ['default/gate'],
    webhooks: [
      {
        kind: 'ValidatingWebhookConfiguration',
        configuration: 'gate',
        name: 'pods.gate.lab',
        failurePolicy: 'Fail',
        target: 'default/gate:443',
        state: 'no-endpoints',
        readyEndpoints: 0,
        rules: ['CREATE,UPDATE pods'],
      },
      {
        kind: 'ValidatingWebhookConfiguration',
        configuration: 'gate',
        name: 'far.gate.lab',
        failurePolicy: 'Fail',
        target: 'https://gate.example',
        state: 'unknown',
        readyEndpoints: null,
        rules: ['CREATE,UPDATE pods'],
      },
    ],
  });
  expect(clusterOf(infrak8s)?.events).toEqual([
    {
      type: 'Warning',
      reason: 'BackOff',
      subject: 'pod:infrak8s/default/a',
      message: 'again',
      count: 3,
      firstAt: null,
      lastAt: new Date(NOW - 1000).toISOString(),
      component: 'kubelet',
    },
  ]);
});

test('what is no longer fresh stays with its name, and how it is is not known', () => {
  const later = clusterOf(infrak8s, NOW + 3_600_000);
  expect(later?.network).toMatchObject({
    ciliumAgents: [{ node: 'worker1', ready: null }],
    bgpPeers: [{ state: 'unknown', establishedAt: null, routesReceived: null }],
    gateways: [{ name: 'public', state: 'unknown' }],
    httpRoutes: [{ name: 'photos', state: 'unknown' }],
    servicesWithoutEndpoints: null,
    webhooks: [{ state: 'unknown', readyEndpoints: null }, { state: 'unknown' }],
  });
  expect(later?.events).toEqual([]);
});

test('a cluster of which nothing is known has every key', () => {
  expect(clusterOf(cluster('new', [], []))).toMatchObject({
    network: { bgpPeers: [], gateways: [], webhooks: [], servicesWithoutEndpoints: null },
    events: [],
  });
});
