import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { HostSettings } from '../../../src/domain/settings.ts';
import type { HostLink } from '../../../src/domain/transport.ts';
import { hasSshd } from '../../support/real-sshd.ts';
import { startAgent } from './support/agent.ts';
import { knownHostsText, newKey, temporaryFolder, writePrivate } from './support/keys.ts';
import { linkTo, settingsOf } from './support/link.ts';
import { startOpenSshd } from './support/openssh.ts';
import type { OpenSshd, OpenSshdOptions } from './support/openssh.ts';
import { until, untilState } from './support/wait.ts';

const hostKey = newKey();
const userKey = newKey();
const folder = temporaryFolder();
const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});
const isSkipped = !hasSshd && process.env['CI'] !== 'true';

const startSshd = async (options: Partial<OpenSshdOptions> = {}): Promise<OpenSshd> => {
  const sshd = await startOpenSshd({
    folder,
    hostKey,
    authorized: [userKey.publicText],
    ...options,
  });
  endings.push(sshd.stop);
  return sshd;
};
const settingsFor = (port: number, more: Partial<HostSettings> = {}): HostSettings =>
  settingsOf(port, {
    user: userInfo().username,
    identityFiles: [writePrivate(folder, `id-${port}`, userKey.privateText)],
    knownHostsFiles: [writePrivate(folder, `known-${port}`, knownHostsText(port, hostKey))],
    ...more,
  });
const start = (settings: HostSettings, deps: Parameters<typeof linkTo>[1] = {}): HostLink => {
  const link = linkTo(settings, { canAsk: true, ...deps });
  endings.push(link.close);
  link.start();
  return link;
};

describe.skipIf(isSkipped)('on the real sshd of this machine, /usr/sbin/sshd', () => {
  test('two jump hosts, then the host', async () => {
    const [first, second, host] = [await startSshd(), await startSshd(), await startSshd()];
    const hops = [
      settingsFor(first.port, { name: 'hop1' }),
      settingsFor(second.port, { name: 'hop2' }),
    ];
    const link = start(settingsFor(host.port, { jump: 'hop1,hop2' }), {
      hostNamed: (name) => hops.find((hop) => hop.name === name),
    });
    await untilState(link, 'up');
    expect(await link.ask([['echo', 'through']], { timeoutSeconds: 60 })).toMatchObject({
      stdout: 'through\n',
    });
  });

  test.for<[readonly string[], string, string]>([
    [['AllowTcpForwarding no'], 'jump:forward', 'AllowTcpForwarding'],
    [[], 'refused', 'sshd running'],
  ])('a jump host with %j: the host behind it is %s', async ([config, code, hint]) => {
    const gate = await startSshd({ config });
    const hop = settingsFor(gate.port, { name: 'hop' });
    const link = start(settingsFor(1, { jump: 'hop' }), { hostNamed: () => hop });
    await untilState(link, 'down');
    expect(link.status().error).toMatchObject({
      code,
      message: expect.stringContaining('hop'),
      hint: expect.stringContaining(hint),
    });
  });

  test('an unknown key is noted so that ssh itself knows it', async () => {
    const { port } = await startSshd();
    const file = join(temporaryFolder(), 'known_hosts');
    const link = start(settingsFor(port, { knownHostsFiles: [file] }));
    await until(() => link.status().question?.kind === 'host-key');
    link.reply({ id: link.status().question?.id ?? '', kind: 'yes' });
    await untilState(link, 'up');
    const found = spawnSync('ssh-keygen', ['-F', `[127.0.0.1]:${port}`, '-f', file]);
    expect(found.status).toBe(0);
  });

  test('a key made and locked by ssh-keygen is opened by its passphrase', async () => {
    const id = join(temporaryFolder(), 'id');
    spawnSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', 'geheim ü', '-f', id]);
    const { port, log } = await startSshd({ authorized: [readFileSync(`${id}.pub`, 'utf8')] });
    const link = start(settingsFor(port, { identityFiles: [id] }));
    await until(() => link.status().question?.kind === 'passphrase');
    const shown = execFileSync('ssh-keygen', ['-lf', id], { encoding: 'utf8' });
    const { question } = link.status();
    expect(shown).toContain(question?.kind === 'passphrase' ? question.fingerprint : 'none');
    expect(log()).not.toMatch(/Failed publickey/);
    link.reply({ id: question?.id ?? '', kind: 'texts', texts: ['geheim ü'] });
    await untilState(link, 'up');
  });

  test('of seven keys of an agent the server takes six: it is said what to do', async () => {
    const { port } = await startSshd();
    const wrong = Array.from({ length: 6 }, () => newKey());
    const agent = await startAgent([...wrong, userKey]);
    endings.push(agent.close);
    const link = start(settingsFor(port, { identityFiles: [], agent: agent.path }), {
      canAsk: false,
    });
    await untilState(link, 'auth-failed');
    expect(link.status().error).toMatchObject({
      code: 'auth',
      message: expect.stringContaining('Too many authentication failures'),
      hint: expect.stringContaining('IdentitiesOnly'),
    });
    // Named, the same key is offered first.
    const named = writePrivate(folder, 'named.pub', userKey.publicText);
    await untilState(
      start(settingsFor(port, { identityFiles: [named.replace(/\.pub$/, '')], agent: agent.path })),
      'up',
    );
  });

  test('a server for new key exchanges only is left to the ssh program', async () => {
    const { port } = await startSshd({
      config: ['KexAlgorithms sntrup761x25519-sha512@openssh.com'],
    });
    const link = start(settingsFor(port));
    await untilState(link, 'down');
    expect(link.status()).toMatchObject({
      nextAttemptAt: null,
      error: {
        code: 'kex',
        message: expect.stringContaining('key exchange'),
        hint: expect.stringContaining('via: openssh'),
      },
    });
  });

  test('a host that is known by its certificate authority only is asked for, with that said', async () => {
    const { port } = await startSshd();
    const known = `@cert-authority [127.0.0.1]:${port} ${newKey().publicText}\n`;
    const file = writePrivate(folder, 'authority', known);
    const link = start(settingsFor(port, { knownHostsFiles: [file] }));
    await until(() => link.status().question?.kind === 'host-key');
    expect(link.status()).toMatchObject({
      question: { authority: true },
      error: { hint: expect.stringMatching(/certificate authority.*via: openssh/) },
    });
  });

  test('of several keys of a host the one that is known is asked for', async () => {
    const other = newKey({ type: 'ecdsa' });
    const second = writePrivate(folder, 'second_host_key', other.privateText);
    const { port } = await startSshd({ config: [`HostKey ${second}`] });
    const file = writePrivate(folder, `ecdsa-${port}`, knownHostsText(port, other));
    await untilState(start(settingsFor(port, { knownHostsFiles: [file] })), 'up');
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(2);
  });
});
