import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { HostSettings } from '../../../src/domain/settings.ts';
import type { HostLink } from '../../../src/domain/transport.ts';
import { writePrograms } from '../../support/programs.ts';
import { hasSshd } from '../../support/real-sshd.ts';
import { knownHostsText, newKey, temporaryFolder, writePrivate } from './support/keys.ts';
import { linkTo, settingsOf } from './support/link.ts';
import { startOpenSshd } from './support/openssh.ts';
import type { OpenSshd, OpenSshdOptions } from './support/openssh.ts';
import { askHanging, until, untilState } from './support/wait.ts';

const hostKey = newKey();
const userKey = newKey();
const folder = temporaryFolder();
const bin = writePrograms(folder, {
  zoneadm: `[ "$*" = "list -cp" ] && printf '0:global:running:/::ipkg:shared:0\\n1:web 01:running:/zones/web:5e:lipkg:excl:1\\n'`,
  dladm: `printf 'net0:phys:1500:up::\\n'`,
  kstat: `printf 'unix:0:system_misc:ncpus\\t4\\n'; exit 1`,
  zpool: `echo 'zpool: permission denied' >&2; exit 2`,
  garbage: String.raw`printf '\n\036%s E 1 0\n\033]0;x\007\000\377' "$N"; printf '\n\0360123456789abcdef E 2 0\n'; head -c 200000 /dev/urandom`,
  hang: `echo $$ > '${folder}/'$1.pid; sleep 1000`,
  stubborn: `echo $$ > '${folder}/stubborn.pid'; trap '' TERM; while :; do sleep 1; done`,
  env: `printf '%s %s %s' "$LC_ALL" "$TZ" "$PATH"`,
});
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

// A machine without sshd skips these tests; in continuous integration that is a failure.
const isSkipped = !hasSshd && process.env['CI'] !== 'true';

const startSshd = async (options: Partial<OpenSshdOptions> = {}): Promise<OpenSshd> => {
  const sshd = await startOpenSshd({
    folder,
    hostKey,
    authorized: [userKey.publicText],
    ...options,
    config: [`SetEnv PATH=${bin}:/usr/bin:/bin`, ...(options.config ?? [])],
  });
  endings.push(sshd.stop);
  return sshd;
};

const startLink = (port: number, more: Partial<HostSettings> = {}): HostLink => {
  const link = linkTo(
    settingsOf(port, {
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

const upLink = async (options: Partial<OpenSshdOptions> = {}): Promise<HostLink> => {
  const link = startLink((await startSshd(options)).port);
  await untilState(link, 'up');
  return link;
};

/** A process that ended but was not waited for does not count. */
const isRunning = (pid: number): boolean => {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return /^[^Z\s]/.test(stdout.trim());
};
const pidOf = (name: string): number => {
  const file = join(folder, `${name}.pid`);
  return existsSync(file) ? Number(readFileSync(file, 'utf8') || Number.NaN) : Number.NaN;
};

describe.skipIf(isSkipped)('on the real sshd of this machine, /usr/sbin/sshd', () => {
  test('the sampler runs the programs of a host', async () => {
    const link = await upLink();
    const ask = (...argv: [string, ...string[]]) => link.ask([argv], { timeoutSeconds: 60 });
    expect(await ask('zoneadm', 'list', '-cp')).toMatchObject({
      kind: 'done',
      code: 0,
      stdout: '0:global:running:/::ipkg:shared:0\n1:web 01:running:/zones/web:5e:lipkg:excl:1\n',
    });
    expect(await ask('dladm', 'show-link', '-p')).toMatchObject({
      stdout: 'net0:phys:1500:up::\n',
    });
    expect(await ask('kstat', '-p')).toMatchObject({
      code: 1,
      stdout: 'unix:0:system_misc:ncpus\t4\n',
    });
    expect(await ask('zpool', 'list')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'zpool: permission denied\n',
    });
    expect(await ask('no-such-program')).toMatchObject({ kind: 'done', code: 127 });
    expect(
      await link.ask([['dladm'], ['kstat'], ['zoneadm', 'list', '-cp']], { timeoutSeconds: 60 }),
    ).toMatchObject({ code: 0, stdout: expect.stringMatching(/^net0.*\nunix.*\n0:global/) });
  });

  test('programs see the C locale, UTC, and our path before that of the login', async () => {
    const link = await upLink();
    expect(await link.ask([[join(bin, 'env')]], { timeoutSeconds: 60 })).toMatchObject({
      // A login script may have added to the path.
      stdout: expect.stringMatching(
        new RegExp(`^C UTC0 /usr/bin:/usr/sbin:/sbin:/bin:(.*:)?${bin}:/usr/bin:/bin$`),
      ),
    });
  });

  test('garbage and forged marks stay inside their own answer', async () => {
    const link = await upLink();
    for (let round = 0; round < 3; round++) {
      const answer = await link.ask([['garbage']], { timeoutSeconds: 60 });
      expect(answer).toMatchObject({ kind: 'done', code: 0 });
      expect(answer.kind === 'done' && answer.stdout.length).toBeGreaterThan(100_000);
      expect(await link.ask([['dladm']], { timeoutSeconds: 60 })).toMatchObject({
        stdout: 'net0:phys:1500:up::\n',
      });
    }
  });

  test('a hung command is ended on the host itself', async () => {
    const link = await upLink();
    await askHanging(link, ['hang', 'hung'], () => pidOf('hung') > 1);
    expect(await link.ask([['dladm']], { timeoutSeconds: 60 })).toMatchObject({ kind: 'done' });
    await until(() => !isRunning(pidOf('hung')));
  });

  test('a command that ignores TERM is killed and its shell replaced', async () => {
    const link = await upLink();
    await askHanging(link, ['stubborn'], () => pidOf('stubborn') > 1);
    expect(await link.ask([['dladm']], { timeoutSeconds: 60 })).toMatchObject({ kind: 'done' });
    await until(() => !isRunning(pidOf('stubborn')));
  });

  test('works with a key bound to a forced command, where signals are refused', async () => {
    const link = await upLink({
      authorized: [`restrict,command="/bin/sh -c 'exec /bin/sh'" ${userKey.publicText}`],
    });
    expect(await link.run(['dladm'], { timeoutSeconds: 60 })).toMatchObject({
      kind: 'done',
      stdout: 'net0:phys:1500:up::\n',
    });
    await askHanging(link, ['hang', 'forced'], () => pidOf('forced') > 1);
    expect(await link.ask([['dladm']], { timeoutSeconds: 60 })).toMatchObject({ kind: 'done' });
    await until(() => !isRunning(pidOf('forced')));
  });

  test('nothing of a running question stays behind when the link is closed', async () => {
    const link = await upLink();
    const answer = link.ask([['hang', 'closed']], { timeoutSeconds: 100 });
    await until(() => isRunning(pidOf('closed')));
    await link.close();
    expect(await answer).toMatchObject({ kind: 'lost', error: { code: 'closed' } });
    await until(() => !isRunning(pidOf('closed')));
  });

  test('the eleventh channel is no surprise: actions wait for a slot', async () => {
    const link = await upLink();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        link.run(['printf', '%s', String(index)], { timeoutSeconds: 60 }),
      ),
    );
    expect(answers.map((answer) => answer.kind === 'done' && answer.stdout)).toEqual(
      Array.from({ length: 12 }, (_, index) => String(index)),
    );
  });

  test('MaxSessions of the server is reported as such, and the sampler lives on', async () => {
    const link = await upLink({ config: ['MaxSessions 1'] });
    expect(await link.run(['dladm'], { timeoutSeconds: 60 })).toMatchObject({
      kind: 'lost',
      error: { code: 'channels' },
    });
    expect(await link.ask([['dladm']], { timeoutSeconds: 60 })).toMatchObject({ kind: 'done' });
  });

  test('answers stay whole while the server rekeys', async () => {
    const link = await upLink({ config: ['RekeyLimit 1M'] });
    for (let round = 0; round < 3; round++) {
      const answer = await link.ask([['head', '-c', '3000000', '/dev/zero']], {
        timeoutSeconds: 60,
      });
      expect(answer.kind === 'done' && answer.stdout.length).toBe(3_000_000);
    }
  });

  test('a changed host key blocks the host', async () => {
    const { port, log } = await startSshd({ hostKey: newKey() });
    const link = startLink(port);
    await untilState(link, 'hostkey-changed');
    expect(link.status().error?.message).toMatch(new RegExp(`known-${port}:1$`));
    expect(log()).not.toContain('Accepted');
  });

  test('a key that the host does not know is refused once, and never tried again', async () => {
    const { port, log } = await startSshd({ authorized: [newKey().publicText] });
    const link = startLink(port);
    await untilState(link, 'auth-failed');
    expect(link.status()).toMatchObject({ error: { code: 'auth' } });
    expect(log().match(/Failed publickey/g)).toHaveLength(1);
  });

  test('comes back by itself after the server dropped the connection', async () => {
    const link = await upLink();
    // The sampler's shell is a child of the process that serves this connection.
    const answer = await link.ask([['sh', '-c', 'ps -o ppid= -p $PPID']], { timeoutSeconds: 60 });
    const server = Number(answer.kind === 'done' ? answer.stdout.trim() : Number.NaN);
    expect(server).toBeGreaterThan(1);
    let isLost = false;
    link.onStatus(({ state }) => {
      isLost ||= state !== 'up';
    });
    process.kill(server, 'SIGKILL');
    await until(() => isLost && link.status().state === 'up');
    expect(await link.ask([['dladm']], { timeoutSeconds: 60 })).toMatchObject({ kind: 'done' });
  });
});
