import { expect, test } from 'vitest';
import type { Pod } from '../../../src/domain/kube.ts';
import { podCrashloop } from '../../../src/resources/pod/pod-crashloop.rule.ts';
import { makePod, NOW } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const check = (change: Partial<Pod>) =>
  podCrashloop.check(makePod('web', change), 'k', NOW, plainContext.limits);
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
  expect(check(change) !== null).toBe(isFound);
});

test('what starts once more is to be looked at again when its last restart is ten minutes ago', () => {
  expect(check(starting)?.until).toBe(NOW + 8 * minute);
});

test('names the pod, its restarts and where its log is', () => {
  expect(check({ status: 'CrashLoopBackOff', restarts: 7, namespace: 'shop' })).toMatchObject({
    finding: {
      subject: 'pod:k/shop/web',
      title: 'crash loop, 7 restarts',
      evidence: { restarts: 7, node: 'worker1' },
      hint: expect.stringContaining('kubectl -n shop logs --previous web') as string,
    },
  });
});
