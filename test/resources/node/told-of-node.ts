import type { KubeNode } from '../../../src/domain/kube.ts';
import type { ClusterRule } from '../../../src/domain/problem.ts';
import { cluster, node, NOW } from '../../support/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';
import { tableOf } from '../../support/storage.ts';

/** What a rule tells of the node `worker1` that differs so, in a cluster whose API server is of that version. */
export const told = (
  rule: ClusterRule<'nodes'>,
  change: Partial<KubeNode>,
  version: string | null = 'v1.34.1',
): readonly string[] => {
  const nodes = tableOf(node('worker1', change));
  return rule
    .check({ nodes }, { ...cluster('k', [], []), version }, NOW, plainContext)
    .map(({ title, subject }) => `${subject} ${title}`);
};
