import { failure } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import type { HostKeyVerdict, KnownHost } from './known-hosts.ts';
import { fingerprint, hostKeyType } from './known-hosts.ts';
import type { Target } from './ssh-config.ts';

export type HostVerifier = {
  /**
   * Given to ssh2 as it is. It must be synchronous and return a real boolean: ssh2 accepts the key for
   * anything that is not exactly `false`, a promise included.
   */
  readonly verify: (key: Buffer) => boolean;
  /** Why the last key was not accepted. */
  readonly refusal: () => LinkFailure | undefined;
};

/**
 * Compares the key of the server with known_hosts. The first accepted key is pinned: rekeying, for
 * which ssh2 asks again, must show the same one.
 */
export function createHostVerifier(target: Target, known: KnownHost): HostVerifier {
  let pinned: Buffer | undefined;
  let refusal: LinkFailure | undefined;

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
      pinned = Buffer.from(key);
      return true;
    }
    refusal = refusalOf(target, known, key, verdict);
    return false;
  };

  const verify = (key: Buffer): boolean => {
    try {
      return check(key);
    } catch (error) {
      refusal = failure(
        {
          code: 'key-unknown',
          message: `host key of ${target.name} cannot be read: ${String(error)}`,
          hint: '',
        },
        'held',
        'hostkey-unknown',
      );
      return false;
    }
  };
  return { verify, refusal: () => refusal };
}

function refusalOf(
  target: Target,
  known: KnownHost,
  key: Buffer,
  verdict: Exclude<HostKeyVerdict, { kind: 'match' }>,
): LinkFailure {
  const shown = `${hostKeyType(key)} ${fingerprint(key)}`;
  switch (verdict.kind) {
    case 'revoked':
      return failure(
        {
          code: 'key-revoked',
          message: `host key of ${target.name} is revoked: ${shown} (${verdict.file}:${verdict.line})`,
          hint: 'the key is known to be stolen or retired; do not connect before it is replaced',
        },
        'held',
        'hostkey-changed',
      );
    case 'changed':
      return failure(
        {
          code: 'key-changed',
          message: `host key of ${target.name} changed: it shows ${shown}, known is another ${verdict.type} key in ${verdict.file}:${verdict.line}`,
          hint: `if the host was installed anew: ssh-keygen -R '${target.knownHostsName}', then accept the new key; if not, somebody may sit in between`,
        },
        'held',
        'hostkey-changed',
      );
    case 'unknown':
      return failure(
        {
          code: 'key-unknown',
          message: `host key of ${target.name} (${target.knownHostsName}) is not known: ${shown}`,
          hint: known.hasAuthority
            ? 'the host is verified by a certificate authority, which labtop cannot use; add its plain key to known_hosts'
            : `compare it on the console of the host (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub), then accept it with: ssh -p ${target.port} ${target.user}@${target.host}`,
        },
        'held',
        'hostkey-unknown',
      );
  }
}
