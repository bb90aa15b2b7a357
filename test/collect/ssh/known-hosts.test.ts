import { execFileSync, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  fingerprint,
  hostKeyType,
  knownHost,
  knownHostsName,
  loadKnownHosts,
  orderHostKeyAlgorithms,
  parseKnownHosts,
} from '../../../src/collect/ssh/known-hosts.ts';
import { newKey, temporaryFolder, writePrivate } from './support/keys.ts';

const key = newKey();
const other = newKey();
const line = (hosts: string, pair = key): string => `${hosts} ${pair.publicText}`;
const verdict = (text: string, name: string, plain?: string) =>
  knownHost(parseKnownHosts(text, 'file'), name, plain).verify(key.blob);
const hashed = (name: string, salt = Buffer.alloc(20, 7)): string =>
  `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;

test.for<[string, string, boolean]>([
  ['omni1', 'omni1', true],
  ['omni1,10.0.0.1', '10.0.0.1', true],
  ['OMNI1.Example.COM', 'omni1.example.com', true],
  ['omni1', 'omni10', false],
  ['omni?', 'omni1', true],
  ['omni?', 'omni', false],
  ['*.lan', 'omni1.lan', true],
  ['*.lan', 'lan', false],
  ['*.lan,!omni1.lan', 'omni1.lan', false],
  ['!omni1.lan,*.lan', 'omni1.lan', false],
  ['!omni1.lan,*.lan', 'omni2.lan', true],
  ['[omni1]:2222', '[omni1]:2222', true],
  ['[omni1]:2222', 'omni1', false],
  ['[omni1]:*', '[omni1]:2222', true],
  ['omni1', '[omni1]:2222', false],
  ['fe80::1', 'fe80::1', true],
  ['omni.1', 'omnix1', false],
  [hashed('omni1'), 'omni1', true],
  [hashed('[omni1]:2222'), '[omni1]:2222', true],
  [hashed('omni1'), 'omni2', false],
  ['|2|abc|def', 'omni1', false],
])('%s holds %s: %s', ([hosts, name, isMatch]) => {
  expect(verdict(line(hosts), name).kind).toBe(isMatch ? 'match' : 'unknown');
});

test('agrees with ssh-keygen -F, plain and hashed', ({ skip }) => {
  skip(spawnSync('ssh-keygen', ['-?']).error !== undefined, 'ssh-keygen is not installed');
  const names = ['omni1', 'omni1.lan', '[omni1]:2222', '10.0.0.1', 'omni2', 'fe80::1'];
  const texts = ['omni1', 'omni1.lan,10.0.0.1', '[omni1]:2222', '*.lan', '*,!omni2', 'fe80::1'];
  for (const hosts of texts)
    for (const isHashed of [false, true]) {
      const file = writePrivate(temporaryFolder(), 'known_hosts', `${line(hosts)}\n`);
      if (isHashed) spawnSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' });
      const text = execFileSync('cat', [file], { encoding: 'utf8' });
      for (const name of names) {
        const found = spawnSync('ssh-keygen', ['-F', name, '-f', file]).status === 0;
        expect([hosts, name, verdict(text, name).kind]).toEqual([
          hosts,
          name,
          found ? 'match' : 'unknown',
        ]);
      }
    }
});

test('several keys of a host: any equal one is a match', () => {
  expect(verdict(`${line('omni1', other)}\n${line('omni1')}`, 'omni1')).toEqual({ kind: 'match' });
});

test('another key of a known host is a change, whatever its type; the line of the same type is named', () => {
  const rsa = 'omni1 ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7';
  expect(verdict(rsa, 'omni1')).toEqual({
    kind: 'changed',
    file: 'file',
    line: 1,
    type: 'ssh-rsa',
  });
  expect(verdict(`# hosts\n${rsa}\n\n${line('omni1', other)}`, 'omni1')).toEqual({
    kind: 'changed',
    file: 'file',
    line: 4,
    type: 'ssh-ed25519',
  });
});

test('a revoked key is refused, also when it is known under that name', () => {
  const text = `${line('omni1')}\n@revoked ${line('elsewhere')}`;
  expect(verdict(text, 'omni1')).toEqual({ kind: 'revoked', file: 'file', line: 2 });
});

test('a line of a certificate authority is no key of the host, but is noticed', () => {
  const host = knownHost(parseKnownHosts(`@cert-authority ${line('*.lan')}`, 'file'), 'omni1.lan');
  expect(host.verify(key.blob)).toEqual({ kind: 'unknown' });
  expect(host.hasAuthority).toBe(true);
  expect(host.types).toEqual([]);
});

test('a key known under the name without port is a match; another one there is no change', () => {
  expect(verdict(line('omni1'), '[omni1]:2222', 'omni1')).toEqual({ kind: 'match' });
  expect(verdict(line('omni1', other), '[omni1]:2222', 'omni1')).toEqual({ kind: 'unknown' });
});

test('lines that are no keys are passed over', () => {
  const text = `\n# comment\nonly-a-name\nomni1 1024 35 1234567\n@unknown ${line('omni1')}\r\n`;
  expect(parseKnownHosts(text, 'file')).toEqual([]);
});

test('reads several files; one that does not exist is empty, one that cannot be read is an error', async () => {
  const folder = temporaryFolder();
  const file = writePrivate(folder, 'known_hosts', line('omni1'));
  const lines = await loadKnownHosts(['/nonexistent/x', file]);
  expect(lines).toMatchObject([{ file, line: 1, type: 'ssh-ed25519' }]);
  await expect(loadKnownHosts([folder])).rejects.toThrow(/EISDIR/);
});

test('the port is part of the name unless it is 22', () => {
  expect(knownHostsName('Omni1', 22)).toBe('omni1');
  expect(knownHostsName('Omni1', 2222)).toBe('[omni1]:2222');
});

test('algorithms of known key types come first, none is lost', () => {
  const all = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256'];
  expect(orderHostKeyAlgorithms(all, ['ssh-rsa'])).toEqual([
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
  ]);
  expect(orderHostKeyAlgorithms(all, [])).toEqual(all);
});

test('fingerprints are those of ssh-keygen', ({ skip }) => {
  skip(spawnSync('ssh-keygen', ['-?']).error !== undefined, 'ssh-keygen is not installed');
  const file = writePrivate(temporaryFolder(), 'key.pub', key.publicText);
  const shown = execFileSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' });
  expect(shown).toContain(fingerprint(key.blob));
  expect(hostKeyType(key.blob)).toBe('ssh-ed25519');
});
