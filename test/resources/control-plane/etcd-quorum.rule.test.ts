import { expect, test } from 'vitest';
import { etcdQuorum } from '../../../src/resources/control-plane/etcd-quorum.rule.ts';
import { findingsOf, planeLab } from '../../support/control-plane.ts';
import type { PlaneShape } from '../../support/control-plane.ts';
const gone = { says: { state: 'refused' } } as const;

const CASES: readonly (readonly [name: string, shape: PlaneShape, found: readonly string[]])[] = [
  ['all members are well', {}, []],
  [
    'one is gone',
    { zones: { etcd2: gone } },
    ['warning component:infrak8s/etcd: 2 of 3 members, one more failure loses the quorum'],
  ],
  [
    'a learner is gone, which does not count',
    { zones: { etcd2: { ...gone, etcd: { isLearner: true } } } },
    [],
  ],
  [
    'two are gone',
    { zones: { etcd2: gone, etcd3: { state: 'installed' } } },
    ['critical component:infrak8s/etcd: quorum lost: 1 of 3 members, 2 are needed'],
  ],
  [
    'the host of one is silent',
    { silent: ['omni2'] },
    ['warning component:infrak8s/etcd: 2 of 3 members, one more failure loses the quorum'],
  ],
  [
    'the hosts of two are silent, and no API server is ready',
    { silent: ['omni2', 'store1'], plane: { apiServers: [], vip: null } },
    [
      'critical component:infrak8s/etcd: quorum perhaps lost: 1 of 3 members are seen, 2 are needed',
    ],
  ],
  [
    'the hosts of two are silent, and an API server reads from etcd',
    { silent: ['omni2', 'store1'] },
    ['warning component:infrak8s/etcd: 1 of 3 members, one more failure loses the quorum'],
  ],
  [
    'nobody may ask them, and their zones run',
    { zones: { etcd1: { says: null }, etcd2: { says: null }, etcd3: { says: null } } },
    [],
  ],
];

test.for(CASES)('%s', ([, shape, found]) => {
  expect(findingsOf(etcdQuorum, planeLab(shape))).toEqual(found);
});
