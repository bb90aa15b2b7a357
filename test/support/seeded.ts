/** mulberry32: the same numbers for the same seed everywhere. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** So many seeds, the same in every run: from 1 on, or from LABTOP_SEED. */
export const seeds = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => Number(process.env['LABTOP_SEED'] ?? 1) + index);
