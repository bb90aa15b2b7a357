import { connect, createServer, type Socket } from 'node:net';
import { startListener, type Listener } from '../listener.ts';

/** A TCP load balancer on loopback, as haproxy with `mode tcp` and `balance first`. */
export type Vip = Listener & { readonly url: string };

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
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const listener = await startListener(server, cut);
  return { ...listener, url: `https://127.0.0.1:${listener.port}` };
}
