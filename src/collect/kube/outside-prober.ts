import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { PeerCertificate } from 'node:tls';
import { unbracketed } from '../../domain/address.ts';
import type { CollectError, Feed } from '../../domain/feed.ts';
import type { KubeTable } from '../../domain/kube.ts';
import type { OutsideTarget } from '../../domain/network.ts';
import type { EpochMs } from '../../domain/time.ts';
import { collectError, networkError } from './kube-error.ts';
import { createAlarm, createSlots } from './waiting.ts';

/** Looks again and again whether targets of webhooks outside the cluster answer. */
export type OutsideProber = {
  readonly start: () => void;
  /** Shortens the wait for the next look. */
  readonly wake: () => void;
  /** The same if there is a target that was never looked at. */
  readonly lookForNew: () => void;
  /** No change is told after it. */
  readonly close: () => Promise<void>;
};

export type OutsideProberDeps = {
  /** The origins to look at, as `https://gate.example:8443`; null as long as nobody knows them. */
  readonly targets: () => readonly string[] | null;
  readonly onChange: (feed: Feed<KubeTable<OutsideTarget>>) => void;
  readonly intervalMs?: number;
  readonly limitMs?: number;
  readonly clock?: () => EpochMs;
};

const INTERVAL_MS = 60_000;
const LIMIT_MS = 5_000;
const AT_ONCE = 4;

/** See {@link OutsideProber}. Nothing is connected before `start`. */
export function createOutsideProber({
  targets,
  onChange,
  intervalMs = INTERVAL_MS,
  limitMs = LIMIT_MS,
  clock = Date.now,
}: OutsideProberDeps): OutsideProber {
  const closing = new AbortController();
  const { signal } = closing;
  const alarm = createAlarm(signal);
  const slots = createSlots(AT_ONCE);
  let known: ReadonlyMap<string, OutsideTarget> = new Map();
  let revision = 0;
  let running: Promise<void> | undefined;

  async function look(origin: string): Promise<readonly [string, OutsideTarget]> {
    const release = await slots.acquire(signal);
    try {
      const error = await handshake(origin, limitMs, signal);
      const before = known.get(origin);
      const isSame = before !== undefined && (before.error === null) === (error === null);
      const at = clock();
      return [origin, { name: origin, error, since: isSame ? before.since : at, at }];
    } finally {
      release();
    }
  }

  function publish(): void {
    revision += 1;
    const at = clock();
    onChange({
      status: 'ok',
      value: { revision, byKey: known },
      at,
      freshUntil: at + 3 * intervalMs + limitMs,
      complaints: [],
      durationMs: 0,
    });
  }

  /** That there are no targets is new too, as long as nothing was told. */
  const hasNew = (): boolean => {
    const wanted = targets();
    return wanted !== null && (revision === 0 || wanted.some((target) => !known.has(target)));
  };

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const wanted = targets();
      if (wanted !== null) {
        known = new Map(await Promise.all([...new Set(wanted)].map(look)));
        if (signal.aborted) return;
        publish();
      }
      if (!hasNew()) await alarm.sleep(intervalMs);
    }
  }

  return {
    start: () => {
      running ??= run().catch(() => undefined);
    },
    wake: alarm.wake,
    lookForNew: () => {
      if (hasNew()) alarm.wake();
    },
    close: async () => {
      closing.abort();
      await running;
    },
  };
}

/**
 * Whether a TLS server is there, trusted or not: the API server trusts it by a bundle of its own. Nothing is sent. One
 * that wants a certificate of its client has answered too. null: it answers.
 */
function handshake(
  origin: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<CollectError | null> {
  const url = URL.parse(origin);
  if (url === null) return Promise.resolve(collectError('url', 'the URL cannot be read'));
  const host = unbracketed(url.hostname);
  const address = `${url.hostname}:${url.port || '443'}`;
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: Number(url.port || '443'),
      rejectUnauthorized: false,
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    const finish = (error: CollectError | null): void => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve(error);
    };
    const abort = (): void => finish(collectError('closed', 'the look was ended'));
    signal.addEventListener('abort', abort);
    socket.setTimeout(limitMs, () =>
      finish(collectError('timeout', `${address} does not answer within ${limitMs / 1000} s`)),
    );
    socket.once('secureConnect', () => finish(null));
    socket.on('error', (error) => {
      // null before the server has shown one, other than its type says.
      const shown = socket.getPeerCertificate() as PeerCertificate | null;
      const hasAnswered = shown !== null && Object.keys(shown).length > 0;
      finish(hasAnswered ? null : networkError(error, { address, isProxied: false }).failure);
    });
  });
}
