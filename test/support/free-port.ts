import { createServer } from 'node:net';

/** Below the ports that systems give to whoever asks for any: nobody but the tests takes one of these. */
const [FIRST, LAST] = [20_000, 32_000];

/** A port of loopback that is free at the moment: whoever starts on it must be ready to find it taken. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => {
      server.close(resolve);
    });
    return port;
  }
}
