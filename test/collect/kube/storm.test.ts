import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lastKnown } from '../../../src/domain/feed.ts';
import type { ClusterWatch } from '../../../src/domain/watch.ts';
import { startKubeApi } from '../../../src/lab/kube/api.ts';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
import { observe, podWatch, temporaryFolder } from './observed-cluster.ts';

const MOST = 200_000;
const NAME = 'replicas.longhorn.io';
const folder = temporaryFolder();
const kubeconfig = join(folder.path, 'kubeconfig');
let api: KubeApi;

beforeAll(async () => {
  api = await startKubeApi({ seed: 1, bookmarkSeconds: 1, paceMs: 50 });
  writeFileSync(kubeconfig, api.kubeconfig());
});
afterAll(async () => {
  await api.close();
  folder.drop();
});

test('of a resource that grows to 200,000 objects nothing is kept but its count', async () => {
  let projections = 0;
  const replicas: ClusterWatch<'pods'> = {
    ...podWatch(1_000),
    group: 'longhorn.io',
    versions: ['v1beta2'],
    resource: 'replicas',
    namespaced: true,
    project: (object) => {
      projections += 1;
      return podWatch().project(object);
    },
  };
  const observed = observe(kubeconfig, { watches: [replicas] });
  await observed.until('watched while they are few', (now) => now.feeds.pods.status === 'ok');
  expect(lastKnown(observed.now().feeds.pods)?.value.byKey.size).toBe(18);

  api.startReplicaStorm(MOST, MOST);
  const over = await observed.until(
    'counted only',
    ({ feeds }) => feeds.pods.status === 'failed' && feeds.pods.error.code === 'over-cap',
  );
  await observed.until(
    'all are counted',
    ({ feeds }) => lastKnown(feeds.objects)?.value.byKey.get(NAME)?.count === MOST,
  );
  // The watch ends at the first object past the limit; what comes in the same chunk is not looked at.
  expect(projections).toBeLessThanOrEqual(1_001);
  expect(lastKnown(over.feeds.pods)?.value.byKey.size ?? 0).toBeLessThanOrEqual(1_001);
  // One row for each resource, however many objects it has.
  const counts = lastKnown(observed.now().feeds.objects)?.value;
  expect(counts?.byKey.size).toBeLessThanOrEqual(api.store.kinds.length);
  await observed.source.close();
});
