/** Every duration of the watch layer, in milliseconds unless the name says otherwise. */
export type KubeTiming = {
  /** Limit of one TCP and TLS handshake. */
  readonly connectMs: number;
  /** Limit until the headers of an answer. */
  readonly headersMs: number;
  /** A stream without a byte for this long is broken; a healthy watch brings a bookmark each minute. */
  readonly silenceMs: number;
  /** Limit of one heart-beat. */
  readonly heartbeatLimitMs: number;
  /** Connected, but nothing came for this long: frozen. */
  readonly frozenMs: number;
  /** First wait after a failure; it doubles up to the cap. */
  readonly backoffMs: number;
  readonly backoffCapMs: number;
  /** A stream that lived this long was a good one: the next failure starts at the first wait again. */
  readonly settledMs: number;
  /** A stream that ends sooner than this without a line was not served. */
  readonly shortStreamMs: number;
  /** How often a kind over its cap is counted, and a kind that is absent asked for. */
  readonly recountMs: number;
  /** How often a kind is asked for again after 401 or 403. */
  readonly deniedMs: number;
  /** How often the objects of a resource are counted, and how often those of one that is large or grows. */
  readonly countMs: number;
  readonly countOftenMs: number;
  /** Between two counts. */
  readonly countGapMs: number;
  /** Growth is measured over so long; counts nearer to each other than the first tell nothing of a minute. */
  readonly growthMs: readonly [from: number, to: number];
  /** How often the server is asked what it serves. */
  readonly discoveryMs: number;
  /** How soon it is asked again when something tells that this has changed. */
  readonly rediscoverMs: number;
  /** After an outage every kind waits a random part of this, so that not all lists start at once. */
  readonly spreadMs: number;
  /** Parsing longer than this yields to the event loop. */
  readonly yieldMs: number;
  /** What all live watches together may cost for so long: bytes a second, and the share of one processor. */
  readonly loadWindowMs: number;
  readonly loadBytesPerSecond: number;
  readonly loadShare: number;
  /** How long the watch that costs most pauses then, the first time and at most. */
  readonly pauseMs: readonly [first: number, cap: number];
  /** Limit of a credential plugin of the kubeconfig. */
  readonly pluginMs: number;
  /** Bounds of `timeoutSeconds` of a watch, in seconds; the server ends it cleanly after that. */
  readonly watchSeconds: readonly [from: number, to: number];
};

/** Back-off, page and watch times are those of client-go's reflector. */
export const defaultTiming: KubeTiming = {
  connectMs: 5_000,
  headersMs: 15_000,
  silenceMs: 90_000,
  heartbeatLimitMs: 5_000,
  frozenMs: 15_000,
  backoffMs: 800,
  backoffCapMs: 30_000,
  settledMs: 5_000,
  shortStreamMs: 1_000,
  recountMs: 60_000,
  deniedMs: 300_000,
  countMs: 60_000,
  countOftenMs: 10_000,
  countGapMs: 20,
  growthMs: [2_000, 120_000],
  discoveryMs: 600_000,
  rediscoverMs: 2_000,
  spreadMs: 5_000,
  yieldMs: 8,
  loadWindowMs: 30_000,
  loadBytesPerSecond: 2 * 2 ** 20,
  loadShare: 0.25,
  pauseMs: [60_000, 960_000],
  pluginMs: 30_000,
  watchSeconds: [300, 600],
};
