import type { FeedName } from '../domain/inventory.ts';
import type { HostObserver, QuestionCost } from '../domain/observer.ts';
import type { LinkCost } from '../domain/transport.ts';

type Sample = { readonly at: number; readonly cost: LinkCost };

const WINDOW_MS = 300_000;
/** Two samples closer than this are one. */
const STEP_MS = 30_000;
/** A shorter time gives no rate. */
const LEAST_SECONDS = 1;

export type CostReader = (
  cost: LinkCost,
  /** Monotonic, milliseconds. */
  now: number,
  clockSkewMs: number | null,
  questions: ReadonlyMap<FeedName, QuestionCost>,
) => HostObserver;

/** Makes rates of the running sums of a link, over the last five minutes. */
export function createCostReader(): CostReader {
  let samples: readonly Sample[] = [];
  return (cost, now, clockSkewMs, questions) => {
    const last = samples.at(-1);
    if (last === undefined || now - last.at >= STEP_MS) samples = [...samples, { at: now, cost }];
    // The newest of those that are too old stays: it is where the window begins.
    while ((samples[1]?.at ?? now) <= now - WINDOW_MS) samples = samples.slice(1);
    const first = samples[0];
    const seconds = first === undefined ? 0 : (now - first.at) / 1000;
    const perSecond = (pick: (cost: LinkCost) => number | null): number | null => {
      const before = first === undefined ? null : pick(first.cost);
      const present = pick(cost);
      return before === null || present === null || seconds < LEAST_SECONDS
        ? null
        : (present - before) / seconds;
    };
    const forks = perSecond(({ forks }) => forks);
    const cpu = perSecond(({ cpuSeconds }) => cpuSeconds);
    return {
      transport: cost.transport,
      roundTripMs: cost.roundTripMs,
      receivedBytesPerSecond: perSecond(({ receivedBytes }) => receivedBytes),
      sentBytesPerSecond: perSecond(({ sentBytes }) => sentBytes),
      forksPerMinute: forks === null ? null : forks * 60,
      cpuPercent: cpu === null ? null : cpu * 100,
      channels: cost.channels,
      reconnects: cost.reconnects,
      clockSkewMs,
      questions,
    };
  };
}
