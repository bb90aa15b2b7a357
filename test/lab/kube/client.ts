import type { IncomingMessage } from 'node:http';
import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { Agent, request } from 'node:https';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { startKubeApi, type KubeApi, type KubeApiOptions } from '../../../src/lab/kube/api.ts';

/** An answer with its body read. */
export type Headers = Readonly<Record<string, string | readonly string[] | number | undefined>>;

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; tests know its shape. */
  readonly body: Body;
};

/** JSON of which a test knows the shape: fields are looked up freely, wrong ones fail the test. */
export type Body = ReturnType<typeof JSON.parse>;

/** One line of a watch. */
export type Line = { readonly type: string; readonly object: Body };

/** An open watch. */
export type Watch = {
  readonly status: number;
  /** All lines so far. */
  readonly lines: readonly Line[];
  /** Waits for the first line of which the test holds, from the beginning. */
  readonly until: (test: (line: Line) => boolean) => Promise<Line>;
  /** Resolves when the stream ends; with the bytes after the last line end. */
  readonly ended: Promise<string>;
  readonly close: () => void;
};

export type Client = {
  readonly request: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer>;
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
  readonly watch: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Watch>;
  readonly close: () => void;
};

export const TABLE = { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' };

/** An API whose simulated components are quick. */
export const startQuickApi = (options: Partial<KubeApiOptions> = {}): Promise<KubeApi> =>
  startKubeApi({ seed: 7, paceMs: 5, ...options });

type Credentials = { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer };

/** What a kubeconfig of the lab has embedded. */
export function credentialsOf(kubeconfig: string): Credentials {
  const config = parse(kubeconfig);
  const decode = (text: string): Buffer => Buffer.from(text, 'base64');
  const { user } = config.users[0];
  return {
    ca: decode(config.clusters[0].cluster['certificate-authority-data']),
    cert: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
  };
}

/** A client over HTTP/1.1. */
export function clientOf(
  api: Pick<KubeApi, 'kubeconfig' | 'url'>,
  credentials: Partial<Credentials> = credentialsOf(api.kubeconfig()),
  url: string = api.url,
): Client {
  const agent = new Agent({ keepAlive: true, ...credentials });
  const open = (
    method: string,
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>>,
  ): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const json = body === undefined ? undefined : JSON.stringify(body);
      const call = request(
        `${url}${path}`,
        {
          method,
          agent,
          headers: {
            'content-type': 'application/json',
            'content-length': String(Buffer.byteLength(json ?? '')),
            ...headers,
          },
        },
        resolve,
      );
      call.on('error', reject);
      call.end(json);
    });
  const ask: Client['request'] = async (method, path, body, headers = {}) => {
    const response = await open(method, path, body, headers);
    return answerOf(response.statusCode ?? 0, response.headers, await bytesOf(response));
  };
  return {
    request: ask,
    get: (path, headers) => ask('GET', path, undefined, headers),
    watch: async (path, headers = {}) => {
      const response = await open('GET', path, undefined, headers);
      return watchOf(response.statusCode ?? 0, response, () => response.destroy());
    },
    close: () => agent.destroy(),
  };
}

/** A client over HTTP/2, on one connection. */
export function http2ClientOf(api: KubeApi): Client {
  const session: ClientHttp2Session = connect(api.url, credentialsOf(api.kubeconfig()));
  session.on('error', () => undefined);
  const open = (
    method: string,
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>>,
  ): Promise<{
    stream: ClientHttp2Stream;
    status: number;
    headers: Headers;
  }> =>
    new Promise((resolve, reject) => {
      const stream = session.request({
        ':method': method,
        ':path': path,
        'content-type': 'application/json',
        ...headers,
      });
      stream.once('error', reject);
      stream.once('response', (answer) =>
        resolve({ stream, status: Number(answer[':status']), headers: answer }),
      );
      stream.end(body === undefined ? undefined : JSON.stringify(body));
    });
  const ask: Client['request'] = async (method, path, body, headers = {}) => {
    const { stream, status, headers: answer } = await open(method, path, body, headers);
    return answerOf(status, answer, await bytesOf(stream));
  };
  return {
    request: ask,
    get: (path, headers) => ask('GET', path, undefined, headers),
    watch: async (path, headers = {}) => {
      const { stream, status } = await open('GET', path, undefined, headers);
      return watchOf(status, stream, () => stream.close());
    },
    close: () => session.destroy(),
  };
}

async function bytesOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function answerOf(status: number, headers: Headers, bytes: Buffer): Answer {
  const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString(
    'utf8',
  );
  const isJson = [headers['content-type']].join('').startsWith('application/json');
  return { status, headers, text, body: isJson ? JSON.parse(text) : undefined };
}

function watchOf(status: number, stream: AsyncIterable<unknown>, close: () => void): Watch {
  const lines: Line[] = [];
  const waiting = new Set<() => void>();
  const read = async (): Promise<string> => {
    let rest = Buffer.alloc(0);
    try {
      for await (const chunk of stream) {
        rest = Buffer.concat([rest, chunk as Buffer]);
        for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
          lines.push(JSON.parse(rest.subarray(0, end).toString('utf8')) as Line);
          rest = rest.subarray(end + 1);
        }
        for (const wake of waiting) wake();
      }
    } catch {
      // A connection that was cut ends the stream too.
    }
    for (const wake of waiting) wake();
    return rest.toString('utf8');
  };
  let over = false;
  const ended = read().finally(() => {
    over = true;
    for (const wake of waiting) wake();
  });
  const until: Watch['until'] = (test) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = lines.find(test);
        if (!found && !over) return;
        waiting.delete(look);
        if (found) resolve(found);
        else
          reject(
            new Error(
              `the watch ended without the line; it had ${lines.map(({ type }) => type).join(' ') || 'none'}`,
            ),
          );
      };
      waiting.add(look);
      look();
    });
  return { status, lines, until, ended, close };
}

/** A part of an object that is there. @throws {Error} when the object is not. */
export function part<T>(
  object: { readonly [field: string]: unknown } | undefined,
  field: string,
): T {
  if (!object) throw new Error(`no object to read ${field} of`);
  return object[field] as T;
}
