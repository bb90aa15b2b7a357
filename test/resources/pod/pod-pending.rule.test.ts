import { expect, test } from 'vitest';
import type { Pod } from '../../../src/domain/kube.ts';
import { THRESHOLDS } from '../../../src/domain/thresholds.ts';
import { podPending } from '../../../src/resources/pod/pod-pending.rule.ts';
import { makePod, NOW } from '../../derive/inventory.ts';

const minute = 60_000;
const check = (change: Partial<Pod>) =>
  podPending.check(
    makePod('web', { phase: 'Pending', status: 'Pending', createdAt: NOW - 6 * minute, ...change }),
    'k',
    NOW,
    THRESHOLDS['pod.pending'].defaults,
  );

test.for<[string, Partial<Pod>, string | null]>([
  ['runs', { phase: 'Running', status: 'Running' }, null],
  ['waits for six minutes', {}, 'warning'],
  ['waits for a minute', { createdAt: NOW - minute }, null],
  ['waits for two days', { createdAt: NOW - 2880 * minute }, 'critical'],
  ['waits for its volumes', { status: 'ContainerCreating' }, 'warning'],
  ['waits for its init containers', { status: 'Init:0/2' }, 'warning'],
  ['waits for its image, of which another rule tells', { status: 'ImagePullBackOff' }, null],
  [
    'loops while it is prepared, of which another rule tells',
    { status: 'Init:CrashLoopBackOff' },
    null,
  ],
  ['is held back on purpose', { status: 'SchedulingGated' }, null],
  ['is to end', { deletionAt: NOW }, null],
  ['bears no time', { createdAt: null }, null],
])('a pod that %s', ([, change, expected]) => {
  expect(check(change)?.finding?.severity ?? null).toBe(expected);
});

test('one that has not waited for long is looked at again when it has', () => {
  expect(check({ createdAt: NOW - minute })).toEqual({ finding: null, until: NOW + 4 * minute });
});

test('tells why no node takes it', () => {
  const reason = '0/4 nodes are available: 4 Insufficient memory.';
  expect(check({ node: null, reason })?.finding).toMatchObject({
    subject: 'pod:k/default/web',
    title: `no node takes it: ${reason}`,
    began: NOW - 6 * minute,
    evidence: { status: 'Pending', node: null, reason, secondsPending: 360 },
    hint: 'see its events: kubectl -n default describe pod web',
  });
});
