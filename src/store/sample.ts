import type { Ref } from '../domain/ref.ts';

/** One value of one series; null is not known, and no sample. */
export type Sample = readonly [ref: Ref, name: string, value: number | null];
