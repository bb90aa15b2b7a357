import type { CollectError, Feed, Gap } from '../../domain/feed.ts';
import type { KubeTable } from '../../domain/kube.ts';
import type { EpochMs } from '../../domain/time.ts';
import { resourceName } from '../../domain/watch.ts';
import { groupVersionPath } from './api-resources.ts';
import type { Found } from './api-resources.ts';
import { createBackoff } from './backoff.ts';
import type { Discovery } from './discovery.ts';
import type { HeapBudget } from './heap-budget.ts';
import { checkCap, createKindReader } from './kind-reader.ts';
import type { ListStreams } from './kind-reader.ts';
import { createKindStore } from './kind-store.ts';
import type { KindWatch } from './kind-store.ts';
import { collectError, networkError } from './kube-error.ts';
import type { KubeError } from './kube-error.ts';
import type { KubeTransport } from './kube-transport.ts';
import type { LoadBreaker } from './load-breaker.ts';
import type { KubeTiming } from './timing.ts';
import { createAlarm } from './waiting.ts';
import type { Gate, Slots } from './waiting.ts';

/** Keeps the objects of one kind as the server has them. */
export type Reflector = {
  /** Runs until the abort. */
  readonly run: () => Promise<void>;
  /** How the kind stands now, with all changes up to now; `outage` is what cuts the whole cluster off. */
  readonly feed: (outage: Outage | null) => Feed<KubeTable<unknown>>;
  /** Shortens the wait for the next attempt, unless the server asked for it. */
  readonly wake: () => void;
  /** What the server serves has changed. */
  readonly relocate: () => void;
  /** Whether the server said 403, and nothing better since. */
  readonly isForbidden: () => boolean;
};

/** Why nothing comes from the cluster, and since when. */
export type Outage = { readonly error: CollectError; readonly at: EpochMs };

export type ReflectorOptions = {
  readonly watch: KindWatch;
  /** Nothing is listed: the watch begins with what happens from now on. */
  readonly isFromNowOn?: boolean;
  readonly discovery: Discovery;
  readonly listStreams: ListStreams;
  readonly transport: KubeTransport;
  readonly timing: KubeTiming;
  readonly clock: () => EpochMs;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Open while the cluster answers. */
  readonly gate: Gate;
  /** Bounds the lists that are read at the same time. */
  readonly slots: Slots;
  /** Bounds what all live watches cost together. */
  readonly load: LoadBreaker;
  /** Bounds the memory of all that is kept. */
  readonly heap: HeapBudget;
  readonly onChange: () => void;
  /** The first list is complete, or the first after everything was forgotten. */
  readonly onFull?: () => void;
  /** An object has come, changed or gone, past the first list. */
  readonly onObject?: () => void;
  readonly onBytes: () => void;
  /** The connection itself seems to be in trouble. */
  readonly onTrouble: () => void;
};

type Standing =
  | { readonly kind: 'loading' }
  | { readonly kind: 'live' }
  | { readonly kind: 'absent' | 'denied'; readonly reason: string; readonly at: EpochMs }
  | { readonly kind: 'failed'; readonly error: CollectError; readonly at: EpochMs };

/** Bookmarks come once a minute; this much is added to the limit of silence before a feed counts as old. */
const FRESH_MARGIN_MS = 10_000;
/** So many times a server may be "behind" before its history is taken for another one's, as after a restore. */
const BEHIND_LIMIT = 5;
/** Of a kind of which the newest objects are kept, more than so many times these are not listed to find them. */
const LISTED = 5;
/** What is listed again and again is left alone at least so many times as long as its list has taken. */
const POLL_PAUSE = 20;
/** A kind that was over its cap is watched again below this part of it. */
const RESUME_PART = 0.9;

/** So many objects come between two looks at what they take. */
const WEIGHED_EACH = 128;

/** See {@link Reflector}. */
export function createReflector(options: ReflectorOptions): Reflector {
  const { watch, discovery, transport, timing, clock, random, signal, gate } = options;
  const store = createKindStore(watch);
  const alarm = createAlarm(signal);
  const meter = options.load.meter(watch);
  const account = options.heap.account(watch, (error) => {
    if (present === undefined) {
      overBudget(error);
      return;
    }
    evicted = error;
    present.abort(error);
  });
  const backoff = createBackoff(timing.backoffMs, timing.backoffCapMs, random);
  let standing: Standing = { kind: 'loading' };
  let epoch = transport.epoch();
  let durationMs = 0;
  let roundStarted = 0;
  /** When the present stream was opened, by the monotonic clock. */
  let opened: number | undefined;
  let lines = 0;
  let behind = 0;
  let isOverCap = false;
  /** Ends the present round; undefined between two. */
  let present: AbortController | undefined;
  /** Why what is kept must go. */
  let evicted: KubeError | undefined;
  /** So many were too much; null while they fit. */
  let tooMany: number | null = null;
  let kept = 0;
  let isForbidden = false;
  let mustWait = false;
  let aliveTimer: NodeJS.Timeout | undefined;
  let release = () => {};
  let seenOpenings = 0;
  let path = '';
  /** Which of the watch's versions is tried while nobody says which there are. */
  let guess = 0;

  const reader = createKindReader({
    ...options,
    store,
    signal: () => (present ? AbortSignal.any([signal, present.signal]) : signal),
    path: () => path,
    onOpened: () => {
      opened = performance.now();
      if (store.position() === '') load();
      else if (standing.kind === 'live') confirm();
      // Headers alone do not prove that a broken watch goes on: 410 comes as the first line.
      else aliveTimer = setTimeout(live, timing.shortStreamMs);
    },
    onBytes: () => {
      options.onBytes();
      if (store.position() === '') options.onChange();
      else if (standing.kind === 'live' && opened !== undefined) confirm();
    },
    onLine: () => {
      lines += 1;
      behind = 0;
      live();
    },
    onSpent: meter.spent,
    onPage: options.onChange,
    onKept: () => {
      kept += 1;
      if (kept % WEIGHED_EACH === 0) weigh();
    },
    onReplaced: () => {
      weigh();
      durationMs = Math.round(performance.now() - roundStarted);
      isOverCap = false;
      release();
      const isFirst = standing.kind === 'loading';
      live();
      if (isFirst) options.onFull?.();
    },
  });

  /** @throws {KubeError} `over-budget` */
  function weigh(): void {
    account.holds(store.size() + store.staged(), store.bytes());
    if (evicted) throw evicted;
  }

  function confirm(): void {
    store.confirm(clock());
    options.onChange();
  }

  function live(): void {
    isForbidden = false;
    standing = { kind: 'live' };
    confirm();
  }

  /** What was known before stays in sight as old until the new list is complete. */
  function load(): void {
    if (store.publish() !== undefined) return;
    standing = { kind: 'loading' };
    options.onChange();
  }

  function fail(error: CollectError): void {
    standing = { kind: 'failed', error, at: clock() };
    options.onChange();
  }

  function refuse(kind: 'absent' | 'denied', reason: string, delayMs: number): number {
    if (kind === 'absent') isForbidden = false;
    standing = { kind, reason, at: clock() };
    store.moveTo('');
    options.onChange();
    return delayMs;
  }

  /** The path of the objects in that version, or in one that is guessed. */
  function pathOf(found: Exclude<Found, { kind: 'absent' }>): string {
    const version =
      found.kind === 'served'
        ? found.version
        : (watch.versions[guess % watch.versions.length] ?? watch.versions[0]);
    const namespace = watch.namespace === undefined ? '' : `/namespaces/${watch.namespace}`;
    return `${groupVersionPath({ group: watch.group, version })}${namespace}/${watch.resource}`;
  }

  const ranMs = (): number => (opened === undefined ? 0 : performance.now() - opened);

  /** One list, if needed, and one watch. Gives the wait before the next round. */
  async function round(): Promise<number> {
    if (transport.epoch() !== epoch) {
      epoch = transport.epoch();
      store.clear();
      standing = { kind: 'loading' };
    }
    const found = discovery.find(watch);
    if (found.kind === 'absent') return refuse('absent', found.reason, timing.discoveryMs);
    const next = pathOf(found);
    // The versions of another path mean nothing here.
    if (next !== path) store.moveTo('');
    path = next;
    if (watch.pollSeconds !== undefined) return poll(watch.pollSeconds * 1000);
    if (store.position() === '') {
      release = await options.slots.acquire(signal);
      roundStarted = performance.now();
      const { count, resourceVersion } = await reader.count();
      checkCap(isOverCap ? withResumePart(watch) : watch, count);
      checkRoom(count);
      const isTooLong =
        watch.newestBy !== undefined && count !== undefined && count > watch.maxObjects * LISTED;
      if (options.isFromNowOn || isTooLong) startAt(resourceVersion, isTooLong ? count : 0);
      else if (!reader.streamsLists()) {
        load();
        await reader.list();
      }
    }
    const end = await reader.follow();
    if (end === 'refused') return 0;
    const ran = ranMs();
    if (ran < timing.shortStreamMs && lines === 0)
      fail(collectError('stream-short', `the watch of ${path} ended without an event`));
    if (ran < timing.settledMs) return backoff.next();
    backoff.reset();
    return random() * timing.backoffMs;
  }

  /** One list of what has no watch. Gives the wait before the next one: reading it takes a small part of the time. */
  async function poll(everyMs: number): Promise<number> {
    // Without a slot: the server behind it may hang, and would keep the lists of all other kinds waiting.
    roundStarted = performance.now();
    checkRoom(tooMany ?? 0);
    load();
    await reader.list();
    backoff.reset();
    return (
      Math.max(everyMs, (performance.now() - roundStarted) * POLL_PAUSE) * (1 + random() * 0.1)
    );
  }

  /** What a failure means for this kind. Gives the wait before the next round. */
  function failed(error: KubeError): number {
    const ran = ranMs();
    const isSettled = ran >= timing.settledMs;
    if (isSettled) backoff.reset();
    mustWait = error.retryAfterMs > 0;
    const { code } = error.failure;
    if (code === 'over-cap') return overCap(error);
    if (code === 'over-budget') return overBudget(error);
    if (code === 'too-loud') return tooLoud(error);
    // An API that another server serves may be away by itself.
    const isOwn = watch.pollSeconds === undefined;
    if (error.status === null || (error.status >= 500 && isOwn) || error.status === 401)
      options.onTrouble();
    // A stream that was good and is cut, as when a load balancer changes the server, is opened again at once.
    if (code === 'reset' && isSettled) return random() * timing.backoffMs;
    if (error.isBehind) return catchUp(error);
    if (error.status === 403) isForbidden = true;
    if (error.status === 401 || error.status === 403)
      return refuse(
        'denied',
        `${watch.shows} cannot be seen: ${error.failure.message}`,
        timing.deniedMs,
      );
    if (error.status === 404) return missing(error);
    if (error.status === 410) store.moveTo('');
    // An API that another server serves, which is down.
    const isUnserved = error.status === 503;
    fail({ ...error.failure, ...(isUnserved && { resource: resourceName(watch) }) });
    return error.status === 410 && isSettled
      ? random() * timing.backoffMs
      : backoff.next(error.retryAfterMs);
  }

  function startAt(version: string, hidden: number): void {
    release();
    // What happened while there was no watch is not known.
    if (store.publish() !== undefined) options.onObject?.();
    store.begin();
    store.replace(version);
    store.hide(hidden);
  }

  /** Discovery has told of it, or could not be asked: either it has just gone, or it has another version. */
  function missing(error: KubeError): number {
    guess += 1;
    if (discovery.find(watch).kind === 'unknown' && guess % watch.versions.length !== 0) return 0;
    discovery.hurry();
    return refuse('absent', error.failure.message, timing.recountMs);
  }

  function overCap(error: KubeError): number {
    isOverCap = true;
    store.moveTo('');
    fail(error.failure);
    return timing.recountMs;
  }

  /** @throws {KubeError} `over-budget` while what was given up would not fit yet */
  function checkRoom(count: number | undefined): void {
    if (tooMany === null) return;
    account.checkRoom(count ?? tooMany);
    tooMany = null;
  }

  function overBudget(error: KubeError): number {
    tooMany ??= store.size() + store.staged();
    store.clear();
    account.holds(0, 0);
    fail(error.failure);
    return timing.recountMs;
  }

  /** What changes meanwhile is not asked for afterwards: one list is less than all that. */
  function tooLoud(error: KubeError): number {
    mustWait = true;
    store.moveTo('');
    fail(error.failure);
    return meter.pauseMs();
  }

  function catchUp(error: KubeError): number {
    behind += 1;
    if (behind >= BEHIND_LIMIT) {
      behind = 0;
      store.moveTo('');
      fail(error.failure);
    }
    return backoff.next(Math.max(error.retryAfterMs, 1000));
  }

  /** Waits until the cluster answers; after an outage not every kind starts at once. */
  async function passGate(): Promise<void> {
    await gate.passed(signal);
    const isAfterOutage = seenOpenings !== 0 && gate.openings() !== seenOpenings;
    seenOpenings = gate.openings();
    if (isAfterOutage) await alarm.sleep(random() * timing.spreadMs);
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await passGate();
      await discovery.asked();
      if (signal.aborted) return;
      opened = undefined;
      lines = 0;
      mustWait = false;
      evicted = undefined;
      present = new AbortController();
      let delayMs = 0;
      try {
        delayMs = await round();
      } catch (error) {
        if (!signal.aborted) delayMs = failed(evicted ?? networkError(error, transport.target()));
      } finally {
        present = undefined;
        clearTimeout(aliveTimer);
        release();
      }
      if (delayMs > 0) await alarm.sleep(delayMs);
    }
    account.close();
  }

  const freshMs =
    (watch.pollSeconds === undefined ? timing.silenceMs : watch.pollSeconds * 3000) +
    FRESH_MARGIN_MS;

  /** What is not kept because only the newest objects are. */
  function gap(kept: number): { readonly gap?: Gap } {
    const hidden = store.hidden();
    if (hidden === 0) return {};
    const name = resourceName(watch);
    return {
      gap: {
        reason: `of ${kept + hidden} ${name} the newest ${kept} are kept`,
        hides: `${hidden} older ${name}`,
      },
    };
  }

  function feed(outage: Outage | null): Feed<KubeTable<unknown>> {
    const value = store.publish();
    const at = store.confirmedAt();
    const last = value === undefined ? {} : { last: { value, at }, ...gap(value.byKey.size) };
    if (outage) return { status: 'failed', error: outage.error, at: outage.at, ...last };
    switch (standing.kind) {
      case 'loading':
        return { status: 'pending', received: store.staged() };
      case 'live':
        return value === undefined
          ? { status: 'pending' }
          : {
              status: 'ok',
              value,
              at,
              freshUntil: at + freshMs,
              complaints: store.complaints(),
              durationMs,
              ...gap(value.byKey.size),
            };
      case 'absent':
        return { status: 'absent', reason: standing.reason, at: standing.at };
      case 'denied':
        return {
          status: 'denied',
          reason: standing.reason,
          at: standing.at,
          hides: watch.shows,
        };
      case 'failed':
        return { status: 'failed', error: standing.error, at: standing.at, ...last };
    }
  }

  const wake = (): void => {
    if (!mustWait) alarm.wake();
  };

  return {
    run,
    feed,
    wake,
    relocate: () => {
      if (standing.kind === 'absent') wake();
    },
    isForbidden: () => isForbidden,
  };
}

const withResumePart = (watch: KindWatch): KindWatch => ({
  ...watch,
  maxObjects: Math.floor(watch.maxObjects * RESUME_PART),
});
