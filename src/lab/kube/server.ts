import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { startListener } from '../listener.ts';
import { ApiError } from './api-error.ts';
import type { Validity } from './certificates.ts';
import type { ServerContext } from './context.ts';
import { createFaults, createFaultState, type Faults } from './faults.ts';
import { createHandler, type Cluster } from './handler.ts';
import { health } from './health.ts';
import type { HttpRequest, HttpResponse } from './request.ts';
import { failWatches } from './watch.ts';

/** One running kube-apiserver. */
export type KubeInstance = {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  readonly faults: Faults;
  /** Whether it listens. */
  readonly isListening: () => boolean;
  /** Off: the process is gone, connections break and new ones are refused. On: it listens on its port again. */
  readonly setListening: (listening: boolean) => Promise<void>;
  /** The answer of a health path, as a program on the loopback of its zone gets it. */
  readonly health: (path: string) => { readonly code: number; readonly body: string };
  /** The certificate that it shows, PEM. */
  readonly certificate: () => string;
  /** Gives the server a new certificate; connections that are open keep the old one. */
  readonly renewCertificate: (validity: Validity) => void;
  readonly close: () => Promise<void>;
};

/** Starts an API server of the cluster on loopback. */
export async function startInstance(
  cluster: Cluster,
  options: {
    readonly name: string;
    readonly port: number;
    readonly watchList: boolean;
    readonly validity: Validity;
    /** Further names and addresses of its certificate. */
    readonly names?: readonly string[];
  },
): Promise<KubeInstance> {
  const { store, clock, authority } = cluster;
  const state = createFaultState(options.watchList);
  const context: ServerContext = {
    store,
    clock,
    random: cluster.random,
    faults: state,
    bookmarkSeconds: cluster.bookmarkSeconds,
    rights: cluster.rights,
    watchList: () => state.watchList,
  };
  const handle = createHandler(cluster, context);
  const certificate = (
    validity: Validity,
  ): { readonly cert: string; readonly key: string; readonly ca: string } => {
    const names = [
      'localhost',
      '127.0.0.1',
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      options.name,
      ...(options.names ?? []),
    ];
    const { certificate: cert, key } = authority.issueServer('kube-apiserver', names, validity);
    return { cert, key, ca: authority.certificate };
  };
  let shown = certificate(options.validity);
  const server = createSecureServer(
    {
      allowHTTP1: true,
      requestCert: true,
      rejectUnauthorized: false,
      settings: { maxConcurrentStreams: 100 },
      ...shown,
    },
    (request, response) => {
      // The compatibility layer of HTTP/2 has the interface of HTTP/1.1, which the handlers are written for.
      void handle(request as unknown as HttpRequest, response as unknown as HttpResponse);
    },
  );
  // It is one of HTTP/1.1 too, which the types leave out.
  Object.assign(server, { keepAliveTimeout: IDLE_MS });
  const connections = trackConnections(server);
  const listener = await startListener(server, connections.cut, options.port);
  const faults = createFaults(state, {
    cutConnections: connections.cut,
    goAway: connections.goAway,
    compact: () => store.compact(),
    failWatches: (code, reason, message) =>
      failWatches(state.watches, new ApiError(code, reason, message)),
  });
  return {
    name: options.name,
    port: listener.port,
    url: `https://127.0.0.1:${listener.port}`,
    faults,
    isListening: listener.isListening,
    setListening: listener.setListening,
    health(path) {
      const { pathname, searchParams } = new URL(path, 'https://localhost');
      const { code, text } = health(pathname, searchParams, state.failingChecks) ?? {
        code: 404,
        text: '404 page not found\n',
      };
      return { code, body: text };
    },
    certificate: () => shown.cert,
    renewCertificate: (validity) => {
      shown = certificate(validity);
      server.setSecureContext(shown);
    },
    async close() {
      faults.clear();
      await listener.close();
    },
  };
}

/** So long an idle connection is kept (apiserver/pkg/server/secure_serving.go, `IdleTimeout`). */
const IDLE_MS = 90_000;

/** Knows all connections, so that they can be cut. */
function trackConnections(server: Http2SecureServer): {
  readonly cut: () => void;
  readonly goAway: () => void;
} {
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // Clients may vanish at any moment; that is no fault of the server's.
    socket.on('error', () => socket.destroy());
  });
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.on('error', () => session.destroy());
  });
  return {
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    goAway() {
      for (const session of sessions) session.close();
    },
  };
}
