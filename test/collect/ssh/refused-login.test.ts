import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createCommons } from '../../../src/collect/ssh/commons.ts';
import { failure } from '../../../src/collect/ssh/failure.ts';
import { socketFolder } from '../../../src/collect/ssh/openssh-login.ts';
import { withFiles } from '../../../src/collect/ssh/target.ts';
import type { HostSettings } from '../../../src/domain/settings.ts';
import type { HostLink } from '../../../src/domain/transport.ts';
import { writePrograms } from '../../support/programs.ts';
import { createFakeClock } from './support/fake-clock.ts';
import type { FakeClock } from './support/fake-clock.ts';
import { startFakeSshd } from './support/fake-sshd.ts';
import { knownHostsText, newKey, temporaryFolder, writePrivate } from './support/keys.ts';
import { linkTo, settingsOf, targetOf } from './support/link.ts';
import { hasProgram } from './support/openssh.ts';
import { startAgent } from './support/real-agent.ts';
import { hostKey, startSshd, userKey, withoutSshd } from './support/real-host.ts';
import { elapse, until, untilState } from './support/wait.ts';

const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});
const started = (settings: HostSettings, deps: Parameters<typeof linkTo>[1]): HostLink => {
  const link = linkTo(settings, deps);
  endings.push(link.close);
  link.start();
  return link;
};
/** Looks at the files again and again, as far as the clock is moved; a look itself takes real time. */
const lookAt = (clock: FakeClock, link: HostLink, done: () => boolean): Promise<void> =>
  elapse({ clock, link, stepMs: 100 }, done);

test('only what may make a difference is watched', () => {
  const target = targetOf({
    configFiles: ['/config'],
    knownHostsFiles: ['/known'],
    revokedKeysFile: '/revoked',
    identityFiles: [{ path: '/id', isExplicit: true }],
    certificateFiles: ['/cert'],
    agent: { path: '/agent', isOfSession: false },
  });
  const filesFor = (code: string, retry: 'rare' | 'held' | 'slow' | 'jitter' | 'throttled') =>
    withFiles(failure({ code, message: '', hint: '' }, retry), target).files;
  const keys = ['/config', '/id', '/id.pub', '/cert', '/agent'];
  expect(filesFor('auth', 'rare')).toEqual(keys);
  expect(filesFor('passphrase', 'held')).toEqual(keys);
  expect(filesFor('agent', 'slow')).toEqual(keys);
  expect(filesFor('key-changed', 'held')).toEqual(['/config', '/known', '/revoked']);
  expect(filesFor('config', 'held')).toEqual(['/config', '/known', '/revoked', ...keys.slice(1)]);
  expect(filesFor('refused', 'jitter')).toBeUndefined();
  expect(filesFor('throttled', 'throttled')).toBeUndefined();
});

describe('after a refused login', () => {
  const refusedHost = async () => {
    const folder = temporaryFolder();
    const sshd = await startFakeSshd({ hostKeys: [hostKey], authorized: [newKey()] });
    endings.push(sshd.close);
    const identity = writePrivate(folder, 'id', userKey.privateText);
    const known = writePrivate(folder, 'known', knownHostsText(sshd.port, hostKey));
    mkdirSync(join(folder, '.ssh'));
    const clock = createFakeClock();
    const link = started(
      settingsOf(sshd.port, { identityFiles: [identity], knownHostsFiles: [known] }),
      { clock, env: { HOME: folder, PATH: process.env['PATH'] } },
    );
    await untilState(link, 'auth-failed');
    return { folder, sshd, identity, known, clock, link };
  };

  test('a quarter of an hour passes without an attempt, then there is one', async () => {
    const { sshd, clock, link } = await refusedHost();
    clock.advance(15 * 60_000 - 1);
    expect(sshd.connections()).toBe(1);
    clock.advance(90_000);
    await until(() => sshd.connections() === 2 && link.status().state === 'auth-failed');
    clock.advance(15 * 60_000 - 1);
    expect(sshd.connections()).toBe(2);
  });

  test.for(['key', 'configuration'])('a changed %s is tried at once', async (what) => {
    const { folder, sshd, identity, clock, link } = await refusedHost();
    // It has looked once, and would see the change.
    await lookAt(clock, link, () => clock.now() > 1_000_000 + 12_000);
    if (what === 'key') writeFileSync(identity, `${userKey.privateText}\n`);
    else writeFileSync(join(folder, '.ssh', 'config'), 'ConnectTimeout 7\n');
    await lookAt(clock, link, () => sshd.connections() > 1);
    expect(clock.now()).toBeLessThan(1_000_000 + 15 * 60_000);
  });

  test('a file that the configuration includes counts as much', async () => {
    const { folder, sshd, clock, link } = await refusedHost();
    mkdirSync(join(folder, '.ssh', 'conf.d'));
    writeFileSync(join(folder, '.ssh', 'config'), 'Host nobody\nInclude conf.d/*.conf\n');
    await lookAt(clock, link, () => clock.now() > 1_000_000 + 30_000);
    // It says the same of this host as before.
    expect(sshd.connections()).toBe(1);
    writeFileSync(join(folder, '.ssh', 'config'), 'Include conf.d/*.conf\n');
    await lookAt(clock, link, () => clock.now() > 1_000_000 + 60_000);
    expect(sshd.connections()).toBe(1);
    writeFileSync(join(folder, '.ssh', 'conf.d', 'new.conf'), 'ConnectTimeout 7\n');
    await lookAt(clock, link, () => sshd.connections() > 1);
    expect(clock.now()).toBeLessThan(1_000_000 + 15 * 60_000);
  });

  test('what known_hosts learns of other hosts is no reason to be refused again', async () => {
    const { sshd, known, clock, link } = await refusedHost();
    appendFileSync(known, knownHostsText(1, newKey()));
    await lookAt(clock, link, () => clock.now() > 1_000_000 + 60_000);
    expect(sshd.connections()).toBe(1);
  });
});

test.skipIf(!hasProgram('ssh-agent'))(
  'an agent that died: a host that is up stays up, one that is lost waits for it, and is back with it',
  async () => {
    const folder = temporaryFolder();
    const sshd = await startFakeSshd({ hostKeys: [hostKey], authorized: [userKey] });
    endings.push(sshd.close);
    const first = await startAgent(folder, [userKey]);
    endings.push(first.stop);
    const clock = createFakeClock();
    const link = started(
      settingsOf(sshd.port, {
        agent: first.path,
        knownHostsFiles: [writePrivate(folder, 'known', knownHostsText(sshd.port, hostKey))],
      }),
      // Without the default key files of whoever runs this.
      { clock, env: { HOME: folder, PATH: process.env['PATH'] } },
    );
    await untilState(link, 'up');
    await first.stop();
    expect(await link.ask([['echo', 'x']], { timeoutSeconds: 60 })).toMatchObject({
      stdout: 'x\n',
    });
    sshd.cut();
    await lookAt(clock, link, () => link.status().error?.code === 'agent');
    const { attempt } = link.status();
    expect(link.status().error?.message).toContain(first.path);
    expect(sshd.connections()).toBe(1);
    // Its socket is the change that is waited for.
    const second = await startAgent(folder, [userKey]);
    endings.push(second.stop);
    const restarted = clock.now();
    await lookAt(clock, link, () => link.status().state === 'up');
    expect(clock.now() - restarted).toBeLessThan(20_000);
    expect(attempt).toBeLessThan(4);
  },
);

test('a changed host key is tried again when known_hosts says something else of it, not before', async () => {
  const sshd = await startFakeSshd({ hostKeys: [hostKey], authorized: [userKey] });
  endings.push(sshd.close);
  const folder = temporaryFolder();
  const known = writePrivate(folder, 'known', knownHostsText(sshd.port, newKey()));
  const clock = createFakeClock();
  const link = started(
    settingsOf(sshd.port, {
      identityFiles: [writePrivate(folder, 'id', userKey.privateText)],
      knownHostsFiles: [known],
    }),
    { clock },
  );
  await untilState(link, 'hostkey-changed');
  await lookAt(clock, link, () => clock.now() > 1_000_000 + 12_000);
  appendFileSync(known, knownHostsText(1, newKey()));
  await lookAt(clock, link, () => clock.now() > 1_000_000 + 60_000);
  expect(sshd.connections()).toBe(1);
  writeFileSync(known, knownHostsText(sshd.port, hostKey));
  await lookAt(clock, link, () => link.status().state === 'up');
});

test('a changed host key is tried again when the configuration says where its key is known now', async () => {
  const sshd = await startFakeSshd({ hostKeys: [hostKey], authorized: [userKey] });
  endings.push(sshd.close);
  const folder = temporaryFolder();
  mkdirSync(join(folder, '.ssh'));
  writePrivate(join(folder, '.ssh'), 'known_hosts', knownHostsText(sshd.port, newKey()));
  const other = writePrivate(folder, 'known', knownHostsText(sshd.port, hostKey));
  const clock = createFakeClock();
  const link = started(
    settingsOf(sshd.port, {
      identityFiles: [writePrivate(folder, 'id', userKey.privateText)],
      knownHostsFiles: [],
    }),
    { clock, env: { HOME: folder, PATH: process.env['PATH'] } },
  );
  await untilState(link, 'hostkey-changed');
  await lookAt(clock, link, () => clock.now() > 1_000_000 + 12_000);
  expect(sshd.connections()).toBe(1);
  writeFileSync(join(folder, '.ssh', 'config'), `UserKnownHostsFile ${other}\n`);
  await lookAt(clock, link, () => link.status().state === 'up');
  expect(sshd.connections()).toBe(2);
});

test('a configuration that is broken is read again when it has changed', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, '.ssh'));
  const config = writePrivate(join(folder, '.ssh'), 'config', 'Include config\n');
  const clock = createFakeClock();
  const link = started(
    { ...settingsOf(1), port: null },
    { clock, env: { HOME: folder, PATH: process.env['PATH'] } },
  );
  await until(() => link.status().error?.code === 'config');
  await lookAt(clock, link, () => clock.now() > 1_000_000 + 12_000);
  writeFileSync(config, 'Host *\n  Port 1\n');
  await lookAt(clock, link, () => link.status().error?.code !== 'config');
  expect(link.status().error?.code).not.toBe('config');
});

/** Of a program that only looks like ssh: it is asked for the configuration first. */
const NO_CONFIG = 'test "$1" != -vG || exit 0';

describe('connections by the ssh program', () => {
  test('no more than four are made at a time, for they may go through one jump host', async () => {
    const folder = temporaryFolder();
    const log = writePrivate(folder, 'log', '');
    const bin = writePrograms(folder, {
      // None ends before four have begun.
      ssh: `${NO_CONFIG}; echo begin >>'${log}'; while [ "$(grep -c begin '${log}')" -lt 4 ]; do sleep 0.01; done; sleep 0.2; echo end >>'${log}'; exit 255`,
    });
    const commons = createCommons({ canAsk: false });
    endings.push(commons.close);
    const links = Array.from({ length: 12 }, (_, index) =>
      started(settingsOf(22, { name: `host${index}`, via: 'openssh' }), {
        commons,
        sshProgram: join(bin, 'ssh'),
      }),
    );
    await until(() => links.every((link) => link.status().state === 'down'));
    let [running, most] = [0, 0];
    for (const line of readFileSync(log, 'utf8').trim().split('\n')) {
      running += line === 'begin' ? 1 : -1;
      most = Math.max(most, running);
    }
    expect(most).toBe(4);
  });

  test('those that wait for a host that is down do not hold up the others', async () => {
    const folder = temporaryFolder();
    const log = writePrivate(folder, 'log', '');
    const bin = writePrograms(folder, {
      ssh: `${NO_CONFIG}; echo begin >>'${log}'; exec sleep 30`,
    });
    const begun = (): number => readFileSync(log, 'utf8').split('\n').length - 1;
    const clock = createFakeClock();
    const commons = createCommons({ canAsk: false });
    endings.push(commons.close);
    for (let index = 0; index < 8; index++)
      started(settingsOf(22, { name: `host${index}`, via: 'openssh' }), {
        commons,
        clock,
        sshProgram: join(bin, 'ssh'),
      });
    await until(() => begun() === 4);
    clock.advance(1_900);
    expect([begun(), commons.limiter.taken()]).toEqual([4, 4]);
    clock.advance(100);
    await until(() => begun() === 8);
  });

  test('the folder of a control socket leaves room for the socket', () => {
    const long = `/var/folders/${'x'.repeat(80)}`;
    expect(socketFolder('/tmp/some')).toBe('/tmp/some');
    expect(socketFolder(long)).toBe('/tmp');
    const lengths = Array.from({ length: 104 }, (_, index) => index + 1);
    const longest = lengths.findLast((length) => socketFolder('y'.repeat(length)) !== '/tmp') ?? 0;
    // The shortest that a system allows, its end included.
    expect('y'.repeat(longest).concat('/labtop-XXXXXX/s.0123456789abcdef')).toHaveLength(103);
  });

  describe.skipIf(withoutSshd || !hasProgram('ssh'))('on the real sshd', () => {
    test('a jump host that asks for a password gets none', async () => {
      const folder = temporaryFolder();
      const gate = await startSshd({
        authorized: [newKey().publicText],
        config: ['PasswordAuthentication yes'],
      });
      const user = userInfo().username;
      const identityFiles = [writePrivate(folder, 'id', userKey.privateText)];
      const knownHostsFiles = [writePrivate(folder, 'known', knownHostsText(gate.port, hostKey))];
      const gateSettings = settingsOf(gate.port, {
        name: 'gate',
        user,
        identityFiles,
        knownHostsFiles,
      });
      const link = started(
        settingsOf(1, { via: 'openssh', user, jump: 'gate', identityFiles, knownHostsFiles }),
        { hostNamed: (name) => (name === 'gate' ? gateSettings : undefined) },
      );
      await untilState(link, 'auth-failed');
      expect(gate.log()).toContain('Failed publickey');
      expect(gate.log()).not.toContain('Failed password');
      const { nextAttemptAt, since } = link.status();
      expect((nextAttemptAt ?? 0) - since).toBeGreaterThanOrEqual(15 * 60_000);
    });
  });
});
