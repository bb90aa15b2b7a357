import { createFold } from '../domain/fold.ts';
import type { KubeTable, Pod } from '../domain/kube.ts';

/** So many are kept for the case that some of them go. */
const KEPT_RESTARTED = 64;

type Restarted = {
  readonly top: Map<string, Pod>;
  /** A pod that is not among the top has at most so many. */
  others: number;
};

const takeRestarted = ({ top, others }: Restarted, key: string, pod: Pod): void => {
  if (pod.restarts > 0 && pod.restarts >= others) top.set(key, pod);
};

function keepTop(found: Restarted): void {
  if (found.top.size <= 2 * KEPT_RESTARTED) return;
  const sorted = byRestarts(found.top);
  for (const [key] of sorted.slice(KEPT_RESTARTED)) found.top.delete(key);
  found.others = sorted[KEPT_RESTARTED]?.[1].restarts ?? found.others;
}

const byRestarts = (pods: ReadonlyMap<string, Pod>): readonly (readonly [string, Pod])[] =>
  [...pods].toSorted(
    ([a, one], [b, other]) => other.restarts - one.restarts || (a < b ? -1 : Number(a > b)),
  );

const foldRestarted = createFold<Pod, Restarted>({
  empty: () => ({ top: new Map(), others: 0 }),
  change: (found, key, _before, after) => {
    found.top.delete(key);
    if (!after) return;
    takeRestarted(found, key, after);
    keepTop(found);
  },
});

/**
 * The `most` (up to 64) pods that were restarted most often, without those that never were. All pods are read again
 * only when too many of those that were on top are gone.
 */
export function mostRestarted(table: KubeTable<Pod>, most: number): readonly Pod[] {
  const found = foldRestarted(table);
  if (found.top.size < most && found.others > 0) {
    found.others = 0;
    for (const [key, pod] of table.byKey) {
      takeRestarted(found, key, pod);
      keepTop(found);
    }
  }
  return byRestarts(found.top)
    .slice(0, most)
    .map(([, pod]) => pod);
}
