import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/collect/clock.ts';
import type { Connection } from '../../../src/collect/ssh/connection.ts';
import type { LinkFailure } from '../../../src/collect/ssh/failure.ts';
import { createMeter } from '../../../src/collect/ssh/meter.ts';
import { connectOpenSsh } from '../../../src/collect/ssh/openssh-connection.ts';
import { openSession } from '../../../src/collect/ssh/session.ts';
import type { Session } from '../../../src/collect/ssh/session.ts';
import { closedPort } from '../../support/closed-port.ts';
import { startFakeSshd, startTcpServer } from './support/fake-sshd.ts';
import type { FakeSshd, FakeSshdOptions } from './support/fake-sshd.ts';
import { knownHostsText, newKey, temporaryFolder, writePrivate } from './support/keys.ts';
import { until } from './support/wait.ts';

const hasSsh = spawnSync('ssh', ['-V']).status === 0;
// A machine without ssh skips these tests; in continuous integration that is a failure.
const isSkipped = !hasSsh && process.env['CI'] !== 'true';

const hostKey = newKey();
const userKey = newKey();
const rsaKey = newKey({ type: 'rsa' });
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const server = async (options: Partial<FakeSshdOptions> = {}): Promise<FakeSshd> => {
  const sshd = await startFakeSshd({ hostKeys: [hostKey], authorized: [userKey], ...options });
  endings.push(sshd.close);
  return sshd;
};

type Options = {
  readonly known?: string;
  readonly identity?: string;
  readonly program?: string;
  readonly jump?: string;
  /** Of the ssh configuration, `Name=value`. */
  readonly option?: string;
  readonly onLost?: (failure: LinkFailure) => void;
};

const connect = async (port: number, options: Options = {}): Promise<Connection | LinkFailure> => {
  const folder = temporaryFolder();
  const known = writePrivate(folder, 'known', options.known ?? knownHostsText(port, hostKey));
  const identity = writePrivate(folder, 'id', options.identity ?? userKey.privateText);
  const connection = await connectOpenSsh({
    program: options.program ?? 'ssh',
    name: '127.0.0.1',
    args: [
      '-F',
      'none',
      '-p',
      String(port),
      '-i',
      identity,
      '-l',
      userInfo().username,
      '-o',
      'IdentitiesOnly=yes',
      '-o',
      'IdentityAgent=none',
      '-o',
      `UserKnownHostsFile=${known}`,
      '-o',
      'GlobalKnownHostsFile=/dev/null',
      ...(options.jump === undefined ? [] : ['-J', options.jump]),
      ...(options.option === undefined ? [] : ['-o', options.option]),
    ],
    controlPath: join(folder, 's'),
    place: `127.0.0.1:${port}`,
    env: process.env,
    clock: systemClock,
    onLost: options.onLost ?? (() => {}),
    signal: new AbortController().signal,
  });
  if (!('error' in connection)) endings.push(connection.end);
  return connection;
};

const session = async (
  port: number,
  options: Options = {},
): Promise<Session & { readonly connection: Connection }> => {
  const connection = await connect(port, options);
  if ('error' in connection) throw new Error(connection.error.message);
  const opened = await openSession({
    connection,
    clock: systemClock,
    meter: createMeter(),
    place: 'here',
    onStale: () => {},
    onFailed: (reason) => options.onLost?.(reason),
  });
  if ('error' in opened) throw new Error(opened.error.message);
  endings.push(opened.end);
  return { ...opened, connection };
};

/** Processes whose command line has the word. */
const processesWith = (word: string): readonly number[] =>
  execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(word) && !line.includes('ps -eo'))
    .map((line) => Number(line.trim().split(' ')[0]));

describe.skipIf(isSkipped)('with the ssh program of this machine', () => {
  test('answers as the other backend does, over one connection', async () => {
    const sshd = await server();
    const { ask, run } = await session(sshd.port);
    expect(
      await ask([['sh', '-c', 'echo out; echo err >&2; exit 3']], { timeoutSeconds: 60 }),
    ).toMatchObject({ kind: 'done', code: 3, stdout: 'out\n', stderr: 'err\n' });
    const large = await ask([['head', '-c', '3000000', '/dev/zero']], { timeoutSeconds: 60 });
    expect(large.kind).toBe('done');
    expect(large.kind === 'done' && large.stdout.length).toBe(3_000_000);
    expect(await run(['echo', 'acted'], { timeoutSeconds: 60 })).toMatchObject({
      kind: 'done',
      stdout: 'acted\n',
    });
    expect(sshd.connections()).toBe(1);
  });

  test('a command that hangs is ended by a second shell, for ssh passes no signals on', async () => {
    const sshd = await server();
    const { ask } = await session(sshd.port);
    const pidFile = join(temporaryFolder(), 'pid');
    expect(
      await ask([['sh', '-c', `echo $$ > '${pidFile}'; sleep 100`]], { timeoutSeconds: 0.5 }),
    ).toMatchObject({ kind: 'timeout' });
    expect(await ask([['echo', 'next']], { timeoutSeconds: 60 })).toMatchObject({
      stdout: 'next\n',
    });
    await until(() => spawnSync('sh', ['-c', `kill -0 $(cat '${pidFile}')`]).status !== 0);
    expect(sshd.connections()).toBe(1);
  });

  test('streams run beside the sampler and leave nothing', async () => {
    const sshd = await server();
    const { stream, ask, connection } = await session(sshd.port);
    const stop = new AbortController();
    let answers = 0;
    const ended = stream(['sh', '-c', 'while :; do echo last; sleep 0.1; done'], {
      lastLine: 'last',
      silentSeconds: 60,
      signal: stop.signal,
      onAnswer: () => answers++,
    });
    await until(() => answers > 3);
    expect(await ask([['echo', 'x']], { timeoutSeconds: 60 })).toMatchObject({ stdout: 'x\n' });
    stop.abort();
    expect(await ended).toEqual({ kind: 'aborted' });
    await until(() => connection.channels() === 1);
  });

  test.for<readonly [string, Options, string]>([
    ['a key that is not known', { known: '' }, 'key-unknown'],
    ['a key that changed', { known: 'changed' }, 'key-changed'],
    ['a login that is refused', { identity: newKey().privateText }, 'auth'],
    ['no ssh program', { program: '/nonexistent/ssh' }, 'config'],
  ])('%s', async ([, options, code]) => {
    const sshd = await server();
    const known = options.known === 'changed' ? knownHostsText(sshd.port, newKey()) : options.known;
    const { known: _, ...rest } = options;
    const failed = await connect(sshd.port, known === undefined ? rest : { ...rest, known });
    expect(failed).toMatchObject({ retry: code === 'auth' ? 'rare' : 'held', error: { code } });
  });

  test.for<readonly [string, string]>([
    [
      `RevokedHostKeys=${writePrivate(temporaryFolder(), 'revoked', rsaKey.publicText)}`,
      'key-revoked',
    ],
    ['RevokedHostKeys=/nonexistent/revoked', 'config'],
    ['RequiredRSASize=3072', 'key-short'],
    ['BindAddress=192.0.2.1', 'config'],
    ['Ciphers=none-such', 'config'],
  ])('a host behind %s is held: %s', async ([option, code]) => {
    const sshd = await server({ hostKeys: [rsaKey] });
    const known = knownHostsText(sshd.port, rsaKey);
    expect(await connect(sshd.port, { known, option })).toMatchObject({
      retry: 'held',
      error: { code },
    });
    expect(sshd.authentications).toEqual([]);
  });

  test('a port that is closed, a server that is none, one that refuses for now', async () => {
    expect(await connect(await closedPort())).toMatchObject({ error: { code: 'refused' } });
    const web = await startTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    endings.push(web.close);
    expect(await connect(web.port)).toMatchObject({
      retry: expect.stringMatching(/slow|throttled/),
      error: { code: expect.stringMatching(/not-ssh|throttled/) },
    });
    const full = await startTcpServer((socket) => socket.end('Not allowed at this time\r\n'));
    endings.push(full.close);
    expect(await connect(full.port)).toMatchObject({ error: { code: 'throttled' } });
  });

  test('a jump host that is not there is told from the host behind it', async () => {
    const gate = `localhost:${await closedPort()}`;
    expect(await connect(22, { jump: gate })).toMatchObject({
      error: { code: 'jump:refused', jump: 'localhost' },
    });
  });

  test('a login that gives no shell is told with its words', async () => {
    const sshd = await server({
      onExec: (channel) => {
        channel.write('This account is currently not available.\n');
        channel.exit(1);
        channel.end();
        channel.close();
      },
    });
    expect(await connect(sshd.port)).toMatchObject({
      retry: 'held',
      error: { code: 'shell', message: expect.stringContaining('currently not available') },
    });
  });

  test('a connection that breaks is told once, and its children go', async () => {
    const sshd = await server();
    const lost: LinkFailure[] = [];
    const { ask, connection } = await session(sshd.port, { onLost: (reason) => lost.push(reason) });
    await ask([['true']], { timeoutSeconds: 60 });
    sshd.cut();
    await until(() => lost.length > 0);
    expect(lost).toMatchObject([{ retry: 'jitter', error: { code: 'lost' } }]);
    connection.destroy();
  });

  test('further shells never make a connection of their own', async () => {
    const sshd = await server();
    const connection = await connect(sshd.port);
    if ('error' in connection) throw new Error(connection.error.message);
    await connection.openShell('sampler');
    expect(await connection.openShell('demand')).toMatchObject({ kind: 'opened' });
    sshd.cut();
    await until(() => connection.channels() === 0);
    expect(await connection.openShell('action')).toMatchObject({ kind: 'refused' });
    expect(sshd.connections()).toBe(1);
  });

  test('no process and no socket stay behind, also when the console is killed', async () => {
    const sshd = await server();
    const folder = temporaryFolder();
    const known = writePrivate(folder, 'known', knownHostsText(sshd.port, hostKey));
    const identity = writePrivate(folder, 'id', userKey.privateText);
    const script = `
      import { connectOpenSsh } from '${join(import.meta.dirname, '../../../src/collect/ssh/openssh-connection.ts')}';
      import { systemClock } from '${join(import.meta.dirname, '../../../src/collect/clock.ts')}';
      const connection = await connectOpenSsh({
        program: 'ssh', name: '127.0.0.1', controlPath: '${join(folder, 's')}', place: 'x', env: process.env,
        args: ['-F', 'none', '-p', '${sshd.port}', '-i', '${identity}', '-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none',
          '-o', 'UserKnownHostsFile=${known}', '-o', 'GlobalKnownHostsFile=/dev/null'],
        clock: systemClock, onLost: () => {}, signal: new AbortController().signal,
      });
      await connection.openShell('sampler');
      await connection.openShell('demand');
      process.kill(process.pid, 'SIGKILL');
    `;
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      {
        cwd: join(import.meta.dirname, '../../..'),
      },
    );
    let complaints = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaints += chunk.toString();
    });
    const signal = await new Promise((resolve) => {
      child.once('close', (_code, name) => resolve(name));
    });
    expect([signal, complaints]).toEqual(['SIGKILL', '']);
    await until(() => processesWith(folder).length === 0);
    expect(existsSync(join(folder, 's'))).toBe(false);
    expect(readdirSync(folder).toSorted()).toEqual(['id', 'known']);
  });
});
