import type { EpochMs } from '../domain/time.ts';

/** How something fills, as its past tells. */
export type Forecast = {
  readonly bytesPerDay: number;
  /** When nothing is left at that slope; null: it does not fill, or takes more than ten years. */
  readonly fullAt: EpochMs | null;
};

/** A span of the past in equal parts; NaN where nothing is known. */
type PastLike = {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly points: readonly number[];
};

const DAY_MS = 86_400_000;
const HORIZON_MS = 3650 * DAY_MS;
/** A slope over less than this says nothing of the days to come. */
const LEAST_SPAN_MS = 3_600_000;
const LEAST_POINTS = 4;

/** The slope by least squares over what is known; null when that is too little. */
export function forecastFull(past: PastLike, sizeBytes: number, now: EpochMs): Forecast | null {
  const step = (past.to - past.from) / past.points.length;
  const known = past.points.flatMap((bytes, index) =>
    Number.isNaN(bytes) ? [] : [{ at: past.from + (index + 0.5) * step, bytes }],
  );
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last || known.length < LEAST_POINTS || last.at - first.at < LEAST_SPAN_MS)
    return null;
  const meanAt = known.reduce((sum, { at }) => sum + at, 0) / known.length;
  const meanBytes = known.reduce((sum, { bytes }) => sum + bytes, 0) / known.length;
  let [above, below] = [0, 0];
  for (const { at, bytes } of known) {
    above += (at - meanAt) * (bytes - meanBytes);
    below += (at - meanAt) ** 2;
  }
  const slope = above / below;
  const left = Math.max(0, sizeBytes - last.bytes);
  const takes = slope > 0 ? left / slope : Number.POSITIVE_INFINITY;
  return {
    bytesPerDay: slope * DAY_MS,
    fullAt: takes > HORIZON_MS ? null : now + takes,
  };
}
