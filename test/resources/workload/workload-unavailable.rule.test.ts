import { expect, test } from 'vitest';
import type { Workload, WorkloadKind } from '../../../src/domain/workload.ts';
import {
  daemonsetUnavailable,
  deploymentUnavailable,
  statefulsetUnavailable,
} from '../../../src/resources/workload/workload-unavailable.rule.ts';
import { condition, NOW, workload } from '../../support/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const RULES = {
  Deployment: deploymentUnavailable,
  StatefulSet: statefulsetUnavailable,
  DaemonSet: daemonsetUnavailable,
};
type Serving = keyof typeof RULES & WorkloadKind;
const check = (kind: Serving, change: Partial<Workload>) =>
  RULES[kind].check(workload(kind, 'web', change), 'k', NOW, plainContext.limits)?.finding ?? null;

const stuck = condition('Progressing', 'False', { reason: 'ProgressDeadlineExceeded' });
test.for<[string, Serving, Partial<Workload>, boolean]>([
  ['has all of its pods', 'Deployment', { desired: 2, available: 2 }, false],
  ['lacks one', 'Deployment', { desired: 2, available: 1 }, true],
  ['has none', 'Deployment', { desired: 2, available: 0 }, true],
  [
    'lacks one while it rolls out',
    'Deployment',
    { desired: 2, available: 1, isRolling: true },
    false,
  ],
  [
    'lacks more than its strategy allows while it rolls out',
    'Deployment',
    { desired: 4, available: 2, isRolling: true, conditions: [condition('Available', 'False')] },
    true,
  ],
  [
    'is stuck in a rollout',
    'Deployment',
    { desired: 2, available: 2, isRolling: true, conditions: [stuck] },
    true,
  ],
  ['is scaled to 0', 'Deployment', { desired: 0, available: 0 }, false],
  ['was not looked at yet', 'Deployment', { desired: 1, available: null }, false],
  ['lacks one', 'StatefulSet', { desired: 3, available: 2 }, true],
  ['has all', 'StatefulSet', { desired: 3, available: 3 }, false],
  ['lacks one', 'DaemonSet', { desired: 4, available: 3 }, true],
  ['has one on each node', 'DaemonSet', { desired: 4, available: 4 }, false],
  ['fits no node', 'DaemonSet', { desired: 0, available: 0 }, false],
])('%s: %s', ([, kind, change, isFound]) => {
  expect(check(kind, change) !== null).toBe(isFound);
});

test('tells what it has, since when, and where that was read', () => {
  const conditions = [
    condition('Available', 'False', { reason: 'MinimumReplicasUnavailable', since: NOW - 60_000 }),
  ];
  expect(check('Deployment', { desired: 2, ready: 1, available: 0, conditions })).toEqual({
    subject: 'workload:k/Deployment/default/web',
    title: '0 of 2 pods available',
    began: NOW - 60_000,
    evidence: {
      desired: 2,
      ready: 1,
      available: 0,
      upToDate: 1,
      reason: 'MinimumReplicasUnavailable',
      message: null,
      from: 'GET /apis/apps/v1/deployments',
    },
    hint: expect.stringContaining('open it') as string,
  });
  expect(check('Deployment', { desired: 3, upToDate: 1, conditions: [stuck] })?.title).toBe(
    'rollout makes no progress, 1 of 3 pods are new',
  );
});
