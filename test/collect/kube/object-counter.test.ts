import { writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { gapOf, lastKnown } from '../../../src/domain/feed.ts';
import type { ClusterInventory } from '../../../src/domain/inventory.ts';
import type { ObjectCount } from '../../../src/domain/objects.ts';
import { startKubeApi } from '../../../src/lab/kube/api.ts';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
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

test('what is not counted yet is there, and not known', async () => {
  const api = await lab.startApi();
  api.discovery = 'aggregated';
  api.served = [REPLICAS];
  let isHeld = true;
  // Never answered.
  api.intercept = ({ kind, path }) => isHeld && kind === 'count' && path === REPLICAS;
  const observed = lab.watch(api, { watches: [] });
  const cluster = await observed.until('the others', (now) => countOf(now, 'pods')?.count === 0);
  expect(cluster.feeds.objects.status).toBe('ok');
  expect(countOf(cluster, NAME)).toMatchObject({ count: null, countedAt: null, trouble: null });
  isHeld = false;
  await observed.until('all', (now) => countOf(now, NAME)?.count === 0);
});

test('growth per minute comes from the counts before, and ends when they no longer change', async () => {
  const api = await lab.startApi();
  api.discovery = 'aggregated';
  api.served = [REPLICAS];
  const observed = lab.watch(api, { watches: [] });
  await observed.until('empty', (now) => countOf(now, NAME)?.count === 0);
  let made = 0;
  // More each time that they are counted.
  api.intercept = ({ kind, path }) => {
    if (kind === 'count' && path === REPLICAS)
      for (const end = made + 30; made < end; made += 1) api.put('replicas', `pvc-${made}`);
  };
  const grown = await observed.until('grown', (now) => (countOf(now, NAME)?.perMinute ?? 0) > 0);
  // 30 objects within the half second over which growth is measured are at least 3,600 in a minute.
  expect(countOf(grown, NAME)?.perMinute).toBeGreaterThanOrEqual(3_600);
  api.intercept = undefined;
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

async function simulator(): Promise<KubeApi> {
  const api = await startKubeApi({ seed: 1, bookmarkSeconds: 1, paceMs: 50 });
  onTestFinished(api.close);
  return api;
}
const configOf = (api: KubeApi, options: Parameters<KubeApi['kubeconfig']>[0] = {}): string => {
  const path = lab.file('simulator');
  writeFileSync(path, api.kubeconfig(options));
  return path;
};

test('who may list in some namespaces only sees the sum of these, and what is hidden', async () => {
  const api = await simulator();
  const path = configOf(api, { user: 'viewer', groups: [] });
  const timing = { deniedMs: 60_000, recountMs: 60_000 };
  const observed = lab.watchWith(path, { watches: [], timing });
  const cluster = await observed.until(
    'counted',
    (now) => typeof countOf(now, 'services')?.count === 'number',
  );
  const pods = ['apps', 'media'].flatMap((namespace) => api.store.list('pods', namespace));
  const counted = await observed.until(
    'pods too',
    (now) => countOf(now, 'pods')?.count === pods.length,
  );
  expect(pods.length).toBeGreaterThan(0);
  expect(pods.length).toBeLessThan(api.store.count('pods'));
  expect(countOf(counted, 'pods')).toMatchObject({
    namespaces: ['apps', 'media'],
    request: 'GET /api/v1/namespaces/apps,media/pods?limit=1',
    trouble: null,
  });
  // What lies in no namespace stays denied.
  await observed.until('nodes', (now) => countOf(now, 'nodes')?.trouble?.isDenied === true);
  expect(countOf(cluster, 'services')?.namespaces).toEqual(['apps', 'media']);
  expect(gapOf(observed.now().feeds.objects)?.hides).toContain('objects of other namespaces');
  const namespaces = await observed.until('all', (now) => countOf(now, 'namespaces') !== undefined);
  expect(countOf(namespaces, 'namespaces')?.namespaces ?? null).toBeNull();
});

test('of what multiplies the newest are looked at: who makes them, for what, and where', async () => {
  const api = await simulator();
  const observed = lab.watchWith(configOf(api), { watches: [] });
  await observed.until('few', (now) => (countOf(now, NAME)?.countedAt ?? null) !== null);
  api.startReplicaStorm(1_000, 200_000);
  const storm = await observed.until(
    'sampled',
    (now) => countOf(now, NAME)?.sample?.isNewest === true,
  );
  const sample = countOf(storm, NAME)?.sample;
  expect(sample?.managers).toEqual([{ name: 'longhorn-manager', count: sample?.size }]);
  expect(sample?.owners).toEqual([
    { name: expect.stringMatching(/^Volume\/pvc-/) as string, count: sample?.size },
  ]);
  expect(sample?.namespaces).toEqual([{ name: 'longhorn-system', count: sample?.size }]);
  expect(sample?.size).toBeLessThanOrEqual(50);
});

test('of what is many and does not become more the first are looked at, of Secrets none', async () => {
  const api = await lab.startApi();
  api.discovery = 'aggregated';
  api.served = [REPLICAS, '/api/v1/secrets'];
  const asked: string[] = [];
  api.intercept = ({ path, query }, response) => {
    if (path !== REPLICAS && path !== '/api/v1/secrets') return false;
    const limit = query.get('limit') ?? '';
    asked.push(`${path} ${query.has('watch') ? 'watch' : limit}`);
    const entry = (manager: string, time: string) => ({ manager, time, operation: 'Update' });
    const item = {
      metadata: {
        name: 'a',
        namespace: 'x',
        creationTimestamp: '2026-01-02T03:04:05Z',
        managedFields: [
          entry('later', '2026-01-03T00:00:00Z'),
          entry('maker', '2026-01-02T03:04:05Z'),
        ],
      },
    };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        metadata: { resourceVersion: '7', continue: 'more', remainingItemCount: 19_999 },
        [limit === '1' ? 'rows' : 'items']: [item],
      }),
    );
    return true;
  };
  const observed = lab.watch(api, { watches: [] });
  const cluster = await observed.until('sampled', (now) => Boolean(countOf(now, NAME)?.sample));
  expect(countOf(cluster, NAME)?.sample).toMatchObject({
    size: 1,
    isNewest: false,
    managers: [{ name: 'maker', count: 1 }],
    owners: [],
    newestAt: Date.UTC(2026, 0, 2, 3, 4, 5),
    names: ['a'],
  });
  await observed.until('secrets', (now) => countOf(now, 'secrets')?.count === 20_000);
  expect(new Set(asked)).toEqual(new Set([`${REPLICAS} 1`, `${REPLICAS} 50`, '/api/v1/secrets 1']));
});
