import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, isIPv4 } from 'node:net';
import type { Socket } from 'node:net';
import { bracketed, unbracketed } from '../../domain/address.ts';
import { collectError, errorText, KubeError, oneLine } from './kube-error.ts';

const HINT = 'check proxy-url of the cluster in the kubeconfig';

/**
 * Opens the way to an address through the proxy of a kubeconfig (`proxy-url`): `http`, `https` by CONNECT, `socks5` by
 * RFC 1928, with the proxy resolving the name.
 * @throws {KubeError} `proxy` when the proxy does not answer or refuses, `unreachable` when it finds no way there
 */
export async function dialThrough(
  proxyUrl: string,
  host: string,
  port: number,
  limitMs: number,
): Promise<Socket> {
  const proxy = URL.parse(proxyUrl);
  // Not AbortSignal.timeout: a socket keeps its signal, and would end with it in use.
  const ending = new AbortController();
  const limit = ending.signal;
  const timer = setTimeout(() => ending.abort(), limitMs);
  const target = `${bracketed(host)}:${port}`;
  try {
    switch (proxy?.protocol) {
      case 'http:':
      case 'https:':
        return await tunnel(proxy, target, limit);
      case 'socks:':
      case 'socks5:':
        return await socks(proxy, { host, port, target }, limit);
      case undefined:
      default:
        throw new KubeError(
          collectError(
            'proxy',
            `nothing goes past the connection of the watches through a proxy of the kind ${proxy?.protocol ?? '?'}`,
            HINT,
          ),
        );
    }
  } catch (error) {
    if (error instanceof KubeError) throw error;
    const why = limit.aborted ? `no answer in ${limitMs / 1000} s` : errorText(error);
    throw new KubeError(
      collectError(
        'proxy',
        oneLine(`the proxy in front of ${target} does not answer: ${why}`),
        HINT,
      ),
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
  }
}

const credentialsOf = ({ username, password }: URL): string | null =>
  username === '' ? null : `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;

function tunnel(proxy: URL, target: string, signal: AbortSignal): Promise<Socket> {
  const credentials = credentialsOf(proxy);
  return new Promise((resolve, reject) => {
    const asking = (proxy.protocol === 'https:' ? httpsRequest : httpRequest)({
      host: unbracketed(proxy.hostname),
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: target,
      headers: {
        host: target,
        ...(credentials === null
          ? {}
          : { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }),
      },
      agent: false,
      signal,
    });
    asking.once('connect', ({ statusCode = 0, statusMessage = '' }, socket, head) => {
      if (statusCode === 200) {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(refusal(target, `${statusCode} ${statusMessage}`.trim(), statusCode >= 500));
    });
    // Without CONNECT's own answer it is an ordinary one: some proxies refuse so.
    asking.once('response', ({ statusCode = 0 }) => {
      asking.destroy();
      reject(refusal(target, String(statusCode), false));
    });
    asking.once('error', reject);
    asking.end();
  });
}

const refusal = (target: string, said: string, isWayless: boolean): KubeError =>
  isWayless
    ? new KubeError(
        collectError(
          'unreachable',
          oneLine(`the proxy finds no way to ${target}: ${said}`),
          'see whether it runs, and whether the proxy may go there',
        ),
      )
    : new KubeError(
        collectError(
          'proxy',
          oneLine(`the proxy does not let through to ${target}: ${said}`),
          `let the proxy connect to ${target}, else nothing is known of it by itself`,
        ),
      );

const SOCKS_VERSION = 5;
const NO_AUTHENTICATION = 0;
const PASSWORD = 2;
/** Replies of RFC 1928, section 6: those that tell of the target, not of the proxy. */
const WAYLESS = new Map([
  [3, 'network unreachable'],
  [4, 'host unreachable'],
  [5, 'connection refused'],
  [6, 'TTL expired'],
]);

async function socks(
  proxy: URL,
  { host, port, target }: { readonly host: string; readonly port: number; readonly target: string },
  signal: AbortSignal,
): Promise<Socket> {
  const socket = connect({
    host: unbracketed(proxy.hostname),
    port: Number(proxy.port || 1080),
    signal,
  });
  try {
    await once(socket, 'connect', { signal });
    socket.on('error', () => {});
    const { read, release } = createReader(socket);
    const credentials = credentialsOf(proxy);
    const methods = credentials === null ? [NO_AUTHENTICATION] : [NO_AUTHENTICATION, PASSWORD];
    socket.write(Buffer.from([SOCKS_VERSION, methods.length, ...methods]));
    const [, method] = await read(2);
    if (method === PASSWORD && credentials !== null) {
      const [name = '', ...password] = credentials.split(':');
      socket.write(Buffer.concat([Buffer.from([1]), sized(name), sized(password.join(':'))]));
      const [, status] = await read(2);
      if (status !== 0) throw refusal(target, 'wrong user or password', false);
    } else if (method !== NO_AUTHENTICATION)
      throw refusal(target, 'it wants to know who asks', false);
    const address = isIPv4(host)
      ? Buffer.from([1, ...host.split('.').map(Number)])
      : Buffer.concat([Buffer.from([3]), sized(host)]);
    socket.write(
      Buffer.concat([
        Buffer.from([SOCKS_VERSION, 1, 0]),
        address,
        Buffer.from([port >> 8, port & 0xff]),
      ]),
    );
    const [, reply = 1, , kind] = await read(4);
    if (reply !== 0)
      throw refusal(target, WAYLESS.get(reply) ?? `SOCKS reply ${reply}`, WAYLESS.has(reply));
    // Where the proxy has bound itself: of no use here.
    const [length = 0] = kind === 3 ? await read(1) : [kind === 4 ? 16 : 4];
    await read(length + 2);
    release();
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

const sized = (text: string): Buffer => {
  const bytes = Buffer.from(text).subarray(0, 255);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
};

/** Reads exactly so many bytes of a socket, until it is given to somebody else. */
function createReader(socket: Socket) {
  let bytes: Buffer = Buffer.alloc(0);
  let isOver = false;
  let wake = (): void => {};
  const take = (chunk: Buffer): void => {
    bytes = Buffer.concat([bytes, chunk]);
    wake();
  };
  const end = (): void => {
    isOver = true;
    wake();
  };
  socket.on('data', take);
  socket.once('close', end);
  socket.once('end', end);
  return {
    read: async (count: number): Promise<Buffer> => {
      while (bytes.length < count) {
        if (isOver) throw new Error('the proxy hung up');
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const first = bytes.subarray(0, count);
      bytes = bytes.subarray(count);
      return first;
    },
    release: (): void => {
      socket.pause();
      socket.removeListener('data', take);
      socket.removeListener('close', end);
      socket.removeListener('end', end);
      if (bytes.length > 0) socket.unshift(bytes);
    },
  };
}
