import type { KubeTable, Pod } from '../domain/kube.ts';

export type PodCounts = {
  readonly total: number;
  readonly running: number;
  /** Pods that have ended well. */
  readonly ended: number;
  /** Pods that neither run with all their containers nor have ended well, in the order of the table. */
  readonly failing: readonly Pod[];
};

const cache = new WeakMap<KubeTable<Pod>, PodCounts>();

/** Counted once per revision of the table. */
export function countPods(table: KubeTable<Pod>): PodCounts {
  let counts = cache.get(table);
  if (!counts) {
    let running = 0;
    let ended = 0;
    const failing: Pod[] = [];
    for (const pod of table.byKey.values()) {
      if (pod.phase === 'Running') running += 1;
      if (pod.phase === 'Succeeded') ended += 1;
      if (isFailing(pod)) failing.push(pod);
    }
    counts = { total: table.byKey.size, running, ended, failing };
    cache.set(table, counts);
  }
  return counts;
}

/** As kubectl prints a pod that is on its way: `Init:1/2` too. */
const STARTING = /^(?:Pending|ContainerCreating|PodInitializing|Init:\d+\/\d+)$/;

/** A pod that is being made or ended is not failing. */
function isFailing({ phase, status, readyContainers, totalContainers }: Pod): boolean {
  if (phase === 'Succeeded' || status === 'Completed' || status === 'Terminating') return false;
  if (phase === 'Failed' || phase === 'Unknown') return true;
  if (phase === 'Running') return readyContainers < totalContainers || status !== 'Running';
  return !STARTING.test(status);
}
