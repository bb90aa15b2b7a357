import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
import { clientOf, startQuickApi, TABLE, type Body, type Client } from './client.ts';

let api: KubeApi;
let client: Client;

beforeAll(async () => {
  api = await startQuickApi();
  client = clientOf(api);
});

afterAll(async () => {
  client.close();
  await api.close();
});

const columnsOf = (table: Body, priority: number): string[] =>
  table.columnDefinitions
    .filter((column: Body) => column.priority === priority)
    .map(({ name }: Body) => name);

test.for([
  ['/api/v1/pods', 'Name Ready Status Restarts Age', 'IP Node Nominated Node Readiness Gates'],
  [
    '/api/v1/nodes',
    'Name Status Roles Age Version',
    'Internal-IP External-IP OS-Image Kernel-Version Container-Runtime',
  ],
  ['/api/v1/namespaces', 'Name Status Age', ''],
  ['/api/v1/services', 'Name Type Cluster-IP External-IP Port(s) Age', 'Selector'],
  [
    '/api/v1/events',
    'Last Seen Type Reason Object Message',
    'Subobject Source First Seen Count Name',
  ],
  [
    '/apis/events.k8s.io/v1/events',
    'Last Seen Type Reason Object Message',
    'Subobject Source First Seen Count Name',
  ],
  ['/apis/coordination.k8s.io/v1/leases', 'Name Holder Age', ''],
  [
    '/apis/apps/v1/deployments',
    'Name Ready Up-to-date Available Age',
    'Containers Images Selector',
  ],
  ['/apis/apps/v1/replicasets', 'Name Desired Current Ready Age', 'Containers Images Selector'],
  [
    '/apis/apps/v1/daemonsets',
    'Name Desired Current Ready Up-to-date Available Node Selector Age',
    'Containers Images Selector',
  ],
  ['/apis/apps/v1/statefulsets', 'Name Ready Age', 'Containers Images'],
  ['/apis/batch/v1/jobs', 'Name Status Completions Duration Age', 'Containers Images Selector'],
  [
    '/apis/batch/v1/cronjobs',
    'Name Schedule Timezone Suspend Active Last Schedule Age',
    'Containers Images Selector',
  ],
] as const)('%s has the columns that kubectl prints', async ([path, narrow, wide]) => {
  const { status, body } = await client.get(path, TABLE);
  expect(status).toBe(200);
  expect([body.kind, body.apiVersion]).toEqual(['Table', 'meta.k8s.io/v1']);
  expect(columnsOf(body, 0).join(' ')).toBe(narrow);
  expect(columnsOf(body, 1).join(' ')).toBe(wide);
  expect(body.rows.length).toBeGreaterThan(0);
  for (const { cells } of body.rows) expect(cells).toHaveLength(body.columnDefinitions.length);
});

test('includeObject decides how much of the object a row carries', async () => {
  const row = async (include: string): Promise<Body> =>
    (await client.get(`/api/v1/namespaces/kubevirt/pods?limit=1${include}`, TABLE)).body.rows[0]
      .object;
  expect(await row('')).toMatchObject({
    kind: 'PartialObjectMetadata',
    metadata: { namespace: 'kubevirt' },
  });
  expect(await row('&includeObject=None')).toBeNull();
  expect(await row('&includeObject=Object')).toMatchObject({
    kind: 'Pod',
    status: { phase: 'Running' },
  });
  const wrong = await client.get('/api/v1/pods?includeObject=Half', TABLE);
  expect([wrong.status, wrong.body.reason]).toEqual([400, 'BadRequest']);
});

test('a completed pod is marked, so that a client can hide it', async () => {
  const { body } = await client.get('/api/v1/pods?fieldSelector=status.phase%3DSucceeded', TABLE);
  expect(new Set(body.rows.map(({ cells }: Body) => cells[2]))).toEqual(new Set(['Completed']));
  expect(body.rows[0].conditions).toMatchObject([
    { type: 'Completed', status: 'True', reason: 'Succeeded' },
  ]);
});

test('as PartialObjectMetadataList a list has metadata only, managedFields included', async () => {
  const { body } = await client.get('/api/v1/pods?limit=1', {
    accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
  });
  expect(body.kind).toBe('PartialObjectMetadataList');
  expect(Object.keys(body.items[0]).sort()).toEqual(['apiVersion', 'kind', 'metadata']);
  expect(body.items[0].metadata.managedFields[0].fieldsV1).toHaveProperty('f:spec');
  expect(1 + body.metadata.remainingItemCount).toBe(api.store.count('pods'));
});

test('as PartialObjectMetadata one object has metadata only', async () => {
  const { body } = await client.get('/api/v1/nodes/rk1', {
    accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
  });
  expect(body).toMatchObject({
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { name: 'rk1' },
  });
  expect(body).not.toHaveProperty('status');
});

test.for([
  'application/yaml',
  'application/json;as=Table;g=meta.k8s.io;v=1',
  'application/json;as=Table;g=example.com;v=v1',
  'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
])('a list as %s is not acceptable', async (accept) => {
  const { status, body } = await client.get('/api/v1/pods', { accept });
  expect(status).toBe(406);
  expect(body).toMatchObject({ kind: 'Status', reason: 'NotAcceptable' });
});

test('the first acceptable clause of several wins', async () => {
  const { body } = await client.get('/api/v1/pods?limit=1', {
    accept:
      'application/vnd.kubernetes.protobuf;as=Table;g=meta.k8s.io;v=v1,application/json;as=Table;g=meta.k8s.io;v=2,application/json',
  });
  expect(body.kind).toBe('PodList');
});
