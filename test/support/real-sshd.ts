import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const SSHD = '/usr/sbin/sshd';
const START_LIMIT_MS = 20_000;
const LOOK_EVERY_MS = 20;

export const hasSshd = existsSync(SSHD);

export type RealSshd = {
  readonly port: number;
  /** Of the listener. */
  readonly pid: number;
  readonly log: () => string;
  /** Ends the listener only. */
  readonly kill: () => Promise<void>;
};

export type RealSshdOptions = {
  readonly folder: string;
  /** An OpenSSH file. */
  readonly hostKey: string;
  /** Lines of authorized_keys. */
  readonly authorized: readonly string[];
  /** Further lines of sshd_config. */
  readonly config?: readonly string[];
};

/** The real sshd on a free port of loopback, with a configuration and keys of its own. */
export async function startRealSshd(options: RealSshdOptions): Promise<RealSshd> {
  const { folder } = options;
  // sshd insists on it when it is started by root.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  const port = await freePort();
  const write = (name: string, text: string): string => {
    const path = join(folder, `${name}-${port}`);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const file = write(
    'sshd_config',
    [
      // sshd takes the first value of each keyword.
      ...(options.config ?? []),
      'ListenAddress 127.0.0.1',
      `Port ${port}`,
      `HostKey ${write('host_key', options.hostKey)}`,
      `AuthorizedKeysFile ${write('authorized', `${options.authorized.join('\n')}\n`)}`,
      'PidFile none',
      'UsePAM no',
      'StrictModes no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin yes',
      'LogLevel VERBOSE',
      '',
    ].join('\n'),
  );
  const child = spawn(SSHD, ['-D', '-e', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const limit = performance.now() + START_LIMIT_MS;
  while (!(await canConnect(port))) {
    if (child.exitCode !== null || performance.now() > limit)
      throw new Error(`sshd does not listen: ${log}`);
    await sleep(LOOK_EVERY_MS);
  }
  return {
    port,
    pid: child.pid ?? 0,
    log: () => log,
    kill: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function freePort(): Promise<number> {
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

const canConnect = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
