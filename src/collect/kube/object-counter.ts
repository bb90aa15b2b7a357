import type { CollectError, Feed, Gap } from '../../domain/feed.ts';
import type { KubeTable } from '../../domain/kube.ts';
import { MANY_OBJECTS } from '../../domain/objects.ts';
import type { ObjectCount, ObjectSample } from '../../domain/objects.ts';
import type { EpochMs } from '../../domain/time.ts';
import { resourceName } from '../../domain/watch.ts';
import { groupVersionPath } from './api-resources.ts';
import type { ApiResource } from './api-resources.ts';
import { countObjects } from './count.ts';
import type { Counted } from './count.ts';
import type { Discovery } from './discovery.ts';
import { createKindTable } from './kind-table.ts';
import { networkError } from './kube-error.ts';
import type { KubeError } from './kube-error.ts';
import type { KubeTransport } from './kube-transport.ts';
import type { NamespaceRights } from './namespace-rights.ts';
import { sampleObjects } from './object-sample.ts';
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
  readonly rights: NamespaceRights;
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

type Scope = {
  readonly namespaces: readonly string[];
  readonly until: number;
  /** What was said of all together. */
  readonly refusal: KubeError;
};

type Entry = {
  readonly api: ApiResource;
  readonly path: string;
  /** Namespaces to count in until then, because all together may not be counted; by the monotonic clock. */
  scope: Scope | null;
  sample: ObjectSample | null;
  /** When it was looked at, by the monotonic clock. */
  sampledAt: number;
  /** When it is to be counted, by the monotonic clock. */
  dueAt: number;
  /** The counts of late, the oldest first; their times are monotonic. */
  samples: readonly { readonly at: number; readonly count: number }[];
};

/** From this growth per minute on, a resource is counted more often, as one that is large. */
const FAST_PER_MINUTE = 60;

/** So many objects, or so many more per minute, and some of them are looked at. */
const SAMPLED_FROM = 10_000;
const SAMPLED_PER_MINUTE = 300;
/** So many namespaces are counted in as often as all together. */
const NAMESPACES_AT_ONCE = 4;

const newEntry = (api: ApiResource, path: string): Entry => ({
  api,
  path,
  scope: null,
  sample: null,
  sampledAt: -Infinity,
  dueAt: 0,
  samples: [],
});

/** The path of the objects in one namespace, or for people in several. */
const inNamespace = (path: string, namespace: string): string =>
  path.replace(/\/(?=[^/]*$)/, `/namespaces/${namespace}/`);

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

  /** Takes over what discovery tells of: what is new is due at once and not known until then, what is gone is forgotten. */
  function follow(resources: readonly ApiResource[]): void {
    const next = new Map<string, Entry>();
    for (const api of resources.filter(isCountable)) {
      const name = resourceName(api);
      const path = `${groupVersionPath(api)}/${api.resource}`;
      const known = entries.get(name);
      const entry = known?.path === path ? known : newEntry(api, path);
      next.set(name, entry);
      if (known === undefined) show(name, entry, null);
    }
    for (const name of entries.keys())
      if (!next.has(name)) {
        table.remove(name);
        shown.delete(name);
        options.onChange();
      }
    entries = next;
  }

  function show(name: string, entry: Entry, trouble: ObjectCount['trouble']): ObjectCount {
    const { api, path, samples, scope, sample } = entry;
    const last = samples.at(-1);
    const next: ObjectCount = {
      name,
      group: api.group,
      resource: api.resource,
      kind: api.kind,
      namespaces: scope?.namespaces ?? null,
      sample,
      request: `GET ${scope ? inNamespace(path, scope.namespaces.join(',')) : path}?limit=1`,
      count: last?.count ?? null,
      perMinute: growth(samples, growthMs[0]),
      countedAt: last === undefined ? null : Math.round(clock() - (performance.now() - last.at)),
      trouble,
    };
    shown.set(name, next);
    table.put(name, next);
    return next;
  }

  function put(name: string, entry: Entry, trouble: ObjectCount['trouble']): void {
    const before = shown.get(name);
    const next = show(name, entry, trouble);
    const isNews =
      before?.count !== next.count ||
      before.perMinute !== next.perMinute ||
      before.sample !== next.sample ||
      before.trouble?.message !== trouble?.message;
    const now = performance.now();
    // That nothing has changed is told too, but not each time.
    if (!isNews && now - toldAt < timing.countOftenMs) return;
    toldAt = now;
    options.onChange();
  }

  /** All of them, or those of the namespaces that may be counted. */
  async function countAll(entry: Entry): Promise<Counted> {
    const { path, scope } = entry;
    if (scope === null) return countObjects(transport, path, signal, options.onBytes);
    const counts = new Map<string, number | undefined>();
    for (const namespace of scope.namespaces) {
      try {
        const own = inNamespace(path, namespace);
        const { count } = await countObjects(transport, own, signal, options.onBytes);
        counts.set(namespace, count);
      } catch (error) {
        // What nobody could tell before it was tried.
        const { status } = networkError(error, transport.target());
        if (status !== 403 && status !== 404) throw error;
      }
      await alarm.sleep(timing.countGapMs);
    }
    if (counts.size === 0) throw scope.refusal;
    rescope(entry, { ...scope, namespaces: [...counts.keys()] });
    let count: number | undefined = 0;
    for (const one of counts.values())
      count = count === undefined || one === undefined ? undefined : count + one;
    return { count, resourceVersion: '' };
  }

  async function count(name: string, entry: Entry): Promise<number> {
    if (entry.scope !== null && performance.now() >= entry.scope.until) rescope(entry, null);
    const started = performance.now();
    const { count, resourceVersion } = await countAll(entry);
    at = clock();
    durationMs = Math.round(performance.now() - started);
    const now = performance.now();
    entry.samples =
      count === undefined
        ? []
        : [...entry.samples.filter((sample) => now - sample.at <= growthMs[1]), { at: now, count }];
    const perMinute = growth(entry.samples, growthMs[0]);
    put(name, entry, count === undefined ? UNTOLD : null);
    const before = entry.sample;
    await look(entry, count ?? 0, perMinute ?? 0, resourceVersion);
    if (entry.sample !== before) put(name, entry, null);
    const isLarge = (count ?? 0) >= MANY_OBJECTS;
    if (isLarge && perMinute === null) return growthMs[0];
    const pauseMs =
      isLarge || perMinute === null || Math.abs(perMinute) >= FAST_PER_MINUTE
        ? timing.countOftenMs
        : timing.countMs;
    // Many namespaces cost no more requests than few.
    return pauseMs * Math.max(1, (entry.scope?.namespaces.length ?? 1) / NAMESPACES_AT_ONCE);
  }

  /** Looks at some of what there is much of, or becomes more fast: who makes them. */
  async function look(
    entry: Entry,
    count: number,
    perMinute: number,
    version: string,
  ): Promise<void> {
    const grows = perMinute >= SAMPLED_PER_MINUTE;
    const isWanted = grows || count >= SAMPLED_FROM;
    // Of Secrets not even the metadata is read: annotations may repeat what they hide.
    const isOpen = entry.scope === null && resourceName(entry.api) !== 'secrets';
    if (!isWanted || !isOpen) {
      entry.sample = null;
      entry.sampledAt = -Infinity;
      return;
    }
    const now = performance.now();
    // Which are the newest is worth more than the first by their names.
    const isBetter = grows && entry.sample?.isNewest === false;
    if (now - entry.sampledAt < (isBetter ? timing.countOftenMs : timing.countMs)) return;
    entry.sampledAt = now;
    const { path } = entry;
    const since = grows ? version : '';
    const { onBytes } = options;
    const found = await sampleObjects({ transport, path, since, clock, signal, onBytes }).catch(
      () => null,
    );
    entry.sample = found ?? entry.sample;
  }

  function rescope(entry: Entry, scope: Entry['scope']): void {
    const [before, after] = [entry.scope, scope].map((each) => each?.namespaces.join());
    // What is counted elsewhere says nothing of growth.
    if (before !== after) entry.samples = [];
    entry.scope = scope;
  }

  /** All together may not be counted: those of some namespaces, perhaps. Gives whether there are such. */
  async function narrow(entry: Entry, refusal: KubeError): Promise<boolean> {
    const { group, resource, namespaced } = entry.api;
    if (!namespaced) return false;
    // As for what is only listed: a count needs no watch.
    const { namespaces } = await options.rights.readable({ group, resource, pollSeconds: 0 });
    if (namespaces.length === 0) return false;
    rescope(entry, { namespaces, until: performance.now() + timing.deniedMs, refusal });
    return true;
  }

  function failed(name: string, entry: Entry, error: KubeError): number {
    const { status, failure, retryAfterMs } = error;
    if (status === null || status >= 500) options.onTrouble();
    if (status === 404) discovery.hurry();
    const isDenied = status === 401 || status === 403;
    // What cannot be counted now is not what was counted before.
    if (isDenied || status === 404) entry.samples = [];
    if (isDenied) rescope(entry, null);
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
        const isFirst = table.publish() === undefined;
        if (isFirst) {
          table.begin();
          table.replace();
          at = clock();
        }
        follow(resources);
        if (isFirst) options.onChange();
      }
      const [due] = [...entries].toSorted(([, a], [, b]) => a.dueAt - b.dueAt);
      const waitMs = due === undefined ? timing.countMs : due[1].dueAt - performance.now();
      if (due !== undefined && waitMs <= 0) await step(...due);
      // One after the other, with a pause: no burst on a server that may be in trouble.
      await alarm.sleep(Math.max(timing.countGapMs, waitMs));
    }
  }

  async function countAllowed(name: string, entry: Entry): Promise<number> {
    try {
      return await count(name, entry);
    } catch (error) {
      const known = networkError(error, transport.target());
      if (known.status === 403 && entry.scope === null && (await narrow(entry, known)))
        return count(name, entry);
      throw known;
    }
  }

  async function step(name: string, entry: Entry): Promise<void> {
    let delayMs = timing.countMs;
    try {
      delayMs = await countAllowed(name, entry);
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
            ...gapIn(shown.values()),
          };
    },
  };
}

/** What is counted in some namespaces only. */
function gapIn(counts: Iterable<ObjectCount>): { readonly gap?: Gap } {
  const partial = [...counts].filter(({ namespaces }) => namespaces !== null);
  const [first] = partial;
  if (!first?.namespaces) return {};
  const names = partial.map(({ name }) => name);
  return {
    gap: {
      reason: `counted only in ${first.namespaces.join(', ')}: a right to list in all namespaces is missing`,
      hides: `objects of other namespaces: ${few(names)}`,
    },
  };
}

const few = (names: readonly string[]): string =>
  names.length <= 3
    ? names.join(', ')
    : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;

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
