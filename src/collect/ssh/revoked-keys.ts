import { hash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { keyTypeOf } from './key-blob.ts';
import { ownBytes } from './own-bytes.ts';
import { readStrings } from './wire-strings.ts';

/** ssh_config(5), RevokedHostKeys: host keys that are refused whatever known_hosts says. */
export type RevokedKeys = {
  readonly file: string;
  readonly has: (key: Buffer) => boolean;
};

/**
 * Reads the file: public keys as text, one a line, or a key revocation list of ssh-keygen(1).
 * @throws the error of the file system, or one that says what is wrong with its text. ssh then trusts no host at all.
 */
export async function loadRevokedKeys(file: string): Promise<RevokedKeys> {
  const data = await fs.readFile(file);
  const has = data.subarray(0, MAGIC.length).equals(MAGIC) ? readList(data) : readLines(data);
  return { file, has };
}

function readLines(data: Buffer): RevokedKeys['has'] {
  const blobs = data
    .toString('latin1')
    .split('\n')
    .map((line, index) => ({ words: line.trim().split(/[ \t]+/), number: index + 1 }))
    .filter(({ words: [first = ''] }) => first !== '' && !first.startsWith('#'))
    .map(({ words: [type = '', base64 = ''], number }) => {
      const blob = Buffer.from(base64, 'base64');
      if (keyTypeOf(blob) !== type) throw new Error(`line ${number} is no public key`);
      return ownBytes(blob);
    });
  return (key) => blobs.some((blob) => blob.equals(key));
}

/** OpenSSH PROTOCOL.krl, format 1: numbers and two strings, then sections of a type and their data. */
const MAGIC = Buffer.from('SSHKRL\n\0', 'latin1');
const VERSION_AT = MAGIC.length;
/** Behind the format: three numbers of eight bytes. */
const STRINGS_AT = VERSION_AT + 4 + 24;
const SECTION = { certificates: 1, keys: 2, sha1: 3, signature: 4, sha256: 5, extension: 255 };

function readList(data: Buffer): RevokedKeys['has'] {
  if (data.length < STRINGS_AT || data.readUInt32BE(VERSION_AT) !== 1)
    throw new Error('it is no revocation list of a known format');
  const strings = readStrings(data, STRINGS_AT).slice(0, 2);
  if (strings.length < 2) throw new Error('the revocation list is cut off');
  const found: { readonly [kind: number]: Set<string> } = {
    [SECTION.keys]: new Set(),
    [SECTION.sha1]: new Set(),
    [SECTION.sha256]: new Set(),
  };
  let at = strings.reduce((end, { length }) => end + 4 + length, STRINGS_AT);
  while (at < data.length) {
    const type = data[at] ?? 0;
    const [body] = readStrings(data, at + 1);
    if (body === undefined) throw new Error('the revocation list is cut off');
    // Signatures stand at the end, and what is signed may be used without them, as ssh does.
    if (type === SECTION.signature) break;
    const entries = found[type];
    if (entries !== undefined)
      for (const entry of readStrings(body)) entries.add(entry.toString('base64'));
    // What is said of certificates is not about plain keys; an extension says itself whether it may be passed over.
    else if (type !== SECTION.certificates && !isOptional(type, body))
      throw new Error(`the revocation list has a section of a kind that is not known: ${type}`);
    at += 5 + body.length;
  }
  return (key) =>
    found[SECTION.keys]?.has(key.toString('base64')) === true ||
    found[SECTION.sha1]?.has(hash('sha1', key, 'base64')) === true ||
    found[SECTION.sha256]?.has(hash('sha256', key, 'base64')) === true;
}

/** Its name, then a byte that tells whether it is critical. */
function isOptional(type: number, body: Buffer): boolean {
  const [name] = readStrings(body);
  return type === SECTION.extension && name !== undefined && body[4 + name.length] === 0;
}
