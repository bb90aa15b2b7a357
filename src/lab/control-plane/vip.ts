import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP load balancer on loopback, as haproxy with `mode tcp` and `balance first`. */
export type Vip = {
  readonly port: number;
  readonly url: string;
  readonly isListening: () => boolean;
  /** Off: its connections break and new ones are refused. */
  readonly setListening: (listening: boolean) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** A server behind the balancer. */
export type Backend = { readonly port: number; readonly isListening: () => boolean };

/** Starts a balancer; each connection goes to the first backend that listens. */
export async function startVip(backends: () => readonly Backend[]): Promise<Vip> {
  const sockets = new Set<Socket>();
  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    track(client);
    const backend = backends().find(({ isListening }) => isListening());
    if (!backend) {
      client.on('error', () => client.destroy());
      client.destroy();
      return;
    }
    const onward = connect({ host: '127.0.0.1', port: backend.port });
    track(onward);
    for (const [one, other] of [
      [client, onward],
      [onward, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.once('close', () => other.destroy());
      one.pipe(other);
    }
  });
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  let changing: Promise<void> = Promise.resolve();
  const shut = (): Promise<void> => {
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    for (const socket of sockets) socket.destroy();
    return closed;
  };
  const setListening = (listening: boolean): Promise<void> => {
    changing = changing.then(() => {
      if (listening === server.listening) return undefined;
      return listening ? listen(server, port) : shut();
    });
    return changing;
  };
  return {
    port,
    url: `https://127.0.0.1:${port}`,
    isListening: () => server.listening,
    setListening,
    close: () => setListening(false),
  };
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
