/**
 * Numbers from 0 on in 16 bits: the exponent of a Float32 cut to six bits (2^-14 to 2^50, half a petabyte), ten bits of
 * its fraction. Rounding moves a number by a two-thousandth of itself at most, less than a chart or a table shows;
 * whole numbers up to 2048 are exact. What is larger is the largest, what is smaller than 2^-14 is 0, what is negative or
 * no number is none (NaN).
 */
const DROPPED_BITS = 13;
const HALF = 1 << (DROPPED_BITS - 1);
/** 2^-14, whose exponent has a bias of 127 in a Float32, becomes 1: 0 is none of them. */
const OFFSET = ((127 - 14) << 10) - 1;
const MOST = 0xfffe;

/** Stands for no number. */
export const NO_NUMBER = 0xffff;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

export function toShort(value: number): number {
  if (!(value >= 0)) return NO_NUMBER;
  // -0 becomes 0.
  float[0] = value + 0;
  const short = (((bits[0] ?? 0) + HALF) >>> DROPPED_BITS) - OFFSET;
  return short <= 0 ? 0 : Math.min(short, MOST);
}

export function fromShort(short: number): number {
  if (short === 0) return 0;
  if (short === NO_NUMBER) return Number.NaN;
  bits[0] = (short + OFFSET) << DROPPED_BITS;
  return float[0] ?? Number.NaN;
}
