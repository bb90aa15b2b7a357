import { createHmac, hash } from 'node:crypto';
import { fingerprint, keyTypeOf, rsaBits } from './key-blob.ts';
import { readOrEmpty } from './optional-file.ts';
import { ownBytes } from './own-bytes.ts';
import { matchesPatterns } from './patterns.ts';
import type { RevokedKeys } from './revoked-keys.ts';

/**
 * sshd(8), SSH_KNOWN_HOSTS FILE FORMAT: `[@marker] hosts keytype base64-key [comment]`, where hosts is
 * a list of patterns with `*`, `?` and `!`, or one hashed name `|1|salt|hmac-sha1`.
 */
export type KnownHostsLine = {
  readonly marker: 'revoked' | 'cert-authority' | null;
  readonly hosts: string;
  readonly type: string;
  readonly key: Buffer;
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
      /** Of the known key. */
      readonly fingerprint: string;
    }
  /** `line` is null where the file has none. */
  | { readonly kind: 'revoked'; readonly file: string; readonly line: number | null }
  /** RSA, with fewer bits than `least`. */
  | { readonly kind: 'short'; readonly bits: number; readonly least: number };

/** What holds for the keys of all hosts. */
export type KeyRules = {
  readonly revoked: RevokedKeys | null;
  readonly requiredRsaBits: number;
};

/** What the known_hosts files say of one host. */
export type KnownHost = {
  /** Pure and synchronous: it is asked again at every rekeying. */
  readonly verify: (key: Buffer) => HostKeyVerdict;
  /** Key types that are known, the first line's first. */
  readonly types: readonly string[];
  /** A certificate authority signs this host's keys; plain keys alone cannot use that. */
  readonly hasAuthority: boolean;
};

type KnownKey = Omit<KnownHostsLine, 'marker' | 'hosts'>;
/** Kept as long as the connection: the text of the files is not kept with it. */
const keyOf = ({ type, key, file, line }: KnownHostsLine): KnownKey => ({
  type,
  key: ownBytes(key),
  file,
  line,
});

/** Reads the text of one file; lines that are no key lines, or hold no whole key, are skipped as ssh does. */
export function parseKnownHosts(text: string, file: string): readonly KnownHostsLine[] {
  return text.split('\n').flatMap((raw, index) => {
    const words = raw.trim().split(/[ \t]+/);
    if (words[0] === undefined || words[0] === '' || words[0].startsWith('#')) return [];
    const marked = words[0].startsWith('@') ? words.shift() : undefined;
    const [hosts, type, base64] = words;
    if (hosts === undefined || type === undefined || base64 === undefined) return [];
    const key = Buffer.from(base64, 'base64');
    const marker = markerOf(marked);
    const own = keyTypeOf(key);
    if (marker === undefined || own !== type) return [];
    return [{ marker, hosts, type: own, key, file, line: index + 1 }];
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

/** The name under which ssh keeps a host: `[name]:port` unless the port is 22. */
export const knownHostsName = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;

/** The lines that speak of a host called so, whatever they say. `name` is in lower case. */
export const linesFor = (
  lines: readonly KnownHostsLine[],
  name: string,
): readonly KnownHostsLine[] => lines.filter(({ hosts }) => matchesHosts(hosts, name));

/**
 * Everything known of the host called `name`. `plainName` is its name without the port: as for ssh, what is known
 * under it counts when nothing is known under the full name, and another key there is no change.
 */
export function knownHost(
  lines: readonly KnownHostsLine[],
  name: string,
  plainName: string = name,
  rules: KeyRules = NO_RULES,
): KnownHost {
  const own = linesFor(lines, name);
  const plain = plainName === name ? [] : linesFor(lines, plainName);
  const keysOf = (some: readonly KnownHostsLine[]): readonly KnownKey[] =>
    some.filter(({ marker }) => marker === null).map((line) => keyOf(line));
  const keys = keysOf(own);
  const spare = keys.length === 0 ? keysOf(plain) : [];
  const revoked = lines.filter(({ marker }) => marker === 'revoked').map((line) => keyOf(line));

  const verify = (key: Buffer): HostKeyVerdict => {
    if (rules.revoked?.has(key) === true)
      return { kind: 'revoked', file: rules.revoked.file, line: null };
    const bits = rsaBits(key);
    if (bits !== null && bits < rules.requiredRsaBits)
      return { kind: 'short', bits, least: rules.requiredRsaBits };
    const refusal = revoked.find((line) => line.key.equals(key));
    if (refusal !== undefined) return { kind: 'revoked', file: refusal.file, line: refusal.line };
    if ([...keys, ...spare].some((line) => line.key.equals(key))) return { kind: 'match' };
    const type = keyTypeOf(key);
    const other = keys.find((line) => line.type === type) ?? keys[0];
    if (other === undefined) return { kind: 'unknown' };
    return {
      kind: 'changed',
      file: other.file,
      line: other.line,
      type: other.type,
      fingerprint: fingerprint(other.key),
    };
  };

  return {
    verify,
    types: [...new Set([...keys, ...spare].map(({ type }) => type))],
    hasAuthority: [...own, ...plain].some(({ marker }) => marker === 'cert-authority'),
  };
}

const NO_RULES: KeyRules = { revoked: null, requiredRsaBits: 0 };

const matchesHosts = (hosts: string, name: string): boolean =>
  hosts.startsWith('|')
    ? matchesHash(hosts, name)
    : matchesPatterns(hosts.toLowerCase().split(','), name);

function matchesHash(hosts: string, name: string): boolean {
  const [, version, salt, hashed] = hosts.split('|');
  if (version !== '1' || salt === undefined || hashed === undefined) return false;
  return hmacSha1(Buffer.from(salt, 'base64'), name) === hashed;
}

const BLOCK_BYTES = 64;
const SHA1_BYTES = 20;

/**
 * HMAC-SHA1 (RFC 2104) as base64, by two hashes in one go: each hashed line is one for each host that connects, and
 * `createHmac` takes four times as long.
 */
export function hmacSha1(key: Buffer, text: string): string {
  if (key.length > BLOCK_BYTES) return createHmac('sha1', key).update(text).digest('base64');
  const inner = Buffer.alloc(BLOCK_BYTES + Buffer.byteLength(text), 0x36);
  const outer = Buffer.alloc(BLOCK_BYTES + SHA1_BYTES, 0x5c);
  for (const [at, byte] of key.entries()) {
    inner[at] = byte ^ 0x36;
    outer[at] = byte ^ 0x5c;
  }
  inner.write(text, BLOCK_BYTES);
  outer.set(hash('sha1', inner, 'buffer'), BLOCK_BYTES);
  return hash('sha1', outer, 'base64');
}
