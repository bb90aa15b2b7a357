import { sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import ssh2 from 'ssh2';
import type { BaseAgent, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import { keyTypeOf } from './key-blob.ts';
import { parsedKey } from './key-file.ts';

/** Signs the data; `hash` for RSA only. */
export type Signer = (
  key: ParsedKey,
  data: Buffer,
  hash: SigningRequestOptions['hash'],
  done: SignCallback,
) => void;

/** An agent that knows whether it was asked for a signature: the server would take the key. */
export type SigningAgent = BaseAgent & { readonly hasSigned: () => boolean };

const { BaseAgent: AgentBase, createAgent } = ssh2;

/**
 * An agent with one key for ssh2, which takes signatures that are not made at once only from an agent.
 * undefined when ssh2 does not know the type of the key.
 */
export function oneKeyAgent(blob: Buffer, signer: Signer): SigningAgent | undefined {
  const key = parsedKey(`${keyTypeOf(blob)} ${blob.toString('base64')}`);
  return key instanceof Error ? undefined : new OneKeyAgent(key, signer);
}

/** Lets the agent behind the socket sign. */
export function socketSigner(path: string, onSigning: () => void): Signer {
  const agent = createAgent(path);
  return (key, data, hash, done) => {
    onSigning();
    agent.sign(key, data, hash === undefined ? {} : { hash }, done);
  };
}

/** Signs with a key in memory. */
export const keySigner =
  (privateKey: KeyObject): Signer =>
  (_key, data, hash, done) =>
    sign(hashFor(privateKey, hash), data, privateKey, (error, signature) =>
      done(error ?? undefined, signature),
    );

/** RFC 5656, 6.2.1: the curve gives the hash; RFC 8709: Ed25519 hashes by itself. */
function hashFor(key: KeyObject, hash: string | undefined): string | null {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'ed25519') return null;
  if (type === 'ec') return CURVE_HASHES[details?.namedCurve ?? ''] ?? 'sha256';
  return hash ?? 'sha1';
}

const CURVE_HASHES: Readonly<Record<string, string>> = {
  prime256v1: 'sha256',
  secp384r1: 'sha384',
  secp521r1: 'sha512',
};

class OneKeyAgent extends AgentBase<ParsedKey> {
  readonly #key: ParsedKey;
  readonly #signer: Signer;
  #hasSigned = false;

  constructor(key: ParsedKey, signer: Signer) {
    super();
    this.#key = key;
    this.#signer = signer;
  }

  readonly hasSigned = (): boolean => this.#hasSigned;

  override getIdentities(callback: (error: null, keys: ParsedKey[]) => void): void {
    callback(null, [this.#key]);
  }

  override sign(
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    this.#hasSigned = true;
    if (typeof options === 'function') this.#signer(key, data, undefined, options);
    else this.#signer(key, data, options.hash, callback ?? (() => {}));
  }
}
