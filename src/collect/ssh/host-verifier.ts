import { failure, shortKeyFailure, VIA_OPENSSH } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import { fingerprint, keyTypeOf } from './key-blob.ts';
import type { HostKeyVerdict, KnownHost } from './known-hosts.ts';
import { ownBytes } from './own-bytes.ts';
import { quoteWord } from './quote-argv.ts';
import type { Target } from './target.ts';

export type RefusedKey = {
  readonly key: Buffer;
  readonly verdict: Exclude<HostKeyVerdict['kind'], 'match'>;
};

export type HostVerifier = {
  /**
   * Given to ssh2 as it is. It must be synchronous and return a real boolean: ssh2 accepts the key for
   * anything that is not exactly `false`, a promise included.
   */
  readonly verify: (key: Buffer) => boolean;
  /** Why the last key was not accepted. */
  readonly refusal: () => LinkFailure | undefined;
  /** The key that was not accepted, and what known_hosts says of it. */
  readonly refusedKey: () => RefusedKey | undefined;
};

/**
 * Compares the key of the server with known_hosts. The first accepted key is pinned: rekeying, for
 * which ssh2 asks again, must show the same one.
 */
export function createHostVerifier(target: Target, known: KnownHost): HostVerifier {
  let pinned: Buffer | undefined;
  let refusal: LinkFailure | undefined;
  let refusedKey: RefusedKey | undefined;

  const check = (key: Buffer): boolean => {
    if (pinned !== undefined) {
      if (pinned.equals(key)) return true;
      refusal = failure(
        {
          code: 'key-changed',
          message: `${target.name} showed another host key within one connection: ${fingerprint(key)}`,
          hint: 'somebody may sit in between; do not connect',
        },
        'held',
        'hostkey-changed',
      );
      return false;
    }
    const verdict = known.verify(key);
    if (verdict.kind === 'match') {
      pinned = ownBytes(key);
      return true;
    }
    refusal = hostKeyFailure(target, known, key, verdict);
    refusedKey = { key: Buffer.from(key), verdict: verdict.kind };
    return false;
  };

  const verify = (key: Buffer): boolean => {
    try {
      // Anything but a real `true` is a no.
      return (check(key) as unknown) === true;
    } catch (error) {
      refusal = failure(
        {
          code: 'key-unknown',
          message: `host key of ${target.name} cannot be read: ${String(error)}`,
          hint: `see what the host shows: ssh-keyscan -p ${target.port} ${target.host}`,
        },
        'held',
        'hostkey-unknown',
      );
      return false;
    }
  };
  return { verify, refusal: () => refusal, refusedKey: () => refusedKey };
}

/** Says what is wrong with a host key, and what to do about it. */
export function hostKeyFailure(
  target: Target,
  known: KnownHost,
  key: Buffer,
  verdict: Exclude<HostKeyVerdict, { kind: 'match' }>,
): LinkFailure {
  const shown = `${keyTypeOf(key)} ${fingerprint(key)}`;
  switch (verdict.kind) {
    case 'revoked':
      return failure(
        {
          code: 'key-revoked',
          message: `host key of ${target.name} is revoked: ${shown} (${verdict.file}${verdict.line === null ? '' : `:${verdict.line}`})`,
          hint: 'the key is known to be stolen or retired; do not connect before it is replaced',
        },
        'held',
        'hostkey-changed',
      );
    case 'changed': {
      const command = `ssh-keygen -R ${shellWord(target.knownHostsName)} -f ${shellWord(verdict.file)}`;
      return failure(
        {
          code: 'key-changed',
          message: `host key of ${target.name} changed: it shows ${shown}, known is ${verdict.type} ${verdict.fingerprint} in ${verdict.file}:${verdict.line}`,
          hint: known.hasAuthority
            ? `the host is also verified by a certificate authority; ${VIA_OPENSSH}`
            : `if the host was installed anew: ${command}, then accept the new key; if not, somebody may sit in between`,
          ...(known.hasAuthority ? {} : { command }),
        },
        'held',
        'hostkey-changed',
      );
    }
    case 'short':
      return shortKeyFailure(target.name, verdict.bits, verdict.least);
    case 'unknown':
      return failure(
        {
          code: 'key-unknown',
          message: `host key of ${target.name} (${target.knownHostsName}) is not known: ${shown}`,
          hint: unknownHint(target, known),
        },
        'held',
        'hostkey-unknown',
      );
  }
}

/** As a person would write it: quoted where it has to be. */
const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : quoteWord(word);

function unknownHint(target: Target, known: KnownHost): string {
  if (known.hasAuthority)
    return `the host is verified by a certificate authority, which labtop itself cannot follow; ${VIA_OPENSSH}`;
  if (target.beyond.includes('KnownHostsCommand'))
    return `KnownHostsCommand may know it, which labtop itself cannot follow; ${VIA_OPENSSH}`;
  const compare =
    'compare it on the console of the host (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub)';
  if (target.isStrict)
    return `${compare}, then add it to ${target.notedIn ?? 'known_hosts'} yourself: StrictHostKeyChecking is yes`;
  return `${compare}, then accept it in labtop, or with: ssh -p ${target.port} ${target.user}@${target.host}`;
}
