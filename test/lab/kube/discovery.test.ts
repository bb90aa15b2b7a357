import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
import { clientOf, startQuickApi, type Body, type Client } from './client.ts';

let api: KubeApi;
let client: Client;
const AGGREGATED = {
  accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json',
};

beforeAll(async () => {
  api = await startQuickApi();
  client = clientOf(api);
});

afterAll(async () => {
  client.close();
  await api.close();
});

test('the plain discovery leads to every resource that is served', async () => {
  expect((await client.get('/api')).body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
  const { body } = await client.get('/apis');
  const lists = [
    '/api/v1',
    ...body.groups.map(({ preferredVersion }: Body) => `/apis/${preferredVersion.groupVersion}`),
  ];
  const served = new Set<string>();
  for (const path of lists) {
    const { body: list } = await client.get(path);
    expect(list.kind).toBe('APIResourceList');
    for (const { name } of list.resources) served.add(`${path} ${name}`);
  }
  for (const resource of [
    '/api/v1 pods',
    '/api/v1 pods/eviction',
    '/api/v1 pods/log',
    '/apis/apps/v1 deployments/scale',
    '/apis/coordination.k8s.io/v1 leases',
    '/apis/events.k8s.io/v1 events',
  ])
    expect(served).toContain(resource);
});

test('the aggregated discovery says the same in two requests', async () => {
  const core = await client.get('/api', AGGREGATED);
  expect(core.headers['content-type']).toBe(
    'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  );
  const pods = core.body.items[0].versions[0].resources.find(
    ({ resource }: Body) => resource === 'pods',
  );
  expect(pods).toMatchObject({
    responseKind: { group: '', version: 'v1', kind: 'Pod' },
    scope: 'Namespaced',
    shortNames: ['po'],
    subresources: expect.arrayContaining([
      {
        subresource: 'eviction',
        responseKind: { group: 'policy', version: 'v1', kind: 'Eviction' },
        verbs: ['create'],
      },
    ]),
  });
  const groups = await client.get('/apis', AGGREGATED);
  expect(groups.body.items.map(({ metadata }: Body) => metadata.name)).toEqual([
    'admissionregistration.k8s.io',
    'apiextensions.k8s.io',
    'apiregistration.k8s.io',
    'apps',
    'authentication.k8s.io',
    'authorization.k8s.io',
    'batch',
    'cert-manager.io',
    'cilium.io',
    'coordination.k8s.io',
    'discovery.k8s.io',
    'events.k8s.io',
    'gateway.networking.k8s.io',
    'kubevirt.io',
    'longhorn.io',
    'metrics.k8s.io',
    'networking.k8s.io',
    'openebs.io',
    'storage.k8s.io',
  ]);
});

test('an unchanged document answers 304, with nothing that would spoil a cache', async () => {
  const { headers } = await client.get('/apis', AGGREGATED);
  const again = await client.get('/apis', {
    ...AGGREGATED,
    'if-none-match': String(headers['etag']),
  });
  expect([again.status, again.text]).toEqual([304, '']);
  expect(again.headers).not.toHaveProperty('content-type');
  expect(again.headers).not.toHaveProperty('content-length');
});

test.for(['/apis/none.example.com', '/apis/apps/v9', '/openapi/v2', '/api/v1/pods/paperless-db-0'])(
  '%s is not found',
  async (path) => {
    expect((await client.get(path)).status).toBe(404);
  },
);
