/** Memory that several rings share. */
export type RingBudget = { used: number; readonly limit: number };

/** The newest samples of one series, by tick: a number that rises by one per sample or gap. */
export type Ring = {
  /** Ticks that were left out become NaN. A tick that is not newer than the last one is ignored. */
  readonly put: (tick: number, value: number) => void;
  /** The `points` samples that end with the tick `end`, oldest first; NaN where there is none. */
  readonly last: (end: number, points: number) => Float32Array;
  /** Forgets all samples and gives the memory back. */
  readonly clear: () => void;
};

const FIRST_POINTS = 32;
const POINT_BYTES = Float32Array.BYTES_PER_ELEMENT;
/** Growth ends before the budget does, so that things that appear later can still be shown. */
const GROWTH_SHARE = 7 / 8;

/**
 * A ring of at most `capacity` samples. Its memory doubles as it fills; when the budget is used up it keeps the
 * size it has, and a ring that has none yet keeps nothing.
 */
export function createRing(capacity: number, budget: RingBudget): Ring {
  let buffer = new Float32Array(0);
  let first = 0;
  let end = -1;

  function grow(): void {
    const limit = buffer.length === 0 ? budget.limit : budget.limit * GROWTH_SHARE;
    const length = Math.min(capacity, Math.max(FIRST_POINTS, buffer.length * 2));
    const more = (length - buffer.length) * POINT_BYTES;
    if (more <= 0 || budget.used + more > limit) return;
    budget.used += more;
    const larger = new Float32Array(length);
    for (let tick = first; tick <= end; tick += 1)
      larger[tick % length] = buffer[tick % buffer.length] ?? Number.NaN;
    buffer = larger;
  }

  return {
    put: (tick, value) => {
      const isEmpty = end < first;
      if (!isEmpty && tick <= end) return;
      if (isEmpty || tick - end >= capacity) {
        first = tick;
        end = tick - 1;
      }
      while (tick - first >= buffer.length) {
        const { length } = buffer;
        grow();
        if (buffer.length === length) break;
      }
      if (buffer.length === 0) {
        first = tick;
        end = tick - 1;
        return;
      }
      for (let gap = Math.max(end + 1, tick - buffer.length + 1); gap < tick; gap += 1)
        buffer[gap % buffer.length] = Number.NaN;
      buffer[tick % buffer.length] = value;
      end = tick;
      first = Math.max(first, tick - buffer.length + 1);
    },
    last: (until, points) =>
      Float32Array.from({ length: points }, (_, index) => {
        const tick = until - points + 1 + index;
        return tick >= first && tick <= end
          ? (buffer[tick % buffer.length] ?? Number.NaN)
          : Number.NaN;
      }),
    clear: () => {
      budget.used -= buffer.length * POINT_BYTES;
      buffer = new Float32Array(0);
      first = 0;
      end = -1;
    },
  };
}
