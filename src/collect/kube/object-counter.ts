import type { CollectError, Feed } from '../../domain/feed.ts';
import type { KubeTable } from '../../domain/kube.ts';
import { MANY_OBJECTS } from '../../domain/objects.ts';
import type { ObjectCount } from '../../domain/objects.ts';
import type { EpochMs } from '../../domain/time.ts';
import { resourceName } from '../../domain/watch.ts';
import { groupVersionPath } from './api-resources.ts';
import type { ApiResource } from './api-resources.ts';
import { countObjects } from './count.ts';
import type { Discovery } from './discovery.ts';
import { createKindTable } from './kind-table.ts';
import { networkError } from './kube-error.ts';
import type { KubeError } from './kube-error.ts';
import type { KubeTransport } from './kube-transport.ts';
import type { Outage } from './reflector.ts';
import type { KubeTiming } from './timing.ts';
import { createAlarm } from './waiting.ts';
import type { Gate } from './waiting.ts';

/** Counts the objects of every resource, one resource after the other. */
export type ObjectCounter = {
  /** Runs until the abort. */
  readonly run: () => Promise<void>;
  readonly feed: (outage: Outage | null) => Feed<KubeTable<ObjectCount>>;
  /** What the server serves has changed. */
  readonly relocate: () => void;
};

export type ObjectCounterOptions = {
  readonly transport: KubeTransport;
  readonly discovery: Discovery;
  readonly timing: KubeTiming;
  readonly clock: () => EpochMs;
  /** Gives numbers from 0 up to 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Open while the cluster answers. */
  readonly gate: Gate;
  readonly onChange: () => void;
  readonly onBytes: () => void;
  /** The connection itself seems to be in trouble. */
  readonly onTrouble: () => void;
};

type Entry = {
  readonly api: ApiResource;
  readonly path: string;
  /** When it is to be counted, by the monotonic clock. */
  dueAt: number;
  /** The counts of late, the oldest first; their times are monotonic. */
  samples: readonly { readonly at: number; readonly count: number }[];
};

/** From this growth per minute on, a resource is counted more often, as one that is large. */
const FAST_PER_MINUTE = 60;

/** See {@link ObjectCounter}. */
export function createObjectCounter(options: ObjectCounterOptions): ObjectCounter {
  const { transport, discovery, timing, clock, random, signal, gate } = options;
  const { growthMs } = timing;
  const alarm = createAlarm(signal);
  const table = createKindTable<ObjectCount>();
  const shown = new Map<string, ObjectCount>();
  let toldAt = -Infinity;
  let entries = new Map<string, Entry>();
  let at: EpochMs = 0;
  let durationMs = 0;
  let epoch = transport.epoch();

  /** Takes over what discovery tells of: what is new is due at once, what is gone is forgotten. */
  function follow(resources: readonly ApiResource[]): void {
    const next = new Map<string, Entry>();
    for (const api of resources.filter(isCountable)) {
      const name = resourceName(api);
      const path = `${groupVersionPath(api)}/${api.resource}`;
      const known = entries.get(name);
      next.set(name, known?.path === path ? known : { api, path, dueAt: 0, samples: [] });
    }
    for (const name of entries.keys())
      if (!next.has(name)) {
        table.remove(name);
        shown.delete(name);
        options.onChange();
      }
    entries = next;
  }

  function put(name: string, { api, path, samples }: Entry, trouble: ObjectCount['trouble']): void {
    const last = samples.at(-1);
    const before = shown.get(name);
    const next: ObjectCount = {
      name,
      group: api.group,
      resource: api.resource,
      kind: api.kind,
      request: `GET ${path}?limit=1`,
      count: last?.count ?? null,
      perMinute: growth(samples, growthMs[0]),
      countedAt: last === undefined ? null : Math.round(clock() - (performance.now() - last.at)),
      trouble,
    };
    shown.set(name, next);
    table.put(name, next);
    const isNews =
      before?.count !== next.count ||
      before.perMinute !== next.perMinute ||
      before.trouble?.message !== trouble?.message;
    const now = performance.now();
    // That nothing has changed is told too, but not each time.
    if (!isNews && now - toldAt < timing.countOftenMs) return;
    toldAt = now;
    options.onChange();
  }

  async function count(name: string, entry: Entry): Promise<number> {
    const started = performance.now();
    const { count } = await countObjects(transport, entry.path, signal, options.onBytes);
    at = clock();
    durationMs = Math.round(performance.now() - started);
    const now = performance.now();
    entry.samples =
      count === undefined
        ? []
        : [...entry.samples.filter((sample) => now - sample.at <= growthMs[1]), { at: now, count }];
    put(name, entry, count === undefined ? UNTOLD : null);
    const isLarge = (count ?? 0) >= MANY_OBJECTS;
    const perMinute = growth(entry.samples, growthMs[0]);
    if (isLarge && perMinute === null) return growthMs[0];
    return isLarge || perMinute === null || Math.abs(perMinute) >= FAST_PER_MINUTE
      ? timing.countOftenMs
      : timing.countMs;
  }

  function failed(name: string, entry: Entry, error: KubeError): number {
    const { status, failure, retryAfterMs } = error;
    if (status === null || status >= 500) options.onTrouble();
    if (status === 404) discovery.hurry();
    const isDenied = status === 401 || status === 403;
    // What cannot be counted now is not what was counted before.
    if (isDenied || status === 404) entry.samples = [];
    put(name, entry, { isDenied, message: failure.message });
    return isDenied ? timing.deniedMs : Math.max(retryAfterMs, timing.countMs);
  }

  async function run(): Promise<void> {
    await discovery.asked();
    while (!signal.aborted) {
      await gate.passed(signal);
      if (transport.epoch() !== epoch) {
        epoch = transport.epoch();
        table.clear();
        shown.clear();
        entries = new Map();
      }
      const resources = discovery.resources();
      if (resources !== undefined) {
        follow(resources);
        if (table.publish() === undefined) {
          table.begin();
          table.replace();
          at = clock();
          options.onChange();
        }
      }
      const [due] = [...entries].toSorted(([, a], [, b]) => a.dueAt - b.dueAt);
      const waitMs = due === undefined ? timing.countMs : due[1].dueAt - performance.now();
      if (due !== undefined && waitMs <= 0) await step(...due);
      // One after the other, with a pause: no burst on a server that may be in trouble.
      await alarm.sleep(Math.max(timing.countGapMs, waitMs));
    }
  }

  async function step(name: string, entry: Entry): Promise<void> {
    let delayMs = timing.countMs;
    try {
      delayMs = await count(name, entry);
    } catch (error) {
      if (signal.aborted) return;
      delayMs = failed(name, entry, networkError(error, transport.target()));
    }
    entry.dueAt = performance.now() + delayMs * (1 + random() * JITTER);
  }

  return {
    run,
    relocate: alarm.wake,
    feed: (outage) => {
      const value = table.publish();
      const error: CollectError | null = outage?.error ?? null;
      if (error !== null)
        return {
          status: 'failed',
          error,
          at: outage?.at ?? at,
          ...(value === undefined ? {} : { last: { value, at } }),
        };
      return value === undefined
        ? { status: 'pending' }
        : {
            status: 'ok',
            value,
            at,
            freshUntil: at + 3 * timing.countMs,
            complaints: [],
            durationMs,
          };
    },
  };
}

const JITTER = 0.2;

const UNTOLD: ObjectCount['trouble'] = {
  isDenied: false,
  message: 'the server does not tell how many there are without listing them',
};

/** What has no watch is computed when it is asked for, such as `nodes.metrics.k8s.io`; events are one thing in two groups. */
const isCountable = ({ verbs, group, resource }: ApiResource): boolean =>
  verbs.includes('list') &&
  verbs.includes('watch') &&
  !(group === 'events.k8s.io' && resource === 'events');

/** Objects more per minute, over all samples; null when they are too near to each other. */
function growth(samples: Entry['samples'], leastMs: number): number | null {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.at - first.at < leastMs) return null;
  return Math.round(((last.count - first.count) / (last.at - first.at)) * 60_000);
}
