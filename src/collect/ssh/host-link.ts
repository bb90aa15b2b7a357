import { connect } from 'node:net';
import type { SourceState, SourceStatus } from '../../domain/inventory.ts';
import type { HostSettings } from '../../domain/settings.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Answer, HostLink, LinkCost } from '../../domain/transport.ts';
import { systemClock } from '../clock.ts';
import type { Timer } from '../clock.ts';
import { attach, enterBy } from './attach.ts';
import type { AttachDeps, Attached } from './attach.ts';
import {
  authRetryDelayMs,
  firstReconnectDelayMs,
  reconnectDelayMs,
  slowDelayMs,
  throttledDelayMs,
} from './backoff.ts';
import type { SharedCommons } from './commons.ts';
import { closedError } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import { systemLookup } from './hops.ts';
import { createMeter } from './meter.ts';
import type { Settled } from './question-desk.ts';
import { watchFiles } from './watch-files.ts';

export type HostLinkDeps = Partial<
  Pick<AttachDeps, 'clock' | 'enter' | 'env' | 'sshProgram' | 'openSocket' | 'hostNamed' | 'lookup'>
> & {
  /** One for all hosts. */
  readonly commons: SharedCommons;
  /** From 0 to below 1. */
  readonly random?: () => number;
};

/** So long up, and the failures before no longer count. */
const STABLE_AFTER_MS = 60_000;
/** So long up, and its loss is answered at once, whatever was before. */
const WAS_UP_MS = 10_000;

/** The connection to one host over SSH: connects, samples, reconnects, and says how it stands. */
export function createHostLink(settings: HostSettings, deps: HostLinkDeps): HostLink {
  const clock = deps.clock ?? systemClock;
  const random = deps.random ?? Math.random;
  const listeners = new Set<(status: SourceStatus) => void>();
  const closing = new AbortController();
  const place = settings.address ?? settings.name;

  let status: SourceStatus = {
    state: 'connecting',
    since: clock.now(),
    lastDataAt: null,
    attempt: 0,
    nextAttemptAt: null,
    error: null,
    question: null,
  };
  let isStarted = false;
  let trying: ReturnType<typeof attach> | undefined;
  let attached: Attached | undefined;
  let failures = 0;
  let refusals = 0;
  /** For the next attempt, and may be woken. */
  let isWaiting = false;
  let lastFailure: LinkFailure | undefined;
  let retryTimer: Timer | undefined;
  let stableTimer: Timer | undefined;
  let stopWatching = (): void => {};
  const meter = createMeter();
  /** Of the connections that ended. */
  const before = { receivedBytes: 0, sentBytes: 0 };
  let connections = 0;
  /** Monotonic. */
  let upSince = 0;

  const lastDataAt = (): EpochMs | null =>
    attached === undefined ? status.lastDataAt : attached.connection.lastByteAt();

  const change = (next: Partial<Omit<SourceStatus, 'since' | 'lastDataAt'>>): void => {
    const since =
      next.state === undefined || next.state === status.state ? status.since : clock.now();
    status = { ...status, phase: null, ...next, since, lastDataAt: lastDataAt() };
    for (const listener of listeners) listener(status);
  };

  /** `isUrgent`: not because it is time, but because something has changed, or a person asks. */
  const attempt = async (isUrgent = false): Promise<void> => {
    if (trying !== undefined || closing.signal.aborted) return;
    const seen = isUrgent ? lastFailure : undefined;
    clock.clearTimeout(retryTimer);
    stopWatching();
    isWaiting = false;
    change({
      state: stateOfAttempt(status.state),
      attempt: status.attempt + 1,
      phase: 'config',
      nextAttemptAt: null,
      question: null,
    });
    trying = attach({
      settings,
      enter: deps.enter ?? enterBy(settings.via),
      clock,
      meter,
      commons: deps.commons,
      canAsk: deps.commons.canAsk,
      env: deps.env ?? process.env,
      sshProgram: deps.sshProgram === undefined ? 'ssh' : deps.sshProgram,
      hostNamed: deps.hostNamed ?? (() => undefined),
      openSocket: deps.openSocket ?? ((place) => connect(place)),
      lookup: deps.lookup ?? systemLookup,
      seen,
      onPhase: (phase) => {
        if (attached === undefined && !closing.signal.aborted) change({ phase });
      },
      onQuestion: (held) => {
        if (held === null) change({ state: 'connecting', error: null, question: null });
        else change({ state: held.state, error: held.error, question: held.question ?? null });
      },
      onStale: (isStale) => {
        if (attached !== undefined) change({ state: isStale ? 'stale' : 'up' });
      },
      onLost: lost,
      signal: closing.signal,
    });
    const result = await trying;
    trying = undefined;
    if (result === 'aborted') return;
    if (!('error' in result)) {
      up(result);
      return;
    }
    // What it waits for may have been answered on the way here.
    const past = result.question && deps.commons.desk.outcome(result.question.id);
    if (past) settle(past);
    else failed(result);
  };

  const up = (result: Attached): void => {
    attached = result;
    connections++;
    upSince = clock.monotonic();
    refusals = 0;
    change({ state: 'up', attempt: 0, error: null });
    void result.hops.then((hops) => {
      if (hops !== null && attached === result) change({ hops });
    });
    stableTimer = clock.setTimeout(() => {
      failures = 0;
    }, STABLE_AFTER_MS);
  };

  /** An established connection went. */
  const lost = (reason: LinkFailure): void => {
    const isAtOnce = failures === 0 || clock.monotonic() - upSince >= WAS_UP_MS;
    const seen = lastDataAt();
    clock.clearTimeout(stableTimer);
    before.receivedBytes += attached?.connection.bytesRead() ?? 0;
    before.sentBytes += attached?.connection.bytesWritten() ?? 0;
    attached = undefined;
    status = { ...status, lastDataAt: seen };
    const delayMs = isAtOnce ? firstReconnectDelayMs(random) : reconnectDelayMs(failures, random);
    failures++;
    isWaiting = true;
    lastFailure = reason;
    // One that comes up and goes again and again is not about to be there.
    const without = isAtOnce ? 'connecting' : 'down';
    plan(reason, reason.state === 'frozen' ? 'frozen' : without, delayMs);
  };

  const failed = (reason: LinkFailure): void => {
    lastFailure = reason;
    isWaiting = reason.retry === 'jitter' || reason.retry === 'slow';
    watch(reason);
    switch (reason.retry) {
      case 'held':
        hold(reason);
        return;
      case 'rare':
        plan(reason, reason.state, authRetryDelayMs(random));
        return;
      case 'throttled':
        plan(reason, reason.state, throttledDelayMs(refusals++, random));
        return;
      case 'slow':
        plan(reason, reason.state, slowDelayMs(random));
        return;
      case 'jitter':
        plan(reason, reason.state, reconnectDelayMs(failures++, random));
    }
  };

  const hold = ({ state, error, question }: LinkFailure): void => {
    change({ state, error, question: question ?? null, nextAttemptAt: null });
  };

  const watch = (reason: LinkFailure, files = reason.files ?? []): void => {
    stopWatching();
    stopWatching = watchFiles(files, clock, (changed) => void lookAgain(reason, files, changed));
  };

  /** Files have changed. */
  const lookAgain = async (
    reason: LinkFailure,
    files: readonly string[],
    changed: readonly string[],
  ): Promise<void> => {
    const look = await reason.lookAgain?.(changed);
    if (trying !== undefined || lastFailure !== reason || closing.signal.aborted) return;
    if (look?.isWorthTrying ?? true) void attempt(true);
    else watch(reason, look?.files ?? files);
  };

  const settle = (settled: Settled): void => {
    switch (settled.kind) {
      case 'answered':
        void attempt(true);
        return;
      case 'declined':
        change({ question: null });
        return;
      case 'again':
      case 'failed':
        failed(settled.failure);
    }
  };
  const stopListening = deps.commons.desk.onSettled((id, settled) => {
    // While an attempt runs, the answer is its own.
    if (status.question?.id === id && trying === undefined) settle(settled);
  });

  const plan = (reason: LinkFailure, state: SourceState, delayMs: number): void => {
    retryTimer = clock.setTimeout(() => void attempt(), delayMs);
    change({
      state,
      error: reason.error,
      question: reason.question ?? null,
      nextAttemptAt: clock.now() + delayMs,
    });
  };

  const unavailable = (): Answer => ({
    kind: 'lost',
    error: closing.signal.aborted
      ? closedError(place)
      : (status.error ?? {
          code: 'not-connected',
          message: `${place} is not connected yet`,
          hint: 'the first attempt still runs',
        }),
  });

  const cost = (): LinkCost => {
    const connection = attached?.connection;
    return {
      transport: connection?.transport ?? 'ssh2',
      ...meter.total(),
      receivedBytes: before.receivedBytes + (connection?.bytesRead() ?? 0),
      sentBytes: before.sentBytes + (connection?.bytesWritten() ?? 0),
      channels: connection?.channels() ?? 0,
      reconnects: Math.max(0, connections - 1),
    };
  };

  return {
    host: settings.name,
    cost,
    status: () => {
      const at = lastDataAt();
      if (at !== status.lastDataAt) status = { ...status, lastDataAt: at };
      return status;
    },
    onStatus: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: () => {
      if (isStarted) return;
      isStarted = true;
      void attempt();
    },
    ask: (question, options) =>
      attached?.session.ask(question, options) ?? Promise.resolve(unavailable()),
    stream: (argv, options) =>
      attached?.session.stream(argv, options) ?? Promise.resolve(unavailable()),
    run: (argv, options) => attached?.session.run(argv, options) ?? Promise.resolve(unavailable()),
    wake: () => {
      if (isStarted && attached === undefined && isWaiting) void attempt();
    },
    retryNow: () => {
      if (isStarted && attached === undefined) void attempt(true);
    },
    reply: (reply) => deps.commons.desk.reply(reply),
    close: async () => {
      closing.abort();
      clock.clearTimeout(retryTimer);
      clock.clearTimeout(stableTimer);
      stopWatching();
      stopListening();
      listeners.clear();
      const last = attached;
      attached = undefined;
      await Promise.all([trying, last?.session.end()]);
    },
  };
}

/** A host that is known to be down or frozen stays so until an attempt has succeeded. */
const stateOfAttempt = (state: SourceState): SourceState =>
  state === 'down' || state === 'frozen' ? state : 'connecting';
