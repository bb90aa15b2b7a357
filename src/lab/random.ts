/** A source of numbers from 0 up to 1; the same key gives the same numbers. */
export type Random = () => number;

/** FNV-1a, 32 bits. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** mulberry32, seeded by a text such as `7/omni1/etcd1/uuid`, so that each thing has numbers of its own. */
export function createRandom(key: string): Random {
  let state = hashText(key);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A number from low up to high. */
export const between = (random: Random, low: number, high: number): number =>
  low + (high - low) * random();

/** A whole number from low to high, both included. */
export const integerBetween = (random: Random, low: number, high: number): number =>
  Math.floor(between(random, low, high + 1));

/** Hexadecimal digits. */
export const hexDigits = (random: Random, count: number): string =>
  Array.from({ length: count }, () => Math.floor(random() * 16).toString(16)).join('');

/** A random (version 4) UUID. */
export function createUuid(random: Random): string {
  const variant = (8 + Math.floor(random() * 4)).toString(16);
  return `${hexDigits(random, 8)}-${hexDigits(random, 4)}-4${hexDigits(random, 3)}-${variant}${hexDigits(random, 3)}-${hexDigits(random, 12)}`;
}

/** A locally made MAC address of illumos: `2:8:20:43:4e:9c`, octets without leading zeros. */
export const createMac = (random: Random): string =>
  [
    '2',
    '8',
    '20',
    ...Array.from({ length: 3 }, () => integerBetween(random, 0, 255).toString(16)),
  ].join(':');
