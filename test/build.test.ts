import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const chunks = join(import.meta.dirname, '..', 'dist', 'chunks');
const files = readdirSync(chunks).filter((name) => name.endsWith('.js'));
const textOf = (name: string): string => readFileSync(join(chunks, name), 'utf8');

describe('the built console', () => {
  it('leaves the generated Kubernetes API out', () => {
    expect(files.some((name) => textOf(name).includes('KubeConfig'))).toBe(true);
    expect(files.filter((name) => textOf(name).includes('CoreV1ApiRequestFactory'))).toEqual([]);
    const bytes = files.reduce((sum, name) => sum + statSync(join(chunks, name)).size, 0);
    expect(bytes).toBeLessThan(6_000_000);
  });

  it('decodes Yoga without the fetch of Node, which loads slowly', () => {
    const [first = '', ...more] = files.filter((name) => name.startsWith('console-'));
    expect(more).toEqual([]);
    expect(textOf(first)).toContain('data:application/octet-stream;base64');
    expect(textOf(first)).not.toContain('fetch(');
  });

  it('leaves out what no part of it asks for: fetch, WebSocket and mocks of undici, schemas of conf', () => {
    const holding = (word: string) => files.filter((name) => textOf(name).includes(word));
    for (const kept of ['ProxyAgent', 'configFileMode']) expect(holding(kept)).not.toEqual([]);
    for (const dropped of ['MockAgent', 'CacheStorage', 'require_parser_h1', 'addVocabulary'])
      expect(holding(dropped)).toEqual([]);
  });

  it('imports node:http nowhere by a statement, which would load the fetch of Node', () => {
    expect(files.filter((name) => /from *"(?:node:)?http"/.test(textOf(name)))).toEqual([]);
  });

  it('has no large file with a letter beyond ASCII, for which Node would give V8 two bytes per letter', () => {
    const large = files.filter((name) => statSync(join(chunks, name)).size > 50_000);
    expect(large.length).toBeGreaterThan(3);
    // oxlint-disable-next-line no-control-regex
    expect(large.filter((name) => /[^\u0000-\u007F]/.test(textOf(name)))).toEqual([]);
  });

  it('opens an encrypted key in a thread that begins with a file of its own', async () => {
    const [first = '', ...more] = files.filter((name) => name.startsWith('unlock-key-'));
    expect(more).toEqual([]);
    const { unlockKey } = (await import(join(chunks, first))) as {
      unlockKey: (text: string, passphrase: string) => Promise<{ kind: string }>;
    };
    const text = generateKeyPairSync('ed25519', {
      privateKeyEncoding: {
        type: 'pkcs8',
        format: 'pem',
        cipher: 'aes-256-cbc',
        passphrase: 'right',
      },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    }).privateKey;
    expect(await unlockKey(text, 'wrong')).toMatchObject({ kind: 'wrong' });
    expect(await unlockKey(text, 'right')).toMatchObject({ kind: 'key' });
  });
});
