import { expect, test } from 'vitest';
import type { KubeNode } from '../../../src/domain/kube.ts';
import { nodeNotready } from '../../../src/resources/node/node-notready.rule.ts';
import { makeCluster, makeNode, NOW, nodesOf } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const check = (change: Partial<KubeNode>) =>
  nodeNotready.check(
    { nodes: nodesOf(makeNode('w1', change)) },
    makeCluster('k'),
    NOW,
    plainContext,
  );

test.for<[KubeNode['ready'], boolean]>([
  ['True', false],
  [null, false],
  ['False', true],
  ['Unknown', true],
])('Ready is %s', ([ready, isFound]) => {
  expect(check({ ready })).toHaveLength(isFound ? 1 : 0);
});

test('tells the reason and since when', () => {
  const readySince = NOW - 40_000;
  expect(
    check({ ready: 'False', readyMessage: 'container runtime is down', readySince }),
  ).toMatchObject([
    {
      subject: 'node:k/w1',
      title: 'not ready: container runtime is down',
      began: readySince,
      hint: 'see its conditions: kubectl describe node w1',
    },
  ]);
  expect(check({ ready: 'Unknown', readySince: null, internalIp: '10.0.0.5' })).toMatchObject([
    {
      title: 'not ready: its kubelet is silent',
      hint: expect.stringContaining('10.0.0.5') as string,
    },
  ]);
  expect(check({ ready: 'Unknown', readySince: null })[0]).not.toHaveProperty('began');
});
