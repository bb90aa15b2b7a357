import { promises as fs } from 'node:fs';
import ssh2 from 'ssh2';
import type { BaseAgent, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import type { CollectError } from '../../domain/feed.ts';
import { failure } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import { fingerprint } from './known-hosts.ts';
import type { IdentityFile, Target } from './ssh-config.ts';

/** A key that will be offered to the server. */
export type Identity = {
  /** For people: file or agent, and fingerprint. */
  readonly label: string;
  readonly method:
    | { readonly type: 'agent'; readonly agent: BaseAgent }
    | { readonly type: 'publickey'; readonly key: ParsedKey };
};

export type Identities = {
  readonly identities: readonly Identity[];
  /** Why keys that were asked for are not offered. */
  readonly unusable: readonly string[];
};

export type IdentityDeps = {
  /** Called when the agent is asked for a signature: a person may have to confirm it. */
  readonly onSigning: () => void;
};

type KeyFile =
  | { readonly kind: 'private'; readonly path: string; readonly key: ParsedKey }
  /** Only the public half can be read: an agent may hold the other. */
  | { readonly kind: 'public'; readonly path: string; readonly blob: Buffer; readonly why: string }
  | { readonly kind: 'unusable'; readonly why: string }
  | { readonly kind: 'missing' };

const { createAgent, BaseAgent: AgentBase, utils } = ssh2;
const AGENT_LIMIT_MS = 5_000;

/**
 * The keys for a host: those of the agent first (named files first among them), then files.
 * With `identitiesOnly` the agent offers only keys of the named files, because a server counts each
 * key and ends the connection at the sixth. Never rejects.
 */
export async function loadIdentities(
  target: Target,
  deps: IdentityDeps,
): Promise<Identities | LinkFailure> {
  const files = await Promise.all(target.identityFiles.map((file) => readKeyFile(file)));
  const agent = target.agentPath === null ? null : createAgent(target.agentPath);
  const agentKeys = agent === null ? [] : await keysOfAgent(agent);
  const privateFiles = files.filter((file) => file.kind === 'private');

  if (agentKeys instanceof Error && privateFiles.length === 0)
    return failure(agentError(target.agentPath ?? '', agentKeys));
  const held = agentKeys instanceof Error ? [] : agentKeys;
  const isNamed = (key: ParsedKey): boolean =>
    files.some((file) => blobOf(file)?.equals(key.getPublicSSH()) === true);
  const named = held.filter((key) => isNamed(key));
  const others = target.identitiesOnly ? [] : held.filter((key) => !named.includes(key));
  const inAgent = (blob: Buffer): boolean => named.some((key) => key.getPublicSSH().equals(blob));

  const fromAgent =
    agent === null ? [] : [...named, ...others].map((key) => agentIdentity(agent, key, deps));
  const fromFiles = privateFiles
    .filter(({ key }) => !inAgent(key.getPublicSSH()))
    .map(({ path, key }) => fileIdentity(path, key));
  const unusable = [
    ...(agentKeys instanceof Error ? [agentError(target.agentPath ?? '', agentKeys).message] : []),
    ...files.flatMap((file) => {
      if (file.kind === 'unusable') return [file.why];
      return file.kind === 'public' && !inAgent(file.blob) ? [file.why] : [];
    }),
  ];
  const identities = [...fromAgent, ...fromFiles];
  return identities.length > 0 ? { identities, unusable } : noIdentity(target, unusable);
}

const agentError = (path: string, error: Error): CollectError => ({
  code: 'agent',
  message: `no ssh agent at ${path}: ${error.message}`,
  hint: 'in tmux the socket of an old login is dead: renew SSH_AUTH_SOCK, or set agent: none',
});

function noIdentity(target: Target, unusable: readonly string[]): LinkFailure {
  const why =
    unusable.length > 0
      ? unusable.join('; ')
      : `none of ${target.identityFiles.map(({ path }) => path).join(', ') || 'the identity files'} exists and ${target.agentPath === null ? 'no agent is used' : 'the agent holds no key for it'}`;
  return failure(
    {
      code: 'auth',
      message: `no key to offer to ${target.user}@${target.host}: ${why}`,
      hint: 'add the key to the ssh agent (ssh-add), or name an identity file without passphrase',
    },
    'held',
    'auth-failed',
  );
}

/** One agent per key, so that each key offered is known by its label. */
function agentIdentity(agent: BaseAgent, key: ParsedKey, deps: IdentityDeps): Identity {
  return {
    label: `agent ${key.comment} ${fingerprint(key.getPublicSSH())}`,
    method: { type: 'agent', agent: new OneKeyAgent(agent, key, deps.onSigning) },
  };
}

const fileIdentity = (path: string, key: ParsedKey): Identity => ({
  label: `${path} ${fingerprint(key.getPublicSSH())}`,
  method: { type: 'publickey', key },
});

/** ssh2 takes filters of an agent only as a subclass. */
class OneKeyAgent extends AgentBase<ParsedKey> {
  readonly #agent: BaseAgent;
  readonly #key: ParsedKey;
  readonly #onSigning: () => void;

  constructor(agent: BaseAgent, key: ParsedKey, onSigning: () => void) {
    super();
    this.#agent = agent;
    this.#key = key;
    this.#onSigning = onSigning;
  }

  override getIdentities(callback: (error: null, keys: ParsedKey[]) => void): void {
    callback(null, [this.#key]);
  }

  override sign(
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    this.#onSigning();
    if (typeof options === 'function') this.#agent.sign(key, data, options);
    else this.#agent.sign(key, data, options, callback);
  }
}

function keysOfAgent(agent: BaseAgent): Promise<readonly ParsedKey[] | Error> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(new Error(`no answer within ${AGENT_LIMIT_MS / 1000} s`));
    }, AGENT_LIMIT_MS);
    agent.getIdentities((error, keys) => {
      clearTimeout(timer);
      if (error === null || error === undefined)
        resolve((keys ?? []).filter((key) => isParsedKey(key)));
      else resolve(error);
    });
  });
}

const isParsedKey = (key: unknown): key is ParsedKey =>
  typeof key === 'object' && key !== null && 'getPublicSSH' in key;

const blobOf = (file: KeyFile): Buffer | undefined => {
  if (file.kind === 'private') return file.key.getPublicSSH();
  return file.kind === 'public' ? file.blob : undefined;
};

async function readKeyFile({ path, isExplicit }: IdentityFile): Promise<KeyFile> {
  const text = await readText(path);
  if (text instanceof Error) {
    const { code } = text as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      return {
        kind: 'unusable',
        why: `identity file ${path} cannot be read (${code ?? text.message})`,
      };
    const blob = await publicHalf(path);
    if (blob !== undefined)
      return { kind: 'public', path, blob, why: `the private half of ${path} is missing` };
    return isExplicit
      ? { kind: 'unusable', why: `identity file ${path} does not exist` }
      : { kind: 'missing' };
  }
  const key = parsedKey(text);
  if (key instanceof Error) return await encryptedKeyFile(path, text, key);
  if (key.isPrivateKey()) return { kind: 'private', path, key };
  return {
    kind: 'public',
    path,
    blob: key.getPublicSSH(),
    why: `${path} is a public key and the agent does not hold its private half`,
  };
}

async function encryptedKeyFile(path: string, text: Buffer, error: Error): Promise<KeyFile> {
  if (!/encrypted|passphrase/i.test(error.message))
    return {
      kind: 'unusable',
      why: `identity file ${path} is not a key that can be used: ${error.message}`,
    };
  const why = `identity file ${path} has a passphrase and the agent does not hold the key`;
  const blob = (await publicHalf(path)) ?? publicBlobOfOpenSshKey(text);
  return blob === undefined ? { kind: 'unusable', why } : { kind: 'public', path, blob, why };
}

async function publicHalf(path: string): Promise<Buffer | undefined> {
  const text = await readText(`${path}.pub`);
  if (text instanceof Error) return undefined;
  const key = parsedKey(text);
  return key instanceof Error ? undefined : key.getPublicSSH();
}

/** OpenSSH PROTOCOL.key: the public key stands unencrypted behind cipher, kdf, its options and a count. */
function publicBlobOfOpenSshKey(text: Buffer): Buffer | undefined {
  const base64 = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)-----END/.exec(
    text.toString('latin1'),
  )?.[1];
  if (base64 === undefined) return undefined;
  const data = Buffer.from(base64, 'base64');
  let at = 'openssh-key-v1\0'.length;
  const next = (): Buffer | undefined => {
    if (at + 4 > data.length) return undefined;
    const start = at + 4;
    at = start + data.readUInt32BE(at);
    return data.subarray(start, at);
  };
  next();
  next();
  next();
  at += 4;
  const blob = next();
  return blob === undefined || blob.length === 0 ? undefined : blob;
}

function parsedKey(text: Buffer): ParsedKey | Error {
  const parsed: unknown = utils.parseKey(text);
  const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error) return key;
  return isParsedKey(key) ? key : new Error('unknown key format');
}

async function readText(path: string): Promise<Buffer | Error> {
  try {
    return await fs.readFile(path);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
