import { hostname, userInfo } from 'node:os';
import type { Actor } from './act/ledger.ts';

/**
 * Who uses the console, for the ledger: `from` is this machine, and the address that its login came from where it was one
 * over SSH. tmux keeps that of the login in which it was started.
 */
export function actorOf(env: NodeJS.ProcessEnv): Actor {
  const client = env['SSH_CONNECTION']?.split(' ')[0] ?? '';
  const isAddress = /^[0-9A-Fa-f.:]+(?:%[\w.]+)?$/.test(client);
  return {
    user: userInfo().username,
    from: isAddress ? `${hostname()} (ssh from ${client})` : hostname(),
  };
}
