import { expect, test } from 'vitest';
import { createGraph } from '../../../src/derive/graph.ts';
import type { ApiService } from '../../../src/domain/control-plane.ts';
import { bindView } from '../../../src/domain/view.ts';
import { networkView } from '../../../src/resources/network/network.view.ts';
import { cluster, lab, node, NOW } from '../../support/inventory.ts';
import {
  peer,
  service,
  slice,
  table,
  webhook,
  webhooks,
  withTables,
} from '../../support/network.ts';

const apiService = (name: string, change: Partial<ApiService> = {}): ApiService => ({
  name,
  service: 'kube-system/metrics-server',
  available: 'True',
  reason: null,
  message: null,
  since: NOW,
  ...change,
});
const idle = peer({ state: 'idle', establishedAt: null, received: 0, advertised: 0 });
const url = 'https://gate.example:8443';
const inventory = lab(
  [],
  [
    withTables(cluster('k', [node('w1'), node('w2')], []), {
      services: table([service('web'), service('gate')]),
      endpointSlices: table([slice('web', 2)]),
      bgpNodeConfigs: {
        revision: 1,
        byKey: new Map([
          ['w1', { node: 'w1', uid: 'u1', peers: [peer()] }],
          ['w2', { node: 'w2', uid: 'u2', peers: [idle] }],
        ]),
      },
      validatingWebhooks: table([
        webhooks('gate', [webhook('a'), webhook('b', { service: null, url })]),
      ]),
      mutatingWebhooks: table<ReturnType<typeof webhooks>>([]),
      apiServices: table([
        apiService('v1.apps', { service: null }),
        apiService('v1beta1.metrics.k8s.io', { available: 'False', message: 'no endpoints' }),
      ]),
      webhookTargets: table([
        {
          name: url,
          error: { code: 'refused', message: 'refuses', hint: '' },
          since: NOW,
          at: NOW,
        },
      ]),
    }),
  ],
);
const view = bindView(networkView);
const rows = new Map(view.rows(inventory, NOW).map((row) => [row.ref, row]));
const cell = (ref: string, column: string): string | undefined => {
  const row = [...rows].find(([key]) => key === ref)?.[1];
  return row?.text(view.columns.findIndex(({ id }) => id === column));
};

test('a router has a row over the sessions of the nodes with it', () => {
  const router = 'object:k/BGPPeer/10.127.0.1';
  expect(cell(router, 'name')).toBe('frr1 10.127.0.1');
  expect(cell(router, 'state')).toBe('1/2 sessions');
  expect(rows.get(router)?.sign).toBe('degraded');
  expect(rows.get(router)?.detail?.(inventory)[2]?.lines).toMatchObject([
    { label: 'w1', text: 'established', ref: 'object:k/BGPPeer/w1/10.127.0.1' },
    { label: 'w2', text: 'idle', tone: 'bad' },
  ]);
});

test('a target outside the cluster has a row that leads to the configurations that name it', () => {
  const target = 'object:k/WebhookTarget/gate.example:8443';
  expect(cell(target, 'state')).toBe('no answer');
  expect(rows.get(target)?.sign).toBe('down');
  expect(rows.get(target)?.detail?.(inventory)[1]?.lines).toContainEqual(
    expect.objectContaining({ ref: 'object:k/ValidatingWebhookConfiguration/gate' }),
  );
});

test('a service that is well is not listed, but told of to who asks for it', () => {
  expect(rows.has('object:k/Service/default/gate')).toBe(true);
  expect(rows.has('object:k/Service/default/web')).toBe(false);
  const blocks = view.detail('object:k/Service/default/web', inventory, NOW);
  expect(blocks?.flatMap(({ lines }) => lines)).toContainEqual({ label: 'state', text: 'ready' });
  expect(view.detail('object:k/Service/default/none', inventory, NOW)).toBeNull();
  expect(view.detail('object:k/Gateway/default/web', inventory, NOW)).toBeNull();
});

test('of the APIs only those have a row that another server serves, with how they are', () => {
  const served = 'object:k/APIService/v1beta1.metrics.k8s.io';
  expect([...rows.keys()].filter((ref) => ref.includes('APIService'))).toEqual([served]);
  expect(rows.get(served)?.sign).toBe('down');
  expect(cell(served, 'state')).toBe('unavailable');
  expect(cell(served, 'detail')).toBe('no endpoints');
  expect(createGraph(inventory).needs(served)).toContainEqual({
    to: 'object:k/Service/kube-system/metrics-server',
    strength: 'hard',
  });
});
