import { spawn, spawnSync } from 'node:child_process';
import type { ShellChannel } from '../../../../src/collect/ssh/sampler.ts';

const KNOWN = ['sh', 'bash', 'dash', 'zsh', 'ksh', 'ksh93', 'mksh'];

/** The POSIX shells of this machine; `sh` is always among them. */
export const shells: readonly string[] = KNOWN.filter(
  (shell) => spawnSync(shell, ['-c', 'exit 7']).status === 7,
);

export type LocalShell = {
  readonly channel: ShellChannel;
  readonly pid: number;
  readonly kill: () => void;
};

/** A shell as sshd starts it: three pipes, a process group of its own. */
export function startShell(shell: string): LocalShell {
  const child = spawn(shell, [], { detached: true });
  const pid = child.pid ?? 0;
  const signal = (name: 'TERM' | 'KILL'): void => {
    try {
      process.kill(-pid, `SIG${name}`);
    } catch {
      // It is gone already.
    }
  };
  child.stdin.on('error', () => {});
  return {
    pid,
    kill: () => signal('KILL'),
    channel: {
      write: (text) => void child.stdin.write(text),
      signal,
      close: () => child.stdin.end(),
      hold: (isHeld) => void (isHeld ? child.stdout.pause() : child.stdout.resume()),
      onStdout: (listener) => void child.stdout.on('data', listener),
      onStderr: (listener) => void child.stderr.on('data', listener),
      onClose: (listener) => void child.once('close', listener),
    },
  };
}
