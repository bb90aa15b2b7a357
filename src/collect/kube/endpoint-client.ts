import { Agent, request } from 'node:https';
import { isIP } from 'node:net';
import type { Credentials } from './endpoint.ts';
import { collectError, KubeError, networkError } from './kube-error.ts';

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
  const plain = hostname.replace(/^\[|\]$/g, '');
  return tls.servername ?? (isIP(plain) === 0 ? plain : SERVICE_NAME);
};

/** Nothing is connected before the first request. */
export function createEndpointClient(url: URL): EndpointClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  const target = { address: `${url.hostname}:${url.port || '443'}`, isProxied: false };

  return {
    get: (path, credentials, { limitMs, signal, onLine }) =>
      new Promise((resolve, reject) => {
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
            hostname: url.hostname.replace(/^\[|\]$/g, ''),
            port: url.port || 443,
            path: `${url.pathname.replace(/\/$/, '')}${path}`,
            servername: serverNameFor(url.hostname, credentials),
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
          if (socket.connecting)
            socket.once('secureConnect', () => {
              startedAt = performance.now();
            });
        });
        sent.once('error', fail);
        sent.end();
      }),
    close: () => agent.destroy(),
  };
}
