import type { EpochMs } from '../domain/time.ts';

/** A span of the past of one series in equal parts. */
export type Past = {
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Mean of each part, weighted by the time that each sample stands for, oldest first; NaN where nothing is known. */
  readonly points: readonly number[];
  /** The extremes of all samples in the span, not of the means; NaN when there is none. */
  readonly min: number;
  readonly max: number;
};

/** A span whose parts are being filled. */
export type Stretches = {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly stepMs: number;
  readonly sums: Float64Array;
  readonly weights: Float64Array;
  min: number;
  max: number;
};

/** What rounding may leave of a whole multiple. */
const EPSILON = 1e-9;

/**
 * A span in `count` parts that contains `until`. Parts begin at whole multiples of their length, so that time passing
 * moves them as a whole, and a new sample changes the last one only.
 */
export function createStretches(spanMs: number, count: number, until: EpochMs): Stretches {
  const stepMs = spanMs / Math.max(1, count);
  const to = Math.ceil(until / stepMs - EPSILON) * stepMs;
  return {
    from: to - stepMs * count,
    to,
    stepMs,
    sums: new Float64Array(count),
    weights: new Float64Array(count),
    min: Infinity,
    max: -Infinity,
  };
}

/** Takes a value that was true from `start` to `end`; what lies outside the span, or is unknown, is left out. */
export function addStretch(
  stretches: Stretches,
  start: EpochMs,
  end: EpochMs,
  mean: number,
  low: number,
  high: number,
): void {
  const { from, to, stepMs, sums, weights } = stretches;
  const first = Math.max(start, from);
  const last = Math.min(end, to);
  if (Number.isNaN(mean) || last <= first) return;
  if (low < stretches.min) stretches.min = low;
  if (high > stretches.max) stretches.max = high;
  const until = Math.min(sums.length - 1, Math.ceil((last - from) / stepMs - EPSILON) - 1);
  for (let index = Math.max(0, Math.floor((first - from) / stepMs)); index <= until; index += 1) {
    const begin = from + index * stepMs;
    const weight = Math.min(last, begin + stepMs) - Math.max(first, begin);
    if (weight <= 0) continue;
    sums[index] = (sums[index] ?? 0) + mean * weight;
    weights[index] = (weights[index] ?? 0) + weight;
  }
}

export const finishStretches = ({ from, to, sums, weights, min, max }: Stretches): Past => ({
  from,
  to,
  points: Array.from(sums, (sum, index) => {
    const weight = weights[index] ?? 0;
    return weight === 0 ? Number.NaN : sum / weight;
  }),
  min: min === Infinity ? Number.NaN : min,
  max: max === -Infinity ? Number.NaN : max,
});
