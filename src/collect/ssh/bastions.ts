import type { Clock, Timer } from '../clock.ts';
import { authRetryDelayMs, reconnectDelayMs, slowDelayMs, throttledDelayMs } from './backoff.ts';
import { carriedStream } from './carried-stream.ts';
import type { ForwardingConnection } from './connection.ts';
import { forwardFailure, frozenFailure, lostFailure, tcpTimeout, viaFailure } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import { placeOf } from './target.ts';
import type { Target } from './target.ts';
import type { Wire } from './wire.ts';

/** A use of a jump host. */
export type Lease = {
  /** A connection from there to the target. */
  readonly open: (target: Target, signal: AbortSignal) => Promise<Wire | LinkFailure>;
  readonly release: () => void;
};

export type LeaseOptions = {
  readonly signal: AbortSignal;
  /**
   * The failure that the asking host knows of, when it has a reason to try again at once. A newer one is answered
   * instead of trying, so that a hundred hosts behind one jump host do not log in there a hundred times.
   */
  readonly seen: LinkFailure | undefined;
  readonly onQuestion: (held: LinkFailure | null) => void;
};

/** The connections to jump hosts: one to each, shared by all hosts behind it, there as long as one needs it. */
export type Bastions = {
  readonly lease: (hop: Target, options: LeaseOptions) => Promise<Lease | LinkFailure>;
  readonly close: () => Promise<void>;
};

export type HopEvents = Pick<LeaseOptions, 'signal' | 'seen'> & {
  readonly onQuestion: (held: LinkFailure | null) => void;
  readonly onLost: (reason: LinkFailure) => void;
};

export type BastionsDeps = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly logIn: (hop: Target, events: HopEvents) => Promise<ForwardingConnection | LinkFailure>;
};

/** A host that connects anew right after a loss finds the jump host still there. */
const LINGER_MS = 2_000;
const PING_LIMIT_MS = 5_000;
/** One turn of the event loop for each of several jump hosts. */
const MAX_DEPTH = 8;

/** One connection to a jump host, for as long as it lasts. */
type Hop = { readonly connection: ForwardingConnection; lost: LinkFailure | undefined };

type Entry = {
  readonly hop: Target;
  current: Hop | undefined;
  leases: number;
  linger: Timer | undefined;
  connecting: Promise<Hop | LinkFailure> | undefined;
  abort: AbortController;
  readonly waiters: Set<LeaseOptions>;
  question: LinkFailure | null;
  failed: { readonly failure: LinkFailure; readonly until: number } | undefined;
  failures: number;
};

export function createBastions({ clock, random, logIn }: BastionsDeps): Bastions {
  const entries = new Map<string, Entry>();
  let isClosed = false;

  const entryFor = (hop: Target): Entry => {
    const key = keyOf(hop);
    const found = entries.get(key);
    if (found !== undefined) return found;
    const made: Entry = {
      hop,
      current: undefined,
      leases: 0,
      linger: undefined,
      connecting: undefined,
      abort: new AbortController(),
      waiters: new Set(),
      question: null,
      failed: undefined,
      failures: 0,
    };
    entries.set(key, made);
    return made;
  };

  const waitMs = ({ retry }: LinkFailure, failures: number): number => {
    switch (retry) {
      case 'jitter':
        return reconnectDelayMs(failures, random);
      case 'slow':
        return slowDelayMs(random);
      case 'throttled':
        return throttledDelayMs(failures, random);
      case 'rare':
        return authRetryDelayMs(random);
      case 'held':
        return Number.POSITIVE_INFINITY;
    }
  };

  const connectHop = async (
    entry: Entry,
    seen: LinkFailure | undefined,
  ): Promise<Hop | LinkFailure> => {
    let hop: Hop | undefined;
    entry.abort = new AbortController();
    const { signal } = entry.abort;
    const aborted = lostFailure(entry.hop.name, 'aborted');
    const result = await logIn(entry.hop, {
      signal,
      seen,
      onQuestion: (held) => {
        entry.question = held === null ? null : viaFailure(entry.hop.name, held);
        for (const waiter of entry.waiters) waiter.onQuestion(entry.question);
      },
      onLost: (reason) => {
        if (hop === undefined) return;
        hop.lost = viaFailure(entry.hop.name, reason);
        if (entry.current === hop) entry.current = undefined;
      },
    }).catch((error: unknown) => {
      if (signal.aborted) return aborted;
      throw error;
    });
    if (signal.aborted) {
      if (!('error' in result)) result.destroy();
      return aborted;
    }
    entry.question = null;
    if ('error' in result) {
      const failure = viaFailure(entry.hop.name, result);
      entry.failed = { failure, until: clock.monotonic() + waitMs(failure, entry.failures) };
      entry.failures++;
      return failure;
    }
    hop = { connection: result, lost: undefined };
    entry.failed = undefined;
    entry.failures = 0;
    entry.current = hop;
    return hop;
  };

  /** All who want the same jump host at the same time wait for one attempt; it ends when nobody waits any more. */
  const hopOf = async (entry: Entry, options: LeaseOptions): Promise<Hop | LinkFailure> => {
    if (entry.current !== undefined) return entry.current;
    const { failed } = entry;
    if (
      entry.connecting === undefined &&
      failed !== undefined &&
      failed.failure.error !== options.seen?.error &&
      clock.monotonic() < failed.until
    )
      return failed.failure;
    entry.waiters.add(options);
    if (entry.question !== null) options.onQuestion(entry.question);
    entry.connecting ??= connectHop(entry, options.seen).finally(() => {
      entry.connecting = undefined;
    });
    const { promise: aborted, resolve } = Promise.withResolvers<LinkFailure>();
    const onAbort = (): void => {
      entry.waiters.delete(options);
      if (entry.waiters.size === 0) entry.abort.abort();
      resolve(lostFailure(entry.hop.name, 'aborted'));
    };
    options.signal.addEventListener('abort', onAbort, { once: true });
    if (options.signal.aborted) onAbort();
    const result = await Promise.race([entry.connecting, aborted]);
    options.signal.removeEventListener('abort', onAbort);
    entry.waiters.delete(options);
    return result;
  };

  const letGo = (entry: Entry): void => {
    entry.leases--;
    if (entry.leases > 0 || isClosed) return;
    entry.linger = clock.setTimeout(() => void endHop(entry), LINGER_MS);
  };

  const endHop = async (entry: Entry): Promise<void> => {
    clock.clearTimeout(entry.linger);
    entry.abort.abort();
    const { current } = entry;
    entry.current = undefined;
    await current?.connection.end();
  };

  /** Nothing came of it in time: is it the target behind the jump host, or the jump host itself? */
  const silence = async (entry: Entry, hop: Hop, place: string): Promise<LinkFailure> => {
    if (hop.lost !== undefined) return hop.lost;
    if (await answers(hop.connection, clock)) return seenFrom(entry.hop.name, tcpTimeout(place));
    hop.lost ??= viaFailure(
      entry.hop.name,
      frozenFailure(`${entry.hop.host}:${entry.hop.port}`, PING_LIMIT_MS / 1000),
    );
    if (entry.current === hop) entry.current = undefined;
    hop.connection.destroy();
    return hop.lost;
  };

  const open = async (
    entry: Entry,
    hop: Hop,
    target: Target,
    signal: AbortSignal,
  ): Promise<Wire | LinkFailure> => {
    const place = `${target.host}:${target.port}`;
    const opened = await limited(
      hop.connection.forward(target.host, target.port),
      target.connectTimeoutSeconds * 1000,
      clock,
      signal,
    );
    if (opened === 'aborted') return lostFailure(place, 'aborted');
    if (opened === 'late') return await silence(entry, hop, place);
    if (opened instanceof Error) return hop.lost ?? forwardFailure(entry.hop.name, place, opened);
    return {
      ...carriedStream(opened, opened, () => opened.destroy()),
      reason: async () => {
        // The end of a jump host ends its channels; a moment later it is known as such.
        for (let turn = 0; turn < MAX_DEPTH && hop.lost === undefined; turn++) await nextTurn();
        return hop.lost;
      },
    };
  };

  return {
    lease: async (hop, options) => {
      const entry = entryFor(hop);
      clock.clearTimeout(entry.linger);
      entry.leases++;
      let isReleased = false;
      const release = (): void => {
        if (isReleased) return;
        isReleased = true;
        letGo(entry);
      };
      const result = await hopOf(entry, options);
      if ('error' in result) {
        release();
        return result;
      }
      return { open: (target, signal) => open(entry, result, target, signal), release };
    },
    close: async () => {
      isClosed = true;
      await Promise.all([...entries.values()].map((entry) => endHop(entry)));
    },
  };
}

const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Two hosts behind the same jump host in the same way share it. */
const keyOf = (hop: Target): string => JSON.stringify({ ...hop, place: placeOf(hop) });

/** It is the target that fails, as the jump host sees it. */
const seenFrom = (hop: string, reason: LinkFailure): LinkFailure => ({
  ...reason,
  error: { ...reason.error, message: `${reason.error.message} (seen from ${hop})` },
});

async function answers(connection: ForwardingConnection, clock: Clock): Promise<boolean> {
  const before = connection.bytesRead();
  const result = await limited(connection.ping(), PING_LIMIT_MS, clock);
  return result !== 'late' || connection.bytesRead() > before;
}

/** What comes of it within the time; a stream that comes later is closed at once. */
async function limited<T>(
  work: Promise<T>,
  limitMs: number,
  clock: Clock,
  signal?: AbortSignal,
): Promise<T | 'late' | 'aborted'> {
  const { promise, resolve } = Promise.withResolvers<'late' | 'aborted'>();
  const timer = clock.setTimeout(() => resolve('late'), limitMs);
  const onAbort = (): void => resolve('aborted');
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  const result = await Promise.race([work, promise]);
  clock.clearTimeout(timer);
  signal?.removeEventListener('abort', onAbort);
  if (result === 'late' || result === 'aborted') void work.then((value) => discard(value));
  return result;
}

function discard(value: unknown): void {
  if (typeof value === 'object' && value !== null && 'destroy' in value)
    (value as { destroy: () => void }).destroy();
}
