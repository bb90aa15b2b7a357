import { createFold } from '../domain/fold.ts';
import type { KubeTable, Pod } from '../domain/kube.ts';
import { hasEnded } from '../domain/pods.ts';

export type NamespaceCount = {
  readonly name: string;
  readonly ready: number;
  readonly total: number;
};
type Counting = { readonly name: string; ready: number; total: number };

/** How many pods each namespace has and how many are ready, by its name; those that have ended are left out. */
export const countNamespaces: (table: KubeTable<Pod>) => ReadonlyMap<string, NamespaceCount> =
  createFold<Pod, Map<string, Counting>>({
    empty: () => new Map(),
    change: (counts, _key, before, after) => {
      if (before) countPod(counts, before, -1);
      if (after) countPod(counts, after, 1);
    },
  });

function countPod(counts: Map<string, Counting>, pod: Pod, by: 1 | -1): void {
  if (hasEnded(pod)) return;
  const entry = counts.get(pod.namespace) ?? { name: pod.namespace, ready: 0, total: 0 };
  entry.total += by;
  if (pod.status === 'Running' && pod.readyContainers === pod.totalContainers) entry.ready += by;
  if (entry.total === 0) counts.delete(pod.namespace);
  else counts.set(pod.namespace, entry);
}
