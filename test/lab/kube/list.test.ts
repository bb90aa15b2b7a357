import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
import { clientOf, startQuickApi, type Body, type Client } from './client.ts';

let api: KubeApi;
let client: Client;
const PODS = '/api/v1/pods';

beforeAll(async () => {
  api = await startQuickApi();
  client = clientOf(api);
});

afterAll(async () => {
  client.close();
  await api.close();
});

const namesOf = (list: Body): string[] =>
  list.items.map(({ metadata }: Body) => `${metadata.namespace}/${metadata.name}`);

test('a list gives every object once, in the order of the keys, without kind and apiVersion in its items', async () => {
  const { status, body } = await client.get(PODS);
  expect(status).toBe(200);
  expect(body.kind).toBe('PodList');
  expect(namesOf(body)).toHaveLength(api.store.count('pods'));
  expect(namesOf(body)).toEqual([...new Set(namesOf(body))].sort());
  expect(body.items[0]).not.toHaveProperty('kind');
  expect(body.metadata.remainingItemCount).toBeUndefined();
});

test('pages make up the list as it was at the first page, whatever happens meanwhile', async () => {
  const before = namesOf((await client.get(PODS)).body);
  const pages: string[] = [];
  const versions = new Set<string>();
  let next = '';
  let turn = 0;
  do {
    const { body } = await client.get(`${PODS}?limit=20${next && `&continue=${next}`}`);
    pages.push(...namesOf(body));
    versions.add(body.metadata.resourceVersion);
    next = body.metadata.continue ?? '';
    expect(body.metadata.remainingItemCount ?? 0).toBe(before.length - pages.length);
    turn += 1;
    if (turn === 1) {
      const [namespace, name] = (before.at(-1) ?? '').split('/');
      api.store.remove('pods', namespace, name ?? '');
      api.store.create('pods', {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { namespace: 'media', name: 'newcomer' },
        spec: { containers: [] },
        status: { phase: 'Succeeded' },
      });
    }
  } while (next);
  expect(pages).toEqual(before);
  expect(versions.size).toBe(1);
  expect(namesOf((await client.get(PODS)).body)).toContain('media/newcomer');
  api.store.remove('pods', 'media', 'newcomer');
});

test('a continue token of forgotten history answers 410 with a token for an inconsistent rest', async () => {
  const { body: first } = await client.get(`${PODS}?limit=30`);
  api.store.modify(
    'pods',
    first.items[0].metadata.namespace,
    first.items[0].metadata.name,
    (pod) => ({ ...pod, metadata: { ...pod.metadata, labels: { touched: 'yes' } } }),
  );
  api.faults.compact();
  const { status, body } = await client.get(`${PODS}?limit=30&continue=${first.metadata.continue}`);
  expect(status).toBe(410);
  expect(body).toMatchObject({ kind: 'Status', status: 'Failure', reason: 'Expired', code: 410 });
  const rest = await client.get(`${PODS}?continue=${body.metadata.continue}`);
  expect(rest.status).toBe(200);
  expect(rest.body.items).toHaveLength(api.store.count('pods') - 30);
});

test('remainingItemCount is absent with selectors, and limit is ignored for version 0', async () => {
  const selected = await client.get(
    `${PODS}?limit=2&labelSelector=app.kubernetes.io/name%3Dcilium`,
  );
  expect(selected.body.items).toHaveLength(2);
  expect(selected.body.metadata.continue).toBeTypeOf('string');
  expect(selected.body.metadata.remainingItemCount).toBeUndefined();
  const cached = await client.get(`${PODS}?limit=2&resourceVersion=0`);
  expect(cached.body.items).toHaveLength(api.store.count('pods'));
});

test.for([
  ['fieldSelector=spec.nodeName%3Drk1', (pod: Body) => pod.spec.nodeName === 'rk1'],
  ['fieldSelector=status.phase!%3DRunning', (pod: Body) => pod.status.phase !== 'Running'],
  [
    'fieldSelector=metadata.namespace%3Dapps,status.phase%3DRunning',
    (pod: Body) => pod.metadata.namespace === 'apps' && pod.status.phase === 'Running',
  ],
  [
    'labelSelector=app.kubernetes.io/name%20in%20(cilium,coredns)',
    (pod: Body) => /^(?:cilium-[a-z0-9]{5}|coredns-.*)$/u.test(pod.metadata.name),
  ],
  [
    'labelSelector=!pod-template-hash',
    (pod: Body) => !('pod-template-hash' in pod.metadata.labels),
  ],
] as const)('%s selects', async ([query, holds]) => {
  const all = (await client.get(PODS)).body.items.filter(holds);
  const { body } = await client.get(`${PODS}?${query}`);
  expect(all.length).toBeGreaterThan(0);
  expect(namesOf(body)).toEqual(namesOf({ items: all }));
});

test('events are selected by type and in both API groups they are the same objects', async () => {
  const core = await client.get('/api/v1/events?fieldSelector=type%3DNormal');
  const newer = await client.get('/apis/events.k8s.io/v1/events?fieldSelector=type%3DNormal');
  expect(core.body.items.length).toBeGreaterThan(0);
  expect(newer.body.kind).toBe('EventList');
  expect(newer.body.items.map(({ note, regarding }: Body) => [note, regarding])).toEqual(
    core.body.items.map(({ message, involvedObject }: Body) => [message, involvedObject]),
  );
});

test.for([
  [`${PODS}?fieldSelector=spec.colour%3Dred`, 400, 'BadRequest'],
  [`${PODS}?labelSelector=a%3D%3D%3Db`, 400, 'BadRequest'],
  [`${PODS}?limit=many`, 400, 'BadRequest'],
  [`${PODS}?resourceVersion=old`, 400, 'BadRequest'],
  [`${PODS}?continue=garbage`, 400, 'BadRequest'],
  [`${PODS}?sendInitialEvents=true`, 422, 'Invalid'],
  [`${PODS}?resourceVersionMatch=Exact`, 422, 'Invalid'],
  [`${PODS}?resourceVersion=1&resourceVersionMatch=Exact`, 410, 'Expired'],
  [`${PODS}?resourceVersion=99999999999`, 504, 'Timeout'],
  ['/api/v1/namespaces/apps/pods/none', 404, 'NotFound'],
] as const)('%s answers %i with a Status', async ([path, code, reason]) => {
  const { status, body } = await client.get(path);
  expect(status).toBe(code);
  expect(body).toMatchObject({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code });
  expect(body.message).not.toBe('');
});

test('a path that is no resource answers 404 in plain text, as the server does', async () => {
  const { status, text } = await client.get('/apis/example.org/v1/things');
  expect([status, text]).toEqual([404, '404 page not found\n']);
});

test('a long list is compressed for those who ask', async () => {
  const plain = await client.get(PODS);
  const zipped = await client.get(PODS, { 'accept-encoding': 'gzip' });
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(namesOf(zipped.body)).toEqual(namesOf(plain.body));
});
