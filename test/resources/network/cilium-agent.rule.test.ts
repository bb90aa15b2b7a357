import { expect, test } from 'vitest';
import type { Pod } from '../../../src/domain/kube.ts';
import { ciliumAgent } from '../../../src/resources/network/cilium-agent.rule.ts';
import { cluster, node, NOW, pod, withWorkloads, workload } from '../../support/inventory.ts';
import { table } from '../../support/network.ts';
import { plainContext } from '../../support/rule-context.ts';

const agent = (on: string, change: Partial<Pod> = {}): Pod =>
  pod(`cilium-${on}`, {
    namespace: 'kube-system',
    node: on,
    owner: 'DaemonSet/cilium',
    workload: 'DaemonSet/cilium',
    ...change,
  });
const check = (pods: readonly Pod[], sets: readonly string[] = ['cilium'], desired = 2) => {
  const nodes = [node('w1'), node('w2')];
  const daemonsets = sets.map((name) =>
    workload('DaemonSet', name, { namespace: 'kube-system', desired }),
  );
  return ciliumAgent.check(
    { nodes: table(nodes), pods: table(pods), daemonsets: table(daemonsets) },
    withWorkloads(cluster('k', nodes, pods), daemonsets),
    NOW,
    plainContext,
  );
};
const both = [agent('w1'), agent('w2')];

test.for<[string, readonly Pod[], readonly string[], number, readonly string[]]>([
  ['each node has a ready one', both, ['cilium'], 2, []],
  [
    'one is not ready',
    [agent('w1'), agent('w2', { readyContainers: 0 })],
    ['cilium'],
    2,
    ['pod:k/kube-system/cilium-w2'],
  ],
  [
    'one is not ready and another takes its place',
    [agent('w1'), agent('w2', { name: 'old', deletionAt: NOW, readyContainers: 0 }), agent('w2')],
    ['cilium'],
    2,
    [],
  ],
  ['a node has none', [agent('w1')], ['cilium'], 2, ['node:k/w2']],
  ['a node is to have none', [agent('w1')], ['cilium'], 1, []],
  ['the cluster has another network', [], ['calico-node'], 2, []],
])('%s', ([, pods, sets, desired, expected]) => {
  expect(check(pods, sets, desired).map(({ subject }) => subject)).toEqual(expected);
});

test('tells the node, how the agent is and where its log is', () => {
  expect(
    check([agent('w1'), agent('w2', { status: 'Error', readyContainers: 0 })])[0],
  ).toMatchObject({
    title: 'the Cilium agent of w2 is not ready: Error',
    evidence: { node: 'w2', pod: 'kube-system/cilium-w2', status: 'Error', ready: '0/1' },
    hint: 'see what it says: kubectl -n kube-system logs cilium-w2 -c cilium-agent',
  });
});
