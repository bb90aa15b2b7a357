import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { HostLink } from '../../../src/domain/transport.ts';
import { createFakeClock } from './support/fake-clock.ts';
import { newKey, writePrivate } from './support/keys.ts';
import { hasProgram } from './support/openssh.ts';
import { startAgent } from './support/real-agent.ts';
import { atEnd, folder, startLink, startSshd, userKey, withoutSshd } from './support/real-host.ts';
import { comesBack, until, untilState } from './support/wait.ts';

const LIMIT = { timeoutSeconds: 60 };
const askHello = (link: HostLink) => link.ask([['echo', 'hello']], LIMIT);
const HELLO = { kind: 'done', code: 0, stdout: 'hello\n' };

/**
 * Another login shell without another account: sshd hands the command of the client to that shell just as it
 * would hand it to the login shell, `SHELL -c COMMAND`. The account's real shell runs before it. Not covered:
 * what only a login shell does (its name begins with `-`, /etc/profile), which sshd does for no command.
 */
const asLoginShell = (shell: string, environment = ''): string =>
  `ForceCommand exec env ${environment} ${shell} -c "$SSH_ORIGINAL_COMMAND"`;

/** Shells, the login script of each that talks on both outputs (-: it reads none), and how it is found. */
const SHELLS: readonly (readonly [string, string, (home: string) => string])[] = [
  ['sh', '-', (home) => `HOME=${home}`],
  ['dash', '-', (home) => `HOME=${home}`],
  ['bash', 'noise', (home) => `HOME=${home} BASH_ENV=${home}/noise`],
  ['ksh', '-', (home) => `HOME=${home}`],
  ['mksh', '-', (home) => `HOME=${home}`],
  ['zsh', '.zshenv', (home) => `HOME=${home} ZDOTDIR=${home}`],
  ['tcsh', '.tcshrc', (home) => `HOME=${home}`],
  ['csh', '.cshrc', (home) => `HOME=${home}`],
  ['fish', '.config/fish/config.fish', (home) => `HOME=${home} XDG_CONFIG_HOME=${home}/.config`],
];
const NOISE = `echo 'You have mail.'\nprintf '\\033]0;owned\\007\\n\\036 E 1 0\\n'\nprintf 'oops\\n' >/dev/stderr\n`;

/** A connection that the server greets. */
async function takePlace(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  const [greeting] = (await once(socket, 'data')) as [Buffer];
  expect(greeting.toString()).toMatch(/^SSH-2\.0-/);
  return socket;
}

describe.skipIf(withoutSshd)('on real servers that differ', { timeout: 180_000 }, () => {
  test.for(SHELLS)('login shell %s, noise of its %s', async ([shell, file, env], context) => {
    if (!hasProgram(shell)) {
      context.skip(`no ${shell} on this machine`);
      return;
    }
    const home = join(folder, `home-${shell}`);
    mkdirSync(dirname(join(home, file)), { recursive: true });
    writeFileSync(join(home, file), NOISE);
    const link = startLink((await startSshd({ config: [asLoginShell(shell, env(home))] })).port);
    await untilState(link, 'up');
    expect(await askHello(link)).toMatchObject(HELLO);
    expect(await link.run(['sh', '-c', 'echo out; echo err >&2; exit 3'], LIMIT)).toMatchObject({
      kind: 'done',
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    // A hung program ends, and the sampler lives on.
    expect(await link.ask([['sleep', '1000']], { timeoutSeconds: 0.3 })).toMatchObject({
      kind: 'timeout',
    });
    expect(await askHello(link)).toMatchObject(HELLO);
  });

  test.for([
    ['/usr/sbin/nologin', 'This account is currently not available.'],
    ['printf "\\033[2Jgo away\\n"', 'go away'],
  ] as const)('an account with %s is held, in its own words', async ([command, words]) => {
    const sshd = await startSshd({ config: [`ForceCommand ${command}`] });
    const link = startLink(sshd.port);
    await untilState(link, 'down');
    const { error, nextAttemptAt } = link.status();
    expect(error).toMatchObject({ code: 'shell', message: expect.stringContaining(`«${words}»`) });
    expect(nextAttemptAt).toBeNull();
    expect(sshd.log().match(/Accepted publickey/g)).toHaveLength(1);
  });

  test('a profile that talks without end is held, and leaves nothing behind', async () => {
    const sshd = await startSshd({ config: ['ForceCommand yes hello'] });
    const link = startLink(sshd.port);
    await untilState(link, 'down');
    expect(link.status()).toMatchObject({
      nextAttemptAt: null,
      error: { code: 'shell', message: expect.stringContaining('«hello»') },
    });
    await until(() => sshd.processes().length === 1);
  });

  test('a profile that hangs is given up after 5 s and tried again', async () => {
    const sshd = await startSshd({ config: ['ForceCommand sleep 1000'] });
    const clock = createFakeClock();
    const link = startLink(sshd.port, { clock });
    // The login itself needs real time.
    await until(() => sshd.log().includes('Starting session'));
    const planned: (string | undefined)[] = [];
    link.onStatus(({ error, nextAttemptAt }) => {
      if (nextAttemptAt !== null) planned.push(error?.code);
    });
    await until(() => {
      clock.advance(500);
      return planned.length > 0;
    });
    expect(planned[0]).toBe('shell-timeout');
  });

  test('MaxSessions 2: the sampler and one more; the third is told so and nothing breaks', async () => {
    const sshd = await startSshd({ config: ['MaxSessions 2'] });
    const link = startLink(sshd.port);
    await untilState(link, 'up');
    const file = join(folder, 'go-on');
    const waiting = link.run(['sh', '-c', `while [ ! -e '${file}' ]; do sleep 0.1; done`], {
      timeoutSeconds: 600,
    });
    await until(() => sshd.log().split('Starting session').length >= 3);
    // It waits for a place as long as it may.
    expect(await link.run(['true'], { timeoutSeconds: 5 })).toMatchObject({
      kind: 'lost',
      error: { code: 'channels', hint: expect.stringContaining('MaxSessions') },
    });
    expect(await askHello(link)).toMatchObject(HELLO);
    writeFileSync(file, '');
    expect(await waiting).toMatchObject({ kind: 'done', code: 0 });
    expect(await link.run(['echo', 'hello'], LIMIT)).toMatchObject(HELLO);
    expect(link.status().state).toBe('up');
  });

  test('MaxStartups 1: a server whose place is taken refuses for now, is left alone for 30 s, and lets in then', async () => {
    const sshd = await startSshd({ config: ['MaxStartups 1', 'LoginGraceTime 60'] });
    const clock = createFakeClock();
    // Somebody who says nothing has the only place.
    const other = await takePlace(sshd.port);
    atEnd(async () => void other.destroy());
    const link = startLink(sshd.port, { clock });
    await until(() => link.status().error !== null);
    expect(link.status()).toMatchObject({ state: 'down', error: { code: 'throttled' } });
    const { nextAttemptAt } = link.status();
    expect((nextAttemptAt ?? 0) - clock.now()).toBeGreaterThanOrEqual(30_000);
    other.destroy();
    link.wake();
    clock.advance(29_000);
    expect(link.status().attempt).toBe(1);
    // sshd may not have seen yet that the place is free: then it refuses once more.
    await until(() => {
      if (link.status().nextAttemptAt !== null) clock.advance(60_000);
      return link.status().state === 'up';
    });
  });

  test('ClientAliveInterval 1: an idle link and a program with a child left behind stay up', async () => {
    const sshd = await startSshd({
      config: ['ClientAliveInterval 1', 'ClientAliveCountMax 2', 'LogLevel DEBUG1'],
    });
    const link = startLink(sshd.port);
    await untilState(link, 'up');
    const states = new Set<string>();
    link.onStatus(({ state }) => states.add(state));
    // The child holds the outputs of the channel after the program has ended.
    const left = await link.run(['sh', '-c', 'sleep 30 & echo hello'], LIMIT);
    expect(left).toMatchObject(HELLO);
    // So does that of a shell that dies: its channel has told its end and stays open on the server's side.
    const orphaned = await link.ask([['sh', '-c', 'sleep 30 & kill -9 "$PPID"']], LIMIT);
    expect(orphaned).toMatchObject({ kind: 'lost' });
    // Two probes of the server in a row without an answer would end the connection.
    await until(() => (sshd.log().match(/Got \d+\/\d+ for keepalive/g)?.length ?? 0) >= 4);
    expect(await askHello(link)).toMatchObject(HELLO);
    expect([...states]).toEqual([]);
    expect(sshd.log()).not.toContain('not responding');
  });

  test('RekeyLimit 1M: answers, an action and the probe live through many rekeyings', async () => {
    const sshd = await startSshd({ config: ['RekeyLimit 1M', 'LogLevel DEBUG1'] });
    const link = startLink(sshd.port);
    await untilState(link, 'up');
    const big = link.run(['head', '-c', '3900000', '/dev/zero'], { timeoutSeconds: 60 });
    for (let round = 0; round < 4; round++) {
      const answer = await link.ask([['head', '-c', '3000000', '/dev/zero']], {
        timeoutSeconds: 60,
      });
      expect(answer.kind === 'done' && answer.stdout.length).toBe(3_000_000);
    }
    const answer = await big;
    expect(answer.kind).toBe('done');
    expect(link.status().state).toBe('up');
    // As often as the server says that it sends its keys anew.
    expect(sshd.log().split('SSH2_MSG_KEXINIT sent').length - 1).toBeGreaterThan(5);
  });

  test('a key with a forced command and `restrict`: answers, actions and ends of hung programs', async () => {
    const sshd = await startSshd({
      authorized: [`restrict,command="/bin/sh -c 'exec /bin/sh'" ${userKey.publicText}`],
    });
    const link = startLink(sshd.port);
    await untilState(link, 'up');
    expect(await askHello(link)).toMatchObject(HELLO);
    expect(await link.run(['echo', 'hello'], LIMIT)).toMatchObject(HELLO);
    expect(await link.ask([['sleep', '1000']], { timeoutSeconds: 0.3 })).toMatchObject({
      kind: 'timeout',
    });
    expect(await askHello(link)).toMatchObject(HELLO);
  });

  test('of seven keys in the agent only the named one is offered; without a name the sixth ends it, once', async (context) => {
    if (!hasProgram('ssh-agent')) {
      context.skip('no ssh-agent on this machine');
      return;
    }
    const others = Array.from({ length: 6 }, () => newKey());
    const agent = await startAgent(folder, [...others, userKey]);
    atEnd(agent.stop);
    const sshd = await startSshd({ config: ['MaxAuthTries 6'] });
    const named = startLink(
      sshd.port,
      {},
      {
        agent: agent.path,
        identityFiles: [writePrivate(folder, 'named.pub', `${userKey.publicText}\n`)],
      },
    );
    await untilState(named, 'up');
    expect(sshd.log()).not.toContain('Failed publickey');
    await named.close();
    const all = startLink(sshd.port, {}, { agent: agent.path, identityFiles: [] });
    await untilState(all, 'auth-failed');
    const { error, nextAttemptAt, since } = all.status();
    expect(error).toMatchObject({
      code: 'auth',
      message: expect.stringContaining('Too many authentication failures'),
    });
    expect(error?.message).toContain('SHA256:');
    expect((nextAttemptAt ?? Infinity) - since).toBeGreaterThanOrEqual(15 * 60_000);
    expect(sshd.log().match(/Connection from/g)).toHaveLength(2);
  });

  test('an sshd that is stopped is stale, then frozen, and up again when it goes on', async () => {
    const sshd = await startSshd();
    const clock = createFakeClock();
    const link = startLink(sshd.port, { clock });
    await untilState(link, 'up');
    const stopped = sshd.processes();
    expect(stopped.length).toBeGreaterThan(2);
    for (const pid of stopped) process.kill(pid, 'SIGSTOP');
    const seen: string[] = [];
    link.onStatus(({ state }) => seen.push(state));
    const pending = link.ask([['echo', 'hello']], { timeoutSeconds: 60 });
    await until(() => {
      clock.advance(250);
      return link.status().state === 'frozen';
    });
    expect(seen.slice(0, 2)).toEqual(['stale', 'frozen']);
    expect(await pending).toMatchObject({ kind: 'lost', error: { code: 'frozen' } });
    for (const pid of stopped) process.kill(pid, 'SIGCONT');
    await comesBack(clock, link);
    expect(await askHello(link)).toMatchObject(HELLO);
    // What served the first connection has seen its end.
    await until(() => !stopped.slice(1).some((pid) => sshd.processes().includes(pid)));
  });
});
