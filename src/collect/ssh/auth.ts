import type { AnyAuthMethod } from 'ssh2';
import { failure, remoteWords } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import type { Identities } from './identity.ts';
import type { Target } from './ssh-config.ts';

export type Authentication = {
  /** What to try next; false when there is nothing left. `methods` are those the server still takes. */
  readonly next: (methods: readonly string[] | null) => AnyAuthMethod | false;
  /** A key was offered and refused. */
  readonly wasRefused: () => boolean;
  readonly failure: (words: string) => LinkFailure;
};

/**
 * Offers the keys one after another. It begins with `none`, which costs no attempt and makes the
 * server tell its methods, so that a server for passwords only is never offered a key.
 */
export function createAuthentication(
  target: Target,
  { identities, unusable }: Identities,
): Authentication {
  let offered: readonly string[] = [];
  let tried: readonly string[] = [];
  let refused = 0;

  const next = (methods: readonly string[] | null): AnyAuthMethod | false => {
    if (methods === null) return { type: 'none', username: target.user };
    offered = methods;
    refused = tried.length;
    const identity = identities[tried.length];
    if (identity === undefined || !methods.includes('publickey')) return false;
    tried = [...tried, identity.label];
    return { ...identity.method, username: target.user };
  };

  const refusal = (words: string): LinkFailure =>
    failure(
      {
        code: 'auth',
        message: remoteParts([
          `login refused for ${target.user}@${target.host}`,
          words === '' ? '' : `«${words}»`,
          tried.length > 0 ? `tried ${tried.join(', ')}` : 'no key was tried',
          offered.length > 0 ? `the server offers ${offered.join(', ')}` : '',
          unusable.join('; '),
        ]),
        hint:
          offered.length > 0 && !offered.includes('publickey')
            ? 'labtop logs in with keys only: allow PubkeyAuthentication on the host'
            : `put the public key into ~/.ssh/authorized_keys of ${target.user} on the host`,
      },
      'held',
      'auth-failed',
    );

  return { next, wasRefused: () => refused > 0, failure: refusal };
}

const remoteParts = (parts: readonly string[]): string =>
  parts
    .filter((part) => part !== '')
    .map((part) => remoteWords(part))
    .join('; ');
