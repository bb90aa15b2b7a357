import { constants, createSecureServer } from 'node:http2';
import type { Http2ServerRequest, Http2ServerResponse, ServerHttp2Session } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Pem } from './certificates.ts';

/** An object of the API, as little as tests need. */
export type ApiObject = {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
  readonly status: { readonly phase: string };
};

/** A request that the server got, taken apart. */
export type ApiRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** readyz, version, discovery, count, list, page (a later one), initial (a list on a watch), watch, other. */
  readonly kind:
    | 'readyz'
    | 'version'
    | 'discovery'
    | 'count'
    | 'list'
    | 'page'
    | 'initial'
    | 'watch'
    | 'other';
  readonly headers: Http2ServerRequest['headers'];
  /** Names and values by turns, as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
  /** The common name of the client certificate. */
  readonly user: string | undefined;
  /** Tells connections apart. */
  readonly remotePort: number;
  /** Bytes that the client lets be on their way on one stream; undefined over HTTP/1.1. */
  readonly window: number | undefined;
};

/** Answers a request in place of the server; undefined leaves it to the server. */
export type Intercept = (request: ApiRequest, response: Http2ServerResponse) => boolean | void;

type Watcher = {
  readonly kind: string;
  readonly response: Http2ServerResponse;
  readonly socket: Socket;
};

export type ScriptedApi = {
  readonly url: string;
  readonly port: number;
  readonly requests: ApiRequest[];
  /** How many requests of that kind came. */
  readonly count: (kind: ApiRequest['kind']) => number;
  intercept: Intercept | undefined;
  /** Answers 422 to lists on a watch, as servers without WatchList do. */
  hasWatchLists: boolean;
  version: string;
  /** What discovery tells of, as paths: `/apis/longhorn.io/v1beta2/volumes`; these are served beside nodes and pods. */
  served: readonly string[];
  /** How: in one answer, group by group, or not at all. */
  discovery: 'aggregated' | 'groups' | 'none';
  readonly put: (kind: string, name: string, phase?: string) => void;
  readonly remove: (kind: string, name: string) => void;
  readonly objects: (kind: string) => ReadonlyMap<string, ApiObject>;
  /** Forgets the history: watches from versions before now get 410. */
  readonly compact: () => void;
  /** Writes raw bytes into every open watch. */
  readonly write: (bytes: Buffer | string) => void;
  readonly bookmark: () => void;
  readonly watchers: () => number;
  /** Ends the watches as a server's timeoutSeconds does. */
  readonly endWatches: () => void;
  /** Resets the watches. */
  readonly resetWatches: () => void;
  /** Says GOAWAY on every connection: open streams go on, new ones need a new connection. */
  readonly goAway: () => void;
  /** Cuts every connection. */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
};

export const line = (type: string, object: unknown): string =>
  `${JSON.stringify({ type, object })}\n`;

/** A `metav1.Status` of a failure. */
export const failure = (
  code: number,
  reason: string,
  message: string,
  details: unknown = {},
): unknown => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  code,
  reason,
  message,
  details,
});

/** Answers with a Status, as the API server does. */
export function refuse(
  response: Http2ServerResponse,
  code: number,
  reason: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  details: unknown = {},
): true {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(failure(code, reason, message, details)));
  return true;
}

/** How the server talks; `ca` makes it ask for a client certificate. */
export type ServerOptions = Pem & { readonly ca?: string; readonly isHttp1?: boolean };

/** A small Kubernetes API over HTTP/2, or HTTP/1.1 only, on a free port of the loopback address. */
export async function startScriptedApi(tls: ServerOptions): Promise<ScriptedApi> {
  const stores = new Map<string, Map<string, ApiObject>>();
  let history: { kind: string; version: number; text: string }[] = [];
  const watchers = new Set<Watcher>();
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  const requests: ApiRequest[] = [];
  let version = 100;
  let oldest = 0;

  const server = createSecureServer({
    allowHTTP1: true,
    cert: tls.cert,
    key: tls.key,
    ...(tls.isHttp1 ? { ALPNProtocols: ['http/1.1'] } : {}),
    ...(tls.ca === undefined ? {} : { ca: tls.ca, requestCert: true, rejectUnauthorized: false }),
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('sessionError', () => {});
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  server.on('request', (request, response) => {
    request.on('error', () => {});
    response.on('error', () => {});
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    });
    request.on('end', () => answer(readRequest(request, body, api.served), response));
  });

  const storeOf = (kind: string): Map<string, ApiObject> => {
    let store = stores.get(kind);
    if (!store) stores.set(kind, (store = new Map()));
    return store;
  };

  function emit(kind: string, text: string): void {
    history.push({ kind, version, text });
    for (const watcher of watchers) if (watcher.kind === kind) watcher.response.write(text);
  }

  function answer(request: ApiRequest, response: Http2ServerResponse): void {
    requests.push(request);
    if (api.intercept?.(request, response) === true) return;
    const json = (value: unknown) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    if (request.kind === 'readyz') {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.end('ok');
    } else if (request.kind === 'version') json({ gitVersion: api.version });
    else if (request.kind === 'discovery') {
      const found = discoveryOf(request.path, api.served, api.discovery);
      if (found === undefined) refuse(response, 404, 'NotFound', 'not found');
      else json(found);
    } else if (request.kind === 'other') refuse(response, 404, 'NotFound', 'not found');
    else if (request.kind === 'watch' || request.kind === 'initial') watch(request, response);
    else list(request, json);
  }

  function list({ path, query }: ApiRequest, json: (value: unknown) => void): void {
    const objects = [...storeOf(kindOf(path)).values()];
    const start = Number(query.get('continue') ?? 0);
    const end = start + Number(query.get('limit') ?? objects.length);
    const remaining = Math.max(0, objects.length - end);
    json({
      kind: 'List',
      metadata: {
        resourceVersion: String(version),
        ...(remaining > 0 ? { continue: String(end), remainingItemCount: remaining } : {}),
      },
      items: objects.slice(start, end),
    });
  }

  function watch({ path, query, kind }: ApiRequest, response: Http2ServerResponse): void {
    const name = kindOf(path);
    if (kind === 'initial' && !api.hasWatchLists) {
      refuse(response, 422, 'Invalid', 'sendInitialEvents is forbidden for watch unless …');
      return;
    }
    const from = Number(query.get('resourceVersion') ?? version);
    if (from < oldest) {
      refuse(response, 410, 'Expired', `too old resource version: ${from} (${oldest})`);
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    if (kind === 'initial') {
      for (const object of storeOf(name).values()) response.write(line('ADDED', object));
      response.write(bookmarkLine(version, true));
    } else {
      // The headers go out before the first event.
      flushHeaders(response);
      for (const event of history)
        if (event.kind === name && event.version > from) response.write(event.text);
    }
    const watcher: Watcher = {
      kind: name,
      response,
      socket: response.stream?.session?.socket ?? response.socket,
    };
    watchers.add(watcher);
    response.on('close', () => watchers.delete(watcher));
  }

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  const api: ScriptedApi = {
    url: `https://127.0.0.1:${port}`,
    port,
    requests,
    count: (kind) => requests.filter((request) => request.kind === kind).length,
    intercept: undefined,
    hasWatchLists: true,
    version: 'v1.34.1',
    served: [],
    discovery: 'none',
    put: (kind, name, phase = 'Running') => {
      const store = storeOf(kind);
      const known = store.get(name);
      version += 1;
      const object: ApiObject = {
        metadata: {
          name,
          namespace: 'default',
          uid: known?.metadata.uid ?? `uid-${version}`,
          resourceVersion: String(version),
        },
        status: { phase },
      };
      store.set(name, object);
      emit(kind, line(known ? 'MODIFIED' : 'ADDED', object));
    },
    remove: (kind, name) => {
      const known = storeOf(kind).get(name);
      if (!known) return;
      storeOf(kind).delete(name);
      version += 1;
      const metadata = { ...known.metadata, resourceVersion: String(version) };
      emit(kind, line('DELETED', { ...known, metadata }));
    },
    objects: storeOf,
    compact: () => {
      history = [];
      version += 1;
      oldest = version;
    },
    write: (bytes) => {
      for (const { response } of watchers) response.write(bytes);
    },
    bookmark: () => {
      for (const { response } of watchers) response.write(bookmarkLine(version, false));
    },
    watchers: () => watchers.size,
    endWatches: () => {
      for (const { response } of watchers) response.end();
    },
    resetWatches: () => {
      for (const { response, socket } of watchers)
        if (response.stream) response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
        else socket.destroy();
    },
    goAway: () => {
      for (const session of sessions) session.close();
    },
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return api;
}

/** Missing in the types of the compatibility API, though it is there. */
const flushHeaders = (response: object): void => {
  if ('flushHeaders' in response && typeof response.flushHeaders === 'function')
    response.flushHeaders();
};

const kindOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const bookmarkLine = (version: number, isEnd: boolean): string =>
  line('BOOKMARK', {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      resourceVersion: String(version),
      ...(isEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    },
  });

function readRequest(
  request: Http2ServerRequest,
  body: string,
  served: readonly string[],
): ApiRequest {
  const url = new URL(request.url, 'https://localhost');
  const query = url.searchParams;
  return {
    method: request.method,
    path: url.pathname,
    query,
    kind: requestKind(request.method, url.pathname, query, served),
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    body,
    user: String((request.socket as TLSSocket).getPeerCertificate().subject?.CN ?? '') || undefined,
    remotePort: request.socket.remotePort ?? 0,
    window: request.stream?.session?.remoteSettings.initialWindowSize,
  };
}

function requestKind(
  method: string,
  path: string,
  query: URLSearchParams,
  served: readonly string[],
): ApiRequest['kind'] {
  if (path === '/readyz') return 'readyz';
  if (path === '/version') return 'version';
  if (/^\/(?:api|apis|api\/v1|apis\/[^/]+\/[^/]+)$/.test(path)) return 'discovery';
  if (method !== 'GET' || ![...CORE, ...served].includes(path)) return 'other';
  if (query.get('watch') === 'true')
    return query.get('sendInitialEvents') === 'true' ? 'initial' : 'watch';
  if (query.get('limit') === '1') return 'count';
  return query.has('continue') ? 'page' : 'list';
}

const CORE = ['/api/v1/nodes', '/api/v1/pods'];
const VERBS = ['get', 'list', 'watch'];

/** A discovery document: of everything below `/api` or `/apis`, or of one group's version. */
function discoveryOf(
  path: string,
  served: readonly string[],
  how: ScriptedApi['discovery'],
): unknown {
  const all = [...CORE, ...served].map((one) => {
    const [resource = '', version = '', group = ''] = one.split('/').toReversed();
    return { resource, version, group: group === 'api' ? '' : group };
  });
  const isCore = path.startsWith('/api') && !path.startsWith('/apis');
  const here = Map.groupBy(
    all.filter(({ group }) => (group === '') === isCore),
    ({ group }) => group,
  );
  const versionsOf = (entries: readonly { readonly version: string }[]) => [
    ...new Set(entries.map(({ version }) => version)),
  ];
  if (how === 'none') return undefined;
  if (path === '/api' || path === '/apis') {
    if (how === 'aggregated')
      return {
        kind: 'APIGroupDiscoveryList',
        items: [...here].map(([name, entries]) => ({
          metadata: { name },
          versions: versionsOf(entries).map((version) => ({
            version,
            freshness: 'Current',
            resources: entries
              .filter((entry) => entry.version === version)
              .map(({ resource }) => ({
                resource,
                responseKind: { kind: resource },
                scope: 'Namespaced',
                verbs: VERBS,
              })),
          })),
        })),
      };
    return isCore
      ? { kind: 'APIVersions', versions: ['v1'] }
      : {
          kind: 'APIGroupList',
          groups: [...here].map(([name, entries]) => ({
            name,
            versions: versionsOf(entries).map((version) => ({ version })),
            preferredVersion: { version: entries[0]?.version },
          })),
        };
  }
  return {
    kind: 'APIResourceList',
    resources: all
      .filter(({ group, version }) =>
        [`/api/${version}`, `/apis/${group}/${version}`].includes(path),
      )
      .flatMap(({ resource }) => [
        { name: resource, kind: resource, namespaced: true, verbs: VERBS },
        { name: `${resource}/status`, kind: resource, namespaced: true, verbs: ['get'] },
      ]),
  };
}
