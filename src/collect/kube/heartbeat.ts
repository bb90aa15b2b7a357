import type { CollectError } from '../../domain/feed.ts';
import type { SourceState, SourceStatus } from '../../domain/inventory.ts';
import type { EpochMs } from '../../domain/time.ts';
import { createBackoff } from './backoff.ts';
import { readJson, readStart } from './body.ts';
import { collectError, isMissedAnswer, KubeError, networkError, oneLine } from './kube-error.ts';
import type { KubeTransport } from './kube-transport.ts';
import { asRecord, asText } from './status-error.ts';
import type { KubeTiming } from './timing.ts';
import { createAlarm } from './waiting.ts';

/** What a heart-beat found out. */
export type Beat = {
  readonly latencyMs: number | null;
  readonly clockSkewMs?: number | null;
  readonly version?: string;
};

/** Keeps the state of one cluster's connection by asking `/readyz`. */
export type Heartbeat = {
  /** Runs until the abort. */
  readonly run: () => Promise<void>;
  readonly status: () => SourceStatus;
  /** Asks soon: something else on the connection failed. */
  readonly hurry: () => void;
  /** A person asks: leaves a held state and shortens every wait. */
  readonly retryNow: () => void;
  /** Tells that a byte of data came. */
  readonly touched: (at: EpochMs) => void;
};

export type HeartbeatOptions = {
  readonly transport: KubeTransport;
  readonly timing: KubeTiming;
  readonly intervalMs: number;
  readonly clock: () => EpochMs;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly onStatus: () => void;
  readonly onBeat: (beat: Beat) => void;
};

/** See {@link Heartbeat}. */
export function createHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { transport, timing, clock, signal } = options;
  const alarm = createAlarm(signal);
  const backoff = createBackoff(timing.backoffMs, options.intervalMs, options.random);
  // A credential plugin may open a window each time it runs.
  const pluginBackoff = createBackoff(timing.backoffMs, timing.deniedMs, options.random);
  let status: SourceStatus = {
    state: 'connecting',
    since: clock(),
    lastDataAt: null,
    attempt: 0,
    nextAttemptAt: null,
    error: null,
    question: null,
  };
  /** By the monotonic clock: a jump of the wall clock is no silence. */
  let lastByte = performance.now();
  let isHurried = false;
  let hasRetriedReset = false;

  function set(state: SourceState, error: CollectError | null, nextAttemptAt: EpochMs | null) {
    const now = clock();
    const isSame = state === status.state;
    status = {
      ...status,
      state,
      since: isSame ? status.since : now,
      attempt: state === 'up' ? 0 : status.attempt,
      nextAttemptAt,
      error,
    };
    options.onStatus();
  }

  function touched(at: EpochMs): void {
    lastByte = performance.now();
    status = { ...status, lastDataAt: at };
  }

  async function wait(milliseconds: number): Promise<void> {
    if (isHurried) {
      isHurried = false;
      return;
    }
    await alarm.sleep(milliseconds);
    isHurried = false;
  }

  /** Plans the next attempt; a state that waits for a person looks at the files of the kubeconfig meanwhile. */
  async function failed(state: SourceState, error: KubeError, delayMs: number): Promise<void> {
    options.onBeat({ latencyMs: null });
    set(state, error.failure, clock() + delayMs);
    const until = performance.now() + delayMs;
    isHurried = false;
    for (let left = delayMs; left > 0; left = until - performance.now()) {
      await alarm.sleep(Math.min(left, options.intervalMs));
      if (isHurried || signal.aborted || (await transport.hasNews())) break;
    }
    isHurried = false;
  }

  /** Nothing came in time, but the connection was there: silence decides, not one missed answer. */
  async function missed(): Promise<void> {
    options.onBeat({ latencyMs: null });
    const left = timing.frozenMs - (performance.now() - lastByte);
    await alarm.sleep(Math.max(left, timing.backoffMs));
    // A process that stood still itself finds its timers late, and reads what came meanwhile only after them.
    await new Promise(setImmediate);
    const silentMs = performance.now() - lastByte;
    if (signal.aborted || silentMs < timing.frozenMs) return;
    const message = `${transport.target().address} is connected but has not sent a byte for ${Math.round(silentMs / 1000)} s`;
    set('frozen', collectError('frozen', message, FROZEN_HINT), null);
  }

  async function beat(): Promise<void> {
    const wasUp = status.state === 'up';
    let complaint: CollectError | null = null;
    try {
      await transport.configure();
    } catch (error) {
      const known = networkError(error, transport.target());
      if (!transport.isConfigured() || !wasUp) throw known;
      complaint = known.failure;
    }
    let answer = await ready(options);
    let version: string | undefined;
    if (!wasUp) {
      version = await serverVersion(options);
      // Once more: the first one's time was that of the handshake.
      answer = await ready(options);
    }
    const { latencyMs, date } = answer;
    hasRetriedReset = false;
    backoff.reset();
    pluginBackoff.reset();
    touched(clock());
    const clockSkewMs =
      date === null ? null : Math.round(date + DATE_ROUNDING_MS - (clock() - latencyMs / 2));
    options.onBeat({ latencyMs, clockSkewMs, ...(version === undefined ? {} : { version }) });
    set('up', complaint, null);
    await wait(options.intervalMs);
  }

  async function lost(error: KubeError): Promise<void> {
    const { code } = error.failure;
    const isConnected = status.state === 'up' || status.state === 'frozen';
    if (isConnected && isMissedAnswer(error)) return missed();
    if (status.state === 'up' && code === 'reset' && !hasRetriedReset) {
      // A connection that went away between two requests is no outage: only the next attempt tells.
      hasRetriedReset = true;
      return;
    }
    hasRetriedReset = false;
    const explained = await transport.explain(error);
    if (signal.aborted) return;
    return error.status === 401
      ? failed('auth-failed', explained, timing.deniedMs)
      : failed(
          'down',
          explained,
          (code === 'exec-plugin' ? pluginBackoff : backoff).next(error.retryAfterMs),
        );
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      if (status.state !== 'up') {
        status = { ...status, attempt: status.attempt + 1, nextAttemptAt: null };
        options.onStatus();
      }
      try {
        await beat();
      } catch (error) {
        if (signal.aborted) return;
        await lost(networkError(error, transport.target()));
      }
    }
  }

  return {
    run,
    status: () => status,
    hurry: () => {
      // While the next attempt is planned, its time stands.
      if (status.state !== 'up') return;
      isHurried = true;
      alarm.wake();
    },
    retryNow: () => {
      backoff.reset();
      pluginBackoff.reset();
      if (status.state !== 'up') {
        transport.forget();
        if (status.state !== 'connecting') set('connecting', null, null);
      }
      isHurried = true;
      alarm.wake();
    },
    touched,
  };
}

/** The Date header is cut to whole seconds: on average it is half a second behind. */
const DATE_ROUNDING_MS = 500;

const FROZEN_HINT = 'the machine hangs, or the network drops its packets';

/** One `/readyz`; a user without the right to it is answered 403, which is an answer. */
async function ready({ transport, timing, signal }: HeartbeatOptions) {
  const started = performance.now();
  try {
    const answer = await transport.open({
      method: 'GET',
      path: '/readyz',
      accept: '*/*',
      signal,
      headersMs: timing.heartbeatLimitMs,
      silenceMs: timing.heartbeatLimitMs,
    });
    const latencyMs = Math.round(performance.now() - started);
    await readStart(answer, READY_LIMIT);
    return { latencyMs, date: answer.date };
  } catch (error) {
    if (error instanceof KubeError && error.status === 403)
      return { latencyMs: Math.round(performance.now() - started), date: null };
    throw error;
  }
}

const READY_LIMIT = 64 * 1024;

/** `gitVersion` of `/version`; undefined when it cannot be read, which is no reason to give up. */
async function serverVersion({ transport, timing, signal }: HeartbeatOptions) {
  try {
    const answer = await transport.open({
      method: 'GET',
      path: '/version',
      signal,
      headersMs: timing.heartbeatLimitMs,
      silenceMs: timing.heartbeatLimitMs,
    });
    const version = asRecord(await readJson(answer, READY_LIMIT, transport.target()));
    return oneLine(asText(version['gitVersion'])) || undefined;
  } catch {
    return undefined;
  }
}
