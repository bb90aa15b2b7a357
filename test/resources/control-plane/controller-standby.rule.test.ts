import { expect, test } from 'vitest';
import { controllerStandby } from '../../../src/resources/control-plane/controller-standby.rule.ts';
import { findingsOf, lease, planeLab } from '../../support/control-plane.ts';
import type { PlaneShape } from '../../support/control-plane.ts';
import { NOW } from '../../support/inventory.ts';

const refused = { says: { state: 'refused' } } as const;
const failing = { says: { state: 'failing', reason: 'leaderElection failed' } } as const;
const held = (holder: string, renewedAt = NOW - 2000) => ({
  leases: [lease('kube-controller-manager', holder, { renewedAt })],
});

const CASES: readonly (readonly [name: string, shape: PlaneShape, found: readonly string[]])[] = [
  ['all wait, and one leads', {}, []],
  [
    'one that waits is gone',
    { zones: { ctrlmgr2: refused } },
    [
      'warning component:infrak8s/kube-controller-manager/ctrlmgr2: no process kube-controller-manager in zone ctrlmgr2: ctrlmgr1 leads, 1 could take over',
    ],
  ],
  [
    'all that wait are gone, or not well',
    { zones: { ctrlmgr2: { state: 'installed' }, ctrlmgr3: failing } },
    [
      'warning component:infrak8s/kube-controller-manager/ctrlmgr2: zone ctrlmgr2 is installed: ctrlmgr1 leads, nobody could take over',
      'warning component:infrak8s/kube-controller-manager/ctrlmgr3: leaderElection failed within its zone: ctrlmgr1 leads, nobody could take over',
    ],
  ],
  ['its host is silent, which is told of the host', { silent: ['omni2'] }, []],
  ['the one that leads is gone: its lease tells', { zones: { ctrlmgr1: refused } }, []],
  [
    'nobody leads: the rule of the lease tells',
    { zones: { ctrlmgr2: refused }, plane: held('ctrlmgr1', NOW - 60_000) },
    [],
  ],
  [
    'who leads is not known',
    { zones: { ctrlmgr2: refused }, plane: { leases: [], leasesAt: null } },
    [],
  ],
  ['it is not asked, and its zone runs', { zones: { ctrlmgr2: { says: null } } }, []],
];

test.for(CASES)('%s', ([, shape, found]) => {
  expect(findingsOf(controllerStandby, planeLab(shape))).toEqual(found);
});
