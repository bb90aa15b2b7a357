import { matchesPatterns } from './patterns.ts';

/** What is offered in the handshake; left out where ssh2's own choice is just what is allowed. */
export type Algorithms = {
  readonly hostKey: readonly string[];
  readonly kex?: readonly string[];
  readonly cipher?: readonly string[];
  readonly hmac?: readonly string[];
};

type Kind = 'hostKey' | 'kex' | 'cipher' | 'mac';
type Known = { readonly normal: readonly string[]; readonly onRequest: readonly string[] };

/**
 * What ssh2 1.17 can do (its protocol/constants.js), the best first: `normal` is offered by itself,
 * `onRequest` only when the configuration names it.
 */
const KNOWN: Readonly<Record<Kind, Known>> = {
  hostKey: {
    normal: [
      'ssh-ed25519',
      'ecdsa-sha2-nistp256',
      'ecdsa-sha2-nistp384',
      'ecdsa-sha2-nistp521',
      'rsa-sha2-512',
      'rsa-sha2-256',
    ],
    onRequest: ['ssh-rsa', 'ssh-dss'],
  },
  kex: {
    normal: [
      'curve25519-sha256@libssh.org',
      'curve25519-sha256',
      'ecdh-sha2-nistp256',
      'ecdh-sha2-nistp384',
      'ecdh-sha2-nistp521',
      'diffie-hellman-group-exchange-sha256',
      'diffie-hellman-group14-sha256',
      'diffie-hellman-group15-sha512',
      'diffie-hellman-group16-sha512',
      'diffie-hellman-group17-sha512',
      'diffie-hellman-group18-sha512',
    ],
    onRequest: [
      'diffie-hellman-group-exchange-sha1',
      'diffie-hellman-group14-sha1',
      'diffie-hellman-group1-sha1',
    ],
  },
  cipher: {
    normal: [
      'aes128-gcm@openssh.com',
      'aes256-gcm@openssh.com',
      'aes128-ctr',
      'aes192-ctr',
      'aes256-ctr',
      'chacha20-poly1305@openssh.com',
    ],
    onRequest: ['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'],
  },
  mac: {
    normal: [
      'hmac-sha2-256-etm@openssh.com',
      'hmac-sha2-512-etm@openssh.com',
      'hmac-sha1-etm@openssh.com',
      'hmac-sha2-256',
      'hmac-sha2-512',
      'hmac-sha1',
    ],
    onRequest: ['hmac-md5', 'hmac-sha1-96', 'hmac-md5-96'],
  },
};
const NAMES: Readonly<Record<Kind, string>> = {
  hostKey: 'HostKeyAlgorithms',
  kex: 'KexAlgorithms',
  cipher: 'Ciphers',
  mac: 'MACs',
};

/**
 * The algorithms that the configuration allows (null: it says nothing) and ssh2 can do. A text names the option
 * of which nothing is left.
 */
export function chooseAlgorithms(
  allowed: Readonly<Record<Kind, readonly string[] | null>>,
): Algorithms | string {
  const chosen = {
    hostKey: allowedOf('hostKey', allowed.hostKey),
    kex: allowedOf('kex', allowed.kex),
    cipher: allowedOf('cipher', allowed.cipher),
    mac: allowedOf('mac', allowed.mac),
  };
  for (const kind of ['hostKey', 'kex', 'cipher', 'mac'] as const)
    if (chosen[kind].length === 0) return `${NAMES[kind]} ${allowed[kind]?.join(',') ?? ''}`;
  const isUsual = (kind: Kind): boolean => chosen[kind].join(',') === KNOWN[kind].normal.join(',');
  return {
    hostKey: chosen.hostKey,
    ...(isUsual('kex') ? {} : { kex: chosen.kex }),
    ...(isUsual('cipher') ? {} : { cipher: chosen.cipher }),
    ...(isUsual('mac') ? {} : { hmac: chosen.mac }),
  };
}

function allowedOf(kind: Kind, list: readonly string[] | null): readonly string[] {
  const { normal, onRequest } = KNOWN[kind];
  const [first, ...others] = list ?? [];
  if (first === undefined) return normal;
  const names = [first.replace(/^[-+^]/, ''), ...others];
  const isNamed = (name: string): boolean => matchesPatterns(names, name);
  // ssh_config(5): `+` appends to the default, `-` removes from it, `^` puts in front of it.
  switch (first.slice(0, 1)) {
    case '-':
      return normal.filter((name) => !isNamed(name));
    case '+':
    case '^':
      return [...normal, ...onRequest.filter((name) => isNamed(name))];
    default:
      return [...normal, ...onRequest].filter((name) => isNamed(name));
  }
}

/** Puts the algorithms of known key types first, so that a host with several keys shows a known one. */
export function orderHostKeyAlgorithms(
  supported: readonly string[],
  knownTypes: readonly string[],
): readonly string[] {
  const first = supported.filter((algorithm) => knownTypes.includes(keyTypeOfAlgorithm(algorithm)));
  return [...first, ...supported.filter((algorithm) => !first.includes(algorithm))];
}

/** RFC 8332: rsa-sha2-256 and rsa-sha2-512 are signatures by keys of the type ssh-rsa. */
const keyTypeOfAlgorithm = (algorithm: string): string =>
  algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm;
