/** Memory that several rings share. */
export type RingBudget = { used: number; readonly limit: number };

/** The newest samples of one series, by tick: a number that rises by one per sample or gap. */
export type Ring = {
  /** Ticks that were left out become NaN. A tick that is not newer than the last one is ignored. */
  readonly put: (tick: number, value: number) => void;
  /** The `points` samples that end with the tick `end`, oldest first; NaN where there is none. */
  readonly last: (end: number, points: number) => Float32Array;
  /** The sample of a tick; NaN when there is none. */
  readonly at: (tick: number) => number;
  /** The oldest tick that is kept; Infinity while there is none. */
  readonly first: () => number;
  /** Forgets all samples and gives the memory back. */
  readonly clear: () => void;
};

const FIRST_POINTS = 32;
const POINT_BYTES = Float32Array.BYTES_PER_ELEMENT;
/**
 * A ring of at most `capacity` samples. Its memory doubles as it fills, until all rings together use `growthShare` of
 * the budget: growth ends before the budget does, so that things that appear later can still be shown. Then it keeps
 * the size it has; a ring that has none yet gets its first memory as long as there is any, else it keeps nothing.
 */
export function createRing(capacity: number, budget: RingBudget, growthShare = 7 / 8): Ring {
  let buffer = new Float32Array(0);
  let first = 0;
  let end = -1;

  function grow(): void {
    const limit = buffer.length === 0 ? budget.limit : budget.limit * growthShare;
    const length = Math.min(capacity, Math.max(FIRST_POINTS, buffer.length * 2));
    const more = (length - buffer.length) * POINT_BYTES;
    if (more <= 0 || budget.used + more > limit) return;
    budget.used += more;
    const larger = new Float32Array(length);
    for (let tick = first; tick <= end; tick += 1)
      larger[tick % length] = buffer[tick % buffer.length] ?? Number.NaN;
    buffer = larger;
  }

  const at = (tick: number): number =>
    tick >= first && tick <= end ? (buffer[tick % buffer.length] ?? Number.NaN) : Number.NaN;

  return {
    at,
    first: () => (end < first ? Infinity : first),
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
      Float32Array.from({ length: points }, (_, index) => at(until - points + 1 + index)),
    clear: () => {
      budget.used -= buffer.length * POINT_BYTES;
      buffer = new Float32Array(0);
      first = 0;
      end = -1;
    },
  };
}
