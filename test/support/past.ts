import { addStretch, createStretches, finishStretches } from '../../src/store/past.ts';
import type { Past } from '../../src/store/past.ts';

/** A past whose parts have the values that `value` gives for their places, oldest first; NaN is a gap. */
export function pastOf(
  spanMs: number,
  count: number,
  now: number,
  value: (index: number, count: number) => number,
): Past {
  const stretches = createStretches(spanMs, count, now);
  const { from, stepMs } = stretches;
  for (let index = 0; index < count; index += 1) {
    const each = value(index, count);
    addStretch(stretches, from + index * stepMs, from + (index + 1) * stepMs, each, each, each);
  }
  return finishStretches(stretches);
}
