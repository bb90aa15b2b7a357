import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { descendants } from '../../../support/processes.ts';
import { startRealSshd } from '../../../support/real-sshd.ts';
import type { RealSshdOptions } from '../../../support/real-sshd.ts';
import type { KeyPair } from './keys.ts';

export type OpenSshd = {
  readonly port: number;
  /** The listener and all that it started: sessions, shells, programs. */
  readonly processes: () => readonly number[];
  readonly log: () => string;
  readonly stop: () => Promise<void>;
};

export type OpenSshdOptions = Omit<RealSshdOptions, 'hostKey'> & { readonly hostKey: KeyPair };

/** The real sshd on a free port of loopback, with a configuration and keys of its own. */
export async function startOpenSshd({ hostKey, ...options }: OpenSshdOptions): Promise<OpenSshd> {
  const sshd = await startRealSshd({ ...options, hostKey: hostKey.privateText });
  return {
    port: sshd.port,
    log: sshd.log,
    processes: () => descendants(sshd.pid),
    stop: async () => {
      try {
        // Those that still serve a connection would be orphans.
        await expect.poll(() => descendants(sshd.pid)).toHaveLength(1);
      } finally {
        await sshd.kill();
      }
    },
  };
}

/** Whether a program is on this machine. */
export const hasProgram = (program: string): boolean =>
  spawnSync('/bin/sh', ['-c', `command -v ${program}`]).status === 0;
