import { between, type Random } from '../random.ts';

/**
 * A rate over time in a closed form, so that its running sum at any instant is known without a timer and without
 * regard to when it was read before. Amplitudes are fractions of the mean; their sum stays under 1: a sum only rises.
 */
export type Curve = {
  /** Units per second. */
  readonly mean: number;
  readonly waves: readonly Wave[];
  /** Extra units per second at the start, fading out. */
  readonly burst: number;
  readonly burstSeconds: number;
};
export type Wave = {
  readonly amplitude: number;
  readonly periodSeconds: number;
  readonly phase: number;
};

/** A running sum: what was counted before `since`, and the curve that counts from then on. */
export type Meter = { readonly base: number; readonly since: number; readonly curve: Curve };

const TURN = 2 * Math.PI;

/** A curve with slow, middle and fast waves whose phases come from the seed. */
export function createCurve(random: Random, mean: number, restless = 1): Curve {
  const wave = (amplitude: number, low: number, high: number): Wave => ({
    amplitude: amplitude * restless,
    periodSeconds: between(random, low, high),
    phase: between(random, 0, TURN),
  });
  return {
    mean,
    waves: [wave(0.35, 1800, 5400), wave(0.25, 120, 400), wave(0.2, 15, 45)],
    burst: 0,
    burstSeconds: 1,
  };
}

/** The rate at a time after the start of the curve. */
export function rateAt(curve: Curve, seconds: number): number {
  const waves = curve.waves.reduce(
    (sum, wave) =>
      sum + wave.amplitude * Math.sin((TURN * seconds) / wave.periodSeconds + wave.phase),
    1,
  );
  return curve.mean * waves + curve.burst * Math.exp(-seconds / curve.burstSeconds);
}

/** The sum counted from the start of the curve. */
export function sumAt(curve: Curve, seconds: number): number {
  if (seconds <= 0) return 0;
  let sum = seconds;
  for (const wave of curve.waves) {
    const turn = TURN / wave.periodSeconds;
    sum += (wave.amplitude / turn) * (Math.cos(wave.phase) - Math.cos(turn * seconds + wave.phase));
  }
  return (
    curve.mean * sum +
    curve.burst * curve.burstSeconds * (1 - Math.exp(-seconds / curve.burstSeconds))
  );
}

export const startMeter = (curve: Curve, nowMs: number): Meter => ({
  base: 0,
  since: nowMs,
  curve,
});
export const readMeter = (meter: Meter, nowMs: number): number =>
  meter.base + sumAt(meter.curve, (nowMs - meter.since) / 1000);
export const meterRate = (meter: Meter, nowMs: number): number =>
  rateAt(meter.curve, Math.max(0, nowMs - meter.since) / 1000);
/**
 * Splits a whole sum into parts by integer weights. The parts add up to the sum exactly,
 * and none of them falls while the sum rises.
 */
export function splitSum(sum: number, weights: readonly number[]): readonly number[] {
  const slots = weights.reduce((total, weight) => total + weight, 0);
  let slot = 0;
  return weights.map((weight) => {
    let part = 0;
    for (const end = slot + weight; slot < end; slot += 1) part += Math.floor((sum + slot) / slots);
    return part;
  });
}
