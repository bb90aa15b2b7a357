import type { KubeTable, Pod } from './kube.ts';

/** Whether all its containers have ended for good: it holds no place on its node any more. */
export const hasEnded = ({ phase }: Pod): boolean => phase === 'Succeeded' || phase === 'Failed';

const cache = new WeakMap<KubeTable<Pod>, ReadonlyMap<string, readonly Pod[]>>();

/** The pods of a cluster by their node, without those that have ended; gathered once per revision. */
export function podsByNode(table: KubeTable<Pod>): ReadonlyMap<string, readonly Pod[]> {
  let byNode = cache.get(table);
  if (!byNode) {
    const gathered = new Map<string, Pod[]>();
    for (const pod of table.byKey.values()) {
      if (pod.node === null || hasEnded(pod)) continue;
      const own = gathered.get(pod.node);
      if (own) own.push(pod);
      else gathered.set(pod.node, [pod]);
    }
    byNode = gathered;
    cache.set(table, byNode);
  }
  return byNode;
}
