import { expect, test } from 'vitest';
import type { Pod } from '../../../src/domain/kube.ts';
import { THRESHOLDS } from '../../../src/domain/thresholds.ts';
import { podStuck } from '../../../src/resources/pod/pod-stuck.rule.ts';
import { makePod, NOW } from '../../derive/inventory.ts';

const second = 1000;
const check = (change: Partial<Pod>) =>
  podStuck.check(makePod('web', change), 'k', NOW, THRESHOLDS['pod.stuck'].defaults);

test.for<[string, Partial<Pod>, string | null]>([
  ['is not to end', {}, null],
  ['is within its grace', { deletionAt: NOW + 20 * second }, null],
  ['is a moment past it', { deletionAt: NOW - 20 * second }, null],
  ['is two minutes past it', { deletionAt: NOW - 120 * second }, 'warning'],
  ['is two days past it', { deletionAt: NOW - 172_800 * second }, 'critical'],
])('a pod that %s', ([, change, expected]) => {
  expect(check(change)?.finding?.severity ?? null).toBe(expected);
});

test('one within its grace is looked at again a minute after it', () => {
  expect(check({ deletionAt: NOW + 20 * second })).toEqual({
    finding: null,
    until: NOW + 80 * second,
  });
});

test.for([
  [['kubernetes.io/hold'], 'take its finalizer away: kubernetes.io/hold'],
  [[], 'kubectl -n default delete pod web --force'],
] as const)('with the finalizers %j the hint is another', ([finalizers, hint]) => {
  expect(check({ deletionAt: NOW - 120 * second, finalizers })?.finding).toMatchObject({
    subject: 'pod:k/default/web',
    title: 'still there 2m00s after its grace',
    evidence: { secondsOverdue: 120, finalizers: finalizers.join(', '), node: 'worker1' },
    hint: expect.stringContaining(hint) as string,
  });
});
