import { generateKeyPairSync, randomBytes } from 'node:crypto';

export type KeyPair = {
  /** The private key as an OpenSSH file. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…`, with a comment behind it if there is one. */
  readonly publicKey: string;
};

const TYPE = 'ssh-ed25519';
const BLOCK_BYTES = 8;
const LINE_LENGTH = 70;

/** A 32-bit length and the bytes, as SSH writes strings. */
function sshString(content: Buffer | string): Buffer {
  const bytes = Buffer.from(content as Buffer);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/**
 * Makes an ed25519 key pair in the format of PROTOCOL.key of OpenSSH. The generator of ssh2 is not used:
 * one in a hundred of its files cannot be read.
 */
export function createKeyPair(comment = ''): KeyPair {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const publicBytes = Buffer.from(x ?? '', 'base64url');
  const secretBytes = Buffer.from(d ?? '', 'base64url');
  const publicBlob = Buffer.concat([sshString(TYPE), sshString(publicBytes)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([
    check,
    check,
    publicBlob,
    sshString(Buffer.concat([secretBytes, publicBytes])),
    sshString(comment),
  ]);
  const padding = Buffer.from(
    Array.from(
      { length: (BLOCK_BYTES - (secret.length % BLOCK_BYTES)) % BLOCK_BYTES },
      (_, at) => at + 1,
    ),
  );
  const keyCount = Buffer.from([0, 0, 0, 1]);
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    sshString('none'),
    sshString('none'),
    sshString(''),
    keyCount,
    sshString(publicBlob),
    sshString(Buffer.concat([secret, padding])),
  ]).toString('base64');
  const lines = file.match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')) ?? [];
  return {
    privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`,
    publicKey: `${TYPE} ${publicBlob.toString('base64')} ${comment}`.trim(),
  };
}
