import { expect, test } from 'vitest';
import type { KubeNode } from '../../../src/domain/kube.ts';
import { nodePressure } from '../../../src/resources/node/node-pressure.rule.ts';
import { nodeUnschedulable } from '../../../src/resources/node/node-unschedulable.rule.ts';
import { nodeVersion } from '../../../src/resources/node/node-version.rule.ts';
import { nodesWatch } from '../../../src/resources/node/nodes.watch.ts';
import { cluster, node, NOW } from '../../support/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';
import { tableOf } from '../../support/storage.ts';

const told = (
  rule: typeof nodePressure,
  change: Partial<KubeNode>,
  version: string | null = 'v1.34.1',
): readonly string[] => {
  const nodes = tableOf(node('worker1', change));
  return rule
    .check({ nodes }, { ...cluster('k', [], []), version }, NOW, plainContext)
    .map(({ title, subject }) => `${subject} ${title}`);
};

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

test.for([
  [false, []],
  [true, ['node:k/worker1 cordoned: no new pod is placed on it']],
] as const)('a node whose unschedulable is %s', ([unschedulable, expected]) => {
  expect(told(nodeUnschedulable, { unschedulable })).toEqual(expected);
  expect(nodeUnschedulable.severity).toBe('info');
});

test.for<[string | null, string | null, boolean]>([
  ['v1.34.1', 'v1.34.3', false],
  ['v1.31.9', 'v1.34.1', false],
  ['v1.30.9', 'v1.34.1', true],
  ['v1.35.0', 'v1.34.1', true],
  ['v1.33.4+k3s1', 'v1.34.1+k3s1', false],
  [null, 'v1.34.1', false],
  ['v1.30.0', null, false],
  ['nonsense', 'v1.34.1', false],
])('a kubelet %s with a server %s', ([version, server, isFound]) => {
  expect(told(nodeVersion, { version }, server).length > 0).toBe(isFound);
});

test('a condition that is True when all is well is no pressure', () => {
  const condition = (type: string, status = 'True') => ({ type, status });
  const object = {
    metadata: { name: 'n' },
    status: {
      conditions: [
        condition('Ready'),
        condition('EtcdIsVoter'),
        condition('DiskPressure'),
        condition('MemoryPressure', 'False'),
      ],
    },
  };
  expect(nodesWatch.project(object)?.pressures).toEqual(['DiskPressure']);
});
