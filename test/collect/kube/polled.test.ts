import { constants } from 'node:http2';
import type { Http2ServerResponse } from 'node:http2';
import { expect, test } from 'vitest';
import type { ClusterWatch } from '../../../src/domain/watch.ts';
import { createTestLab } from './lab.ts';
import { nodeWatch, podNames, podWatch } from './observed-cluster.ts';
import { refuse } from './scripted-api.ts';
import type { ScriptedApi } from './scripted-api.ts';

const lab = createTestLab();
const measured: ClusterWatch<'pods'> = {
  ...podWatch(),
  group: 'metrics.k8s.io',
  versions: ['v1beta1'],
  pollSeconds: 0.05,
};
const PATH = '/apis/metrics.k8s.io/v1beta1/pods';

/** Serves lists without a version, as metrics-server does. */
function serve(api: ScriptedApi, items: () => readonly string[]): void {
  api.served = [PATH];
  api.intercept = ({ path }, response) => {
    if (path !== PATH) return false;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        kind: 'PodMetricsList',
        metadata: {},
        items: items().map((name) => ({ metadata: { name, namespace: 'apps', uid: '' } })),
      }),
    );
    return true;
  };
}

test('what has no watch is listed again and again, neither counted nor watched', async () => {
  const api = await lab.startApi();
  let items: readonly string[] = ['a', 'b'];
  serve(api, () => items);
  const observed = lab.watch(api, { watches: [measured] });
  await observed.until('both', (now) => podNames(now).join() === 'a,b');
  items = ['b', 'c'];
  await observed.until('the next list', (now) => podNames(now).join() === 'b,c');
  const asked = api.requests.filter(({ path }) => path === PATH).map(({ query }) => query);
  expect(asked.every((query) => query.get('limit') === '500' && !query.has('watch'))).toBe(true);
  expect(observed.podStates).toEqual(['pending', 'ok']);
});

test('while the server behind it is away the last list stays as old, and the cluster is up', async () => {
  const api = await lab.startApi();
  serve(api, () => ['a']);
  const observed = lab.watch(api, { watches: [measured] });
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  const serving = api.intercept;
  api.intercept = ({ path }, response) =>
    path === PATH ? refuse(response, 503, 'ServiceUnavailable', 'service unavailable') : false;
  await observed.until('failed', (now) => now.feeds.pods.status === 'failed');
  expect(podNames(observed.now())).toEqual(['a']);
  api.intercept = serving;
  await observed.until('live again', (now) => now.feeds.pods.status === 'ok');
  expect(observed.sourceStates.filter((state) => state !== 'connecting')).toEqual(['up']);
});

test('a server behind it that hangs keeps no other list waiting', async () => {
  const api = await lab.startApi();
  api.put('nodes', 'w1');
  api.served = [PATH];
  const held: unknown[] = [];
  api.intercept = ({ path }, response) => {
    if (path !== PATH) return false;
    held.push(response);
    return true;
  };
  const observed = lab.watch(api, {
    watches: [measured, { ...measured, feed: 'podUsage', project: () => undefined }, nodeWatch],
  });
  const { feeds } = await observed.until('nodes', (now) => now.feeds.nodes.status === 'ok');
  // Both still wait: none has given way by its time limit.
  expect(held).toHaveLength(2);
  expect([feeds.pods.status, feeds.podUsage.status]).toEqual(['pending', 'pending']);
});

const head = '{"kind":"PodMetricsList","metadata":{},"items":[';
const item = (name: string): string =>
  JSON.stringify({ metadata: { name, namespace: 'apps', uid: '' } });

/** Serves lists that the test writes itself; each request for one is told to it. */
function serveByHand(api: ScriptedApi, onList: (response: Http2ServerResponse) => void): void {
  api.served = [PATH];
  api.intercept = ({ path }, response) => {
    if (path !== PATH) return false;
    response.writeHead(200, { 'content-type': 'application/json' });
    onList(response);
    return true;
  };
}

test('objects are taken as they come; a list is shown when it is whole, and never the half of one', async () => {
  const api = await lab.startApi();
  const answers: Http2ServerResponse[] = [];
  serveByHand(api, (response) => {
    answers.push(response);
  });
  let taken = 0;
  const project: typeof measured.project = (object) => {
    taken += 1;
    return measured.project(object);
  };
  const observed = lab.watch(api, { watches: [{ ...measured, project }] });
  await expect.poll(() => answers.length).toBe(1);
  answers[0]?.write(`${head}${item('a')},${item('b')},{"metadata":`);
  await expect.poll(() => taken).toBe(2);
  expect(observed.podStates).toEqual(['pending']);
  answers[0]?.end(`{"name":"c"}}]}`);
  await observed.until('the whole list', (now) => podNames(now).join() === 'a,b,c');

  await expect.poll(() => answers.length).toBe(2);
  answers[1]?.write(`${head}${item('d')},${item('e')},{"metadata":`);
  await expect.poll(() => taken).toBe(5);
  answers[1]?.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  await observed.until('failed', (now) => now.feeds.pods.status === 'failed');
  expect(observed.podStates).toEqual(['pending', 'ok', 'failed reset']);
  expect(podNames(observed.now())).toEqual(['a', 'b', 'c']);

  await expect.poll(() => answers.length).toBe(3);
  answers[2]?.end(`${head}${item('f')}`);
  await observed.until('half', () => observed.podStates.at(-1) === 'failed bad-json');
  expect(podNames(observed.now())).toEqual(['a', 'b', 'c']);
  await expect.poll(() => answers.length).toBe(4);
  answers[3]?.end(`${head}${item('g')}]}`);
  await observed.until('whole again', (now) => podNames(now).join() === 'g');
});

test('a list is read no further than its limit of objects', async () => {
  const api = await lab.startApi();
  let isClosed = false;
  serveByHand(api, (response) => {
    response.on('close', () => {
      isClosed = true;
    });
    const items = Array.from({ length: 8 }, (_, index) => item(`pod-${index}`));
    // It goes on, as far as anybody knows.
    response.write(`${head}${items.join(',')},`);
  });
  const observed = lab.watch(api, { watches: [{ ...measured, maxObjects: 5 }] });
  await observed.until('over', () => observed.podStates.includes('failed over-cap'));
  const { pods } = observed.now().feeds;
  expect(pods.status === 'failed' && pods.error.message).toContain('at least 6 pods');
  await expect.poll(() => isClosed).toBe(true);
});

test.for<readonly [string, string, 'ok' | 'failed']>([
  ['no objects', '"items":null', 'ok'],
  ['no list at all', '"things":[]', 'failed'],
])('an answer with %s is what it is', async ([, items, status]) => {
  const api = await lab.startApi();
  serveByHand(api, (response) => {
    response.end(`{"kind":"PodMetricsList","metadata":{},${items}}`);
  });
  const observed = lab.watch(api, { watches: [measured] });
  const { feeds } = await observed.until('told', (now) => now.feeds.pods.status !== 'pending');
  expect(feeds.pods.status).toBe(status);
  expect(podNames(observed.now())).toEqual([]);
});
