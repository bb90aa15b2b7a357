import { createHash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export type Unlocking = 'opened' | 'wrong' | { readonly unusable: string };

/**
 * The private keys that a person opened with a passphrase, in memory only, one for all hosts that name the file.
 * The passphrase itself is not kept.
 */
export type KeyRing = {
  /** The key of this very text of the file. */
  readonly find: (text: Buffer) => KeyObject | undefined;
  readonly unlock: (text: Buffer, passphrase: string) => Promise<Unlocking>;
};

export function createKeyRing(): KeyRing {
  const keys = new Map<string, KeyObject>();
  const digest = (text: Buffer): string => createHash('sha256').update(text).digest('base64');
  return {
    find: (text) => keys.get(digest(text)),
    unlock: async (text, passphrase) => {
      // Loaded only now: its thread begins with this very module.
      const { unlockKey } = await import('./unlock-key.ts');
      const result = await unlockKey(text.toString('utf8'), passphrase);
      if (result.kind === 'wrong') return 'wrong';
      if (result.kind === 'unusable') return { unusable: result.why };
      keys.set(digest(text), result.key);
      return 'opened';
    },
  };
}
