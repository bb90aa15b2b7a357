import { createFold } from './fold.ts';
import type { KubeTable, Pod } from './kube.ts';

/** Whether all its containers have ended for good: it holds no place on its node any more. */
export const hasEnded = ({ phase }: Pod): boolean => phase === 'Succeeded' || phase === 'Failed';

/** Pods by their keys, in groups. */
export type PodGroups = ReadonlyMap<string, ReadonlyMap<string, Pod>>;

/** Groups of pods that follow the table from revision to revision, and are changed in place like the table itself. */
const groupPods = (groupOf: (pod: Pod) => string | null): ((table: KubeTable<Pod>) => PodGroups) =>
  createFold<Pod, Map<string, Map<string, Pod>>>({
    empty: () => new Map(),
    change: (groups, key, before, after) => {
      const from = before && groupOf(before);
      const to = after && groupOf(after);
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

/** The pods of a cluster by their node, without those that have ended. */
export const podsByNode = groupPods((pod) => (hasEnded(pod) ? null : pod.node));

/** The pods of a cluster by their workload, those that have ended among them: `namespace/Deployment/web`. */
export const podsByWorkload = groupPods(({ namespace, workload }) =>
  workload === null ? null : `${namespace}/${workload}`,
);
