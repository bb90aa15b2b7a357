import { expect, test } from 'vitest';
import { controllerLease } from '../../../src/resources/control-plane/controller-lease.rule.ts';
import { findingsOf, planeLab, lease } from '../../support/control-plane.ts';
import type { PlaneShape } from '../../support/control-plane.ts';
import { NOW } from '../../support/inventory.ts';

const CASES: readonly (readonly [name: string, shape: PlaneShape, found: readonly string[]])[] = [
  ['it is renewed', {}, []],
  [
    'it is not',
    {
      plane: {
        leases: [lease('kube-controller-manager', 'ctrlmgr1', { renewedAt: NOW - 40_000 })],
      },
    },
    [
      'critical component:infrak8s/kube-controller-manager: lease not renewed for 40s: nothing is repaired, scaled or cleaned up',
    ],
  ],
  [
    'another may still take it over',
    {
      plane: {
        leases: [lease('kube-controller-manager', 'ctrlmgr1', { renewedAt: NOW - 18_000 })],
      },
    },
    [],
  ],
  [
    'it was read long ago',
    {
      plane: {
        leasesAt: NOW - 60_000,
        leases: [lease('kube-controller-manager', 'ctrlmgr1', { renewedAt: NOW - 90_000 })],
      },
    },
    [],
  ],
  ['there is none', { plane: { leases: [] } }, []],
];

test.for(CASES)('%s', ([, shape, found]) => {
  expect(findingsOf(controllerLease, planeLab(shape))).toEqual(found);
});
