import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
import {
  clientOf,
  http2ClientOf,
  startQuickApi,
  TABLE,
  type Body,
  type Client,
  type Line,
} from './client.ts';

let api: KubeApi;
let client: Client;
const PODS = '/api/v1/namespaces/media/pods';
const INITIAL =
  'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';

beforeEach(async () => {
  api = await startQuickApi({ bookmarkSeconds: 0.05 });
  client = clientOf(api);
});

afterEach(async () => {
  client.close();
  await api.close();
});

const label = (name: string, value: string, namespace = 'media'): void => {
  api.store.modify('pods', namespace, name, (pod) => ({
    ...pod,
    metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, probe: value } },
  }));
};
const firstPod = (): string => api.store.list('pods', 'media')[0]?.metadata.name ?? '';
const isEnd = ({ type, object }: Line): boolean =>
  type === 'BOOKMARK' && object.metadata.annotations?.['k8s.io/initial-events-end'] === 'true';
const versionOf = (object: Body): number => Number(object.metadata.resourceVersion);

test('initial events come first, then the end bookmark, then what happens, in the order of versions', async () => {
  const watch = await client.watch(`${PODS}?${INITIAL}`);
  const end = await watch.until(isEnd);
  const initial = watch.lines.slice(0, watch.lines.indexOf(end));
  expect(initial.map(({ type }) => type)).toEqual(
    api.store.list('pods', 'media').map(() => 'ADDED'),
  );
  for (let turn = 0; turn < 20; turn++) label(firstPod(), `turn${turn}`);
  await watch.until(({ object }) => object.metadata.labels?.probe === 'turn19');
  const live = watch.lines
    .slice(watch.lines.indexOf(end) + 1)
    .filter(({ type }) => type !== 'BOOKMARK');
  expect(live.map(({ object }) => object.metadata.labels.probe)).toEqual(
    Array.from({ length: 20 }, (_, turn) => `turn${turn}`),
  );
  const versions = live.map(({ object }) => versionOf(object));
  expect(versions).toEqual([...versions].sort((a, b) => a - b));
  expect(versions[0]).toBeGreaterThan(versionOf(end.object));
});

test('a watch from a version gets all that happened after it, over HTTP/1.1 and HTTP/2', async () => {
  const { body } = await client.get(PODS);
  const name = firstPod();
  label(name, 'one');
  label(name, 'two');
  api.store.remove('pods', 'media', name);
  const second = http2ClientOf(api);
  for (const each of [client, second]) {
    const watch = await each.watch(
      `${PODS}?watch=true&resourceVersion=${body.metadata.resourceVersion}`,
    );
    await watch.until(({ type }) => type === 'DELETED');
    expect(
      watch.lines
        .filter(({ object }) => object.metadata.name === name)
        .map(({ type, object }) => [type, object.metadata.labels.probe]),
    ).toEqual([
      ['MODIFIED', 'one'],
      ['MODIFIED', 'two'],
      ['DELETED', 'two'],
    ]);
    watch.close();
  }
  second.close();
});

test('bookmarks carry a version that rises while the kind is quiet', async () => {
  const watch = await client.watch(
    `/api/v1/namespaces?watch=true&allowWatchBookmarks=true&resourceVersion=${api.store.version()}`,
  );
  const first = await watch.until(({ type }) => type === 'BOOKMARK');
  label(firstPod(), 'elsewhere');
  const later = await watch.until(
    ({ type, object }) => type === 'BOOKMARK' && versionOf(object) >= api.store.version(),
  );
  expect(first.object).toMatchObject({ kind: 'Namespace', apiVersion: 'v1' });
  expect(versionOf(later.object)).toBeGreaterThan(versionOf(first.object));
  expect(watch.lines.every(({ type }) => type === 'BOOKMARK')).toBe(true);
});

test('a watch without version begins with the present state; only bookmarks bring an end marker', async () => {
  const plain = await client.watch(`${PODS}?watch=true`);
  const marked = await client.watch(`${PODS}?watch=true&allowWatchBookmarks=true`);
  await marked.until(isEnd);
  await plain.until(
    ({ object }) => object.metadata.name === api.store.list('pods', 'media').at(-1)?.metadata.name,
  );
  expect(plain.lines.some(({ type }) => type === 'BOOKMARK')).toBe(false);
});

test('without the feature WatchList sendInitialEvents answers 422, and a watch without version has no end marker', async () => {
  api.faults.setWatchList(false);
  const refused = await client.get(`${PODS}?${INITIAL}`);
  expect(refused.status).toBe(422);
  expect(refused.body).toMatchObject({ kind: 'Status', reason: 'Invalid', code: 422 });
  expect(refused.body.message).toContain(
    'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
  );
  const watch = await client.watch(`${PODS}?watch=true&allowWatchBookmarks=true`);
  const bookmark = await watch.until(({ type }) => type === 'BOOKMARK');
  expect(bookmark.object.metadata.annotations).toBeUndefined();
});

test.for([
  [
    'watch=true&sendInitialEvents=true',
    'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
  ],
  [
    'watch=true&resourceVersionMatch=NotOlderThan',
    'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
  ],
])('%s alone answers 422', async ([query, message]) => {
  const { status, body } = await client.get(`${PODS}?${query}`);
  expect(status).toBe(422);
  expect(body.message).toContain(message);
});

test('a version before the history answers 410: an ERROR event, or the HTTP status', async () => {
  const version = api.store.version();
  label(firstPod(), 'later');
  api.faults.compact();
  const watch = await client.watch(`${PODS}?watch=true&resourceVersion=${version}`);
  await watch.ended;
  expect(watch.status).toBe(200);
  expect(watch.lines).toHaveLength(1);
  expect(watch.lines[0]).toMatchObject({
    type: 'ERROR',
    object: { kind: 'Status', code: 410, reason: 'Expired' },
  });
  api.faults.setGone('status');
  const { status, body } = await client.get(`${PODS}?watch=true&resourceVersion=${version}`);
  expect(status).toBe(410);
  expect(body.reason).toBe('Expired');
});

test('the ring of a kind forgets by itself, and other kinds keep theirs', async () => {
  const version = api.store.version();
  for (let turn = 0; turn <= 1000; turn++) label(firstPod(), `turn${turn}`);
  const pods = await client.watch(`${PODS}?watch=true&resourceVersion=${version}`);
  expect((await pods.until(({ type }) => type === 'ERROR')).object.code).toBe(410);
  const namespaces = await client.watch(
    `/api/v1/namespaces?watch=true&allowWatchBookmarks=true&resourceVersion=${version}`,
  );
  expect((await namespaces.until(() => true)).type).toBe('BOOKMARK');
});

test('an object that stops to match a selector is deleted for the watcher, one that begins to is added', async () => {
  const name = firstPod();
  const watch = await client.watch(
    `${PODS}?watch=true&labelSelector=probe%3Dyes&resourceVersion=${api.store.version()}`,
  );
  label(name, 'yes');
  label(name, 'no');
  label(name, 'yes');
  await watch.until(({ object }) => watch.lines.length === 3 && object.metadata.name === name);
  expect(watch.lines.map(({ type, object }) => [type, object.metadata.labels.probe])).toEqual([
    ['ADDED', 'yes'],
    ['DELETED', 'yes'],
    ['ADDED', 'yes'],
  ]);
});

test('a watch ends cleanly at its timeout', async () => {
  const watch = await client.watch(
    `${PODS}?watch=true&timeoutSeconds=1&resourceVersion=${api.store.version()}`,
  );
  expect(await watch.ended).toBe('');
});

test('as a Table each event is one row and only the first has the columns', async () => {
  const watch = await client.watch(
    `${PODS}?watch=true&includeObject=None&resourceVersion=${api.store.version()}`,
    TABLE,
  );
  label(firstPod(), 'one');
  label(firstPod(), 'two');
  await watch.until(() => watch.lines.length === 2);
  const [first, second] = watch.lines.map(({ object }) => object);
  expect(first.columnDefinitions[0].name).toBe('Name');
  expect(second.columnDefinitions).toBeNull();
  expect(second.rows).toHaveLength(1);
  expect(second.rows[0]).toMatchObject({
    cells: expect.arrayContaining([firstPod(), 'Running']),
    object: null,
  });
});

test('events of the newer group come in its form', async () => {
  const watch = await client.watch(
    `/apis/events.k8s.io/v1/events?watch=true&resourceVersion=${api.store.version()}`,
  );
  api.setPodCrashLooping('media', firstPod());
  const { object } = await watch.until(({ object }) => object.reason === 'BackOff');
  expect(object).toMatchObject({
    apiVersion: 'events.k8s.io/v1',
    regarding: { kind: 'Pod', name: firstPod() },
    type: 'Warning',
    deprecatedCount: 1,
  });
});
