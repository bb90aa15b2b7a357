import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A way to a server that can be cut or stalled; it knows nothing of what it carries. */
export type Relay = {
  readonly url: string;
  /** Destroys every connection. */
  readonly cut: () => void;
  /** Lets so many more bytes of each connection come from the server, then cuts it. */
  readonly cutAfter: (bytes: number) => void;
  /** Bytes from the server wait, connections stay. */
  readonly stall: (isStalled: boolean) => void;
  readonly close: () => Promise<void>;
};

export async function startRelay(target: string): Promise<Relay> {
  const { port } = new URL(target);
  const pairs = new Set<{ readonly near: Socket; readonly far: Socket }>();
  let isStalled = false;
  let left = Infinity;
  const cut = (): void => {
    for (const { near, far } of pairs) {
      near.destroy();
      far.destroy();
    }
    left = Infinity;
  };
  const server = createServer((near) => {
    const far = connect(Number(port), '127.0.0.1');
    const pair = { near, far };
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      socket.on('error', end);
      socket.on('close', end);
    }
    near.on('data', (chunk) => far.write(chunk));
    far.on('data', (chunk) => {
      near.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) cut();
    });
    if (isStalled) far.pause();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${own}`,
    cut,
    cutAfter: (bytes) => {
      left = bytes;
    },
    stall: (stalled) => {
      isStalled = stalled;
      for (const { far } of pairs)
        if (stalled) far.pause();
        else far.resume();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}
