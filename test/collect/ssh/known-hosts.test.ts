import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fingerprint } from '../../../src/collect/ssh/key-blob.ts';
import {
  hmacSha1,
  knownHost,
  knownHostsName,
  linesFor,
  loadKnownHosts,
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

// Each part of a line on its own, so that any mixture of them is met.
const names = [
  'omni1',
  'omni1.lan',
  '[omni1]:2222',
  '10.0.0.1',
  '[10.0.0.1]:2222',
  'fe80::1',
  '[fe80::1]:2222',
];
const patterns = [
  ...names,
  '*',
  '*.lan',
  'omni?',
  '?mni1',
  '[omni?]:22*',
  '10.0.0.*',
  'fe80::*',
  'OMNI1',
  '!omni1',
  '!*.lan',
  'omni',
];
const hostsOf = fc.oneof(
  fc
    .uniqueArray(fc.constantFrom(...patterns), { minLength: 1, maxLength: 4 })
    .map((list) => list.join(',')),
  fc.constantFrom(...names).map((name) => hashed(name)),
);
const keyOf = fc.constantFrom(key, other).map(({ publicText }) => publicText);
const lineOf = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(hostsOf, keyOf).map((parts) => parts.join(' ')) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('@revoked', '@cert-authority', '@unknown'), hostsOf, keyOf)
      .map((parts) => parts.join(' ')),
  },
  { weight: 1, arbitrary: fc.constantFrom('', '# omni1', '  \t', '|1|x|y z', '|1|only') },
);

test('finds the lines that ssh-keygen -F finds, in any file', ({ skip }) => {
  skip(spawnSync('ssh-keygen', ['-?']).error !== undefined, 'ssh-keygen is not installed');
  const folder = temporaryFolder();
  fc.assert(
    fc.property(fc.array(lineOf, { minLength: 1, maxLength: 8 }), (lines) => {
      const text = `${lines.join('\n')}\n`;
      const file = writePrivate(folder, 'generated', text);
      const parsed = parseKnownHosts(text, file);
      for (const name of names) {
        const { stdout } = spawnSync('ssh-keygen', ['-F', name, '-f', file], { encoding: 'utf8' });
        const found = [...stdout.matchAll(/^# Host .* found: line (\d+)/gm)].map(([, at]) =>
          Number(at),
        );
        expect([name, text, linesFor(parsed, name).map(({ line: at }) => at)]).toEqual([
          name,
          text,
          found,
        ]);
      }
    }),
    { numRuns: 60 },
  );
});

test('several keys of a host: any equal one is a match', () => {
  expect(verdict(`${line('omni1', other)}\n${line('omni1')}`, 'omni1')).toEqual({ kind: 'match' });
});

test('another key of a known host is a change, whatever its type; the line of the same type is named', () => {
  const ecdsa = newKey({ type: 'ecdsa' });
  expect(verdict(line('omni1', ecdsa), 'omni1')).toEqual({
    kind: 'changed',
    file: 'file',
    line: 1,
    type: 'ecdsa-sha2-nistp256',
    fingerprint: fingerprint(ecdsa.blob),
  });
  expect(verdict(`# hosts\n${line('omni1', ecdsa)}\n\n${line('omni1', other)}`, 'omni1')).toEqual({
    kind: 'changed',
    file: 'file',
    line: 4,
    type: 'ssh-ed25519',
    fingerprint: fingerprint(other.blob),
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

test('what is known under the name with its port is not overruled by the name without', () => {
  const text = `${line('[omni1]:2222', other)}\n${line('omni1')}`;
  expect(verdict(text, '[omni1]:2222', 'omni1')).toMatchObject({ kind: 'changed', line: 1 });
});

test('a line whose key is not whole, or not of its type, is no line at all', () => {
  expect(
    parseKnownHosts(
      `omni1 ssh-ed25519 AAAA\nomni1 ssh-rsa ${key.blob.toString('base64')}\n`,
      'file',
    ),
  ).toEqual([]);
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

test('the quick HMAC is that of node, for keys of any length and any text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 130 }), fc.string({ unit: 'grapheme' }), (key, text) => {
      expect(hmacSha1(Buffer.from(key), text)).toBe(
        createHmac('sha1', key).update(text).digest('base64'),
      );
    }),
  );
});
