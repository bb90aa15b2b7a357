/** Sorts what comes one by one, so that no step takes long. */
export type SlicedSort<T> = {
  readonly add: (item: T) => void;
  /** The sorted items; now and then yields how many it has moved since. */
  readonly finish: () => Generator<number, readonly T[], void>;
};

/** So many are sorted at once. */
const RUN = 512;
/** So many are moved between two yields. */
const STEP = 64;

/** Short runs are sorted as they come, and merged two by two in the end. */
export function createSlicedSort<T extends object>(compare: (a: T, b: T) => number): SlicedSort<T> {
  const runs: T[][] = [];
  let run: T[] = [];

  const endRun = (): void => {
    if (run.length > 0) runs.push(run.sort(compare));
    run = [];
  };

  function* merge(left: readonly T[], right: readonly T[]): Generator<number, T[], void> {
    const merged: T[] = [];
    let [atLeft, atRight] = [0, 0];
    for (;;) {
      const a = left[atLeft];
      const b = right[atRight];
      if (a !== undefined && (b === undefined || compare(a, b) <= 0)) {
        merged.push(a);
        atLeft += 1;
      } else if (b !== undefined) {
        merged.push(b);
        atRight += 1;
      } else return merged;
      if (merged.length % STEP === 0) yield STEP;
    }
  }

  return {
    add: (item) => {
      run.push(item);
      if (run.length === RUN) endRun();
    },
    *finish() {
      endRun();
      let level = runs;
      while (level.length > 1) {
        const next: T[][] = [];
        for (let index = 0; index < level.length; index += 2)
          next.push(yield* merge(level[index] ?? [], level[index + 1] ?? []));
        level = next;
      }
      return level[0] ?? [];
    },
  };
}

/** How many moves `finish` makes for so many items. */
export const sortMoves = (items: number): number =>
  items * Math.ceil(Math.log2(Math.max(1, Math.ceil(items / RUN))));
