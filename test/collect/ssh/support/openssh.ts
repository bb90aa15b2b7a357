import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { KeyPair } from './keys.ts';
import { writePrivate } from './keys.ts';

const SSHD = '/usr/sbin/sshd';

export const hasSshd = existsSync(SSHD);

export type OpenSshd = {
  readonly port: number;
  /** The listener and all that it started: sessions, shells, programs. */
  readonly processes: () => readonly number[];
  readonly log: () => string;
  readonly stop: () => Promise<void>;
};

export type OpenSshdOptions = {
  readonly folder: string;
  readonly hostKey: KeyPair;
  /** Lines of authorized_keys. */
  readonly authorized: readonly string[];
  /** Further lines of sshd_config. */
  readonly config?: readonly string[];
};

/** The real sshd on a free port of loopback, with a configuration and keys of its own. */
export async function startOpenSshd(options: OpenSshdOptions): Promise<OpenSshd> {
  const { folder } = options;
  // sshd insists on it when it is started by root.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  const port = await freePort();
  const file = writePrivate(
    folder,
    `sshd_config-${port}`,
    [
      // sshd takes the first value of each keyword.
      ...(options.config ?? []),
      'ListenAddress 127.0.0.1',
      `Port ${port}`,
      `HostKey ${writePrivate(folder, `host_key-${port}`, options.hostKey.privateText)}`,
      `AuthorizedKeysFile ${writePrivate(folder, `authorized-${port}`, `${options.authorized.join('\n')}\n`)}`,
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
  await vi.waitFor(() => canConnect(port, () => log), { timeout: 20_000, interval: 20 });
  return {
    port,
    log: () => log,
    processes: () => (child.pid === undefined ? [] : descendants(child.pid)),
    stop: async () => {
      // Those that still serve a connection would be orphans.
      await vi.waitFor(() => expect(descendants(child.pid ?? 0)).toHaveLength(1), {
        timeout: 10_000,
      });
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Small shell programs in a folder of their own. */
export function writePrograms(folder: string, programs: Readonly<Record<string, string>>): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const [name, body] of Object.entries(programs)) {
    const path = join(bin, name);
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
  }
  return bin;
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

/** A process and all below it. */
export function descendants(root: number): readonly number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = [root];
  for (const parent of found)
    for (const [pid, ppid] of table) if (ppid === parent && pid !== undefined) found.push(pid);
  return found;
}

/** Whether a program is on this machine. */
export const hasProgram = (program: string): boolean =>
  spawnSync('/bin/sh', ['-c', `command -v ${program}`]).status === 0;

const canConnect = (port: number, log: () => string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', () => reject(new Error(`sshd does not listen: ${log()}`)));
  });
