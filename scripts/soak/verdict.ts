/** What the process holds at one moment. */
export type Reading = {
  /** Seconds since the begin. */
  readonly at: number;
  /** After a collection of garbage, without compiled code. */
  readonly heapMb: number;
  /** Samples of the past: they have a budget of their own. */
  readonly historyMb: number;
  readonly rssMb: number;
  /** Open to all hosts. */
  readonly channels: number;
  readonly processes: number;
  /** null where the system has no /proc. */
  readonly files: number | null;
  readonly timers: number;
};

/** In a shorter run growth and warm-up are not told apart. */
const LEAST_SECONDS = 600;
/** A heap that has gained less than this since the middle of the run is at rest. */
const BREATH_MB = 0.5;

const DAY_SECONDS = 86_400;

const COUNTS = [
  ['channels', ({ channels }: Reading) => channels],
  ['processes', ({ processes }: Reading) => processes],
  ['open files', ({ files }: Reading) => files ?? 0],
  ['timers', ({ timers }: Reading) => timers],
] as const;

/**
 * What has grown, in words; empty: nothing. What is at its least in the last third of a run still above what it ever was
 * before does not come back.
 */
export function grown(readings: readonly Reading[]): readonly string[] {
  const third = Math.floor(readings.length / 3);
  if (third < 1 || (readings.at(-1)?.at ?? 0) < LEAST_SECONDS) return [];
  const [before, after] = [readings.slice(0, -third), readings.slice(-third)];
  const edges = (pick: (reading: Reading) => number): readonly [most: number, least: number] => [
    Math.max(...before.map(pick)),
    Math.min(...after.map(pick)),
  ];
  const middle = readings[Math.floor(readings.length / 2)];
  const [mostHeap, leastHeap] = edges(({ heapMb }) => heapMb);
  const heap =
    leastHeap > mostHeap && leastHeap > (middle?.heapMb ?? 0) + BREATH_MB
      ? [
          `the heap grows: ${mostHeap.toFixed(1)} MB at most, then never below ${leastHeap.toFixed(1)} MB`,
        ]
      : [];
  return [
    ...heap,
    ...COUNTS.flatMap(([what, pick]) => {
      const [most, least] = edges(pick);
      return least > most ? [`${what} grow: ${most} at most, then never below ${least}`] : [];
    }),
  ];
}

/** MB a day. */
export type Slope = { readonly perDay: number; readonly standardError: number };

/** By least squares over all but the first third; null: too few. */
export function heapSlope(readings: readonly Reading[]): Slope | null {
  const later = readings.slice(Math.floor(readings.length / 3));
  if (later.length < 3) return null;
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanAt, meanHeap] = [
    mean(later.map(({ at }) => at)),
    mean(later.map(({ heapMb }) => heapMb)),
  ];
  let [products, squares] = [0, 0];
  for (const { at, heapMb } of later) {
    products += (at - meanAt) * (heapMb - meanHeap);
    squares += (at - meanAt) ** 2;
  }
  if (squares === 0) return null;
  const slope = products / squares;
  const rest = later.reduce(
    (sum, { at, heapMb }) => sum + (heapMb - meanHeap - slope * (at - meanAt)) ** 2,
    0,
  );
  const standardError = Math.sqrt(rest / (later.length - 2) / squares);
  return { perDay: slope * DAY_SECONDS, standardError: standardError * DAY_SECONDS };
}
