import { expect, test } from 'vitest';
import { etcdSlow } from '../../../src/resources/control-plane/etcd-slow.rule.ts';
import { findingsOf, planeLab } from '../../support/control-plane.ts';
import type { PlaneShape } from '../../support/control-plane.ts';

const CASES: readonly (readonly [name: string, shape: PlaneShape, found: readonly string[]])[] = [
  ['quick', {}, []],
  [
    'slow to sync',
    { zones: { etcd3: { etcd: { fsyncP99Ms: 240 } } } },
    [
      'warning component:infrak8s/etcd/etcd3: slow disk: of 100 syncs of its log one takes 240.0ms or more',
    ],
  ],
  [
    'slow to commit',
    { zones: { etcd3: { etcd: { commitP99Ms: 1200 } } } },
    [
      'critical component:infrak8s/etcd/etcd3: slow disk: of 100 commits of its database one takes 1200.0ms or more',
    ],
  ],
  [
    'not known before the second answer',
    { zones: { etcd3: { etcd: { fsyncP99Ms: null, commitP99Ms: null } } } },
    [],
  ],
];

test.for(CASES)('%s', ([, shape, found]) => {
  expect(findingsOf(etcdSlow, planeLab(shape))).toEqual(found);
});
