import { Agent, request } from 'node:https';
import { isIP, Socket } from 'node:net';
import { checkServerIdentity, connect, TLSSocket } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { unbracketed } from '../../domain/address.ts';
import type { Credentials } from './endpoint.ts';
import { collectError, errorText, KubeError, networkError } from './kube-error.ts';
import { dialThrough } from './proxy-dial.ts';

/** An answer of any status. */
export type EndpointAnswer = {
  readonly status: number;
  readonly body: string;
  /** Milliseconds from the request to the first byte of its answer, without the handshake. */
  readonly latencyMs: number;
  /** The server's clock; null when it does not say it. */
  readonly date: number | null;
};

/** Asks one address of an API server, on one connection that is kept. */
export type EndpointClient = {
  /** @throws {KubeError} without an answer, or with one above the limit */
  readonly get: (
    path: string,
    credentials: Credentials,
    options: {
      readonly limitMs: number;
      readonly signal: AbortSignal;
      /** `proxy-url` of the kubeconfig: the way there goes through it. */
      readonly proxyUrl: string | null;
      /** The body goes there line by line, and is not in the answer. */
      readonly onLine?: (line: string) => void;
    },
  ) => Promise<EndpointAnswer>;
  readonly close: () => void;
};

/** A name that the certificate of every API server is for; an address need not be among its names. */
export const SERVICE_NAME = 'kubernetes.default.svc';

const BODY_LIMIT = 4 * 2 ** 20;
/** `/metrics` of a large cluster has some megabytes. */
const LINES_LIMIT = 64 * 2 ** 20;

/** The name to verify the certificate of that host by. */
export const serverNameFor = (hostname: string, { tls }: Credentials): string => {
  const plain = unbracketed(hostname);
  return tls.servername ?? (isIP(plain) === 0 ? plain : SERVICE_NAME);
};

/**
 * Whether a certificate is for the name that is asked for, or for the address that is dialled: who serves the API by a
 * certificate of their own may have left the names of the cluster out.
 */
const identityOf =
  (hostname: string): NonNullable<ConnectionOptions['checkServerIdentity']> =>
  (name, certificate) =>
    checkServerIdentity(name, certificate) &&
    checkServerIdentity(unbracketed(hostname), certificate);

/** Nothing is connected before the first request. */
export function createEndpointClient(url: URL): EndpointClient {
  let way: { readonly proxyUrl: string | null; readonly agent: Agent } | undefined;
  const target = { address: `${url.hostname}:${url.port || '443'}`, isProxied: false };

  /** The agent that keeps the connection by that way; those of another are of no use any more. */
  function agentFor(proxyUrl: string | null, limitMs: number): Agent {
    if (way?.proxyUrl !== proxyUrl) {
      way?.agent.destroy();
      const agent = new Agent({ keepAlive: true, maxSockets: 2 });
      if (proxyUrl !== null) dialBy(agent, proxyUrl, limitMs);
      way = { proxyUrl, agent };
    }
    return way.agent;
  }

  return {
    get: (path, credentials, { limitMs, signal, proxyUrl, onLine }) =>
      new Promise((resolve, reject) => {
        const agent = agentFor(proxyUrl, limitMs);
        const limit = AbortSignal.timeout(limitMs);
        let startedAt = performance.now();
        const fail = (error: unknown): void => {
          const late = Object.assign(new Error('headers timeout'), {
            code: 'UND_ERR_HEADERS_TIMEOUT',
          });
          reject(networkError(limit.aborted ? late : error, target));
        };
        const sent = request(
          {
            ...credentials.tls,
            agent,
            hostname: unbracketed(url.hostname),
            port: url.port || 443,
            path: `${url.pathname.replace(/\/$/, '')}${path}`,
            servername: serverNameFor(url.hostname, credentials),
            // A name in the kubeconfig is the one that counts.
            ...(credentials.tls.servername === undefined && {
              checkServerIdentity: identityOf(url.hostname),
            }),
            headers: { ...credentials.headers, accept: '*/*', 'user-agent': 'labtop' },
            signal: AbortSignal.any([signal, limit]),
          },
          (answer) => {
            const latencyMs = Math.round(performance.now() - startedAt);
            const chunks: Buffer[] = [];
            let size = 0;
            let rest = '';
            answer.on('data', (chunk: Buffer) => {
              size += chunk.length;
              if (size > (onLine ? LINES_LIMIT : BODY_LIMIT)) {
                answer.destroy(
                  new KubeError(
                    collectError('too-large', `${path} of ${target.address} is too large`),
                  ),
                );
                return;
              }
              if (!onLine) {
                chunks.push(chunk);
                return;
              }
              // What is read of these lines is ASCII, so that a character cut in two does no harm.
              const lines = (rest + chunk.toString('latin1')).split('\n');
              rest = lines.pop() ?? '';
              for (const line of lines) onLine(line);
            });
            answer.once('error', fail);
            answer.once('end', () => {
              if (onLine && rest !== '') onLine(rest);
              const date = Date.parse(answer.headers.date ?? '');
              resolve({
                status: answer.statusCode ?? 0,
                body: Buffer.concat(chunks).toString('utf8'),
                latencyMs,
                date: Number.isNaN(date) ? null : date,
              });
            });
          },
        );
        sent.once('socket', (socket) => {
          if (socket.connecting || (socket instanceof TLSSocket && !socket.authorized))
            socket.once('secureConnect', () => {
              startedAt = performance.now();
            });
        });
        sent.once('error', fail);
        sent.end();
      }),
    close: () => way?.agent.destroy(),
  };
}

/** Lets an agent make its connections through a proxy. */
function dialBy(agent: Agent, proxyUrl: string, limitMs: number): void {
  agent.createConnection = (options, deliver) => {
    const host = options.host ?? '';
    dialThrough(proxyUrl, host, Number(options.port), limitMs).then(
      (socket) => deliver?.(null, connect({ ...options, host, socket } as ConnectionOptions)),
      (error: unknown) =>
        deliver?.(
          error instanceof Error ? error : new Error(errorText(error)),
          new Socket().destroy(),
        ),
    );
    return undefined;
  };
}
