import type { Ref } from '../../domain/ref.ts';
import type { Model } from '../model.ts';

/** The topmost eighth of a cell stays free, so that bars of neighbouring rows do not grow together. */
const BARS = '▁▂▃▄▅▆▇';
const GAP = '┄';

/** How far a sparkline looks back, whatever its width. */
const SPAN_MS = 300_000;
/** A steady rate does not fill its bars, so that what comes on top of it is seen. */
const HEADROOM = 1.2;
/** Rates below this many bytes per second are drawn flat. */
const QUIET_RATE = 16 * 1024;

/** One cell per point, the newest at the right; a point that is missing is a gap, never a zero. */
export function sparkline(points: ArrayLike<number>, ceiling: number): string {
  let out = '';
  for (let index = 0; index < points.length; index += 1) {
    const value = points[index] ?? Number.NaN;
    const level = Math.min(BARS.length - 1, Math.floor((value / ceiling) * BARS.length));
    out += Number.isNaN(value) ? GAP : (BARS[Math.max(0, level)] ?? GAP);
  }
  return out;
}

/** The last five minutes of a percentage: a full bar is 100 %, or the double, or its double of that … */
export function percentSpark(model: Model, ref: Ref, name: string, width: number): string {
  const { points, max } = recent(model, ref, name, width);
  return sparkline(points, doubled(max, 100));
}

/** The last five minutes of a rate in bytes per second: a full bar is a power of two above its highest. */
export function rateSpark(model: Model, ref: Ref, name: string, width: number): string {
  const { points, max } = recent(model, ref, name, width);
  return sparkline(points, doubled(max * HEADROOM, QUIET_RATE));
}

const recent = ({ past, now }: Model, ref: Ref, name: string, width: number) =>
  past(ref, name, SPAN_MS, Math.max(0, width), now);

/** The smallest doubling of `least` that is not below. */
const doubled = (value: number, least: number): number =>
  value > least ? least * 2 ** Math.ceil(Math.log2(value / least)) : least;
