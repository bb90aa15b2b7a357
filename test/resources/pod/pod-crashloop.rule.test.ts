import { expect, test } from 'vitest';
import type { Pod } from '../../../src/domain/kube.ts';
import { podCrashloop } from '../../../src/resources/pod/pod-crashloop.rule.ts';
import { makeCluster, makePod, NOW, podsOf } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const check = (change: Partial<Pod>) =>
  podCrashloop.check({ pods: podsOf(makePod('web', change)) }, makeCluster('k'), NOW, plainContext);
const minute = 60_000;
const starting = { readyContainers: 0, restarts: 5, lastRestartAt: NOW - 2 * minute };

test.for<[string, Partial<Pod>, boolean]>([
  ['runs', {}, false],
  ['ran into it long ago', { restarts: 90, lastRestartAt: NOW - 500 * minute }, false],
  ['waits before its next start', { status: 'CrashLoopBackOff' }, true],
  ['loops while it is prepared', { status: 'Init:CrashLoopBackOff', phase: 'Pending' }, true],
  ['starts once more', starting, true],
  ['has just failed once more', { ...starting, status: 'Error' }, true],
  ['has restarted and is ready', { ...starting, readyContainers: 1 }, false],
  ['starts for the second time', { ...starting, restarts: 2 }, false],
  [
    'is not ready, its last restart long ago',
    { ...starting, lastRestartAt: NOW - 11 * minute },
    false,
  ],
  ['never restarted', { ...starting, lastRestartAt: null }, false],
  ['waits for its image', { status: 'ImagePullBackOff', phase: 'Pending' }, false],
])('%s', ([, change, isFound]) => {
  expect(check(change)).toHaveLength(isFound ? 1 : 0);
});

test('names the pod, its restarts and where its log is', () => {
  expect(check({ status: 'CrashLoopBackOff', restarts: 7, namespace: 'shop' })).toMatchObject([
    {
      subject: 'pod:k/shop/web',
      title: 'crash loop, 7 restarts',
      evidence: { restarts: 7, node: 'worker1' },
      hint: expect.stringContaining('kubectl -n shop logs --previous web') as string,
    },
  ]);
});
