import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { createKeyPair } from '../../src/lab/key-pair.ts';

test('every key can be read, signs, and belongs to its public half', () => {
  const data = Buffer.from('data');
  const read = (text: string) => {
    const key = ssh2.utils.parseKey(text);
    if (key instanceof Error) throw key;
    return key;
  };
  for (let length = 0; length < 600; length += 1) {
    const pair = createKeyPair('c'.repeat(length % 20));
    const secret = read(pair.privateKey);
    const signature = secret.sign(data);
    expect(read(pair.publicKey).verify(data, signature)).toBe(true);
    expect(secret.comment).toBe('c'.repeat(length % 20));
    expect(secret.getPublicSSH().toString('base64')).toBe(pair.publicKey.split(' ')[1]);
  }
});
