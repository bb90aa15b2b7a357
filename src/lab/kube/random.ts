import { createHash } from 'node:crypto';

/** A seeded source of numbers: the same seed gives the same lab. */
export type Random = {
  /** A number in [0, 1). */
  readonly next: () => number;
  /** A whole number in [0, below). */
  readonly integer: (below: number) => number;
  readonly pick: <T>(choices: readonly [T, ...T[]]) => T;
};

/** Mulberry32: 32 bits of state are plenty for names and waiting times. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const integer = (below: number): number => Math.floor(next() * below);
  return { next, integer, pick: (choices) => choices[integer(choices.length)] ?? choices[0] };
}

/** 32 bits of a hash of the text: for stable choices that must not disturb the sequence. */
export function hash32(text: string): number {
  return createHash('sha1').update(text).digest().readUInt32BE(0);
}

/** A version 4 UUID that depends only on the text. */
export function uuidOf(text: string): string {
  const bytes = createHash('sha1').update(text).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map(([from, to]) => hex.slice(from, to))
    .join('-');
}

/** Letters that Kubernetes uses in generated names: no vowels, so that no words appear. */
const NAME_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** A name suffix such as `x7k2p`, as `generateName` and pod template hashes have it. */
export function suffixOf(text: string, length: number): string {
  const bytes = createHash('sha1').update(text).digest();
  let suffix = '';
  for (let index = 0; index < length; index++) {
    suffix += NAME_LETTERS.charAt(bytes.readUInt8(index % 20) % NAME_LETTERS.length);
  }
  return suffix;
}
