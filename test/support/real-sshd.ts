import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

const SSHD = '/usr/sbin/sshd';
const ATTEMPTS = 5;

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
  // sshd insists on it when it is started by root.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  for (let attempt = 1; ; attempt += 1) {
    const sshd = await startOn(await freePort(), options);
    if (typeof sshd !== 'string') return sshd;
    // Another process may have taken the port that was free.
    if (attempt === ATTEMPTS) throw new Error(`sshd does not listen: ${sshd}`);
  }
}

/** sshd once it listens; its log when it has ended before that. */
async function startOn(port: number, options: RealSshdOptions): Promise<RealSshd | string> {
  const { folder } = options;
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
  const listening = new Promise<boolean>((resolve) => {
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes(`Server listening on 127.0.0.1 port ${port}.`)) resolve(true);
    });
  });
  const exited = new Promise<false>((resolve) => {
    child.once('exit', () => resolve(false));
  });
  if (!(await Promise.race([listening, exited]))) return log;
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
