import { createHash } from 'node:crypto';
import type { Agent, Dispatcher, ProxyAgent } from 'undici';
import type { Endpoint, TlsMaterial } from './endpoint.ts';
import type { KubeTiming } from './timing.ts';

/** The agent that holds the connection, and what it was made from. */
export type Link = {
  readonly key: string;
  readonly tls: TlsMaterial;
  readonly agent: Agent | ProxyAgent;
};

/** The same text for the same server, proxy and TLS material. */
export function linkKey({ server, proxyUrl }: Endpoint, tls: TlsMaterial): string {
  return createHash('sha256')
    .update(JSON.stringify([server.origin, proxyUrl, tls]))
    .digest('hex');
}

/**
 * Bytes that may be on their way on one stream, and on all of a connection. With undici's own of 256 and 512 kB a list of
 * 57 MB takes 8 s over a way of 30 ms, with these 4.5 s; client-go has 4 MB and 1 GB. Larger ones gain nothing, and what
 * is not parsed yet stays in memory.
 */
export const WINDOWS = { initialWindowSize: 2 ** 20, connectionWindowSize: 2 ** 21 } as const;

/** Makes the agent; nothing is connected yet. */
export function createLink(
  undici: { readonly Agent: typeof Agent; readonly ProxyAgent: typeof ProxyAgent },
  { proxyUrl }: Endpoint,
  { key, tls }: Pick<Link, 'key' | 'tls'>,
  timing: KubeTiming,
): Link {
  const limits = {
    headersTimeout: timing.headersMs,
    bodyTimeout: timing.silenceMs,
    allowH2: true,
    h2Options: WINDOWS,
  };
  const connect = {
    ...tls,
    timeout: timing.connectMs,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
  };
  const agent =
    proxyUrl === null
      ? new undici.Agent({ ...limits, connect })
      : new undici.ProxyAgent({
          ...limits,
          uri: proxyUrl,
          requestTls: connect,
          connectTimeout: timing.connectMs,
        });
  return { key, tls, agent };
}

/** What {@link requestWithin} rejects with when undici keeps none of its limits. */
export const HEADERS_TIMEOUT: Error = Object.assign(new Error('headers timeout'), {
  code: 'UND_ERR_HEADERS_TIMEOUT',
});

/**
 * Sends a request and gives its answer, `HEADERS_TIMEOUT` or the signal's reason in time. A request that crosses
 * a GOAWAY can hang within undici, with all that come after it: neither its time limits nor its signal end it.
 */
export async function requestWithin(
  agent: Dispatcher,
  options: Dispatcher.RequestOptions & { readonly signal: AbortSignal },
  limitMs: number,
): Promise<Dispatcher.ResponseData> {
  const { signal } = options;
  const ended = Promise.withResolvers<never>();
  const abort = () => ended.reject(signal.reason);
  const timer = setTimeout(() => ended.reject(HEADERS_TIMEOUT), limitMs);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  const answer = agent.request(options);
  try {
    return await Promise.race([answer, ended.promise]);
  } catch (error) {
    // An answer that comes after all is not read by anyone.
    answer.then(
      ({ body }) => body.destroy(),
      () => {},
    );
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
