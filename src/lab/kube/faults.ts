import { setTimeout as sleep } from 'node:timers/promises';
import type { WatchStream } from './watch-stream.ts';

/** A rule by which requests are answered with an error instead of being served. */
export type ResponseRule = {
  readonly status: number;
  /** Only requests whose path starts with it; all when absent. */
  readonly path?: string;
  readonly method?: string;
  /** How many requests; until it is cleared when absent. */
  readonly count?: number;
  readonly retryAfterSeconds?: number;
  readonly message?: string;
  /** Sent instead of a Status body, as `text/html`: what a proxy answers. */
  readonly html?: string;
};

/** A right that is missing. */
export type Denial = {
  /** `pods`, `leases.coordination.k8s.io`; all when absent. */
  readonly resource?: string;
  readonly namespace?: string;
  readonly verbs?: readonly string[];
  readonly status: 401 | 403;
};

/** Takes back what a call brought about. */
export type Undo = () => void;

/** What can go wrong with an API server instance, settable while it runs. */
export type Faults = {
  /** Answers requests with an error. */
  readonly respond: (rule: ResponseRule) => Undo;
  /** Milliseconds before each answer begins. */
  readonly setLatency: (milliseconds: number) => void;
  /** No byte of any answer, new or open, leaves; connections stay open (a hung or stopped process). */
  readonly freeze: (frozen: boolean) => void;
  /** No byte of any watch leaves, bookmarks included; all else is served. What happened comes when it ends. */
  readonly stallWatches: (stalled: boolean) => void;
  /** Ends all watches cleanly, as at their timeout. */
  readonly endWatches: () => void;
  /** Puts an ERROR event with this Status into all watches and ends them. */
  readonly failWatches: (code: number, reason: string, message: string) => void;
  /** Sends half of a JSON line into all watches and ends them. */
  readonly truncateWatches: () => void;
  /** Cuts the bytes of watches into pieces of this size, through characters and lines; 0 is whole. */
  readonly splitWatches: (bytes: number) => void;
  /** Destroys all connections without a word. */
  readonly cutConnections: () => void;
  /** Sends GOAWAY on all HTTP/2 connections: requests end, new ones need a new connection. */
  readonly goAway: () => void;
  /** Forgets the history: older versions answer 410, as an `ERROR` event or as the HTTP status. */
  readonly compact: () => void;
  readonly setGone: (as: 'event' | 'status') => void;
  /** Switches the feature WatchList: without it `sendInitialEvents` answers 422. */
  readonly setWatchList: (on: boolean) => void;
  /** From now on requests need this bearer token and client certificates do not count; undefined takes it back. */
  readonly requireToken: (token: string | undefined) => void;
  readonly deny: (denial: Denial) => Undo;
  /** Makes a check of `/readyz` and `/livez` fail, such as `etcd`. */
  readonly failCheck: (check: string) => Undo;
  /** Refuses evictions of pods whose name starts so: a PodDisruptionBudget forbids it. */
  readonly blockEvictions: (namespace: string, podPrefix: string, budget: string) => Undo;
  /** Sets a line of `/metrics`: `name` may have labels, as `name{label="x"}`. null takes it back. */
  readonly setMetric: (name: string, value: number | null) => void;
  /** Ends all faults; metrics stay. */
  readonly clear: () => void;
};

/** The state behind {@link Faults}, as the handlers read it. */
export type FaultState = {
  readonly watches: Set<WatchStream>;
  watchesStalled: boolean;
  splitBytes: number;
  goneAs: 'event' | 'status';
  watchList: boolean;
  token: string | undefined;
  latencyMs: number;
  readonly failingChecks: Set<string>;
  readonly metrics: Map<string, number>;
  readonly denials: Set<Denial>;
  readonly rules: Set<ResponseRule & { left: number }>;
  readonly blockedEvictions: Set<{
    readonly namespace: string;
    readonly podPrefix: string;
    readonly budget: string;
  }>;
  /** Resolves when the instance is not frozen. */
  thawed: Promise<void>;
  thaw: (() => void) | undefined;
};

export function createFaultState(watchList: boolean): FaultState {
  return {
    watches: new Set(),
    watchesStalled: false,
    splitBytes: 0,
    goneAs: 'event',
    watchList,
    token: undefined,
    latencyMs: 0,
    failingChecks: new Set(),
    metrics: new Map(),
    denials: new Set(),
    rules: new Set(),
    blockedEvictions: new Set(),
    thawed: Promise.resolve(),
    thaw: undefined,
  };
}

/** The rule that answers a request, used up by one. */
export function takeRule(
  state: FaultState,
  method: string,
  pathname: string,
): ResponseRule | undefined {
  for (const rule of state.rules) {
    if (rule.method !== undefined && rule.method !== method) continue;
    if (rule.path !== undefined && !pathname.startsWith(rule.path)) continue;
    rule.left -= 1;
    if (rule.left <= 0) state.rules.delete(rule);
    return rule;
  }
  return undefined;
}

/** Waits as long as the faults want before an answer begins. */
export async function hold(state: FaultState): Promise<void> {
  if (state.latencyMs > 0) await sleep(state.latencyMs);
  await state.thawed;
}

/** The denial that meets a request for a resource. */
export function denialOf(
  state: FaultState,
  asked: {
    readonly resource: string;
    readonly namespace: string | undefined;
    readonly verb: string;
  },
): Denial | undefined {
  return [...state.denials].find(
    ({ resource, namespace, verbs }) =>
      (resource === undefined || resource === asked.resource) &&
      (namespace === undefined || namespace === asked.namespace) &&
      (verbs === undefined || verbs.includes(asked.verb)),
  );
}

/** What the server itself can do, for the faults of connections and history. */
export type ServerHooks = {
  readonly cutConnections: () => void;
  readonly goAway: () => void;
  readonly compact: () => void;
  readonly failWatches: (code: number, reason: string, message: string) => void;
};

/** The controls over a state. */
export function createFaults(state: FaultState, hooks: ServerHooks): Faults {
  const add = <T>(set: Set<T>, member: T): Undo => {
    set.add(member);
    return () => set.delete(member);
  };
  const stallWatches = (stalled: boolean): void => {
    state.watchesStalled = stalled;
    for (const stream of state.watches) stream.stall(stalled || state.thaw !== undefined);
  };
  const freeze = (frozen: boolean): void => {
    if (frozen === (state.thaw !== undefined)) return;
    if (frozen) {
      const { promise, resolve } = Promise.withResolvers<void>();
      state.thawed = promise;
      state.thaw = resolve;
    } else {
      state.thaw?.();
      state.thaw = undefined;
    }
    stallWatches(state.watchesStalled);
  };
  return {
    respond: (rule) => add(state.rules, { ...rule, left: rule.count ?? Number.POSITIVE_INFINITY }),
    setLatency(milliseconds) {
      state.latencyMs = milliseconds;
    },
    freeze,
    stallWatches,
    endWatches() {
      for (const stream of state.watches) stream.end();
    },
    failWatches: hooks.failWatches,
    truncateWatches() {
      for (const stream of state.watches) stream.truncate();
    },
    splitWatches(bytes) {
      state.splitBytes = bytes;
    },
    cutConnections: hooks.cutConnections,
    goAway: hooks.goAway,
    compact: hooks.compact,
    setGone(as) {
      state.goneAs = as;
    },
    setWatchList(on) {
      state.watchList = on;
    },
    requireToken(token) {
      state.token = token;
    },
    deny: (denial) => add(state.denials, denial),
    failCheck: (check) => add(state.failingChecks, check),
    blockEvictions: (namespace, podPrefix, budget) =>
      add(state.blockedEvictions, { namespace, podPrefix, budget }),
    setMetric(name, value) {
      if (value === null) state.metrics.delete(name);
      else state.metrics.set(name, value);
    },
    clear() {
      for (const set of [state.rules, state.denials, state.failingChecks, state.blockedEvictions])
        set.clear();
      Object.assign(state, { latencyMs: 0, splitBytes: 0, goneAs: 'event', token: undefined });
      stallWatches(false);
      freeze(false);
    },
  };
}
