import { expect, test } from 'vitest';
import { etcdLeader } from '../../../src/resources/control-plane/etcd-leader.rule.ts';
import { findingsOf, planeLab } from '../../support/control-plane.ts';
import type { PlaneShape } from '../../support/control-plane.ts';

const CASES: readonly (readonly [name: string, shape: PlaneShape, found: readonly string[]])[] = [
  ['one leads', {}, []],
  [
    'no member has one',
    {
      zones: Object.fromEntries(
        ['etcd1', 'etcd2', 'etcd3'].map((name) => [
          name,
          { etcd: { hasLeader: false, isLeader: false } },
        ]),
      ),
    },
    ['critical component:infrak8s/etcd: no leader: nothing can be written'],
  ],
  ['one member alone has none', { zones: { etcd2: { etcd: { hasLeader: false } } } }, []],
  ['a single election', { zones: { etcd1: { etcd: { newLeaderChanges: 1 } } } }, []],
  [
    'one election after another',
    { zones: { etcd1: { etcd: { newLeaderChanges: 4 } } } },
    ['warning component:infrak8s/etcd: the leader changed 4 times since the answer before'],
  ],
  [
    'no member was asked',
    { zones: { etcd1: { says: null }, etcd2: { says: null }, etcd3: { says: null } } },
    [],
  ],
];

test.for(CASES)('%s', ([, shape, found]) => {
  expect(findingsOf(etcdLeader, planeLab(shape))).toEqual(found);
});
