import { expect, test } from 'vitest';
import { gapOf } from '../../../src/domain/feed.ts';
import type { ClusterInventory } from '../../../src/domain/inventory.ts';
import type { ClusterWatch } from '../../../src/domain/watch.ts';
import { createTestLab } from './lab.ts';
import { podNames, podWatch } from './observed-cluster.ts';

const lab = createTestLab();
/** `reason` is the version: who was written last is the newest. */
const newest: ClusterWatch<'pods'> = { ...podWatch(10), newestBy: 'reason' };
const hidden = ({ feeds }: ClusterInventory) => gapOf(feeds.pods)?.hides;
const names = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, index) => `pod-${from + index}`).toSorted();

test.for([true, false])(
  'with more objects than are kept the newest are, and how many are not is told (streamed list %s)',
  async (hasWatchLists) => {
    const api = await lab.startApi();
    api.hasWatchLists = hasWatchLists;
    // The server lists by names, not by age.
    for (let index = 0; index < 40; index += 1) api.put('pods', `pod-${99 - index}`);
    const observed = lab.watch(api, { watches: [newest] });
    const { feeds } = await observed.until('live', (now) => now.feeds.pods.status === 'ok');
    expect(podNames(observed.now())).toEqual(names(60, 70));
    expect(gapOf(feeds.pods)).toEqual({
      reason: 'of 40 pods the newest 10 are kept',
      hides: '30 older pods',
    });

    api.put('pods', 'new-1');
    api.put('pods', 'new-2');
    await observed.until('newer ones', (now) => podNames(now).includes('new-2'));
    expect(podNames(observed.now())).toEqual([...names(60, 68), 'new-1', 'new-2'].toSorted());
    expect(hidden(observed.now())).toBe('32 older pods');

    api.remove('pods', 'pod-99');
    await observed.until('one fewer', (now) => hidden(now) === '31 older pods');
    api.put('pods', 'pod-98', 'Failed');
    await observed.until('one of the hidden is new', (now) => podNames(now).includes('pod-98'));
    expect(hidden(observed.now())).toBe('30 older pods');

    for (let index = 70; index < 98; index += 1) api.remove('pods', `pod-${index}`);
    for (const name of ['pod-68', 'pod-69']) api.remove('pods', name);
    await observed.until('none is hidden', (now) => hidden(now) === undefined);
    expect(podNames(observed.now())).toEqual([...api.objects('pods').keys()].toSorted());
  },
);

test('of far too many nothing is listed: those that come from now on are kept', async () => {
  const api = await lab.startApi();
  for (let index = 0; index < 51; index += 1) api.put('pods', `pod-${index}`);
  const observed = lab.watch(api, { watches: [newest] });
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  expect(hidden(observed.now())).toBe('51 older pods');
  for (let index = 0; index < 30; index += 1) api.put('pods', `new-${index}`);
  await observed.until('the last one', (now) => podNames(now).includes('new-29'));
  expect(podNames(observed.now()).length).toBeLessThanOrEqual(11);
  expect([api.count('initial'), api.count('list')]).toEqual([0, 0]);
});
