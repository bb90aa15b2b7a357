import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { startFaultProxy } from '../support/fault-proxy.ts';
import type { FaultProxy } from '../support/fault-proxy.ts';

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A server behind the proxy that does what the test says with each connection. */
async function behindProxy(serve: (socket: Socket) => void): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endings.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const proxy = await startFaultProxy((server.address() as AddressInfo).port);
  endings.push(proxy.close);
  return proxy;
}

type Seen = {
  readonly socket: Socket;
  readonly text: () => string;
  readonly ended: () => 'no' | 'end' | 'reset';
};
function client(proxy: FaultProxy): Seen {
  const socket = connect({ host: '127.0.0.1', port: proxy.port });
  let text = '';
  let ended: ReturnType<Seen['ended']> = 'no';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  socket.on('end', () => {
    ended = 'end';
  });
  socket.on('error', () => {
    ended = 'reset';
  });
  endings.push(() => Promise.resolve(socket.destroy()));
  return { socket, text: () => text, ended: () => ended };
}

const echo = (socket: Socket): void => {
  socket.pipe(socket);
};

test('a line without faults carries everything, both ways, and the ends', async () => {
  const proxy = await behindProxy(echo);
  const seen = client(proxy);
  const sent = Array.from({ length: 300_000 }, (_, at) => String.fromCharCode(at % 256)).join('');
  seen.socket.end(Buffer.from(sent, 'latin1'));
  await expect.poll(seen.ended).toBe('end');
  expect(seen.text() === sent).toBe(true);
  await expect.poll(proxy.connections).toBe(0);
});

test('a delayed line answers no sooner than its round trip', async () => {
  const proxy = await behindProxy(echo);
  proxy.shape({ roundTripMs: 200 });
  const seen = client(proxy);
  await once(seen.socket, 'connect');
  const start = performance.now();
  seen.socket.write('x');
  await expect.poll(seen.text).toBe('x');
  expect(performance.now() - start).toBeGreaterThanOrEqual(198);
});

test('a slow line is no faster than its rate, and does not swallow what it cannot carry', async () => {
  const proxy = await behindProxy((socket) => socket.end(Buffer.alloc(30_000, 'x')));
  proxy.shape({ bytesPerSecond: 60_000 });
  const start = performance.now();
  const seen = client(proxy);
  await expect.poll(seen.ended).toBe('end');
  expect(seen.text()).toHaveLength(30_000);
  expect(performance.now() - start).toBeGreaterThanOrEqual(450);
});

test('what a held line got is delivered when it is held no more, the end too', async () => {
  const proxy = await behindProxy(echo);
  const seen = client(proxy);
  seen.socket.write('one ');
  await expect.poll(seen.text).toBe('one ');
  proxy.hold(true);
  seen.socket.end('two');
  const late = client(proxy);
  late.socket.write('late');
  await expect.poll(proxy.accepted).toBe(2);
  // Something else makes its way through the same event loop meanwhile.
  const other = await behindProxy(echo);
  const third = client(other);
  third.socket.write('other');
  await expect.poll(third.text).toBe('other');
  expect([seen.text(), seen.ended(), late.text()]).toEqual(['one ', 'no', '']);
  proxy.hold(false);
  await expect.poll(seen.ended).toBe('end');
  expect(seen.text()).toBe('one two');
  await expect.poll(late.text).toBe('late');
});

test('forgotten connections stay silent for ever, new ones work', async () => {
  const proxy = await behindProxy(echo);
  const seen = client(proxy);
  seen.socket.write('a');
  await expect.poll(seen.text).toBe('a');
  proxy.forget();
  seen.socket.write('b');
  const next = client(proxy);
  next.socket.write('c');
  await expect.poll(next.text).toBe('c');
  expect([seen.text(), seen.ended()]).toEqual(['a', 'no']);
});

test.for(['end', 'reset'] as const)('cuts after exactly so many bytes (%s)', async (fate) => {
  const proxy = await behindProxy(echo);
  proxy.limit({ bytes: 7, fate });
  const seen = client(proxy);
  seen.socket.write('0123456789');
  await expect.poll(seen.ended).toBe(fate);
  // What was on its way is not sure to arrive before a reset.
  expect(seen.text()).toBe(fate === 'end' ? '0123456' : '0123456'.slice(0, seen.text().length));
  proxy.limit(null);
  const next = client(proxy);
  next.socket.write('0123456789');
  await expect.poll(next.text).toBe('0123456789');
});

test('falls silent after exactly so many bytes', async () => {
  const proxy = await behindProxy(echo);
  proxy.limit({ bytes: 4, fate: 'hold' });
  const seen = client(proxy);
  seen.socket.write('0123456789');
  await expect.poll(seen.text).toBe('0123');
  proxy.limit(null);
  const next = client(proxy);
  next.socket.write('x');
  await expect.poll(next.text).toBe('x');
  expect([seen.text(), seen.ended()]).toEqual(['0123', 'no']);
});

test('welcomes with an end, a reset, words of its own, words before the server, words without end', async () => {
  const proxy = await behindProxy((socket) => socket.end('server'));
  proxy.welcome({ kind: 'close' });
  const closed = client(proxy);
  await expect.poll(closed.ended).toBe('end');
  proxy.welcome({ kind: 'reset' });
  const broken = client(proxy);
  await expect.poll(broken.ended).toBe('reset');
  proxy.welcome({ kind: 'say', bytes: 'HTTP', after: 'end' });
  const http = client(proxy);
  await expect.poll(http.ended).toBe('end');
  proxy.welcome({ kind: 'say', bytes: 'noise ', after: 'pass' });
  const noisy = client(proxy);
  await expect.poll(noisy.ended).toBe('end');
  proxy.welcome({ kind: 'say', bytes: 'blah', after: 'again' });
  const endless = client(proxy);
  await expect.poll(() => endless.text().length).toBeGreaterThan(40);
  expect([closed.text(), http.text(), noisy.text()]).toEqual(['', 'HTTP', 'noise server']);
});

test('a closed port refuses until it is open again', async () => {
  const proxy = await behindProxy(echo);
  await proxy.refuse(true);
  const refused = client(proxy);
  await expect.poll(refused.ended).toBe('reset');
  await proxy.refuse(false);
  const taken = client(proxy);
  taken.socket.write('x');
  await expect.poll(taken.text).toBe('x');
});
