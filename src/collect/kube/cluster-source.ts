import type { Feed } from '../../domain/feed.ts';
import type { ClusterFeedName, ClusterFeeds, SourceStatus } from '../../domain/inventory.ts';
import type { LogChoice } from '../../domain/log.ts';
import type { ClusterSettings } from '../../domain/settings.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { createPatchBatch } from '../patch-batch.ts';
import { createDiscovery } from './discovery.ts';
import { createHeapBudget } from './heap-budget.ts';
import { createHeartbeat } from './heartbeat.ts';
import type { Beat } from './heartbeat.ts';
import { createListStreams } from './kind-reader.ts';
import type { KindWatch } from './kind-store.ts';
import { sendRequest } from './kube-request.ts';
import type { KubeReply, RequestOptions } from './kube-request.ts';
import { createKubeTransport } from './kube-transport.ts';
import type { KubeTransport } from './kube-transport.ts';
import { createLoadBreaker } from './load-breaker.ts';
import { createLogReader } from './log-reader.ts';
import type { LogReader } from './log-reader.ts';
import { createNamespaceRights } from './namespace-rights.ts';
import { createObjectCounter } from './object-counter.ts';
import { createObjectReader } from './object-reader.ts';
import type { ObjectReader } from './object-reader.ts';
import { createReflector } from './reflector.ts';
import type { Outage, Reflector } from './reflector.ts';
import { createScopedReflector } from './scoped-reflector.ts';
import { defaultTiming } from './timing.ts';
import type { KubeTiming } from './timing.ts';
import { createGate, createSlots } from './waiting.ts';

/** What changed of a cluster since the patch before. */
export type ClusterPatch = {
  readonly source?: SourceStatus;
  readonly version?: string;
  readonly latencyMs?: number | null;
  readonly clockSkewMs?: number | null;
  readonly feeds?: { readonly [K in ClusterFeedName]?: Feed<ClusterFeeds[K]> };
};

/** One cluster: its connection, its heart-beat and the watch of each kind. */
export type ClusterSource = {
  readonly start: () => void;
  /** Leaves a held state, and shortens every wait that the server did not ask for. */
  readonly retryNow: () => void;
  /** Ends every stream; no patch comes after it. */
  readonly close: () => Promise<void>;
  /** Sends one request over the same connection. Never rejects. */
  readonly request: (options: RequestOptions) => Promise<KubeReply>;
  /** Reads logs of pods; `onChange` is called at most ten times a second. Whoever has it closes it. */
  readonly logs: (choice: LogChoice, onChange: () => void) => LogReader;
  /** Reads single objects on demand. */
  readonly objects: ObjectReader;
  /** What requests past this connection are made with. @throws {KubeError} what is wrong with the kubeconfig */
  readonly access: KubeTransport['access'];
};

export type ClusterSourceDeps = {
  readonly watches: readonly ClusterWatch[];
  /** Called at most every `flushMs`, and when a first list is complete; never from within a call into the source. */
  readonly onChange: (patch: ClusterPatch) => void;
  readonly clock?: () => EpochMs;
  /** Gives numbers from 0 up to 1. */
  readonly random?: () => number;
  readonly flushMs?: number;
  readonly heartbeatSeconds?: number;
  readonly timing?: Partial<KubeTiming>;
};

/** What fills one feed. */
type Filled = {
  readonly feed: ClusterFeedName;
  readonly source: { readonly feed: (outage: Outage | null) => Feed<unknown> };
};

/** CRDs in full are tens of megabytes; that one has changed is all that is wanted here. */
const API_CHANGES: readonly KindWatch[] = [
  { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' },
  { group: 'apiregistration.k8s.io', resource: 'apiservices' },
].map((api) => ({
  ...api,
  versions: ['v1'],
  namespaced: false,
  only: 'metadata',
  maxObjects: Infinity,
  shows: 'new APIs',
  project: () => ({}),
}));

/** A quiet container's log may be silent for hours: it is asked for again after this, behind its last line. */
const LOG_SILENCE_MS = 300_000;

/** So many lists are read at the same time, in the order of the watches. */
const LISTS_AT_ONCE = 2;

/** Watches one cluster. Nothing is read or connected before `start`. */
export function createClusterSource(
  settings: ClusterSettings,
  {
    watches,
    onChange,
    clock = Date.now,
    random = Math.random,
    flushMs = 100,
    heartbeatSeconds = 10,
    timing: partialTiming = {},
  }: ClusterSourceDeps,
): ClusterSource {
  const timing = { ...defaultTiming, ...partialTiming };
  const closing = new AbortController();
  const { signal } = closing;
  const transport = createKubeTransport(settings, timing, clock);
  const gate = createGate();
  const slots = createSlots(LISTS_AT_ONCE);
  const changed = new Set<Filled>();
  const mark = (filled: Filled): void => {
    changed.add(filled);
    batch.mark();
  };
  let logTransport: KubeTransport | undefined;
  let sentSource: SourceStatus | undefined;
  let beat: Beat | undefined;
  let version: string | null = null;
  let outage: Outage | null = null;
  let running: Promise<unknown> | undefined;

  const batch = createPatchBatch(flush, flushMs);

  const heartbeat = createHeartbeat({
    transport,
    timing,
    intervalMs: heartbeatSeconds * 1000,
    clock,
    random,
    signal,
    onStatus: () => {
      followStatus(heartbeat.status());
      batch.mark();
    },
    onBeat: (next) => {
      version = next.version ?? version;
      beat = { ...beat, ...next };
      batch.mark();
    },
  });

  const discovery = createDiscovery({
    transport,
    timing,
    signal,
    gate,
    onChange: () => {
      for (const reflector of reflectors) reflector.relocate();
      counter.relocate();
    },
  });
  const listStreams = createListStreams(() => version);
  const common = {
    discovery,
    listStreams,
    transport,
    timing,
    clock,
    random,
    signal,
    gate,
    slots,
    load: createLoadBreaker(timing, () => performance.now()),
    heap: createHeapBudget(settings.objectsMegabytes * 1_000_000),
    onBytes: () => heartbeat.touched(clock()),
    onTrouble: heartbeat.hurry,
  };
  const rights = createNamespaceRights({
    configured: settings.namespaces,
    transport,
    timing,
    signal,
  });
  const counter = createObjectCounter({ ...common, rights, onChange: () => mark(counted) });
  const counted: Filled = { feed: 'objects', source: counter };
  const watched = watches.map((watch) => {
    const reflector: Reflector = createScopedReflector({
      ...common,
      watch,
      rights,
      onChange: () => mark(filled),
      onFull: batch.hurry,
    });
    const filled = { feed: watch.feed, source: reflector };
    return filled;
  });
  const reflectors = watched.map(({ source }) => source);
  const all: readonly Filled[] = [...watched, counted];
  /** What is served changes with these. */
  const apiWatches = API_CHANGES.map((watch) =>
    createReflector({
      ...common,
      watch,
      isFromNowOn: true,
      onChange: () => {},
      onObject: discovery.hurry,
    }),
  );

  /** An outage covers all kinds until the cluster answers again. */
  function followStatus({ state, error, since }: SourceStatus): void {
    if (state === 'up' && !gate.isOpen()) {
      outage = null;
      gate.open();
      for (const reflector of [...reflectors, ...apiWatches]) reflector.wake();
      for (const filled of all) changed.add(filled);
    } else if ((state === 'down' || state === 'auth-failed') && error !== null) {
      gate.close();
      if (outage?.error === error) return;
      outage = { error, at: outage?.at ?? since };
      for (const filled of all) changed.add(filled);
    }
  }

  function flush(): void {
    const source = heartbeat.status();
    const feeds = [...changed].map(({ feed, source }) => [feed, source.feed(outage)]);
    changed.clear();
    const patch: ClusterPatch = {
      ...(source === sentSource ? {} : { source }),
      ...beat,
      // The table of a reflector holds what its watch projects: the feed's own type.
      ...(feeds.length === 0
        ? {}
        : { feeds: Object.fromEntries(feeds) as NonNullable<ClusterPatch['feeds']> }),
    };
    sentSource = source;
    beat = undefined;
    onChange(patch);
  }

  return {
    start: () => {
      if (running !== undefined || signal.aborted) return;
      running = Promise.all([
        heartbeat.run(),
        discovery.run(),
        counter.run(),
        ...[...reflectors, ...apiWatches].map((reflector) => reflector.run()),
      ]);
    },
    retryNow: () => {
      heartbeat.retryNow();
      for (const reflector of reflectors) reflector.wake();
    },
    close: async () => {
      batch.close();
      closing.abort();
      await Promise.all([transport.close(), logTransport?.close()]);
      await running;
    },
    request: (options) => sendRequest(transport, options, signal),
    logs: (choice, onReaderChange) => {
      // A connection of their own: a log that nobody takes fills the window that all streams of one share.
      logTransport ??= createKubeTransport(
        settings,
        { ...timing, silenceMs: LOG_SILENCE_MS },
        clock,
      );
      return createLogReader(choice, {
        transport: logTransport,
        timing,
        clock,
        random,
        closing: signal,
        onChange: onReaderChange,
      });
    },
    objects: createObjectReader({
      request: (options) => sendRequest(transport, options, signal),
      resources: discovery.resources,
    }),
    access: transport.access,
  };
}
