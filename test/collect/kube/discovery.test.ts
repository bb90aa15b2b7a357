import { expect, test } from 'vitest';
import { apiResources, readAggregated } from '../../../src/collect/kube/api-resources.ts';
import type { ClusterWatch } from '../../../src/domain/watch.ts';
import { createTestLab } from './lab.ts';
import { podNames, podWatch } from './observed-cluster.ts';

const lab = createTestLab();

/** A custom resource, in the only table that a test's watch projects into. */
const volumes: ClusterWatch<'pods'> = {
  ...podWatch(),
  group: 'longhorn.io',
  versions: ['v1beta2', 'v1beta1'],
  resource: 'volumes',
  shows: 'volumes',
};
const V1BETA1 = '/apis/longhorn.io/v1beta1/volumes';
const V1BETA2 = '/apis/longhorn.io/v1beta2/volumes';

test.for(['aggregated', 'groups'] as const)(
  'an API that appears is watched, one that disappears is absent (%s)',
  async (discovery) => {
    const api = await lab.startApi();
    api.discovery = discovery;
    const observed = lab.watch(api, { watches: [volumes] });
    const none = await observed.until('absent', (now) => now.feeds.pods.status === 'absent');
    expect(none.feeds.pods).toMatchObject({ reason: 'the cluster has no volumes.longhorn.io' });
    // What is known to be nowhere is not asked for.
    expect(api.requests.filter(({ path }) => path.endsWith('/volumes'))).toEqual([]);

    api.put('volumes', 'pvc-1');
    api.served = [V1BETA2];
    await observed.until('live', (now) => now.feeds.pods.status === 'ok');
    expect(podNames(observed.now())).toEqual(['pvc-1']);

    api.served = [];
    api.endWatches();
    await observed.until('gone', (now) => now.feeds.pods.status === 'absent');
    api.served = [V1BETA2];
    await observed.until('back', (now) => now.feeds.pods.status === 'ok');
  },
);

test('the best version that is served is read; after an upgrade the next one', async () => {
  const api = await lab.startApi();
  api.discovery = 'aggregated';
  api.served = [V1BETA1];
  api.put('volumes', 'pvc-1');
  const observed = lab.watch(api, { watches: [volumes] });
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  api.served = [V1BETA2];
  api.endWatches();
  await observed.until('the new version', () =>
    api.requests.some(({ path, kind }) => path === V1BETA2 && kind === 'initial'),
  );
  await observed.until('live again', (now) => now.feeds.pods.status === 'ok');
  expect(podNames(observed.now())).toEqual(['pvc-1']);
});

test('without any discovery the versions are tried one after the other', async () => {
  const api = await lab.startApi();
  api.served = [V1BETA1];
  api.put('volumes', 'pvc-1');
  const observed = lab.watch(api, { watches: [volumes], timing: { recountMs: 600_000 } });
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  expect(podNames(observed.now())).toEqual(['pvc-1']);
});

test('a change of CRDs makes discovery be asked again at once', async () => {
  const api = await lab.startApi();
  const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  api.discovery = 'aggregated';
  api.served = [CRDS];
  const observed = lab.watch(api, { watches: [volumes], timing: { discoveryMs: 600_000 } });
  await observed.until('absent', (now) => now.feeds.pods.status === 'absent');
  await expect.poll(() => api.watchers()).toBe(1);
  const crds = api.requests.filter(({ path }) => path === CRDS);
  // Not one of them was listed; the counts are those of the objects too.
  expect(new Set(crds.map(({ kind }) => kind))).toEqual(new Set(['count', 'watch']));
  const watch = crds.find(({ kind }) => kind === 'watch');
  expect(watch?.headers.accept).toContain('as=PartialObjectMetadata');
  api.served = [CRDS, V1BETA2];
  api.put('customresourcedefinitions', 'volumes.longhorn.io');
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
});

test('selectors, a namespace and metadata-only go into every request', async () => {
  const api = await lab.startApi();
  const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
  api.hasWatchLists = false;
  api.served = [LEASES];
  const observed = lab.watch(api, {
    watches: [
      {
        ...podWatch(),
        group: 'coordination.k8s.io',
        versions: ['v1'],
        resource: 'leases',
        namespace: 'kube-node-lease',
        fieldSelector: 'metadata.name=worker1',
        labelSelector: 'a in (b,c)',
        only: 'metadata',
        maxObjects: 0,
      },
    ],
  });
  const questions = () =>
    api.requests.filter(({ path, kind }) => path === LEASES && kind !== 'count');
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  await expect.poll(() => questions().length).toBe(3);
  const asked = questions();
  expect(asked.map(({ kind }) => kind)).toEqual(['initial', 'list', 'watch']);
  for (const { query, headers } of asked) {
    expect(query.get('fieldSelector')).toBe('metadata.name=worker1');
    expect(query.get('labelSelector')).toBe('a in (b,c)');
    expect(headers.accept).toContain('as=PartialObjectMetadata');
  }
});

test('an aggregated API that does not answer leaves its resources unknown, not absent', () => {
  const found = apiResources(
    readAggregated({
      items: [
        {
          metadata: { name: 'metrics.k8s.io' },
          versions: [{ version: 'v1beta1', freshness: 'Stale' }],
        },
        { metadata: {}, versions: 'garbage' },
        null,
      ],
    }),
  );
  const wanted = { versions: ['v1beta1'], resource: 'nodes' } as const;
  expect(found.find({ ...wanted, group: 'metrics.k8s.io' })).toEqual({ kind: 'unknown' });
  expect(found.find({ ...wanted, group: 'custom.metrics.k8s.io' })).toMatchObject({
    kind: 'absent',
  });
});
