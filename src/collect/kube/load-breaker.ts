import { bytes as bytesText } from '../../domain/format.ts';
import { resourceName } from '../../domain/watch.ts';
import type { WatchedResource } from '../../domain/watch.ts';
import { collectError, KubeError } from './kube-error.ts';
import type { KubeTiming } from './timing.ts';

/** Keeps what all live watches of a cluster cost within limits: the one that costs most pauses. */
export type LoadBreaker = {
  readonly meter: (watch: Pick<WatchedResource, 'group' | 'resource'>) => LoadMeter;
};

/** What one watch costs. */
export type LoadMeter = {
  /**
   * Tells of a piece of its stream, past the first list.
   * @throws {KubeError} `too-loud`: all cost too much, and this one most of it
   */
  readonly spent: (bytes: number, milliseconds: number) => void;
  /** How long it is to pause. */
  readonly pauseMs: () => number;
};

/** The window is looked at in so many slots, each time that one is over. */
const SLOTS = 5;
/** Each slot must be over this part of the limit: bursts that are far from each other are no load. */
const LEAST_PART = 0.5;
/** Who is too loud again within so many pauses pauses twice as long. */
const PROBATION = 5;

type Spending = { readonly slot: number; bytes: number; milliseconds: number };

type Meter = {
  readonly name: string;
  spendings: Spending[];
  trip: KubeError | undefined;
  pauseMs: number;
  pausedAt: number;
};

type Measure = 'bytes' | 'milliseconds';

/**
 * See {@link LoadBreaker}. Lists are not counted: how many objects there may be is a limit of its own, and how often they
 * are listed follows from the back-off.
 * @param now a monotonic clock in milliseconds
 */
export function createLoadBreaker(
  timing: Pick<KubeTiming, 'loadWindowMs' | 'loadBytesPerSecond' | 'loadShare' | 'pauseMs'>,
  now: () => number,
): LoadBreaker {
  const { loadWindowMs, pauseMs } = timing;
  const slotMs = loadWindowMs / SLOTS;
  const limits: Readonly<Record<Measure, number>> = {
    bytes: (timing.loadBytesPerSecond * loadWindowMs) / 1000,
    milliseconds: timing.loadShare * loadWindowMs,
  };
  /** Those that have cost something in the window. */
  const active = new Set<Meter>();
  let judged = slotOf();

  function slotOf(): number {
    return Math.floor(now() / slotMs);
  }

  /** What it has cost from that slot on, for so many slots. */
  const sum = ({ spendings }: Meter, measure: Measure, from: number, slots: number): number =>
    spendings.reduce(
      (total, spending) =>
        spending.slot >= from && spending.slot < from + slots ? total + spending[measure] : total,
      0,
    );

  function judge(slot: number): void {
    const from = slot - SLOTS;
    for (const meter of active) {
      meter.spendings = meter.spendings.filter((spending) => spending.slot >= from);
      if (meter.spendings.length === 0) active.delete(meter);
    }
    const meters = [...active];
    for (const measure of ['bytes', 'milliseconds'] as const) {
      const slots = Array.from({ length: SLOTS }, (_, index) =>
        meters.reduce((total, meter) => total + sum(meter, measure, from + index, 1), 0),
      );
      const all = slots.reduce((a, b) => a + b, 0);
      if (all <= limits[measure]) continue;
      if (Math.min(...slots) <= (limits[measure] / SLOTS) * LEAST_PART) continue;
      const cost = (meter: Meter): number => sum(meter, measure, from, SLOTS);
      const loudest = meters.reduce((a, b) => (cost(b) > cost(a) ? b : a));
      trip(loudest, measure, cost(loudest));
      // The next judgement needs a whole window without it.
      for (const meter of meters) meter.spendings = [];
      return;
    }
  }

  function trip(meter: Meter, measure: Measure, cost: number): void {
    const at = now();
    const [first, cap] = pauseMs;
    const isAgain = at - meter.pausedAt < meter.pauseMs * (1 + PROBATION);
    meter.pauseMs = isAgain ? Math.min(cap, meter.pauseMs * 2) : first;
    meter.pausedAt = at;
    const seconds = loadWindowMs / 1000;
    const what =
      measure === 'bytes'
        ? `send ${bytesText(cost / seconds)}/s, all more than ${bytesText(timing.loadBytesPerSecond)}/s`
        : `cost ${Math.round((cost / loadWindowMs) * 100)}% of a processor, all more than ${Math.round(timing.loadShare * 100)}%`;
    meter.trip = new KubeError(
      collectError(
        'too-loud',
        `changes of ${meter.name} ${what} for ${seconds} s: counted only for ${meter.pauseMs / 1000} s`,
        `find out what changes ${meter.name} so often`,
      ),
    );
  }

  return {
    meter: (watch) => {
      const own: Meter = {
        name: resourceName(watch),
        spendings: [],
        trip: undefined,
        pauseMs: 0,
        pausedAt: -Infinity,
      };
      return {
        spent: (bytes, milliseconds) => {
          const slot = slotOf();
          if (slot !== judged) {
            judged = slot;
            judge(slot);
          }
          active.add(own);
          const last = own.spendings.at(-1);
          if (last?.slot === slot) {
            last.bytes += bytes;
            last.milliseconds += milliseconds;
          } else own.spendings.push({ slot, bytes, milliseconds });
          const { trip: found } = own;
          own.trip = undefined;
          if (found) throw found;
        },
        pauseMs: () => own.pauseMs,
      };
    },
  };
}
