import { createHash, createHmac } from 'node:crypto';
import { promises as fs } from 'node:fs';

/**
 * sshd(8), SSH_KNOWN_HOSTS FILE FORMAT: `[@marker] hosts keytype base64-key [comment]`, where hosts is
 * a list of patterns with `*`, `?` and `!`, or one hashed name `|1|salt|hmac-sha1`.
 */
export type KnownHostsLine = {
  readonly marker: 'revoked' | 'cert-authority' | null;
  readonly hosts: string;
  readonly type: string;
  /** Base64, as in the file. */
  readonly key: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
};

export type HostKeyVerdict =
  | { readonly kind: 'match' }
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'changed';
      readonly file: string;
      readonly line: number;
      readonly type: string;
    }
  | { readonly kind: 'revoked'; readonly file: string; readonly line: number };

/** What the known_hosts files say of one host. */
export type KnownHost = {
  /** Pure and synchronous: it is asked again at every rekeying. */
  readonly verify: (key: Buffer) => HostKeyVerdict;
  /** Key types that are known, the first line's first. */
  readonly types: readonly string[];
  /** A certificate authority signs this host's keys; plain keys alone cannot use that. */
  readonly hasAuthority: boolean;
};

/** Reads the text of one file; lines that are no key lines are skipped as ssh does. */
export function parseKnownHosts(text: string, file: string): readonly KnownHostsLine[] {
  return text.split('\n').flatMap((raw, index) => {
    const words = raw.trim().split(/[ \t]+/);
    if (words[0] === undefined || words[0] === '' || words[0].startsWith('#')) return [];
    const marked = words[0].startsWith('@') ? words.shift() : undefined;
    const [hosts, type, key] = words;
    if (hosts === undefined || type === undefined || key === undefined) return [];
    if (/^\d+$/.test(type)) return []; // SSH 1
    const marker = markerOf(marked);
    if (marker === undefined) return [];
    return [{ marker, hosts, type, key, file, line: index + 1 }];
  });
}

const markerOf = (word: string | undefined): KnownHostsLine['marker'] | undefined => {
  if (word === undefined) return null;
  if (word === '@revoked') return 'revoked';
  return word === '@cert-authority' ? 'cert-authority' : undefined;
};

/**
 * Reads all files; one that does not exist is empty, as for ssh.
 * @throws the error of the file system when a file exists but cannot be read.
 */
export async function loadKnownHosts(files: readonly string[]): Promise<readonly KnownHostsLine[]> {
  const texts = await Promise.all(
    files.map(async (file) => ({ file, text: await readOrEmpty(file) })),
  );
  return texts.flatMap(({ file, text }) => parseKnownHosts(text, file));
}

async function readOrEmpty(file: string): Promise<string> {
  try {
    return await fs.readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    throw error;
  }
}

/** The name under which ssh keeps a host: `[name]:port` unless the port is 22. */
export const knownHostsName = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;

/**
 * Everything known of the host called `name`. `plainName` is its name without the port: as for ssh,
 * an equal key under it is a match, but another key under it is no change.
 */
export function knownHost(
  lines: readonly KnownHostsLine[],
  name: string,
  plainName: string = name,
): KnownHost {
  const own = lines.filter((line) => matchesHosts(line.hosts, name));
  const plain =
    plainName === name ? [] : lines.filter((line) => matchesHosts(line.hosts, plainName));
  const keysOf = (some: readonly KnownHostsLine[]): readonly KnownHostsLine[] =>
    some.filter(({ marker }) => marker === null);
  const keys = keysOf(own);
  const spare = keysOf(plain);
  const revoked = lines.filter(({ marker }) => marker === 'revoked');

  const verify = (key: Buffer): HostKeyVerdict => {
    const offered = key.toString('base64');
    const refusal = revoked.find((line) => line.key === offered);
    if (refusal !== undefined) return { kind: 'revoked', file: refusal.file, line: refusal.line };
    if ([...keys, ...spare].some((line) => line.key === offered)) return { kind: 'match' };
    const type = hostKeyType(key);
    const other = keys.find((line) => line.type === type) ?? keys[0];
    if (other === undefined) return { kind: 'unknown' };
    return { kind: 'changed', file: other.file, line: other.line, type: other.type };
  };

  return {
    verify,
    types: [...new Set([...keys, ...spare].map(({ type }) => type))],
    hasAuthority: [...own, ...plain].some(({ marker }) => marker === 'cert-authority'),
  };
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

/** As `ssh-keygen -l` shows it. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** The type stands at the beginning of each key blob: a length of four bytes, then the name. */
export function hostKeyType(key: Buffer): string {
  if (key.length < 4) return 'unknown';
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1');
}

function matchesHosts(hosts: string, name: string): boolean {
  if (hosts.startsWith('|')) return matchesHash(hosts, name);
  let isMatch = false;
  for (const entry of hosts.toLowerCase().split(',')) {
    const isNegated = entry.startsWith('!');
    if (!wildcard(isNegated ? entry.slice(1) : entry).test(name)) continue;
    if (isNegated) return false;
    isMatch = true;
  }
  return isMatch;
}

function matchesHash(hosts: string, name: string): boolean {
  const [, version, salt, hash] = hosts.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern.replace(/[.*+?^${}()|[\]\\]/g, (sign) => ({ '*': '.*', '?': '.' })[sign] ?? `\\${sign}`)}$`,
    's',
  );
