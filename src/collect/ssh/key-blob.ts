import { createHash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readStrings, writeStrings } from './wire-strings.ts';

/** As `ssh-keygen -l` shows it. */
export const fingerprint = (blob: Buffer): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;

/** The type stands at the beginning of each public key: a length of four bytes, then the name. */
export const keyTypeOf = (blob: Buffer): string =>
  readStrings(blob)[0]?.toString('latin1') ?? 'unknown';

/** Certificates, keys on a FIDO token, and whatever else ssh2 cannot use but the ssh program can. */
export const needsOpenSsh = (type: string): boolean =>
  type.includes('-cert-v0') || type.startsWith('sk-') || type.startsWith('webauthn-sk-');

/** ssh-keygen(1), `-l`: the name of the type and the size in bits; null where a size says nothing. */
export function keyTypeAndBits(blob: Buffer): {
  readonly name: string;
  readonly bits: number | null;
} {
  const [type = Buffer.alloc(0), , modulus] = readStrings(blob);
  const text = type.toString('latin1');
  if (text === 'ssh-rsa') return { name: 'RSA', bits: modulus ? bitLength(modulus) : null };
  const ecdsa = /^(sk-)?ecdsa-sha2-nistp(\d+)/.exec(text);
  if (ecdsa) return { name: ecdsa[1] === undefined ? 'ECDSA' : 'ECDSA-SK', bits: Number(ecdsa[2]) };
  if (text.startsWith('sk-ssh-ed25519')) return { name: 'ED25519-SK', bits: 256 };
  if (text === 'ssh-ed25519') return { name: 'ED25519', bits: 256 };
  if (text === 'ssh-dss')
    return { name: 'DSA', bits: bitLength(readStrings(blob)[1] ?? Buffer.alloc(0)) };
  return { name: text.toUpperCase(), bits: null };
}

/** The size of an RSA key; null for keys of other types. */
export function rsaBits(blob: Buffer): number | null {
  const { name, bits } = keyTypeAndBits(blob);
  return name === 'RSA' ? bits : null;
}

function bitLength(mpint: Buffer): number {
  const first = mpint.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (mpint.length - first - 1) * 8 + (32 - Math.clz32(mpint[first] ?? 0));
}

/** The public half of a key as SSH writes it (RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4); undefined for other kinds. */
export function publicBlobOf(key: KeyObject): Buffer | undefined {
  const jwk = key.export({ format: 'jwk' });
  const bytes = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url');
  switch (jwk.kty ?? '') {
    case 'OKP':
      return jwk.crv === 'Ed25519' ? writeStrings(['ssh-ed25519', bytes(jwk.x)]) : undefined;
    case 'RSA':
      return writeStrings(['ssh-rsa', mpint(bytes(jwk.e)), mpint(bytes(jwk.n))]);
    case 'EC': {
      const curve = { 'P-256': 'nistp256', 'P-384': 'nistp384', 'P-521': 'nistp521' }[
        jwk.crv ?? ''
      ];
      const point = Buffer.concat([Buffer.from([4]), bytes(jwk.x), bytes(jwk.y)]);
      return curve === undefined ? undefined : writeStrings([`ecdsa-sha2-${curve}`, curve, point]);
    }
    default:
      return undefined;
  }
}

/** RFC 4251, 5: two's complement, so a zero byte keeps the first bit clear. */
const mpint = (bytes: Buffer): Buffer =>
  (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
