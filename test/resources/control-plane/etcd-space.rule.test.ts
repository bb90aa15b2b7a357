import { expect, test } from 'vitest';
import { etcdSpace } from '../../../src/resources/control-plane/etcd-space.rule.ts';
import { findingsOf, planeLab } from '../../support/control-plane.ts';
import type { PlaneShape } from '../../support/control-plane.ts';
const QUOTA = 2 ** 31;

const CASES: readonly (readonly [name: string, shape: PlaneShape, found: readonly string[]])[] = [
  ['far from its quota', {}, []],
  [
    'near it',
    { zones: { etcd1: { etcd: { dbBytes: 0.85 * QUOTA, inUseBytes: 0.8 * QUOTA } } } },
    ['warning component:infrak8s/etcd/etcd1: database 85% of its quota'],
  ],
  [
    'nearer',
    { zones: { etcd1: { etcd: { dbBytes: 0.97 * QUOTA } } } },
    ['critical component:infrak8s/etcd/etcd1: database 97% of its quota'],
  ],
  [
    'over it',
    {
      zones: {
        etcd1: { says: { state: 'failing', reason: 'ALARM NOSPACE' }, etcd: { dbBytes: QUOTA } },
      },
    },
    [
      'critical component:infrak8s/etcd/etcd1: alarm NOSPACE: no more writes are taken, the database has 2.0G',
    ],
  ],
  [
    'one has raised the alarm, of which all members tell',
    {
      zones: Object.fromEntries(
        [1, 2, 3].map((index) => [
          `etcd${index}`,
          {
            says: { state: 'failing', reason: 'ALARM NOSPACE' },
            etcd: { id: `a${index}`, alarms: [{ member: 'a2', alarm: 'NOSPACE' }] },
          },
        ]),
      ),
    },
    [
      'critical component:infrak8s/etcd/etcd2: alarm NOSPACE: no more writes are taken, the database has 220M',
    ],
  ],
  ['its quota is not told', { zones: { etcd1: { etcd: { quotaBytes: null } } } }, []],
];

test.for(CASES)('%s', ([, shape, found]) => {
  expect(findingsOf(etcdSpace, planeLab(shape))).toEqual(found);
});
