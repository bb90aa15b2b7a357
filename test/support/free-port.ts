import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

/** A port of loopback that is free at the moment: whoever starts on it must be ready to find it taken. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  return port;
}
