import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { loadRevokedKeys } from '../../../src/collect/ssh/revoked-keys.ts';
import type { HostLink } from '../../../src/domain/transport.ts';
import { startFakeSshd } from './support/fake-sshd.ts';
import type { FakeSshd } from './support/fake-sshd.ts';
import { knownHostsText, newKey, temporaryFolder, writePrivate } from './support/keys.ts';
import type { KeyPair } from './support/keys.ts';
import { linkTo, settingsOf } from './support/link.ts';
import { hasProgram } from './support/openssh.ts';
import { until, untilState } from './support/wait.ts';

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const [revoked, other, third] = [newKey(), newKey({ type: 'ecdsa' }), newKey()] as const;
const fileOf = (text: string | Buffer): string => {
  const path = join(temporaryFolder(), 'revoked');
  writeFileSync(path, text);
  return path;
};

test('a text file revokes the keys of its lines', async () => {
  const file = fileOf(`# gone\n\n  ${revoked.publicText}\n${third.publicText} of omni9\n`);
  const { has } = await loadRevokedKeys(file);
  expect([revoked, other, third].map(({ blob }) => has(blob))).toEqual([true, false, true]);
});

test.for([
  ['a line that is no key', `${revoked.publicText}\nssh-ed25519 AAAA\n`],
  ['a list that is cut off', Buffer.from('SSHKRL\n\0\0\0\0\u0001', 'latin1')],
  ['a list of another format', Buffer.from(`SSHKRL\n\0\0\0\0\u0002${'\0'.repeat(40)}`, 'latin1')],
] as const)('%s is an error, for then nothing can be said of any key', async ([, text]) => {
  await expect(loadRevokedKeys(fileOf(text))).rejects.toThrow(/no public key|cut off|known format/);
});

/** A revocation list by ssh-keygen itself. */
function listOf(lines: readonly string[]): string {
  const folder = temporaryFolder();
  const spec = writePrivate(folder, 'spec', `${lines.join('\n')}\n`);
  const list = join(folder, 'krl');
  execFileSync('ssh-keygen', ['-q', '-k', '-f', list, '-z', '7', spec]);
  return list;
}
const isRevokedForSsh = (list: string, { publicText }: KeyPair): boolean =>
  spawnSync('ssh-keygen', ['-Q', '-f', list, writePrivate(temporaryFolder(), 'k.pub', publicText)])
    .status !== 0;

test.for(['key', 'sha1', 'sha256'])(
  'a revocation list says what it says to ssh-keygen: by %s',
  async (how, { skip }) => {
    skip(!hasProgram('ssh-keygen'), 'ssh-keygen is not installed');
    const list = listOf([`${how}: ${revoked.publicText}`, `${how}: ${third.publicText}`]);
    const { has } = await loadRevokedKeys(list);
    for (const key of [revoked, other, third])
      expect(has(key.blob)).toBe(isRevokedForSsh(list, key));
    expect(has(revoked.blob)).toBe(true);
  },
);

type Case = { readonly sshd: FakeSshd; readonly link: HostLink };

/** A host that known_hosts knows by its key, and a user with an ssh configuration. */
async function watched(hostKey: KeyPair, config: string): Promise<Case> {
  const userKey = newKey();
  const home = temporaryFolder();
  mkdirSync(join(home, '.ssh'));
  writePrivate(join(home, '.ssh'), 'config', config);
  const sshd = await startFakeSshd({ hostKeys: [hostKey], authorized: [userKey] });
  endings.push(sshd.close);
  const link = linkTo(
    settingsOf(sshd.port, {
      identityFiles: [writePrivate(home, 'id', userKey.privateText)],
      knownHostsFiles: [writePrivate(home, 'known', knownHostsText(sshd.port, hostKey))],
    }),
    { env: { HOME: home, PATH: process.env['PATH'] } },
  );
  endings.push(link.close);
  link.start();
  return { sshd, link };
}

test('a host whose key is revoked is blocked although known_hosts has it, and comes up when it is no more', async () => {
  const file = fileOf(`${revoked.publicText}\n`);
  const { sshd, link } = await watched(revoked, `RevokedHostKeys ${file}\n`);
  await untilState(link, 'hostkey-changed');
  expect(link.status()).toMatchObject({
    nextAttemptAt: null,
    error: { code: 'key-revoked', message: expect.stringContaining(`(${file})`) },
  });
  expect(sshd.authentications).toEqual([]);
  writeFileSync(file, `${third.publicText}\n`);
  link.retryNow();
  await untilState(link, 'up');
});

test('without its RevokedHostKeys no host is trusted', async () => {
  const { sshd, link } = await watched(other, 'RevokedHostKeys /nonexistent/revoked\n');
  await until(() => link.status().error !== null);
  expect(link.status()).toMatchObject({
    nextAttemptAt: null,
    error: { code: 'config', message: expect.stringContaining('/nonexistent/revoked') },
  });
  expect(sshd.connections()).toBe(0);
});

test('an RSA host key shorter than RequiredRSASize is refused, one that is long enough is not', async () => {
  const rsa = newKey({ type: 'rsa' });
  const refused = await watched(rsa, 'RequiredRSASize 3072\n');
  await until(() => refused.link.status().error !== null);
  expect(refused.link.status()).toMatchObject({
    nextAttemptAt: null,
    error: { code: 'key-short', message: expect.stringContaining('2048 bits') },
  });
  expect(refused.sshd.authentications).toEqual([]);
  const { link } = await watched(rsa, 'RequiredRSASize 2048\n');
  await untilState(link, 'up');
});
