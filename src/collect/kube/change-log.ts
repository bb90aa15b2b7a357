import type { TableChanges } from '../../domain/kube.ts';

/** See {@link TableChanges}; written by the table that it tells of. */
export type ChangeLog<T> = TableChanges<T> & {
  /** What was there, under the keys that have changed, before that revision of a table of that many objects. */
  readonly add: (
    revision: number,
    before: ReadonlyMap<string, T | undefined>,
    objects: number,
  ) => void;
};

type Step<T> = { readonly revision: number; readonly before: ReadonlyMap<string, T | undefined> };

/** So many keys are remembered of a small table; of a large one half as many as it has: reading it costs less then. */
const FEWEST_KEYS = 1000;
const SHARE = 0.5;

/** The changes of a table from that revision on. */
export function createChangeLog<T>(first: number): ChangeLog<T> {
  const steps: Step<T>[] = [];
  let from = first;
  let keys = 0;

  return {
    add: (revision, before, objects) => {
      steps.push({ revision, before });
      keys += before.size;
      const most = Math.max(FEWEST_KEYS, objects * SHARE);
      let dropped = 0;
      for (const step of steps) {
        if (keys <= most) break;
        keys -= step.before.size;
        from = step.revision;
        dropped += 1;
      }
      if (dropped > 0) steps.splice(0, dropped);
    },
    since: (revision) => {
      if (revision < from) return undefined;
      const later = steps.slice(steps.findLastIndex((step) => step.revision <= revision) + 1);
      const [only] = later;
      if (only && later.length === 1) return only.before;
      const all = new Map<string, T | undefined>();
      for (const { before } of later)
        for (const [key, object] of before) if (!all.has(key)) all.set(key, object);
      return all;
    },
  };
}
