import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A proxy on loopback. */
export type TestProxy = {
  readonly port: number;
  /** Every target that was asked for, `host:port`. */
  readonly asked: readonly string[];
  /** Who asked, `user:password`; null for nobody. */
  readonly users: readonly (string | null)[];
  readonly close: () => Promise<void>;
};

function join(near: Socket, far: Socket): void {
  far.pipe(near);
  near.pipe(far);
  for (const socket of [near, far])
    socket.on('error', () => {
      near.destroy();
      far.destroy();
    });
}

async function started(
  server: Server,
  rest: Pick<TestProxy, 'asked' | 'users'>,
): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    ...rest,
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** An HTTP proxy. @param refuse the status for a target that it does not let through, else null */
export function startHttpProxy(
  refuse: (target: string) => number | null = () => null,
): Promise<TestProxy> {
  const asked: string[] = [];
  const users: (string | null)[] = [];
  const server = createHttpServer();
  server.on('connect', (request, near: Socket) => {
    const target = String(request.url);
    asked.push(target);
    const [, given] = (request.headers['proxy-authorization'] ?? '').split(' ');
    users.push(given === undefined ? null : Buffer.from(given, 'base64').toString());
    const status = refuse(target);
    if (status !== null) {
      near.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      return;
    }
    const [host = '', port = ''] = target.split(':');
    const far = connect(Number(port), host, () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n');
      join(near, far);
    });
    far.once('error', () => near.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  });
  return started(server, { asked, users });
}

/** A SOCKS5 proxy (RFC 1928, 1929), in as much as one client needs it. @param reply to each request; 0 connects */
export function startSocksProxy(password: string | null, reply = 0): Promise<TestProxy> {
  const asked: string[] = [];
  const users: (string | null)[] = [];
  const server = createServer((near) => {
    near.on('error', () => {});
    let step: 'methods' | 'password' | 'request' = 'methods';
    const take = (bytes: Buffer): void => {
      if (step === 'methods') {
        const method = password === null ? 0 : 2;
        step = password === null ? 'request' : 'password';
        near.write(Buffer.from([5, bytes.subarray(2).includes(method) ? method : 0xff]));
      } else if (step === 'password') {
        const name = bytes.subarray(2, 2 + (bytes[1] ?? 0)).toString();
        const said = `${name}:${bytes.subarray(3 + name.length).toString()}`;
        users.push(said);
        step = 'request';
        near.write(Buffer.from([1, said === password ? 0 : 1]));
      } else {
        near.removeListener('data', take);
        const [isAddress, length = 0] = [bytes[3] === 1, bytes[4]];
        const host = isAddress
          ? [...bytes.subarray(4, 8)].join('.')
          : bytes.subarray(5, 5 + length).toString();
        const port = bytes.readUInt16BE(isAddress ? 8 : 5 + length);
        asked.push(`${host}:${port}`);
        // The answer comes in two pieces.
        near.write(Buffer.from([5, reply]));
        setImmediate(() => {
          near.write(Buffer.from([0, 1, 0, 0, 0, 0, 0, 0]));
          if (reply === 0) join(near, connect(port, host));
        });
      }
    };
    near.on('data', take);
  });
  return started(server, { asked, users });
}
