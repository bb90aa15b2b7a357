/** Observations that were at most as large as each bound, as a Prometheus histogram counts them; bounds rise. */
export type Histogram = readonly (readonly [upTo: number, count: number])[];

/** What was observed between two readings of the same histogram; all of it when it began anew in between. */
export function histogramSince(before: Histogram, after: Histogram): Histogram {
  const old = new Map(before);
  const hasFallen = after.some(([bound, count]) => count < (old.get(bound) ?? 0));
  return hasFallen ? after : after.map(([bound, count]) => [bound, count - (old.get(bound) ?? 0)]);
}

/**
 * The value that a share of the observations does not exceed, as `histogram_quantile` of Prometheus estimates it;
 * null without observations. What lies above the last bound counts as the last bound.
 */
export function quantile(histogram: Histogram, share: number): number | null {
  const total = histogram.at(-1)?.[1] ?? 0;
  if (!(total > 0)) return null;
  const rank = share * total;
  let [lower, below] = [0, 0];
  for (const [bound, count] of histogram) {
    if (count >= rank) {
      if (bound === Infinity) return lower;
      return count === below ? bound : lower + ((bound - lower) * (rank - below)) / (count - below);
    }
    [lower, below] = [bound, count];
  }
  return lower;
}
