import { expect, test } from 'vitest';
import { etcdFragmentation } from '../../../src/resources/control-plane/etcd-fragmentation.rule.ts';
import { findingsOf, planeLab } from '../../support/control-plane.ts';
import type { PlaneShape } from '../../support/control-plane.ts';
const MIB = 2 ** 20;

const CASES: readonly (readonly [name: string, shape: PlaneShape, found: readonly string[]])[] = [
  ['mostly in use', {}, []],
  [
    'mostly free pages',
    { zones: { etcd2: { etcd: { dbBytes: 1180 * MIB, inUseBytes: 330 * MIB } } } },
    ['warning component:infrak8s/etcd/etcd2: 28% of the database in use, 850M to be won back'],
  ],
  [
    'hardly anything in use',
    { zones: { etcd2: { etcd: { dbBytes: 1180 * MIB, inUseBytes: 100 * MIB } } } },
    ['critical component:infrak8s/etcd/etcd2: 8% of the database in use, 1.1G to be won back'],
  ],
  [
    'a small file has little to give',
    { zones: { etcd2: { etcd: { dbBytes: 20 * MIB, inUseBytes: 2 * MIB } } } },
    [],
  ],
  ['what is in use is not told', { zones: { etcd2: { etcd: { inUseBytes: null } } } }, []],
  [
    'its host is silent',
    {
      silent: ['omni2'],
      zones: { etcd2: { etcd: { dbBytes: 1180 * MIB, inUseBytes: 330 * MIB } } },
    },
    [],
  ],
];

test.for(CASES)('%s', ([, shape, found]) => {
  expect(findingsOf(etcdFragmentation, planeLab(shape))).toEqual(found);
});
