import { expect, test } from 'vitest';
import { etcdMember } from '../../../src/resources/control-plane/etcd-member.rule.ts';
import { findingsOf, planeLab } from '../../support/control-plane.ts';
import type { PlaneShape } from '../../support/control-plane.ts';

const CASES: readonly (readonly [name: string, shape: PlaneShape, found: readonly string[]])[] = [
  ['all are well', {}, []],
  [
    'its process is gone, its zone runs',
    { zones: { etcd2: { says: { state: 'refused' } } } },
    ['critical component:infrak8s/etcd/etcd2: no process etcd in zone etcd2'],
  ],
  [
    'its zone is down',
    { zones: { etcd2: { state: 'installed' } } },
    ['critical component:infrak8s/etcd/etcd2: zone etcd2 is installed'],
  ],
  [
    'it runs and is not healthy',
    { zones: { etcd1: { says: { state: 'failing', reason: 'RAFT NO LEADER' } } } },
    ['warning component:infrak8s/etcd/etcd1: RAFT NO LEADER within its zone'],
  ],
  [
    'its host is silent: nobody knows',
    { silent: ['omni2'], zones: { etcd2: { says: { state: 'refused' } } } },
    [],
  ],
  ['nobody may ask it, and its process runs', { zones: { etcd1: { says: null } } }, []],
];

test.for(CASES)('%s', ([, shape, found]) => {
  expect(findingsOf(etcdMember, planeLab(shape))).toEqual(found);
});
