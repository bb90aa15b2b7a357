import { expect, test } from 'vitest';
import { bytesOf, createHeapBudget } from '../../../src/collect/kube/heap-budget.ts';
import { lastKnown } from '../../../src/domain/feed.ts';
import type { ClusterWatch } from '../../../src/domain/watch.ts';
import { createTestLab } from './lab.ts';
import { podWatch } from './observed-cluster.ts';

const lab = createTestLab();
const volumes = { group: 'longhorn.io', resource: 'volumes' };

test('what takes most is given up, and may come back when it fits with something to spare', () => {
  const evicted: string[] = [];
  const budget = createHeapBudget(1_000);
  const account = (resource: string) =>
    budget.account({ group: '', resource }, ({ failure }) =>
      evicted.push(`${resource} ${failure.code} ${failure.resource ?? ''}`),
    );
  const [pods, events] = [account('pods'), account('events')];
  pods.holds(60, 600);
  events.holds(30, 300);
  expect(evicted).toEqual([]);
  events.holds(50, 500);
  expect(evicted).toEqual(['pods over-budget pods']);
  // 500 are taken, and a tenth is to be left: 40 of ten bytes fit, 41 do not.
  expect(() => pods.checkRoom(41)).toThrow('41 pods take 410B');
  pods.checkRoom(40);
  events.close();
  pods.checkRoom(90);
});

test('a value takes more memory the more there is in it', () => {
  expect(bytesOf(null)).toBe(0);
  expect(bytesOf({ name: 'a', labels: ['x', 'y'] })).toBeGreaterThan(bytesOf({ name: 'a' }));
  expect(bytesOf('a'.repeat(100))).toBeGreaterThan(bytesOf('a'));
});

test('the largest kind is counted only, beside others that live on, and is listed again when it fits', async () => {
  const api = await lab.startApi();
  api.discovery = 'aggregated';
  api.served = ['/apis/longhorn.io/v1beta2/volumes'];
  for (let index = 0; index < 20; index += 1) api.put('pods', `pod-${index}`);
  for (let index = 0; index < 100; index += 1) api.put('volumes', `pvc-${index}`);
  const volumeWatch = {
    ...podWatch(),
    ...volumes,
    versions: ['v1beta2'],
    feed: 'longhornVolumes',
  } as unknown as ClusterWatch;
  const observed = lab.watch(api, {
    watches: [podWatch(), volumeWatch],
    objectsMegabytes: 0.1,
  });
  const known = () => lastKnown(observed.now().feeds.longhornVolumes)?.value.byKey.size;
  await observed.until(
    'both',
    ({ feeds }) => feeds.pods.status === 'ok' && feeds.longhornVolumes.status === 'ok',
  );
  expect(known()).toBe(100);
  for (let index = 100; index < 2_000; index += 1) api.put('volumes', `pvc-${index}`);
  const over = await observed.until(
    'over',
    ({ feeds }) => feeds.longhornVolumes.status === 'failed',
  );
  expect(over.feeds.longhornVolumes).toMatchObject({
    error: {
      code: 'over-budget',
      resource: 'volumes.longhorn.io',
      hint: expect.stringContaining('objectsMegabytes') as string,
    },
  });
  expect(known()).toBeUndefined();
  await observed.until('counted', ({ feeds }) => {
    const counts = lastKnown(feeds.objects)?.value.byKey;
    return counts?.get('volumes.longhorn.io')?.count === 2_000;
  });
  const lists = api.count('initial');
  await observed.until('the pods live on', ({ feeds }) => feeds.pods.status === 'ok');
  expect(api.count('initial')).toBe(lists);
  for (let index = 50; index < 2_000; index += 1) api.remove('volumes', `pvc-${index}`);
  await observed.until('again', ({ feeds }) => feeds.longhornVolumes.status === 'ok');
  expect(known()).toBe(50);
});
