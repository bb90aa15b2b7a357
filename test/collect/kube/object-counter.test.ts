import { expect, test } from 'vitest';
import { lastKnown } from '../../../src/domain/feed.ts';
import type { ClusterInventory } from '../../../src/domain/inventory.ts';
import type { ObjectCount } from '../../../src/domain/objects.ts';
import { createTestLab } from './lab.ts';
import { refuse } from './scripted-api.ts';

const lab = createTestLab();

const REPLICAS = '/apis/longhorn.io/v1beta2/replicas';
const NAME = 'replicas.longhorn.io';

const countOf = ({ feeds }: ClusterInventory, name: string): ObjectCount | undefined =>
  lastKnown(feeds.objects)?.value.byKey.get(name);

test('every resource of discovery is counted, none is listed', async () => {
  const api = await lab.startApi();
  api.discovery = 'aggregated';
  api.served = [REPLICAS];
  for (let index = 0; index < 40; index += 1) api.put('replicas', `pvc-${index}`);
  api.put('pods', 'a');
  const observed = lab.watch(api, { watches: [] });
  const cluster = await observed.until('counted', (now) => countOf(now, NAME)?.count === 40);
  expect(countOf(cluster, NAME)).toMatchObject({
    group: 'longhorn.io',
    resource: 'replicas',
    request: `GET ${REPLICAS}?limit=1`,
    trouble: null,
  });
  await observed.until('all are counted', (now) => countOf(now, 'nodes')?.count === 0);
  expect([...(lastKnown(observed.now().feeds.objects)?.value.byKey.keys() ?? [])]).toEqual([
    'nodes',
    'pods',
    NAME,
  ]);
  for (const kind of ['list', 'page', 'initial', 'watch'] as const) expect(api.count(kind)).toBe(0);
  const asked = api.requests.filter(({ kind }) => kind === 'count');
  for (const { query, headers } of asked) {
    expect(query.get('includeObject')).toBe('None');
    expect(query.get('resourceVersion')).toBeNull();
    expect(headers.accept).toContain('as=Table');
  }
});

test('growth per minute comes from the counts before, and ends when they no longer change', async () => {
  const api = await lab.startApi();
  api.discovery = 'aggregated';
  api.served = [REPLICAS];
  const observed = lab.watch(api, { watches: [] });
  await observed.until('empty', (now) => countOf(now, NAME)?.count === 0);
  for (let index = 0; index < 30; index += 1) api.put('replicas', `pvc-${index}`);
  const grown = await observed.until('grown', (now) => countOf(now, NAME)?.count === 30);
  // 30 objects within the half second over which growth is measured are at least 3,600 in a minute.
  expect(countOf(grown, NAME)?.perMinute).toBeGreaterThanOrEqual(3_600);
  await observed.until('still', (now) => countOf(now, NAME)?.perMinute === 0);
});

test('what is denied, or not told, is not known; what is no longer served is gone', async () => {
  const api = await lab.startApi();
  api.discovery = 'aggregated';
  api.served = [REPLICAS];
  api.put('replicas', 'a');
  const observed = lab.watch(api, { watches: [] });
  await observed.until('counted', (now) => countOf(now, NAME)?.count === 1);
  api.intercept = ({ path }, response) =>
    path === REPLICAS && refuse(response, 403, 'Forbidden', 'replicas is forbidden');
  const denied = await observed.until('denied', (now) => countOf(now, NAME)?.count === null);
  expect(countOf(denied, NAME)).toMatchObject({
    perMinute: null,
    trouble: {
      isDenied: true,
      message: expect.stringContaining('replicas is forbidden') as string,
    },
  });
  api.intercept = ({ path }, response) => {
    if (path !== REPLICAS) return false;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"metadata":{"continue":"more"},"items":[{}]}');
    return true;
  };
  const untold = await observed.until(
    'not told',
    (now) => countOf(now, NAME)?.trouble?.isDenied === false,
  );
  expect(countOf(untold, NAME)?.count).toBeNull();
  api.served = [];
  await observed.until('gone', (now) => countOf(now, NAME) === undefined);
  expect(countOf(observed.now(), 'pods')?.trouble).toBeNull();
});

test('while the cluster is silent the last counts stay, as old ones, and nothing is asked', async () => {
  const api = await lab.startApi();
  api.discovery = 'aggregated';
  api.put('pods', 'a');
  const observed = lab.watch(api, { watches: [] });
  await observed.until('counted', (now) => countOf(now, 'pods')?.count === 1);
  api.intercept = ({ kind }, response) =>
    kind === 'readyz' && refuse(response, 500, 'InternalError', '[-]etcd failed');
  const lost = await observed.until('lost', (now) => now.feeds.objects.status === 'failed');
  expect(countOf(lost, 'pods')?.count).toBe(1);
  const asked = api.count('count');
  const beats = api.count('readyz');
  await observed.until('some heart-beats', () => api.count('readyz') > beats + 3);
  expect(api.count('count') - asked).toBeLessThanOrEqual(1);
  api.intercept = undefined;
  await observed.until('back', (now) => now.feeds.objects.status === 'ok');
});
