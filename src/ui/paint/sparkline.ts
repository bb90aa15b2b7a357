const BARS = '▁▂▃▄▅▆▇█';
const GAP = '┄';

/**
 * One cell per sample, the newest at the right; a sample that is missing is a gap, never a zero.
 * @param ceiling the value of a full bar at least; higher samples raise it.
 */
export function sparkline(samples: ArrayLike<number>, width: number, ceiling: number): string {
  let top = ceiling;
  for (let index = 0; index < samples.length; index += 1) {
    const value = samples[index] ?? Number.NaN;
    if (value > top) top = value;
  }
  let out = GAP.repeat(Math.max(0, width - samples.length));
  const start = Math.max(0, samples.length - width);
  for (let index = start; index < samples.length; index += 1) {
    const value = samples[index] ?? Number.NaN;
    out += Number.isNaN(value)
      ? GAP
      : (BARS[Math.max(0, Math.min(BARS.length - 1, Math.floor((value / top) * BARS.length)))] ??
        GAP);
  }
  return out;
}
