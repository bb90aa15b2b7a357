import type { Clock } from '../../../../src/collect/clock.ts';

export type FakeClock = Clock & {
  /** Moves time on; timers that become due run in their order. */
  readonly advance: (milliseconds: number) => void;
  /** Sets the wall clock alone, as sleep and ntp do. */
  readonly setForward: (milliseconds: number) => void;
  readonly timers: () => number;
  /** Milliseconds to the next timer; Infinity: there is none. */
  readonly untilNext: () => number;
};

type Entry = { readonly at: number; readonly callback: () => void };

export function createFakeClock(start = 1_000_000): FakeClock {
  let now = start;
  let ahead = 0;
  const entries = new Map<number, Entry>();
  let nextId = 1;
  const due = (until: number): [number, Entry] | undefined =>
    [...entries]
      .filter(([, { at }]) => at <= until)
      .sort(([idA, a], [idB, b]) => a.at - b.at || idA - idB)[0];
  return {
    now: () => now + ahead,
    monotonic: () => now,
    setTimeout: (callback, delayMs) => {
      const id = nextId++;
      entries.set(id, { at: now + delayMs, callback });
      return id;
    },
    clearTimeout: (timer) => {
      if (typeof timer === 'number') entries.delete(timer);
    },
    advance: (milliseconds) => {
      const until = now + milliseconds;
      for (let next = due(until); next !== undefined; next = due(until)) {
        const [id, entry] = next;
        entries.delete(id);
        now = Math.max(now, entry.at);
        entry.callback();
      }
      now = until;
    },
    setForward: (milliseconds) => {
      ahead += milliseconds;
    },
    timers: () => entries.size,
    untilNext: () => Math.min(...[...entries.values()].map(({ at }) => at - now)),
  };
}
