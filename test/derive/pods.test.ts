import { expect, test } from 'vitest';
import { countPods } from '../../src/derive/pods.ts';
import { makePod, podsOf } from './inventory.ts';

test.for<[string, string, string, number, boolean]>([
  ['all containers run', 'Running', 'Running', 1, false],
  ['a container is not ready', 'Running', 'Running', 0, true],
  ['it loops', 'Running', 'CrashLoopBackOff', 0, true],
  ['it has ended well', 'Succeeded', 'Completed', 0, false],
  ['it has failed', 'Failed', 'Error', 0, true],
  ['its node is silent', 'Unknown', 'Unknown', 1, true],
  ['it is being made', 'Pending', 'ContainerCreating', 0, false],
  ['it waits for a node', 'Pending', 'Pending', 0, false],
  ['it is being prepared', 'Pending', 'Init:0/2', 0, false],
  ['its preparation loops', 'Pending', 'Init:CrashLoopBackOff', 0, true],
  ['its image is missing', 'Pending', 'ImagePullBackOff', 0, true],
  ['it is being ended', 'Running', 'Terminating', 0, false],
])('%s', ([, phase, status, readyContainers, isFailing]) => {
  const counts = countPods(podsOf(makePod('web', { phase, status, readyContainers })));
  expect(counts.failing).toHaveLength(isFailing ? 1 : 0);
});

test('a pod that has ended well is counted apart', () => {
  const done = makePod('job', { phase: 'Succeeded', status: 'Completed' });
  expect(countPods(podsOf(makePod('a'), done))).toMatchObject({ total: 2, running: 1, ended: 1 });
});

test('counts a table once', () => {
  const table = podsOf(makePod('a'), makePod('b', { phase: 'Pending', status: 'Pending' }));
  expect(countPods(table)).toMatchObject({ total: 2, running: 1 });
  expect(countPods(table)).toBe(countPods(table));
});
