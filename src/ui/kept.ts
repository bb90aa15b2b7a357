import { changesIn, lasting } from '../domain/lasting.ts';
import type { EpochMs } from '../domain/time.ts';

/**
 * What `make` makes, or what it made before under that name: as long as every input is the same and no time that it
 * told of has passed. `settle` chooses between what was and what is new when it may say the same: what keeps its
 * identity is not painted again.
 */
export type Keep = <T>(
  name: string,
  inputs: readonly unknown[],
  make: () => T,
  settle?: (before: T, after: T) => T,
) => T;

/** Remembers what was worked out from frame to frame. */
export type Keeper = {
  /** A frame begins at that time. */
  readonly begin: (now: EpochMs) => void;
  readonly keep: Keep;
};

type Entry = {
  readonly inputs: readonly unknown[];
  readonly value: unknown;
  readonly at: EpochMs;
  readonly until: EpochMs;
  usedIn: number;
};

/** Names that were not asked for in so many frames are forgotten. */
const FORGET_FRAMES = 64;
/** Everything is made anew after this, even if nothing tells of a change. */
const LONGEST_MS = 60_000;

/** Keeps nothing. */
export const makeAnew: Keep = (_name, _inputs, make) => make();

export function createKeeper(): Keeper {
  const entries = new Map<string, Entry>();
  let frame = 0;
  let present: EpochMs = 0;

  const holds = (entry: Entry, inputs: readonly unknown[]): boolean => {
    if (present < entry.at || present >= entry.until) return false;
    const { length } = inputs;
    if (entry.inputs.length !== length) return false;
    for (let index = 0; index < length; index += 1)
      if (entry.inputs[index] !== inputs[index]) return false;
    return true;
  };

  return {
    begin: (now) => {
      present = now;
      frame += 1;
      if (frame % FORGET_FRAMES !== 0) return;
      for (const [name, { usedIn }] of entries)
        if (usedIn <= frame - FORGET_FRAMES) entries.delete(name);
    },
    keep: <T>(
      name: string,
      inputs: readonly unknown[],
      make: () => T,
      settle?: (before: T, after: T) => T,
    ): T => {
      const known = entries.get(name);
      if (known && holds(known, inputs)) {
        known.usedIn = frame;
        changesIn(known.until - present);
        // The same name makes the same kind of thing.
        return known.value as T;
      }
      const { result, ms } = lasting(make);
      const until = present + Math.min(ms, LONGEST_MS);
      const value = known && settle ? settle(known.value as T, result) : result;
      entries.set(name, { inputs, value, at: present, until, usedIn: frame });
      return value;
    },
  };
}
