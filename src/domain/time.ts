/** Milliseconds since the epoch, by the console's own clock. */
export type EpochMs = number;
