import { expect, test } from 'vitest';
import { collect, connect, key, open, startHost, waitFor } from './ssh-client.ts';

const lineOf = (text: string): string => text.slice(text.lastIndexOf('\n') + 1);

test('an output is cut in the middle of a line, once, and the connection with it', async () => {
  const host = await startHost();
  const whole = await collect(await open(await connect(host), 'zoneadm list -cp'));
  const client = await connect(host);
  const closed = new Promise<void>((resolve) => {
    client.on('close', () => resolve());
  });
  host.cutMidLine();
  const cut = await collect(await open(client, 'zoneadm list -cp'));
  await closed;
  expect(whole.stdout.startsWith(cut.stdout)).toBe(true);
  expect(cut.stdout.length).toBeLessThan(whole.stdout.length);
  expect(lineOf(cut.stdout)).not.toBe('');
  expect(await collect(await open(await connect(host), 'zoneadm list -cp'))).toEqual(whole);
});

test('a banner and lines before the identification are told to new connections only', async () => {
  const host = await startHost();
  const said: string[] = [];
  const login = { privateKey: key.privateKey, onBanner: (text: string) => said.push(text) };
  host.banner('authorised use only\r\n');
  host.greeting('welcome');
  const first = await connect(host, login);
  expect(said.map((text) => text.trim())).toEqual(['welcome', 'authorised use only']);
  host.banner(null);
  host.greeting(null);
  await connect(host, login);
  expect(said).toHaveLength(2);
  expect((await collect(await open(first, 'zonename'))).stdout).toBe('global\n');
});

test('a noisy profile speaks before everything else', async () => {
  const host = await startHost();
  const client = await connect(host);
  host.profileNoise('You have mail.\n');
  expect((await collect(await open(client, 'zonename'))).stdout).toBe('You have mail.\nglobal\n');
  host.profileNoise(null);
  expect((await collect(await open(client, 'zonename'))).stdout).toBe('global\n');
});

test('sessions beyond the limit are refused, each connection has its own', async () => {
  const host = await startHost();
  host.limitSessions(2);
  const client = await connect(host);
  const held = await open(client, 'sleep 1000');
  await open(client, 'sleep 1000');
  expect(host.channelCount()).toBe(2);
  await expect(open(client, 'zonename')).rejects.toThrow(/open fail/i);
  expect((await collect(await open(await connect(host), 'zonename'))).code).toBe(0);
  held.close();
  await expect.poll(host.channelCount).toBe(1);
  expect((await collect(await open(client, 'zonename'))).code).toBe(0);
  host.limitSessions(null);
});

test('a program floods until it is killed or healed', async () => {
  const host = await startHost();
  const client = await connect(host);
  host.flood('zpool', true);
  const killed = await open(client, 'zpool list');
  const outcome = collect(killed);
  await waitFor(killed, (text) => text.length > 200_000);
  killed.signal('TERM');
  expect((await outcome).signal).toBe('SIGTERM');
  const healed = collect(await open(client, 'zpool list'));
  await expect.poll(() => host.machine.processes.size).toBe(1);
  host.flood('zpool', false);
  expect((await healed).code).toBe(0);
  expect((await collect(await open(client, 'zpool list -Hpo name'))).stdout).toBe('rpool\nzones\n');
});

test('programs answer late as long as they are told to', async () => {
  const host = await startHost();
  const client = await connect(host);
  host.delayPrograms(250);
  const start = performance.now();
  expect((await collect(await open(client, 'zonename'))).stdout).toBe('global\n');
  expect(performance.now() - start).toBeGreaterThanOrEqual(245);
  host.delayPrograms(0);
  expect((await collect(await open(client, 'zonename'))).stdout).toBe('global\n');
});

test('a forgotten connection is dead without a word, the next one lives', async () => {
  const host = await startHost();
  const client = await connect(host);
  let isClosed = false;
  client.on('close', () => {
    isClosed = true;
  });
  host.forget();
  let answered = false;
  void open(client, 'zonename').then(
    () => {
      answered = true;
    },
    () => undefined,
  );
  expect((await collect(await open(await connect(host), 'zonename'))).stdout).toBe('global\n');
  expect([isClosed, answered]).toEqual([false, false]);
});

test('the host key of the beginning can come back', async () => {
  const host = await startHost();
  const before = host.hostKey();
  host.changeHostKey();
  expect(host.hostKey()).not.toBe(before);
  host.restoreHostKey();
  expect(host.hostKey()).toBe(before);
  await expect(connect(host)).resolves.toBeDefined();
});

test('a connection dies after so many bytes, whatever state the login is in', async () => {
  const host = await startHost();
  for (const bytes of [0, 10, 300, 900]) {
    host.limitLine({ bytes, fate: 'end' });
    await expect(connect(host), `${bytes} bytes`).rejects.toBeInstanceOf(Error);
  }
  host.limitLine(null);
  await expect(connect(host)).resolves.toBeDefined();
  await expect.poll(host.connectionCount).toBe(1);
});
