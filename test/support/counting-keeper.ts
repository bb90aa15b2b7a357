import { createKeeper } from '../../src/ui/kept.ts';
import type { Keeper } from '../../src/ui/kept.ts';

/** A keeper that counts what it has to make because something has changed. */
export type CountingKeeper = Keeper & {
  /** The names of what was made since the last call, in their order. */
  readonly take: () => readonly string[];
};

export function createCountingKeeper(): CountingKeeper {
  const { begin, keep } = createKeeper();
  let made: string[] = [];
  return {
    begin,
    keep: (name, inputs, make, settle) =>
      keep(
        name,
        inputs,
        () => {
          made.push(name);
          return make();
        },
        settle,
      ),
    take: () => {
      const taken = made;
      made = [];
      return taken;
    },
  };
}
