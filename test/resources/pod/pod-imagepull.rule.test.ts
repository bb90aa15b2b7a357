import { expect, test } from 'vitest';
import type { Pod } from '../../../src/domain/kube.ts';
import { podImagepull } from '../../../src/resources/pod/pod-imagepull.rule.ts';
import { makePod, NOW } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const check = (change: Partial<Pod>) =>
  podImagepull.check(makePod('web', change), 'k', NOW, plainContext.limits)?.finding ?? null;

test.for<[string, Partial<Pod>, boolean]>([
  ['runs', {}, false],
  ['fetches its image', { status: 'ContainerCreating', phase: 'Pending' }, false],
  ['could not fetch it', { status: 'ErrImagePull', phase: 'Pending' }, true],
  ['waits for the next try', { status: 'ImagePullBackOff', phase: 'Pending' }, true],
  ['waits while it is prepared', { status: 'Init:ImagePullBackOff', phase: 'Pending' }, true],
  ['has a name that is none', { status: 'InvalidImageName', phase: 'Pending' }, true],
  ['crashes', { status: 'CrashLoopBackOff' }, false],
  ['is to end', { status: 'ImagePullBackOff', deletionAt: NOW }, false],
])('a pod that %s', ([, change, isFound]) => {
  expect(check(change) !== null).toBe(isFound);
});

test('tells what the kubelet says', () => {
  const reason = 'Back-off pulling image "ghcr.io/x/y:9": not found';
  expect(check({ status: 'ImagePullBackOff', reason })).toMatchObject({
    subject: 'pod:k/default/web',
    title: 'its image does not come: ImagePullBackOff',
    evidence: { reason, node: 'worker1' },
  });
});
