import { createFold } from './fold.ts';
import type { KubeTable, Pod } from './kube.ts';

/** Whether all its containers have ended for good: it holds no place on its node any more. */
export const hasEnded = ({ phase }: Pod): boolean => phase === 'Succeeded' || phase === 'Failed';

/** Pods by their keys, in groups. */
export type PodGroups = ReadonlyMap<string, ReadonlyMap<string, Pod>>;

/**
 * The pods of a cluster by their node, without those that have ended. Kept from revision to revision, and changed in
 * place like the table itself.
 */
export const podsByNode: (table: KubeTable<Pod>) => PodGroups = createFold<
  Pod,
  Map<string, Map<string, Pod>>
>({
  empty: () => new Map(),
  change: (groups, key, before, after) => {
    const from = before && placeOf(before);
    const to = after && placeOf(after);
    if (typeof from === 'string' && from !== to) {
      const left = groups.get(from);
      left?.delete(key);
      if (left?.size === 0) groups.delete(from);
    }
    if (!after || typeof to !== 'string') return;
    const own = groups.get(to);
    if (own) own.set(key, after);
    else groups.set(to, new Map([[key, after]]));
  },
});

/** The node on which it holds a place. */
const placeOf = (pod: Pod): string | null => (hasEnded(pod) ? null : pod.node);
