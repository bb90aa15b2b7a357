import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
import type { KubeObject } from '../../../src/lab/kube/object.ts';
import { clientOf, startQuickApi, type Body, type Client } from './client.ts';

let api: KubeApi;
let client: Client;
const MERGE = { 'content-type': 'application/merge-patch+json' };
const NODE = '/api/v1/nodes/worker2';
const COREDNS = '/apis/apps/v1/namespaces/kube-system/deployments/coredns';

beforeEach(async () => {
  api = await startQuickApi();
  client = clientOf(api);
});

afterEach(async () => {
  client.close();
  await api.close();
});

const lease = (name: string): Body => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name },
  spec: { holderIdentity: 'me' },
});
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
const podOf = (name: string, spec: Body = {}): Body => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'main', image: 'busybox' }], ...spec },
});
const PODS = '/api/v1/namespaces/apps/pods';

test('a created object has what the server gives, and is there', async () => {
  const version = api.store.version();
  const { status, body } = await client.request(
    'POST',
    `${LEASES}?fieldManager=test`,
    lease('mine'),
  );
  expect(status).toBe(201);
  expect(Number(body.metadata.resourceVersion)).toBeGreaterThan(version);
  expect(body.metadata).toMatchObject({
    name: 'mine',
    namespace: 'default',
    uid: expect.stringMatching(/^[0-9a-f-]{36}$/u),
    creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u),
  });
  expect(body.metadata.managedFields).toMatchObject([
    { manager: 'test', operation: 'Update', fieldsV1: { 'f:spec': { 'f:holderIdentity': {} } } },
  ]);
  expect((await client.get(`${LEASES}/mine`)).body.spec.holderIdentity).toBe('me');
});

test('generateName makes a new name each time', async () => {
  const nameless = { ...lease(''), metadata: { generateName: 'lease-' } };
  const names = [
    await client.request('POST', LEASES, nameless),
    await client.request('POST', LEASES, nameless),
  ].map(({ body }) => body.metadata.name);
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(name).toMatch(/^lease-[a-z0-9]{5}$/u);
});

test.for([
  ['POST', LEASES, lease('Not A Name'), 422, 'Invalid'],
  ['POST', LEASES, { ...lease('x'), kind: 'Pod' }, 400, 'BadRequest'],
  ['POST', LEASES, { ...lease('x'), apiVersion: 'v1' }, 400, 'BadRequest'],
  [
    'POST',
    LEASES,
    { ...lease('x'), metadata: { name: 'x', namespace: 'apps' } },
    400,
    'BadRequest',
  ],
  ['POST', LEASES.replace('default', 'nowhere'), lease('x'), 404, 'NotFound'],
  ['POST', PODS, { ...podOf('x'), spec: {} }, 422, 'Invalid'],
  ['PUT', `${LEASES}/none`, lease('none'), 404, 'NotFound'],
  ['PATCH', `${LEASES}/none`, {}, 404, 'NotFound'],
  ['DELETE', `${LEASES}/none`, undefined, 404, 'NotFound'],
  ['POST', `${LEASES}/none`, lease('none'), 405, 'MethodNotAllowed'],
  ['POST', `${LEASES}?dryRun=Some`, lease('x'), 400, 'BadRequest'],
] as const)(
  '%s %s of something wrong answers %i with a Status',
  async ([method, path, body, code, reason]) => {
    const answer = await client.request(method, path, body, method === 'PATCH' ? MERGE : {});
    expect(answer.status).toBe(code);
    expect(answer.body).toMatchObject({ kind: 'Status', status: 'Failure', reason, code });
  },
);

test('a second object of the same name is a conflict', async () => {
  await client.request('POST', LEASES, lease('twice'));
  const { status, body } = await client.request('POST', LEASES, lease('twice'));
  expect(status).toBe(409);
  expect(body).toMatchObject({
    reason: 'AlreadyExists',
    message: 'leases.coordination.k8s.io "twice" already exists',
    details: { name: 'twice', group: 'coordination.k8s.io', kind: 'leases' },
  });
});

test('a body that is no JSON answers 400, one of another media type 415', async () => {
  const broken = await client.request('PATCH', NODE, 'text', MERGE);
  expect([broken.status, broken.body.kind]).toEqual([400, 'Status']);
  const yaml = await client.request('POST', LEASES, lease('x'), {
    'content-type': 'application/yaml',
  });
  expect([yaml.status, yaml.body.reason]).toEqual([415, 'UnsupportedMediaType']);
  const apply = await client.request(
    'PATCH',
    NODE,
    {},
    { 'content-type': 'application/apply-patch+yaml' },
  );
  expect([apply.status, apply.body.kind]).toEqual([415, 'Status']);
});

test('a stale resourceVersion is a conflict, the present one is not', async () => {
  const { body: node } = await client.get(NODE);
  const labelled = {
    ...node,
    metadata: { ...node.metadata, labels: { ...node.metadata.labels, rack: '1' } },
  };
  expect((await client.request('PUT', NODE, labelled)).status).toBe(200);
  const stale = await client.request('PUT', NODE, labelled);
  expect(stale.status).toBe(409);
  expect(stale.body.message).toBe(
    'Operation cannot be fulfilled on nodes "worker2": the object has been modified; please apply your changes to the latest version and try again',
  );
  const patched = await client.request(
    'PATCH',
    NODE,
    { metadata: { resourceVersion: node.metadata.resourceVersion, labels: { rack: '2' } } },
    MERGE,
  );
  expect(patched.status).toBe(409);
});

test.for([
  ['application/merge-patch+json', { spec: { unschedulable: true } }],
  [
    'application/strategic-merge-patch+json',
    { spec: { unschedulable: true, $setElementOrder: [] } },
  ],
  ['application/json-patch+json', [{ op: 'add', path: '/spec/unschedulable', value: true }]],
] as const)('%s cordons, and a merge of null takes it back', async ([type, patch]) => {
  const { status, body } = await client.request('PATCH', NODE, patch, { 'content-type': type });
  expect([status, body.spec.unschedulable]).toEqual([200, true]);
  const undone = await client.request('PATCH', NODE, { spec: { unschedulable: null } }, MERGE);
  expect(undone.body.spec).not.toHaveProperty('unschedulable');
});

test('a JSON patch whose test fails changes nothing', async () => {
  const patch = [
    { op: 'replace', path: '/spec/podCIDR', value: 'x' },
    { op: 'test', path: '/metadata/name', value: 'other' },
  ];
  const { status } = await client.request('PATCH', NODE, patch, {
    'content-type': 'application/json-patch+json',
  });
  expect(status).toBe(422);
  expect((await client.get(NODE)).body.spec.podCIDR).toBe('10.244.1.0/24');
});

test('a write that changes nothing keeps the version', async () => {
  const { body: before } = await client.get(NODE);
  const { body } = await client.request(
    'PATCH',
    NODE,
    { metadata: { labels: { 'kubernetes.io/os': 'linux' } } },
    MERGE,
  );
  expect(body.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
});

test('the main path leaves the status alone and the status path leaves the rest alone', async () => {
  const patch = { spec: { unschedulable: true }, status: { phase: 'Odd' } };
  expect((await client.request('PATCH', NODE, patch, MERGE)).body).toMatchObject({
    spec: { unschedulable: true },
  });
  expect((await client.get(NODE)).body.status).not.toHaveProperty('phase');
  await client.request(
    'PATCH',
    `${NODE}/status`,
    { spec: { unschedulable: false }, status: { phase: 'Odd' } },
    MERGE,
  );
  expect((await client.get(NODE)).body).toMatchObject({
    spec: { unschedulable: true },
    status: { phase: 'Odd' },
  });
});

test('generation counts the changes of spec only', async () => {
  const { body: before } = await client.get(COREDNS);
  await client.request('PATCH', COREDNS, { metadata: { labels: { probe: 'x' } } }, MERGE);
  await client.request('PATCH', COREDNS, { spec: { minReadySeconds: 5 } }, MERGE);
  expect((await client.get(COREDNS)).body.metadata.generation).toBe(before.metadata.generation + 1);
});

test('a dry run answers as if, and nothing changes', async () => {
  const version = api.store.version();
  expect((await client.request('POST', `${LEASES}?dryRun=All`, lease('dry'))).status).toBe(201);
  expect((await client.get(`${LEASES}/dry`)).status).toBe(404);
  const cordon = await client.request(
    'PATCH',
    `${NODE}?dryRun=All`,
    { spec: { unschedulable: true } },
    MERGE,
  );
  expect(cordon.body.spec.unschedulable).toBe(true);
  expect((await client.request('DELETE', `${NODE}?dryRun=All`)).status).toBe(200);
  expect(
    (await client.request('PATCH', `${COREDNS}/scale?dryRun=All`, { spec: { replicas: 9 } }, MERGE))
      .body.spec.replicas,
  ).toBe(9);
  expect((await client.get(NODE)).body.spec).not.toHaveProperty('unschedulable');
  expect((await client.get(COREDNS)).body.spec.replicas).toBe(2);
  const changed = api.store
    .eventsSince('nodes', version)
    .concat(api.store.eventsSince('deployments.apps', version));
  expect(changed).toEqual([]);
});

test('a delete with the uid of another object is a conflict', async () => {
  const { status, body } = await client.request('DELETE', NODE, {
    preconditions: { uid: 'another' },
  });
  expect([status, body.reason]).toEqual([409, 'Conflict']);
});

test('a deleted pod is terminating, then gone, and its ReplicaSet makes another', async () => {
  const pod = api.store
    .list('pods', 'kube-system')
    .find(({ metadata }) => metadata.name.startsWith('coredns-'));
  const name = pod?.metadata.name ?? '';
  const watch = await client.watch(
    `/api/v1/namespaces/kube-system/pods?watch=true&resourceVersion=${api.store.version()}`,
  );
  const { status, body } = await client.request(
    'DELETE',
    `/api/v1/namespaces/kube-system/pods/${name}`,
  );
  expect(status).toBe(200);
  expect(body.metadata).toMatchObject({
    name,
    deletionTimestamp: expect.any(String),
    deletionGracePeriodSeconds: 30,
  });
  await watch.until(({ type, object }) => type === 'DELETED' && object.metadata.name === name);
  const kinds = watch.lines
    .filter(({ object }) => object.metadata.name === name)
    .map(({ type }) => type);
  expect(kinds).toEqual(['MODIFIED', 'DELETED']);
  const born = await watch.until(
    ({ type, object }) =>
      type === 'MODIFIED' &&
      object.metadata.name.startsWith('coredns-') &&
      object.metadata.name !== name &&
      object.status.phase === 'Running',
  );
  expect(born.object.metadata.ownerReferences).toEqual(pod?.metadata.ownerReferences);
  expect(born.object.spec.nodeName).toBeTypeOf('string');
});

test('a delete without grace removes at once and answers with a Status', async () => {
  const { body: created } = await client.request('POST', PODS, podOf('short'));
  const { status, body } = await client.request('DELETE', `${PODS}/short?gracePeriodSeconds=0`);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    kind: 'Status',
    status: 'Success',
    details: { name: 'short', kind: 'pods', uid: created.metadata.uid },
  });
  expect((await client.get(`${PODS}/short`)).status).toBe(404);
});

test('a finalizer holds a deleted object until it is taken away', async () => {
  await client.request('POST', LEASES, {
    ...lease('held'),
    metadata: { name: 'held', finalizers: ['example.com/hold'] },
  });
  const marked = await client.request('DELETE', `${LEASES}/held`);
  expect(marked.body.metadata.deletionTimestamp).toBeTypeOf('string');
  expect((await client.get(`${LEASES}/held`)).status).toBe(200);
  await client.request('PATCH', `${LEASES}/held`, { metadata: { finalizers: null } }, MERGE);
  expect((await client.get(`${LEASES}/held`)).status).toBe(404);
});

test('a collection is deleted by its selector', async () => {
  for (const name of ['a', 'b'])
    await client.request('POST', LEASES, {
      ...lease(name),
      metadata: { name, labels: { group: name } },
    });
  const { body } = await client.request('DELETE', `${LEASES}?labelSelector=group%3Da`);
  expect(body.items.map(({ metadata }: Body) => metadata.name)).toEqual(['a']);
  expect((await client.get(LEASES)).body.items.map(({ metadata }: Body) => metadata.name)).toEqual([
    'b',
  ]);
});

test('a scale of a Deployment reaches its pods and its status', async () => {
  const watch = await client.watch(
    `/apis/apps/v1/namespaces/kube-system/deployments?watch=true&resourceVersion=${api.store.version()}`,
  );
  const { body } = await client.request(
    'PATCH',
    `${COREDNS}/scale`,
    { spec: { replicas: 4 } },
    MERGE,
  );
  expect(body).toMatchObject({
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    spec: { replicas: 4 },
    status: { replicas: 2 },
  });
  const done = await watch.until(
    ({ object }) => object.metadata.name === 'coredns' && object.status.readyReplicas === 4,
  );
  expect(done.object.status).toMatchObject({
    replicas: 4,
    observedGeneration: done.object.metadata.generation,
  });
  const bad = await client.request('PATCH', `${COREDNS}/scale`, { spec: { replicas: -1 } }, MERGE);
  expect([bad.status, bad.body.reason]).toEqual([422, 'Invalid']);
});

test('a restarted rollout replaces every pod and keeps the count', async () => {
  const isCoredns = ({ metadata }: KubeObject): boolean => metadata.name.startsWith('coredns-');
  const pods = api.store.list('pods', 'kube-system').filter(isCoredns);
  const before = new Set(pods.map(({ metadata }) => metadata.uid));
  const watch = await client.watch(
    `/apis/apps/v1/namespaces/kube-system/replicasets?watch=true&resourceVersion=${api.store.version()}`,
  );
  await client.request(
    'PATCH',
    COREDNS,
    {
      spec: {
        template: {
          metadata: {
            annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' },
          },
        },
      },
    },
    { 'content-type': 'application/strategic-merge-patch+json' },
  );
  await watch.until(
    ({ type, object }) =>
      type === 'MODIFIED' && object.spec.replicas === 0 && object.status.replicas === 0,
  );
  const after = api.store
    .list('pods', 'kube-system')
    .filter((pod) => isCoredns(pod) && pod.metadata.deletionTimestamp === undefined);
  expect(after).toHaveLength(2);
  expect(after.filter(({ metadata }) => before.has(metadata.uid))).toEqual([]);
});

test('an eviction ends a pod; a disruption budget forbids it with 429', async () => {
  const name = api.store.list('pods', 'media')[0]?.metadata.name ?? '';
  const evict = () =>
    client.request('POST', `/api/v1/namespaces/media/pods/${name}/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name, namespace: 'media' },
    });
  const allow = api.faults.blockEvictions('media', name, 'media-pdb');
  const refused = await evict();
  expect(refused.status).toBe(429);
  expect(refused.headers['retry-after']).toBe('10');
  expect(refused.body.details.causes[0].reason).toBe('DisruptionBudget');
  allow();
  const watch = await client.watch(
    `/api/v1/namespaces/media/pods?watch=true&resourceVersion=${api.store.version()}`,
  );
  expect((await evict()).status).toBe(201);
  await watch.until(({ type, object }) => type === 'DELETED' && object.metadata.name === name);
  expect((await evict()).status).toBe(404);
});

test('a deleted namespace is emptied, then gone', async () => {
  const watch = await client.watch(
    `/api/v1/namespaces?watch=true&resourceVersion=${api.store.version()}`,
  );
  const { body } = await client.request('DELETE', '/api/v1/namespaces/media');
  expect(body.status.phase).toBe('Terminating');
  await watch.until(({ type, object }) => type === 'DELETED' && object.metadata.name === 'media');
  for (const resource of ['pods', 'services', 'deployments.apps'])
    expect(api.store.list(resource, 'media')).toEqual([]);
});

test('a pod that is created is bound to a node and runs', async () => {
  const watch = await client.watch(
    `${PODS}?watch=true&fieldSelector=metadata.name%3Dnew&resourceVersion=${api.store.version()}`,
  );
  await client.request('POST', PODS, podOf('new'));
  const { object } = await watch.until(({ object }) => object.status.phase === 'Running');
  expect(object.spec.nodeName).toBeTypeOf('string');
  expect(object.status.containerStatuses).toMatchObject([
    { name: 'main', ready: true, restartCount: 0 },
  ]);
});

test('a pod that fits no node says why', async () => {
  const watch = await client.watch(
    `${PODS}?watch=true&fieldSelector=metadata.name%3Dodd&resourceVersion=${api.store.version()}`,
  );
  await client.request('PATCH', NODE, { spec: { unschedulable: true } }, MERGE);
  await client.request(
    'POST',
    PODS,
    podOf('odd', { nodeSelector: { 'kubernetes.io/arch': 's390x' } }),
  );
  const { object } = await watch.until(
    ({ object }) => object.status.conditions?.[0]?.reason === 'Unschedulable',
  );
  expect(object.status.conditions[0].message).toMatch(
    /^0\/4 nodes are available: .*1 node\(s\) were unschedulable/u,
  );
});
