import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promises as fs } from 'node:fs';
import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { keyTypeOf, needsOpenSsh, publicBlobOf } from './key-blob.ts';
import type { KeyRing } from './key-ring.ts';
import type { IdentityFile } from './target.ts';
import { readStrings } from './wire-strings.ts';

/** An encrypted private key. */
export type LockedFile = {
  readonly path: string;
  readonly text: Buffer;
  /** The public half; null when nothing shows it. */
  readonly blob: Buffer | null;
};

export type KeyFile =
  | {
      readonly kind: 'private';
      readonly path: string;
      readonly blob: Buffer;
      readonly key: ParsedKey | KeyObject;
    }
  | ({ readonly kind: 'locked' } & LockedFile)
  /** Only the public half can be read: an agent may hold the other. */
  | { readonly kind: 'public'; readonly path: string; readonly blob: Buffer; readonly why: string }
  | { readonly kind: 'unusable'; readonly why: string; readonly needsOpenSsh: boolean }
  | { readonly kind: 'missing' };

const PKCS8 = /^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/m;

/** What an identity file holds; a key that was unlocked before counts as one without passphrase. Never rejects. */
export async function readKeyFile(
  { path, isExplicit }: IdentityFile,
  ring: Pick<KeyRing, 'find'>,
): Promise<KeyFile> {
  const text = await readText(path);
  if (text instanceof Error) {
    const { code } = text as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      return unusable(`identity file ${path} cannot be read (${code ?? text.message})`);
    const blob = await publicHalf(path);
    if (blob !== undefined)
      return { kind: 'public', path, blob, why: `the private half of ${path} is missing` };
    return isExplicit ? unusable(`identity file ${path} does not exist`) : { kind: 'missing' };
  }
  const unlocked = ring.find(text);
  if (unlocked !== undefined) return privateFile(path, unlocked);
  const pkcs8 = PKCS8.exec(text.toString('latin1'));
  if (pkcs8 !== null)
    return pkcs8[1] === undefined ? pkcs8File(path, text) : await lockedFile(path, text);
  const key = parsedKey(text);
  if (!(key instanceof Error))
    return key.isPrivateKey()
      ? { kind: 'private', path, blob: key.getPublicSSH(), key }
      : {
          kind: 'public',
          path,
          blob: key.getPublicSSH(),
          why: `${path} is a public key and the agent does not hold its private half`,
        };
  if (/encrypted|passphrase/i.test(key.message)) return await lockedFile(path, text);
  const type = keyTypeOf(
    publicBlobOfOpenSshKey(text) ?? (await publicHalf(path)) ?? Buffer.alloc(0),
  );
  return needsOpenSsh(type)
    ? unusable(`identity file ${path} is a key of the type ${type}`, true)
    : unusable(`identity file ${path} is not a key that can be used: ${key.message}`);
}

/** Says so when the key cannot be used at all, encrypted or not. */
async function lockedFile(path: string, text: Buffer): Promise<KeyFile> {
  const blob = publicBlobOfOpenSshKey(text) ?? (await publicHalf(path)) ?? null;
  const type = blob === null ? '' : keyTypeOf(blob);
  return needsOpenSsh(type)
    ? unusable(`identity file ${path} is a key of the type ${type}`, true)
    : { kind: 'locked', path, text, blob };
}

function pkcs8File(path: string, text: Buffer): KeyFile {
  try {
    return privateFile(path, createPrivateKey(text));
  } catch (error) {
    return unusable(`identity file ${path} is not a key that can be used: ${String(error)}`);
  }
}

function privateFile(path: string, key: KeyObject): KeyFile {
  const blob = publicBlobOf(key);
  return blob === undefined
    ? unusable(`identity file ${path} is a key of a kind that SSH does not know`)
    : { kind: 'private', path, blob, key };
}

const unusable = (why: string, onlyOpenSsh = false): KeyFile => ({
  kind: 'unusable',
  why,
  needsOpenSsh: onlyOpenSsh,
});

/** The public key in the file beside a private one: any type, also such as ssh2 does not know. */
async function publicHalf(path: string): Promise<Buffer | undefined> {
  const text = await readText(`${path}.pub`);
  if (text instanceof Error) return undefined;
  const [, base64] = /^\S+\s+([A-Za-z0-9+/=]+)/.exec(text.toString('latin1').trim()) ?? [];
  const blob = Buffer.from(base64 ?? '', 'base64');
  return blob.length === 0 ? undefined : blob;
}

/** OpenSSH PROTOCOL.key: the public key stands unencrypted behind cipher, kdf, its options and a count. */
function publicBlobOfOpenSshKey(text: Buffer): Buffer | undefined {
  const [, base64] =
    /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)-----END/.exec(text.toString('latin1')) ?? [];
  if (base64 === undefined) return undefined;
  const data = Buffer.from(base64, 'base64');
  const start = 'openssh-key-v1\0'.length;
  const head = readStrings(data, start).slice(0, 3);
  if (head.length < 3) return undefined;
  const behind = head.reduce((at, { length }) => at + 4 + length, start) + 4;
  const [blob] = readStrings(data, behind);
  return blob === undefined || blob.length === 0 ? undefined : blob;
}

/** What ssh2 makes of the text of a key, private or public. */
export function parsedKey(text: Buffer | string): ParsedKey | Error {
  const parsed: unknown = ssh2.utils.parseKey(text);
  const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error) return key;
  return typeof key === 'object' && key !== null && 'getPublicSSH' in key
    ? (key as ParsedKey)
    : new Error('unknown key format');
}

/**
 * Takes the private half out of a key that has done its work: ssh2 holds on to the key that it logged in with for as long
 * as there is the connection, which may be weeks.
 */
export function forgetPrivateHalf(key: ParsedKey): void {
  for (const field of Object.getOwnPropertySymbols(key))
    if (field.description === 'Private key PEM') Reflect.set(key, field, null);
}

async function readText(path: string): Promise<Buffer | Error> {
  try {
    return await fs.readFile(path);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
