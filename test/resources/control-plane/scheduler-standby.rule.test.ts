import { expect, test } from 'vitest';
import { schedulerStandby } from '../../../src/resources/control-plane/scheduler-standby.rule.ts';
import { findingsOf, lease, planeLab } from '../../support/control-plane.ts';
import type { PlaneShape } from '../../support/control-plane.ts';
import { NOW } from '../../support/inventory.ts';

const refused = { says: { state: 'refused' } } as const;
const failing = { says: { state: 'failing', reason: 'leaderElection failed' } } as const;
const held = (holder: string, renewedAt = NOW - 2000) => ({
  leases: [lease('kube-scheduler', holder, { renewedAt })],
});

const CASES: readonly (readonly [name: string, shape: PlaneShape, found: readonly string[]])[] = [
  ['all wait, and one leads', {}, []],
  [
    'one that waits is gone',
    { zones: { k8sched2: refused } },
    [
      'warning component:infrak8s/kube-scheduler/k8sched2: no process kube-scheduler in zone k8sched2: k8sched1 leads, 1 could take over',
    ],
  ],
  [
    'all that wait are gone, or not well',
    { zones: { k8sched2: { state: 'installed' }, k8sched3: failing } },
    [
      'warning component:infrak8s/kube-scheduler/k8sched2: zone k8sched2 is installed: k8sched1 leads, nobody could take over',
      'warning component:infrak8s/kube-scheduler/k8sched3: leaderElection failed within its zone: k8sched1 leads, nobody could take over',
    ],
  ],
  ['its host is silent, which is told of the host', { silent: ['omni2'] }, []],
  ['the one that leads is gone: its lease tells', { zones: { k8sched1: refused } }, []],
  [
    'nobody leads: the rule of the lease tells',
    { zones: { k8sched2: refused }, plane: held('k8sched1', NOW - 60_000) },
    [],
  ],
  [
    'who leads is not known',
    { zones: { k8sched2: refused }, plane: { leases: [], leasesAt: null } },
    [],
  ],
  ['it is not asked, and its zone runs', { zones: { k8sched2: { says: null } } }, []],
];

test.for(CASES)('%s', ([, shape, found]) => {
  expect(findingsOf(schedulerStandby, planeLab(shape))).toEqual(found);
});
