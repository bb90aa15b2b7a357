import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  fingerprint,
  keyTypeAndBits,
  keyTypeOf,
  needsOpenSsh,
} from '../../../src/collect/ssh/key-blob.ts';
import { randomart } from '../../../src/collect/ssh/randomart.ts';
import { writeStrings } from '../../../src/collect/ssh/wire-strings.ts';
import { newKey, temporaryFolder } from './support/keys.ts';

test.for([
  ['ed25519', '256'],
  ['ecdsa', '256'],
  ['ecdsa', '384'],
  ['ecdsa', '521'],
  ['rsa', '2048'],
  ['rsa', '1025'],
] as const)(
  'fingerprint, type, size and picture are those of ssh-keygen: %s %s',
  ([type, bits], { skip }) => {
    skip(spawnSync('ssh-keygen', ['-?']).error !== undefined, 'ssh-keygen is not installed');
    const file = join(temporaryFolder(), 'key');
    spawnSync('ssh-keygen', ['-q', '-t', type, '-b', bits, '-N', '', '-f', file]);
    const [, base64 = ''] = readFileSync(`${file}.pub`, 'utf8').split(' ');
    const blob = Buffer.from(base64, 'base64');
    const [head = '', ...picture] = execFileSync('ssh-keygen', ['-lv', '-f', file], {
      encoding: 'utf8',
    })
      .trimEnd()
      .split('\n');
    expect(randomart(blob)).toEqual(picture);
    expect(head).toContain(fingerprint(blob));
    const { name, bits: size } = keyTypeAndBits(blob);
    expect(head).toMatch(new RegExp(`^${size} .*\\(${name}\\)$`));
  },
);

test('what is no key still has a name and a picture', () => {
  for (const blob of [Buffer.alloc(0), Buffer.from('abc'), Buffer.from([0xff, 0xff, 0xff, 0xff])]) {
    expect(keyTypeOf(blob)).toBe('unknown');
    expect(randomart(blob)).toHaveLength(11);
  }
  expect(keyTypeOf(newKey().blob)).toBe('ssh-ed25519');
  expect(keyTypeAndBits(writeStrings(['ssh-new']))).toEqual({ name: 'SSH-NEW', bits: null });
});

test.for<[string, boolean]>([
  ['ssh-ed25519', false],
  ['ecdsa-sha2-nistp256', false],
  ['ssh-ed25519-cert-v01@openssh.com', true],
  ['sk-ssh-ed25519@openssh.com', true],
  ['sk-ecdsa-sha2-nistp256@openssh.com', true],
])('%s needs the ssh program: %s', ([type, needs]) => {
  expect(needsOpenSsh(type)).toBe(needs);
});
