import type { Ref } from '../domain/ref.ts';

/** Takes one value of one series; null is not known, and no sample. */
export type PutSample = (ref: Ref, name: string, value: number | null) => void;
