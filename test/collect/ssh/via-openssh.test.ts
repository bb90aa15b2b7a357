import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { HostLinkDeps } from '../../../src/collect/ssh/host-link.ts';
import type { HostSettings } from '../../../src/domain/settings.ts';
import type { HostLink } from '../../../src/domain/transport.ts';
import { descendants } from '../../support/processes.ts';
import { writePrograms } from '../../support/programs.ts';
import { hasSshd } from '../../support/real-sshd.ts';
import { knownHostsText, newKey, temporaryFolder, writePrivate } from './support/keys.ts';
import { linkTo, settingsOf } from './support/link.ts';
import { startOpenSshd } from './support/openssh.ts';
import type { OpenSshd } from './support/openssh.ts';
import { until, untilState } from './support/wait.ts';

const hostKey = newKey();
const userKey = newKey();
const folder = temporaryFolder();
const hasSsh = spawnSync('ssh', ['-V']).status === 0;
// A machine without OpenSSH skips these tests; in continuous integration that is a failure.
const isSkipped = !(hasSshd && hasSsh) && process.env['CI'] !== 'true';
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const startSshd = async (): Promise<OpenSshd> => {
  const sshd = await startOpenSshd({ folder, hostKey, authorized: [userKey.publicText] });
  endings.push(sshd.stop);
  return sshd;
};
const startLink = (port: number, more: Partial<HostSettings> = {}): HostLink => {
  const link = linkTo(
    settingsOf(port, {
      via: 'openssh',
      user: userInfo().username,
      identityFiles: [writePrivate(folder, `id-${port}`, userKey.privateText)],
      knownHostsFiles: [writePrivate(folder, `known-${port}`, knownHostsText(port, hostKey))],
      ...more,
    }),
  );
  endings.push(link.close);
  link.start();
  return link;
};
/** A link by a program in place of ssh, which this shell script is. */
const startByScript = (home: string, script: string, lookup?: HostLinkDeps['lookup']): HostLink => {
  const bin = writePrograms(home, { ssh: script });
  const link = linkTo(settingsOf(22, { name: 'a', via: 'openssh', address: null, port: null }), {
    sshProgram: join(bin, 'ssh'),
    env: { HOME: home, PATH: process.env['PATH'] },
    ...(lookup && { lookup }),
  });
  endings.push(link.close);
  link.start();
  return link;
};
/** Until the end of the test. */
const setTemporaryFolder = (path: string): void => {
  const { TMPDIR } = process.env;
  process.env['TMPDIR'] = path;
  endings.push(async () => {
    if (TMPDIR === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = TMPDIR;
  });
};
test('tells the jump hosts that the ssh program passes, as the ssh configuration says', async () => {
  const script = `for last; do :; done
case "$1 $last" in
  '-vG a') echo 'proxyjump gate,inner' ;;
  '-vG gate') echo 'hostname 192.0.2.10' ;;
  '-vG inner') echo 'hostname inner.lan' ;;
  *) exec /bin/sh ;;
esac`;
  const link = startByScript(temporaryFolder(), script, async () => []);
  await untilState(link, 'up');
  await expect
    .poll(() => link.status().hops)
    .toEqual([
      { name: 'gate', addresses: ['192.0.2.10'] },
      { name: 'inner', addresses: [] },
    ]);
});

test('jump hosts in a circle would be a process each without end: the program is not started', async () => {
  const home = temporaryFolder();
  const script = `for name; do :; done
case "$1 $name" in
  '-vG a') echo 'proxyjump b' ;;
  '-vG b') echo 'proxyjump a' ;;
  *) echo "$name" >>${home}/started; exit 255 ;;
esac`;
  const link = startByScript(home, script);
  await until(() => link.status().error !== null);
  expect(link.status()).toMatchObject({
    nextAttemptAt: null,
    error: { code: 'config', message: expect.stringContaining('goes round in a circle') },
  });
  expect(existsSync(join(home, 'started'))).toBe(false);
});

const sshChildren = (): number => descendants(process.pid).length;

describe.skipIf(isSkipped)('a host with via: openssh', () => {
  test('is asked, acted on, and leaves neither a process nor a socket', async () => {
    const before = sshChildren();
    const sockets = temporaryFolder();
    setTemporaryFolder(sockets);
    const sshd = await startSshd();
    const link = startLink(sshd.port);
    await untilState(link, 'up');
    expect(readdirSync(sockets)).toHaveLength(1);
    const answer = await link.ask([['printf', '%s', "it's $HOME"]], { timeoutSeconds: 60 });
    expect(answer).toMatchObject({ kind: 'done', stdout: "it's $HOME", code: 0 });
    expect(await link.run(['sh', '-c', 'exit 7'], { timeoutSeconds: 60 })).toMatchObject({
      kind: 'done',
      code: 7,
    });
    await link.close();
    await until(() => sshChildren() <= before + 1);
    await until(() => readdirSync(sockets).length === 0);
  });

  test('with a host key that is not known is held', async () => {
    const sshd = await startSshd();
    const link = startLink(sshd.port, {
      knownHostsFiles: [writePrivate(folder, `other-${sshd.port}`, '')],
    });
    await untilState(link, 'hostkey-unknown');
    expect(link.status().error?.code).toBe('key-unknown');
    expect(link.status().nextAttemptAt).toBeNull();
  });

  test('says so when there is no room for its socket, and tries again', async () => {
    setTemporaryFolder('/nonexistent');
    const link = startLink(1);
    await untilState(link, 'down');
    expect(link.status()).toMatchObject({
      error: { code: 'local', hint: expect.stringContaining('TMPDIR') },
      nextAttemptAt: expect.any(Number),
    });
  });

  test('is connected anew after its connection was cut', async () => {
    const sshd = await startSshd();
    const link = startLink(sshd.port);
    await untilState(link, 'up');
    for (const pid of sshd.processes().slice(1)) process.kill(pid, 'SIGKILL');
    await until(() => link.status().state !== 'up');
    await untilState(link, 'up');
    expect(await link.ask([['true']], { timeoutSeconds: 60 })).toMatchObject({ code: 0 });
  });
});
