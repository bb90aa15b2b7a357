import type { Dispatcher } from 'undici';
import type { ClusterSettings } from '../../domain/settings.ts';
import type { EpochMs } from '../../domain/time.ts';
import { LATE_MS, readStart } from './body.ts';
import { expiredSince, fileStamp, loadEndpoint } from './endpoint.ts';
import type { Credentials, Endpoint } from './endpoint.ts';
import { collectError, KubeError, networkError } from './kube-error.ts';
import type { Target } from './kube-error.ts';
import { createLink, HEADERS_TIMEOUT, linkKey, requestWithin } from './link.ts';
import type { Link } from './link.ts';
import { peerCertificate } from './peer-certificate.ts';
import { answerError, looksLikeHtml, notKubernetes } from './status-error.ts';
import type { KubeTiming } from './timing.ts';

/** One request to the API server. */
export type KubeRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with its query. */
  readonly path: string;
  readonly accept?: string;
  /** The ETag of an answer that is still there: where nothing has changed, the answer is a 304 without a body. */
  readonly ifNoneMatch?: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly signal: AbortSignal;
  readonly headersMs?: number;
  readonly silenceMs?: number;
};

/** An answer with a 2xx status, or 304 where that was asked for; its body must be read or destroyed. */
export type KubeAnswer = {
  readonly status: number;
  readonly contentType: string;
  readonly etag: string | null;
  /** The server's clock; null when it does not say it. */
  readonly date: EpochMs | null;
  readonly body: Dispatcher.ResponseData['body'];
  readonly silenceMs: number;
};

/** What a request to another address of the same cluster is made with. */
export type Access = Pick<Endpoint, 'server' | 'proxyUrl'> & { readonly credentials: Credentials };

/** The way to one cluster: one connection for everything, remade when the kubeconfig changes. */
export type KubeTransport = {
  /**
   * Reads the kubeconfig if that was not done, or if one of its files changed since.
   * @throws {KubeError} what is wrong with it. A connection that was made before goes on being used.
   */
  readonly configure: () => Promise<void>;
  /** Lets the next `configure` read the kubeconfig again, whatever its files say. */
  readonly forget: () => void;
  /** Whether `configure` has something new to read. */
  readonly hasNews: () => Promise<boolean>;
  /** Whether a kubeconfig was read, now or before. */
  readonly isConfigured: () => boolean;
  /** Where requests go, for messages; the cluster's name while no kubeconfig was read. */
  readonly target: () => Target;
  /** The namespaces that the kubeconfig names for this user; empty while none was read. */
  readonly namespaces: () => readonly string[];
  /** Rises when another server is talked to: its versions mean nothing to the one before. */
  readonly epoch: () => number;
  /**
   * Sends a request. 401 asks the authentication provider once more, then sends it again.
   * @throws {KubeError} without an answer, or with one that is not a 2xx
   */
  readonly open: (request: KubeRequest) => Promise<KubeAnswer>;
  /**
   * Where the context leads and what it is let in with, for requests past the connection of this transport.
   * @throws {KubeError} what is wrong with the kubeconfig
   */
  readonly access: () => Promise<Access>;
  /** Names the certificate that is to blame for a failed handshake or a 401. */
  readonly explain: (error: KubeError) => Promise<KubeError>;
  readonly close: () => Promise<void>;
};

const ERROR_BODY_LIMIT = 64 * 1024;

/** See {@link KubeTransport}. Nothing is read or connected before `configure`. */
export function createKubeTransport(
  settings: ClusterSettings,
  timing: KubeTiming,
  clock: () => EpochMs,
): KubeTransport {
  let endpoint: Endpoint | undefined;
  let link: Link | undefined;
  let failed: { readonly stamp: string; readonly error: KubeError } | undefined;
  let epoch = 0;
  let reloading: Promise<void> | undefined;
  let isForgotten = false;
  let isClosed = false;

  async function load(): Promise<void> {
    const stamp = await fileStamp(settings.kubeconfig);
    try {
      const loaded = await loadEndpoint(settings, timing.pluginMs);
      if (endpoint?.server.href !== loaded.server.href) epoch += 1;
      endpoint = loaded;
      failed = undefined;
      isForgotten = false;
    } catch (error) {
      const known = networkError(error, target());
      failed = { stamp, error: known };
      throw known;
    }
  }

  /** Several callers share one reading. */
  function reload(): Promise<void> {
    reloading ??= load().finally(() => {
      reloading = undefined;
    });
    return reloading;
  }

  async function hasNews(): Promise<boolean> {
    if (isForgotten) return true;
    if (failed) return (await fileStamp(settings.kubeconfig)) !== failed.stamp;
    return endpoint === undefined || endpoint.isStale();
  }

  async function configure(): Promise<void> {
    if (await hasNews()) await reload();
    else if (failed) throw failed.error;
  }

  const silenceOf = (request: KubeRequest): number => request.silenceMs ?? timing.silenceMs;

  const target = () => ({
    address: endpoint?.address ?? settings.name,
    isProxied: Boolean(endpoint?.proxyUrl),
  });

  /** The agent stays as long as what it was made from; another one ends the streams of the one before. */
  async function prepare(present: Endpoint): Promise<readonly [Credentials, Link]> {
    const credentials = await present.credentials();
    const key = linkKey(present, credentials.tls);
    if (link?.key !== key) {
      // Loaded only when a cluster is talked to: it costs 50 ms and 27 MB.
      const { agents: undici } = await import('./agents.ts');
      // Another request may have made it while undici was loaded.
      if (link?.key !== key && !isClosed) {
        discard();
        link = createLink(undici, present, { key, tls: credentials.tls }, timing);
      }
    }
    if (link === undefined || isClosed)
      throw new KubeError(collectError('closed', `the connection to ${settings.name} is closed`));
    return [credentials, link];
  }

  function discard(): void {
    void link?.agent.destroy();
    link = undefined;
  }

  async function send(request: KubeRequest): Promise<Dispatcher.ResponseData> {
    if (endpoint === undefined)
      throw (
        failed?.error ??
        new KubeError(collectError('not-connected', `${settings.name} is not connected yet`))
      );
    const headersMs = request.headersMs ?? timing.headersMs;
    let used: Link | undefined;
    try {
      const { server } = endpoint;
      const [credentials, present] = await prepare(endpoint);
      used = present;
      const options = {
        origin: server.origin,
        path: `${server.pathname.replace(/\/$/, '')}${request.path}`,
        method: request.method,
        headers: headersOf(request, credentials),
        body: request.body ?? null,
        signal: request.signal,
        headersTimeout: headersMs,
        bodyTimeout: silenceOf(request),
      };
      return await requestWithin(present.agent, options, headersMs + timing.connectMs + LATE_MS);
    } catch (error) {
      // What undici lost track of does not come back: everything gets a new connection.
      if (error === HEADERS_TIMEOUT && link === used) discard();
      throw networkError(error, target());
    }
  }

  async function open(request: KubeRequest): Promise<KubeAnswer> {
    const used = endpoint;
    let answer = await send(request);
    if (answer.statusCode === 401) {
      await readStart({ body: answer.body, silenceMs: silenceOf(request) }, ERROR_BODY_LIMIT);
      // A plugin's credential without an end is cached for ever: only a new reading asks the plugin again.
      if (endpoint === used) await reload();
      answer = await send(request);
    }
    return accept(answer, request, silenceOf(request));
  }

  async function explain(error: KubeError): Promise<KubeError> {
    if (endpoint === undefined || link === undefined) return error;
    const { tls } = link;
    const { code } = error.failure;
    const own = expiredSince(tls, clock());
    // Some servers end the handshake with an expired certificate without a word.
    if (own !== undefined && (['unauthorized', 'reset'].includes(code) || code.startsWith('tls')))
      return renamed(
        error,
        'tls-expired',
        `the own client certificate expired on ${own}`,
        RENEW_OWN,
      );
    if (code !== 'tls-expired' && code !== 'tls-untrusted') return error;
    const seen = await peerCertificate(
      endpoint.server,
      tls.servername,
      clock(),
      timing.heartbeatLimitMs,
      endpoint.proxyUrl,
    );
    if (seen === undefined) return error;
    const validTo = new Date(seen.notAfter).toISOString();
    const named = `(${seen.subject}, issued by ${seen.issuer}, valid to ${validTo})`;
    return renamed(error, code, `${error.failure.message} ${named}`, error.failure.hint);
  }

  async function access(): Promise<Access> {
    if (endpoint === undefined) await configure();
    const present = endpoint;
    if (present === undefined)
      throw new KubeError(collectError('not-connected', `${settings.name} is not connected yet`));
    const { server, proxyUrl } = present;
    return { server, proxyUrl, credentials: await present.credentials() };
  }

  return {
    configure,
    access,
    forget: () => {
      isForgotten = true;
    },
    hasNews,
    isConfigured: () => endpoint !== undefined,
    target,
    namespaces: () => endpoint?.namespaces ?? [],
    epoch: () => epoch,
    open,
    explain,
    close: async () => {
      isClosed = true;
      endpoint?.end();
      await link?.agent.destroy();
    },
  };
}

const RENEW_OWN = 'renew the client certificate of the kubeconfig';

const renamed = (error: KubeError, code: string, message: string, hint: string): KubeError =>
  new KubeError(collectError(code, message, hint), {
    status: error.status,
    retryAfterMs: error.retryAfterMs,
    cause: error,
  });

const headersOf = (request: KubeRequest, credentials: Credentials): Record<string, string> => ({
  accept: request.accept ?? 'application/json',
  'user-agent': 'labtop',
  ...(request.ifNoneMatch === undefined ? {} : { 'if-none-match': request.ifNoneMatch }),
  ...(request.body === undefined
    ? {}
    : { 'content-type': request.contentType ?? 'application/json' }),
  ...onePerValue(credentials.headers),
});

/**
 * Names of headers may be written in any case. Over HTTP/2 undici joins the values of a list by commas, which makes one
 * group of several: each value gets the name in a case of its own.
 */
const onePerValue = (headers: Credentials['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string'
        ? [[name, value]]
        : value.map((each, index) => [inCase(name, index), each]),
    ),
  );

/** The letters of a name in upper case where the number has a bit. */
function inCase(name: string, number: number): string {
  let bits = number;
  return name.replaceAll(/[a-z]/g, (letter) => {
    const isUpper = bits % 2 === 1;
    bits = Math.floor(bits / 2);
    return isUpper ? letter.toUpperCase() : letter;
  });
}

/** Passes a 2xx answer on and turns every other into its error. */
async function accept(
  answer: Dispatcher.ResponseData,
  { method, path, ifNoneMatch }: KubeRequest,
  silenceMs: number,
): Promise<KubeAnswer> {
  const { statusCode: status, headers, body } = answer;
  const contentType = header(headers, 'content-type');
  const request = `${method} ${path.split('?', 1)[0] ?? ''}`;
  const isUnchanged = status === 304 && ifNoneMatch !== undefined;
  if ((status < 200 || status > 299) && !isUnchanged) {
    const text = await readStart({ body, silenceMs }, ERROR_BODY_LIMIT);
    const retryAfter = header(headers, 'retry-after');
    throw answerError({ status, contentType, retryAfter, body: text, request });
  }
  if (looksLikeHtml(contentType, '')) {
    body.destroy();
    throw notKubernetes(request, status);
  }
  const date = Date.parse(header(headers, 'date'));
  return {
    status,
    contentType,
    etag: header(headers, 'etag') || null,
    date: Number.isNaN(date) ? null : date,
    body,
    silenceMs,
  };
}

function header(headers: Dispatcher.ResponseData['headers'], name: string): string {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? '';
}
