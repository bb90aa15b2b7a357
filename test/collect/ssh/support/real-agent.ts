import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyPair } from './keys.ts';
import { writePrivate } from './keys.ts';
import { until } from './wait.ts';

export type Agent = { readonly path: string; readonly stop: () => Promise<void> };

/** The system's ssh-agent on a socket of its own, with keys in their order. */
export async function startAgent(folder: string, keys: readonly KeyPair[]): Promise<Agent> {
  const path = join(folder, `agent-${keys.length}.sock`);
  const child = spawn('ssh-agent', ['-D', '-a', path], { stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  await until(() => existsSync(path));
  for (const [index, key] of keys.entries())
    execFileSync('ssh-add', ['-q', writePrivate(folder, `agent-key-${index}`, key.privateText)], {
      env: { ...process.env, SSH_AUTH_SOCK: path },
      stdio: 'ignore',
    });
  return {
    path,
    stop: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
}
