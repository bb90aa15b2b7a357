import { createSecretKey } from 'node:crypto';

/** The two ends of ssh2's protocol that turn packets into bytes and back. */
const ENDS = ['_cipher', '_decipher'] as const;
/** Where ssh2 1.17 keeps in them what it gives to node:crypto with each packet: lib/protocol/crypto.js. */
const KEYS = ['_encKey', '_decipherKey', '_macKey'] as const;

/**
 * Makes objects of the keys of an ssh2 client, whose keys were just agreed on. With bytes for a key newer versions of
 * Node throw and catch two errors before they take it, 12 µs for each packet. Fields that ssh2 does not have, or names
 * otherwise, stay as they are: that costs time only.
 */
export function prepareKeys(client: object): void {
  const protocol: unknown = Reflect.get(client, '_protocol');
  if (!isObject(protocol)) return;
  for (const end of ENDS) {
    const cipher: unknown = Reflect.get(protocol, end);
    if (!isObject(cipher)) continue;
    for (const name of KEYS) {
      const key: unknown = Reflect.get(cipher, name);
      if (Buffer.isBuffer(key)) Reflect.set(cipher, name, createSecretKey(key));
    }
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
