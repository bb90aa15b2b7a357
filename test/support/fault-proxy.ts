import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { systemClock } from '../../src/lab/clock.ts';
import { createLine } from '../../src/lab/line.ts';
import type { Line } from '../../src/lab/line.ts';
import { keepPort } from '../../src/lab/listener.ts';

/**
 * What a new connection meets. `pass`: the server. `close` and `reset`: an end before any byte.
 * `silence`: it is taken and nothing ever comes. `say`: these bytes, then the server, or the end, or
 * the same again without end.
 */
export type Welcome =
  | { readonly kind: 'pass' | 'close' | 'reset' | 'silence' }
  | {
      readonly kind: 'say';
      readonly bytes: string | Buffer;
      readonly after: 'pass' | 'end' | 'again';
    };

/** A TCP proxy on loopback in front of a server, with faults that are set while it runs. */
export type FaultProxy = Omit<Line, 'join' | 'connections'> & {
  readonly port: number;
  /** For each new connection. */
  readonly welcome: (welcome: Welcome) => void;
  /** Takes no new connections: the port is closed. */
  readonly refuse: (refused: boolean) => Promise<void>;
  /** Connections so far. */
  readonly accepted: () => number;
  /** Connections whose client is still there. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
};

const LOOPBACK = '127.0.0.1';

/** Starts a proxy in front of a port of loopback. */
export async function startFaultProxy(target: number): Promise<FaultProxy> {
  const line = createLine(systemClock);
  const sockets = new Set<Socket>();
  let welcome: Welcome = { kind: 'pass' };
  let accepted = 0;

  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const pass = (client: Socket): void => {
    line.join(client, keep(connect({ host: LOOPBACK, port: target, allowHalfOpen: true })));
  };
  const meet = (client: Socket, met: Welcome): void => {
    switch (met.kind) {
      case 'pass':
        pass(client);
        return;
      case 'close':
        client.end();
        return;
      case 'reset':
        client.resetAndDestroy();
        return;
      case 'silence':
        client.resume();
        return;
      case 'say':
        if (met.after === 'end') client.end(met.bytes);
        else
          client.write(met.bytes, () => {
            if (client.destroyed) return;
            if (met.after === 'pass') pass(client);
            else setImmediate(() => meet(client, met));
          });
    }
  };

  const server = createServer({ allowHalfOpen: true }, (client) => {
    accepted++;
    meet(keep(client), welcome);
  });
  const { port, release } = await keepPort();
  const listen = async (): Promise<void> => {
    server.listen(port, LOOPBACK);
    await once(server, 'listening');
  };
  await listen();

  return {
    ...line,
    port,
    welcome: (next) => {
      welcome = next;
    },
    refuse: async (refused) => {
      if (refused === !server.listening) return;
      if (refused) server.close();
      else await listen();
    },
    accepted: () => accepted,
    connections: () => sockets.size,
    close: async () => {
      line.breakAll('reset');
      for (const socket of sockets) socket.destroy();
      if (server.listening) {
        server.close();
        await once(server, 'close');
      }
      await release();
    },
  };
}
