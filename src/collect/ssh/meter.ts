/** Counts what watching one host costs, over all its connections. */
export type Meter = {
  /** Processes were started on the host, shells among them. */
  readonly forks: (count: number) => void;
  readonly cpuSeconds: (seconds: number) => void;
  readonly roundTrip: (milliseconds: number) => void;
  readonly total: () => MeterTotal;
};

export type MeterTotal = {
  readonly forks: number;
  /** null: no shell has told. */
  readonly cpuSeconds: number | null;
  /** The mean of the latest; null before the first. */
  readonly roundTripMs: number | null;
};

/** How much the newest counts in the mean. */
const NEWEST = 0.2;

export function createMeter(): Meter {
  let forks = 0;
  let cpuSeconds: number | null = null;
  let roundTripMs: number | null = null;
  return {
    forks: (count) => {
      forks += count;
    },
    cpuSeconds: (seconds) => {
      cpuSeconds = (cpuSeconds ?? 0) + seconds;
    },
    roundTrip: (milliseconds) => {
      roundTripMs =
        roundTripMs === null ? milliseconds : roundTripMs + (milliseconds - roundTripMs) * NEWEST;
    },
    total: () => ({ forks, cpuSeconds, roundTripMs }),
  };
}
