import type {
  ApiServer,
  ApiServerMetrics,
  ApiServerSample,
  LineReader,
  ProbeState,
} from '../../domain/control-plane.ts';
import { histogramSince, quantile } from '../../domain/histogram.ts';
import { recheckMs } from '../due.ts';
import { createEndpointClient, serverNameFor } from './endpoint-client.ts';
import type { EndpointAnswer } from './endpoint-client.ts';
import { collectError, KubeError, networkError, oneLine } from './kube-error.ts';
import type { Access } from './kube-transport.ts';
import { peerCertificate } from './peer-certificate.ts';
import { asRecord, asText, parseJson } from './status-error.ts';
import { createAlarm, untilTurn } from './waiting.ts';

/** Asks one address of an API server again and again. */
export type ApiServerProber = {
  readonly run: () => Promise<void>;
  /** undefined before the first answer. */
  readonly present: () => ApiServer | undefined;
  /** Asks it something else. @throws {KubeError} without an answer */
  readonly get: (path: string) => Promise<EndpointAnswer>;
  readonly wake: () => void;
  readonly close: () => void;
};

export type ProberOptions = {
  readonly url: URL;
  readonly place: string | null;
  readonly from: ApiServer['from'];
  readonly access: () => Promise<Access>;
  readonly intervalMs: number;
  readonly clock: () => number;
  readonly createMetricsReader: () => LineReader<ApiServerSample>;
  readonly onChange: () => void;
  /** Ends it with the source. */
  readonly signal: AbortSignal;
};

const LIMIT_MS = 5_000;
const METRICS_LIMIT_MS = 20_000;
/** How often version and metrics are read, which are megabytes. */
const METRICS_MS = 60_000;
/** They are left alone at least so many times as long as reading them has taken. */
const COST_PAUSE = 20;
/** The growth of the memory is that over so long at most. */
const SLOPE_MS = 10 * 60_000;

/** See {@link ApiServerProber}. Nothing is connected before `run`. */
export function createApiServerProber(options: ProberOptions): ApiServerProber {
  const { url, clock, onChange } = options;
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const alarm = createAlarm(signal);
  const client = createEndpointClient(url);
  const address = `${url.hostname}:${url.port || '443'}`;
  let present: ApiServer | undefined;
  let sizes: readonly { readonly at: number; readonly bytes: number }[] = [];
  let metricsAt = -Infinity;
  let metricsMs = 0;
  let versionOf: string | undefined;
  /** Since when the metrics tell of something that is to be mended; null: of nothing. */
  let openAt: number | null = null;
  /** It was not ready, or nobody was there: its process may have begun anew since its metrics were read. */
  let cameBack = false;
  let looking: Promise<void> | undefined;
  let reading: Promise<void> | undefined;

  const send = (path: string, { credentials, proxyUrl }: Access, onLine?: (line: string) => void) =>
    client.get(path, credentials, {
      proxyUrl,
      limitMs: onLine ? METRICS_LIMIT_MS : LIMIT_MS,
      signal,
      ...(onLine && { onLine }),
    });

  /** A connection that was kept may have ended meanwhile: that says nothing of the server. */
  async function ask(path: string, by: Access): Promise<EndpointAnswer> {
    try {
      return await send(path, by);
    } catch (error) {
      if (error instanceof KubeError && error.failure.code === 'reset') return await send(path, by);
      throw error;
    }
  }

  function note(change: Partial<ApiServer> & Pick<ApiServer, 'state'>): void {
    const now = clock();
    const before = present;
    if (change.state !== 'ok') cameBack = true;
    present = {
      address,
      url: url.href.replace(/\/$/, ''),
      place: options.place,
      from: options.from,
      failedChecks: [],
      live: null,
      latencyMs: null,
      error: null,
      version: before?.version ?? null,
      certificate: before?.certificate ?? null,
      metrics: before?.metrics ?? null,
      ...change,
      since: before?.state === change.state ? before.since : now,
      at: now,
      readyAt: change.state === 'ok' ? now : (before?.readyAt ?? null),
    };
    onChange();
  }

  async function probe(by: Access): Promise<void> {
    const answer = await ask('/readyz?verbose', by);
    const { status, body, latencyMs } = answer;
    const state = stateOf(status);
    if (state === 'ok') {
      note({ state, latencyMs, live: true });
      return;
    }
    const failedChecks = Array.from(body.matchAll(/^\[-\](\S+)/gm), ([, name]) =>
      oneLine(name ?? ''),
    );
    const live =
      state === 'failing' ? (await ask('/livez', by)).status === 200 : state === 'denied';
    note({
      state,
      latencyMs,
      failedChecks,
      live,
      error: collectError(
        state === 'failing' ? 'not-ready' : `http-${status}`,
        state === 'failing' && failedChecks.length > 0
          ? `not ready: ${failedChecks.join(', ')}`
          : `GET /readyz: ${status} ${oneLine(body).slice(0, 120)}`,
      ),
    });
  }

  async function lookAtCertificate(by: Access): Promise<void> {
    const certificate = await peerCertificate(
      url,
      serverNameFor(url.hostname, by.credentials),
      clock(),
      LIMIT_MS,
      by.proxyUrl,
    );
    if (present && certificate && !signal.aborted) {
      present = { ...present, certificate };
      onChange();
    }
  }

  async function readMetrics(by: Access): Promise<void> {
    const began = performance.now();
    const { body } = await ask('/version', by);
    versionOf = oneLine(asText(asRecord(parseJson(body))['gitVersion'])) || undefined;
    const reader = options.createMetricsReader();
    const { status } = await send('/metrics', by, reader.push);
    if (!present || signal.aborted) return;
    cameBack = false;
    const metrics = status === 200 ? measure(reader.end(), present.metrics) : present.metrics;
    metricsMs = performance.now() - began;
    openAt = isToMend(metrics) ? (openAt ?? began) : null;
    present = { ...present, version: versionOf ?? present.version, metrics };
    onChange();
  }

  function metricsPauseMs(): number {
    if (openAt === null && !cameBack) return METRICS_MS;
    const openMs = openAt === null ? 0 : performance.now() - openAt;
    return recheckMs(openMs, [metricsMs * COST_PAUSE, METRICS_MS]);
  }

  function measure(sample: ApiServerSample, before: ApiServerMetrics | null): ApiServerMetrics {
    const at = clock();
    // A process that began anew has nothing to do with the one before.
    const last = before && before.startedAt === sample.startedAt ? before : null;
    const minutes = last ? (at - last.at) / 60_000 : 0;
    if (!last) sizes = [];
    if (sample.residentBytes !== null)
      sizes = [
        ...sizes.filter((size) => at - size.at < SLOPE_MS),
        { at, bytes: sample.residentBytes },
      ];
    const p99 = (name: 'requestSeconds' | 'etcdSeconds'): number | null => {
      const seconds = last && quantile(histogramSince(last[name], sample[name]), 0.99);
      return seconds === null ? null : seconds * 1000;
    };
    return {
      ...sample,
      at,
      requestP99Ms: p99('requestSeconds'),
      etcdP99Ms: p99('etcdSeconds'),
      rejectedPerMinute:
        last && last.rejected !== null && sample.rejected !== null && minutes > 0
          ? Math.max(0, sample.rejected - last.rejected) / minutes
          : null,
      residentBytesPerMinute: slope(sizes),
    };
  }

  async function round(): Promise<void> {
    const access = await options.access();
    try {
      await probe(access);
    } catch (error) {
      if (signal.aborted) return;
      const known = networkError(error, { address, isProxied: false });
      note({ state: stateOfError(known), error: known.failure });
    }
    if (!present || NOBODY_THERE.has(present.state)) return;
    // Both may take long: whether it is ready is asked meanwhile.
    looking ??= lookAtCertificate(access).finally(() => {
      looking = undefined;
    });
    const now = performance.now();
    if (present.state !== 'ok' || reading || now - metricsAt < metricsPauseMs()) return;
    metricsAt = now;
    reading = readMetrics(access)
      .catch(() => undefined)
      .finally(() => {
        reading = undefined;
      });
    if (versionOf === undefined) await reading;
  }

  return {
    run: async () => {
      while (!signal.aborted) {
        try {
          await round();
        } catch {
          // The kubeconfig cannot be read, which its own source tells; or a look that is seldom failed.
        }
        await alarm.sleep(untilTurn(options.intervalMs, performance.now()));
      }
      await reading;
    },
    present: () => present,
    get: async (path) => ask(path, await options.access()),
    wake: alarm.wake,
    close: () => {
      ending.abort();
      client.close();
    },
  };
}

/** Somebody asks for what a later release does not serve: they stop when that is told no more. */
const isToMend = (metrics: ApiServerMetrics | null): boolean =>
  metrics?.deprecatedApis.some(({ removedRelease }) => removedRelease !== null) === true;

const NOBODY_THERE: ReadonlySet<ProbeState> = new Set(['refused', 'timeout', 'no-way']);

function stateOf(status: number): ProbeState {
  if (status >= 200 && status < 300) return 'ok';
  if (status === 401 || status === 403) return 'denied';
  if (status === 429 || status === 503 || status === 504) return 'overloaded';
  return status >= 500 ? 'failing' : 'error';
}

function stateOfError({ failure: { code } }: KubeError): ProbeState {
  if (code === 'proxy') return 'no-way';
  if (code === 'refused') return 'refused';
  if (code === 'timeout' || code === 'unreachable' || code === 'dns') return 'timeout';
  return code.startsWith('tls') || code === 'not-kubernetes' ? 'tls' : 'error';
}

/** Bytes a minute from the first to the last; null when there is too little to tell. */
function slope(sizes: readonly { readonly at: number; readonly bytes: number }[]): number | null {
  const [first, last] = [sizes[0], sizes.at(-1)];
  if (!first || !last || last.at === first.at) return null;
  return ((last.bytes - first.bytes) * 60_000) / (last.at - first.at);
}
