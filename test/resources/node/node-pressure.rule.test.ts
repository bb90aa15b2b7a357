import { expect, test } from 'vitest';
import type { KubeNode } from '../../../src/domain/kube.ts';
import { nodePressure } from '../../../src/resources/node/node-pressure.rule.ts';
import { told } from './told-of-node.ts';

test.for<[string, Partial<KubeNode>, readonly string[]]>([
  ['is well', {}, []],
  ['lacks memory', { pressures: ['MemoryPressure'] }, ['node:k/worker1 short of memory']],
  [
    'lacks several things',
    { pressures: ['DiskPressure', 'PIDPressure'] },
    ['node:k/worker1 short of disk space, short of process ids'],
  ],
  [
    'has no network',
    { pressures: ['NetworkUnavailable'] },
    ['node:k/worker1 network not configured'],
  ],
  ['is silent since', { pressures: ['MemoryPressure'], ready: 'Unknown' }, []],
])('a node that %s', ([, change, expected]) => {
  expect(told(nodePressure, change)).toEqual(expected);
});
