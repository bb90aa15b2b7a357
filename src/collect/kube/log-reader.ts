import { bytes } from '../../domain/format.ts';
import type { LogChoice, LogLine, LogPod, LogSnapshot, LogStream } from '../../domain/log.ts';
import { sanitize } from '../../domain/text.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Tone } from '../../domain/view.ts';
import { createLogRing, LOG_LIMITS } from '../log-ring.ts';
import type { LogLimits } from '../log-ring.ts';
import { createPatchBatch } from '../patch-batch.ts';
import { readJson } from './body.ts';
import { KubeError, networkError } from './kube-error.ts';
import type { KubeTransport } from './kube-transport.ts';
import { createLogBudget } from './log-budget.ts';
import { logFailure } from './log-errors.ts';
import { containerLife, containersOf } from './log-pod.ts';
import { createLogStream } from './log-stream.ts';
import type { LogStreamRun, StampedLine } from './log-stream.ts';
import type { KubeTiming } from './timing.ts';
import { createGate } from './waiting.ts';

/** The logs of some pods, read as one. */
export type LogReader = {
  /** Which pods are read: new ones begin, those that are missing end when their log does. */
  readonly setPods: (pods: readonly LogPod[]) => void;
  readonly snapshot: () => LogSnapshot;
  /** Adds a line that separates what came before from what comes after. */
  readonly mark: (text: string) => void;
  /** While it is held, nothing is read that would cost a line that is kept. */
  readonly hold: (isHeld: boolean) => void;
  /** Shortens every wait. */
  readonly retryNow: () => void;
  readonly close: () => void;
};

export type LogReaderDeps = {
  readonly transport: KubeTransport;
  readonly timing: KubeTiming;
  readonly clock: () => EpochMs;
  readonly random: () => number;
  /** Ends everything with the cluster's source. */
  readonly closing: AbortSignal;
  /** Called at most ten times a second, never from within a call into the reader. */
  readonly onChange: () => void;
  readonly limits?: LogLimits;
};

/** So many lines a second that nobody reads more; parsing them takes a small part of the time. */
const BUDGET = { bytes: 512 * 1024, slotMs: 100 } as const;
/** HTTP/2 servers allow a hundred streams; of a workload with more containers the others wait until some have ended. */
const MOST_STREAMS = 60;
const FLUSH_MS = 100;
const POD_LIMIT = 4 * 1024 * 1024;
/** Lines this much older than the present while the budget is spent are behind. */
const BEHIND_MS = 3000;
/** How long after the budget was spent last it counts as spent. */
const BUSY_MS = 1000;

type Entry = {
  readonly pod: LogPod;
  streams: Map<string, { state: LogStream; readonly run: LogStreamRun | null }>;
  isWanted: boolean;
  /** Containers that wait until others have ended. */
  left: readonly string[];
  /** Streams that are read now. */
  running: number;
  /** There is nothing more to read of it. */
  onOver: () => void;
  /** Shortens the wait for the pod itself. */
  wake: () => void;
};

const keyOf = ({ namespace, name }: LogPod): string => `${namespace}/${name}`;

/** See {@link LogReader}. */
export function createLogReader(choice: LogChoice, deps: LogReaderDeps): LogReader {
  const { transport, timing, clock } = deps;
  const ending = new AbortController();
  const signal = AbortSignal.any([deps.closing, ending.signal]);
  const ring = createLogRing(deps.limits ?? LOG_LIMITS);
  const base = createLogBudget(BUDGET.bytes, BUDGET.slotMs);
  const batch = createPatchBatch(() => {
    snapshot = null;
    deps.onChange();
  }, FLUSH_MS);
  const flowing = createGate();
  flowing.open();
  signal.addEventListener('abort', batch.close, { once: true });
  const entries = new Map<string, Entry>();
  let nextId = 1;
  let isHeld = false;
  let newest: EpochMs | null = null;
  let busyUntil = 0;
  let snapshot: LogSnapshot | null = null;

  const budget = {
    room: async (until: AbortSignal): Promise<void> => {
      const from = performance.now();
      await base.room(until);
      if (performance.now() - from > 1) busyUntil = clock() + BUSY_MS;
    },
    spend: base.spend,
  };

  function note(text: string): void {
    const line: LogLine = {
      id: nextId,
      text,
      tone: 'accent',
      at: null,
      nanos: 0,
      pod: '',
      container: '',
    };
    nextId += 1;
    ring.add([line]);
    batch.mark();
  }

  function add(pod: LogPod, container: string, lines: readonly StampedLine[]): void {
    ring.add(
      lines.map(({ stamp, text, cutBytes }) => {
        const safe = sanitize(text);
        const line: LogLine = {
          id: nextId,
          text: cutBytes === 0 ? safe : `${safe}… ${bytes(cutBytes)} more`,
          tone: toneOf(text),
          at: stamp?.at ?? null,
          nanos: stamp?.nanos ?? 0,
          pod: pod.name,
          container,
        };
        nextId += 1;
        return line;
      }),
    );
    newest = lines.at(-1)?.stamp?.at ?? newest;
    batch.mark();
  }

  /** @throws {KubeError} */
  async function lookAt({ namespace, name }: LogPod): Promise<unknown> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
    try {
      const answer = await transport.open({ method: 'GET', path, signal });
      return await readJson(answer, POD_LIMIT, transport.target());
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) return null;
      throw error;
    }
  }

  function set(entry: Entry, container: string, change: Pick<LogStream, 'state' | 'error'>): void {
    const known = entry.streams.get(container);
    const state: LogStream = { ...entry.pod, container, since: clock(), ...change };
    entry.streams.set(container, { run: known?.run ?? null, state });
    batch.mark();
  }

  const sum = (of: (entry: Entry) => number): number =>
    [...entries.values()].reduce((total, entry) => total + of(entry), 0);

  /** Begins to read what waits, as far as there is room. */
  function fill(): void {
    for (const entry of entries.values())
      while (entry.left.length > 0 && !signal.aborted) {
        if (sum(({ running }) => running) >= MOST_STREAMS) return;
        const [container = '', ...rest] = entry.left;
        entry.left = rest;
        entry.running += 1;
        void read(entry, container).finally(() => {
          entry.running -= 1;
          settle(entry);
          fill();
        });
      }
  }

  function settle(entry: Entry): void {
    if (entry.running === 0 && entry.left.length === 0) entry.onOver();
  }

  async function runPod(entry: Entry): Promise<void> {
    const { pod } = entry;
    let names: readonly string[] | null = null;
    while (names === null && !signal.aborted) {
      try {
        await transport.configure();
        const object = await lookAt(pod);
        if (object !== null) names = containersOf(object);
        else set(entry, '', { state: 'gone', error: GONE });
      } catch (cause) {
        if (signal.aborted) return;
        set(entry, '', logFailure(networkError(cause, transport.target()), pod));
      }
      if (names !== null) break;
      if (!entry.isWanted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, RETRY_MS);
      entry.wake = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
      await promise;
      clearTimeout(timer);
    }
    entry.streams.delete('');
    const over = Promise.withResolvers<void>();
    entry.onOver = over.resolve;
    signal.addEventListener('abort', () => over.resolve(), { once: true });
    entry.left = names ?? [];
    fill();
    settle(entry);
    batch.mark();
    await over.promise;
    if (!entry.isWanted) {
      entries.delete(keyOf(pod));
      batch.mark();
    }
  }

  async function read(entry: Entry, container: string): Promise<void> {
    const { pod } = entry;
    const run = createLogStream(pod, container, choice, {
      transport,
      timing,
      random: deps.random,
      budget,
      signal,
      wanted: async () => {
        if (isHeld && ring.isFull()) {
          flowing.close();
          batch.mark();
        }
        await flowing.passed(signal);
      },
      onLines: (lines) => add(pod, container, lines),
      onNote: note,
      onState: (state, error) => set(entry, container, { state, error }),
      look: async () => {
        const object = await lookAt(pod);
        return object === null ? null : containerLife(object, container);
      },
      isKept: () => entry.isWanted,
    });
    const state: LogStream = { ...pod, container, state: 'opening', error: null, since: clock() };
    entry.streams.set(container, { run, state });
    batch.mark();
    await run.run();
  }

  return {
    setPods: (pods) => {
      const wanted = new Set(pods.map(keyOf));
      for (const [key, entry] of entries) {
        entry.isWanted = wanted.has(key);
        if (entry.isWanted || entry.left.length === 0) continue;
        entry.left = [];
        settle(entry);
      }
      for (const pod of pods) {
        const key = keyOf(pod);
        if (entries.has(key) || signal.aborted) continue;
        const entry: Entry = {
          pod,
          streams: new Map(),
          isWanted: true,
          left: [],
          running: 0,
          onOver: () => {},
          wake: () => {},
        };
        entries.set(key, entry);
        set(entry, '', { state: 'opening', error: null });
        void runPod(entry);
      }
    },
    snapshot: () => {
      const now = clock();
      snapshot ??= {
        lines: ring.lines(),
        droppedLines: ring.droppedLines(),
        bytes: ring.bytes(),
        streams: [...entries.values()].flatMap(({ streams }) =>
          [...streams.values()].map(({ state }) => state),
        ),
        leftOut: sum(({ left }) => left.length),
        isHeld: !flowing.isOpen(),
        behindMs:
          now < busyUntil && newest !== null && now - newest > BEHIND_MS ? now - newest : null,
      };
      return snapshot;
    },
    mark: note,
    hold: (held) => {
      isHeld = held;
      if (held || flowing.isOpen()) return;
      flowing.open();
      batch.mark();
    },
    retryNow: () => {
      for (const { wake, streams } of entries.values()) {
        wake();
        for (const { run } of streams.values()) run?.wake();
      }
    },
    close: () => ending.abort(),
  };
}

const RETRY_MS = 5000;
const GONE = {
  code: 'absent',
  message: 'there is no such pod',
  hint: 'look at the workload: another pod may have taken its place',
};

/** Words that programs put where they say how bad a line is: logfmt, JSON, klog, and plain ones near the start. */
const BAD =
  /\b(?:level|severity|lvl)"?[=:]\s*"?(?:error|fatal|panic|crit\w*)|^[EF]\d{4} |^(?:.{0,40}\b)?(?:ERROR|FATAL|PANIC|CRITICAL|panic:|fatal:)/iu;
const WARN = /\b(?:level|severity|lvl)"?[=:]\s*"?warn|^W\d{4} |^(?:.{0,40}\b)?WARN(?:ING)?\b/iu;
/** So much of a line is looked at. */
const TONE_CHARACTERS = 240;

function toneOf(text: string): Tone {
  const start = text.length > TONE_CHARACTERS ? text.slice(0, TONE_CHARACTERS) : text;
  if (BAD.test(start)) return 'bad';
  return WARN.test(start) ? 'warn' : 'plain';
}
