import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** A server on 127.0.0.1 that may be down for a while: its port refuses then, and stays its own. */
export type Listener = {
  readonly port: number;
  readonly isListening: () => boolean;
  /** Off: its connections break and new ones are refused. On: it listens on its port again. */
  readonly setListening: (listening: boolean) => Promise<void>;
  /** Off for ever; the port is given back. */
  readonly close: () => Promise<void>;
};

/**
 * Lets a server listen.
 * @param cut ends the connections that the server has
 * @param wanted the port; 0: any free one
 */
export async function startListener(
  server: Server,
  cut: () => void,
  wanted = 0,
): Promise<Listener> {
  const kept = await keepPort(wanted);
  const { port } = kept;
  let isClosed = false;
  let changing: Promise<void> = listen(server, port);
  const shut = (): Promise<void> => {
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    cut();
    return closed;
  };
  const setListening = (listening: boolean): Promise<void> => {
    const isWanted = listening && !isClosed;
    const change = () => {
      if (isWanted === server.listening) return undefined;
      return isWanted ? listen(server, port) : shut();
    };
    // Whatever became of the change before it.
    changing = changing.then(change, change);
    return changing;
  };
  try {
    await changing;
  } catch (error) {
    await kept.release();
    throw error;
  }
  return {
    port,
    isListening: () => server.listening,
    setListening,
    close: async () => {
      isClosed = true;
      await setListening(false);
      await kept.release();
    },
  };
}

/** A port of 127.0.0.1 that the system gives to nobody else, whether anything listens on it or not. */
export type KeptPort = { readonly port: number; readonly release: () => Promise<void> };

/**
 * Keeps a port; 0: any free one. Connections to it are refused until somebody listens on it, which the same process may do
 * as often as it likes.
 *
 * A connection of ours goes out from the port, to a server that then takes no other. The system gives such a port neither
 * to a server that asks for any nor to a client, so that no client can meet itself there either. Who asks for this very
 * port has it only with SO_REUSEADDR: which our own servers set, as all of Node do. So much Linux sees to. macOS and
 * illumos count a port that is connected as free for everybody who sets SO_REUSEADDR.
 * @throws {Error} EADDRINUSE when somebody else has it
 */
export async function keepPort(wanted = 0): Promise<KeptPort> {
  const acceptor = createServer();
  await listen(acceptor, 0);
  const { port: farPort } = acceptor.address() as AddressInfo;
  const arrived = new Promise<Socket>((resolve) => {
    acceptor.once('connection', resolve);
  });
  const near = connect({
    host: LOOPBACK,
    port: farPort,
    localAddress: LOOPBACK,
    localPort: wanted,
  });
  try {
    await once(near, 'connect');
  } catch (error) {
    acceptor.close();
    throw error;
  }
  const far = await arrived;
  acceptor.close();
  const ends = [near, far];
  for (const end of ends) {
    end.on('error', () => undefined);
    end.unref();
  }
  return {
    port: near.localPort ?? wanted,
    release: async () => {
      const closed = Promise.all(
        ends.filter((end) => !end.closed).map((end) => once(end, 'close')),
      );
      // Not by FIN: nothing is to wait in TIME_WAIT.
      near.resetAndDestroy();
      far.destroy();
      await closed;
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      server.off('listening', succeed);
      reject(error);
    };
    const succeed = () => {
      server.off('error', fail);
      resolve();
    };
    server.once('error', fail);
    server.once('listening', succeed);
    server.listen(port, LOOPBACK);
  });
}
