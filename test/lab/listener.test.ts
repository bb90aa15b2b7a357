import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { keepPort, startListener } from '../../src/lab/listener.ts';

/** What a client meets at a port. */
async function meets(port: number): Promise<string> {
  const client = connect(port, '127.0.0.1');
  try {
    const [bytes] = (await once(client, 'data')) as [Buffer];
    return bytes.toString();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'error';
  } finally {
    client.destroy();
  }
}

/** Asks for a port as the system does when it looks for one that is free: without SO_REUSEADDR. */
const ASKER = `socket(my $s, PF_INET, SOCK_STREAM, 0) or die;
bind($s, sockaddr_in($ARGV[0], inet_aton('127.0.0.1'))) or do { print $!{EADDRINUSE} ? 'EADDRINUSE' : $!; exit };
print 'free';`;
const perl = (script: string, ...args: readonly string[]) =>
  spawnSync('perl', ['-MSocket', '-MErrno', '-e', script, ...args], { encoding: 'utf8' });
const ask = (port: number): string => perl(ASKER, String(port)).stdout;
const withoutPerl = perl('1').status !== 0;

async function start() {
  const server = createServer((socket) => socket.end('here'));
  const listener = await startListener(server, () => undefined);
  onTestFinished(listener.close);
  return { server, listener };
}

test('while a server is down its port refuses, and it comes back on the same', async () => {
  const { server, listener } = await start();
  for (let round = 0; round < 3; round++) {
    expect(listener.isListening()).toBe(true);
    expect((server.address() as AddressInfo).port).toBe(listener.port);
    expect(await meets(listener.port)).toBe('here');
    await listener.setListening(false);
    expect(listener.isListening()).toBe(false);
    expect(await meets(listener.port)).toBe('ECONNREFUSED');
    await listener.setListening(true);
  }
});

test('changes follow each other in the order in which they were asked for', async () => {
  const { listener } = await start();
  const changes = [false, true, false, false, true, true, false].map(listener.setListening);
  await Promise.all(changes);
  expect(await meets(listener.port)).toBe('ECONNREFUSED');
});

test.skipIf(withoutPerl)('a port is taken as long as it is kept, and free after it', async () => {
  const { listener } = await start();
  await listener.setListening(false);
  expect(ask(listener.port)).toBe('EADDRINUSE');
  await listener.setListening(true);
  await listener.setListening(false);
  expect(ask(listener.port)).toBe('EADDRINUSE');
  await listener.close();
  expect(ask(listener.port)).toBe('free');
});

test('a port of others is not taken from them, and nothing stays of the attempt', async () => {
  const { listener } = await start();
  await expect(startListener(createServer(), () => undefined, listener.port)).rejects.toMatchObject(
    { code: 'EADDRINUSE' },
  );
  expect(await meets(listener.port)).toBe('here');
});

test('a server that could not listen again does when it is told so once more', async () => {
  const { listener } = await start();
  await listener.setListening(false);
  // Who asks for this very port with SO_REUSEADDR.
  const thief = createServer();
  thief.listen(listener.port, '127.0.0.1');
  await once(thief, 'listening');
  await expect(listener.setListening(true)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  thief.close();
  await once(thief, 'close');
  await listener.setListening(true);
  expect(await meets(listener.port)).toBe('here');
});

test('a closed server never listens again', async () => {
  const { listener } = await start();
  await listener.close();
  await listener.setListening(true);
  expect(listener.isListening()).toBe(false);
});

test('a port can be kept for another program, or for none', async () => {
  const kept = await keepPort();
  expect(await meets(kept.port)).toBe('ECONNREFUSED');
  const other = createServer((socket) => socket.end('other'));
  other.listen(kept.port, '127.0.0.1');
  await once(other, 'listening');
  expect(await meets(kept.port)).toBe('other');
  other.close();
  await once(other, 'close');
  expect(await meets(kept.port)).toBe('ECONNREFUSED');
  await kept.release();
});
