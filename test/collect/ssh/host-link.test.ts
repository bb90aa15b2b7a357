import { readFileSync } from 'node:fs';
import { connect, Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { SourceState } from '../../../src/domain/inventory.ts';
import type { HostLink } from '../../../src/domain/transport.ts';
import { closedPort } from '../../support/closed-port.ts';
import { createFakeClock } from './support/fake-clock.ts';
import { startFakeSshd, startTcpServer } from './support/fake-sshd.ts';
import type { FakeSshd, FakeSshdOptions } from './support/fake-sshd.ts';
import { knownHostsText, newKey, temporaryFolder, writePrivate } from './support/keys.ts';
import { linkTo, settingsOf } from './support/link.ts';
import { askHanging, comesBack, elapse, until, untilState } from './support/wait.ts';

const hostKey = newKey();
const userKey = newKey();
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const server = async (options: Partial<FakeSshdOptions> = {}): Promise<FakeSshd> => {
  const sshd = await startFakeSshd({ hostKeys: [hostKey], authorized: [userKey], ...options });
  endings.push(sshd.close);
  return sshd;
};

/** Settings of a user whose key and known_hosts are right. */
function goodSettings(port: number, known = knownHostsText(port, hostKey)) {
  const folder = temporaryFolder();
  return settingsOf(port, {
    identityFiles: [writePrivate(folder, 'id', userKey.privateText)],
    knownHostsFiles: [writePrivate(folder, 'known_hosts', known)],
  });
}

const started = (...args: Parameters<typeof linkTo>): HostLink => {
  const link = linkTo(...args);
  endings.push(link.close);
  link.start();
  return link;
};

const upLink = async (sshd: FakeSshd, ...rest: [Parameters<typeof linkTo>[1]?]) => {
  const link = started(goodSettings(sshd.port), ...rest);
  await untilState(link, 'up');
  return link;
};

test('comes up and answers a question with bytes, exit code and stderr', async () => {
  const link = await upLink(await server());
  const answer = await link.ask(
    [
      ['printf', String.raw`%s|%s\n`, "it's", '$(reboot) `x` é'],
      ['sh', '-c', 'echo oops\u001B[31m >&2; exit 3'],
    ],
    { timeoutSeconds: 60 },
  );
  expect(answer).toMatchObject({
    kind: 'done',
    stdout: "it's|$(reboot) `x` é\n",
    stderr: 'oops\n',
    code: 3,
  });
  expect(link.status()).toMatchObject({ state: 'up', attempt: 0, error: null });
  expect(link.status().lastDataAt).not.toBeNull();
});

test('runs questions of one host one after another, in their order', async () => {
  const link = await upLink(await server());
  const order: string[] = [];
  const ask = async (name: string, argv: readonly [string, ...string[]]): Promise<void> => {
    await link.ask([argv], { timeoutSeconds: 60 });
    order.push(name);
  };
  await Promise.all([ask('a', ['sleep', '0.2']), ask('b', ['true']), ask('c', ['true'])]);
  expect(order).toEqual(['a', 'b', 'c']);
});

test('holds an unknown host key, shows its fingerprint, and never logs in', async () => {
  const sshd = await server();
  const link = started(goodSettings(sshd.port, ''));
  await untilState(link, 'hostkey-unknown');
  const { error, nextAttemptAt } = link.status();
  expect(error).toMatchObject({ code: 'key-unknown' });
  expect(error?.message).toMatch(/ssh-ed25519 SHA256:[A-Za-z0-9+/]{43}$/);
  expect(error?.hint).toContain(`ssh -p ${sshd.port} watcher@127.0.0.1`);
  expect(nextAttemptAt).toBeNull();
  expect(sshd.authentications).toEqual([]);
});

test('holds a changed host key and names the line that disagrees', async () => {
  const sshd = await server();
  const link = started(
    goodSettings(sshd.port, `# a comment\n${knownHostsText(sshd.port, newKey())}`),
  );
  await untilState(link, 'hostkey-changed');
  expect(link.status().error).toMatchObject({ code: 'key-changed' });
  expect(link.status().error?.message).toMatch(/known_hosts:2$/);
  expect(sshd.authentications).toEqual([]);
});

test('blocks a revoked host key although it is also known', async () => {
  const sshd = await server();
  const known = `${knownHostsText(sshd.port, hostKey)}@revoked * ${hostKey.publicText}\n`;
  const link = started(goodSettings(sshd.port, known));
  await untilState(link, 'hostkey-changed');
  expect(link.status().error).toMatchObject({ code: 'key-revoked' });
});

test('survives rekeying by the server, with the same host key', async () => {
  const sshd = await server();
  const link = await upLink(sshd);
  await sshd.rekey();
  await sshd.rekey();
  expect(await link.ask([['echo', 'still']], { timeoutSeconds: 60 })).toMatchObject({
    stdout: 'still\n',
  });
  expect(sshd.connections()).toBe(1);
});

test('does not try a refused key again by itself, but does when asked to', async () => {
  const authorized = [newKey()];
  const sshd = await server({ authorized });
  const link = started(goodSettings(sshd.port));
  await untilState(link, 'auth-failed');
  const { error } = link.status();
  expect(error).toMatchObject({ code: 'auth' });
  expect(error?.message).toMatch(/login refused for watcher@127\.0\.0\.1; tried .*SHA256:/);
  expect(error?.message).toContain('the server offers publickey');
  const { nextAttemptAt, since } = link.status();
  expect((nextAttemptAt ?? 0) - since).toBeGreaterThanOrEqual(15 * 60_000);
  link.wake();
  expect(sshd.connections()).toBe(1);
  authorized.push(userKey);
  link.retryNow();
  await untilState(link, 'up');
});

test('a refused login is tried again by itself after a quarter of an hour, not before', async () => {
  const clock = createFakeClock();
  const authorized = [newKey()];
  const sshd = await server({ authorized });
  const link = started(goodSettings(sshd.port), { clock });
  await untilState(link, 'auth-failed');
  authorized.push(userKey);
  clock.advance(15 * 60_000 - 1);
  expect(link.status().state).toBe('auth-failed');
  expect(sshd.connections()).toBe(1);
  clock.advance(2 * 60_000);
  await untilState(link, 'up');
  expect(sshd.connections()).toBe(2);
});

test('never sends a key to a server for passwords only, and says what it offers', async () => {
  const sshd = await server({ methods: ['password'] });
  const link = started(goodSettings(sshd.port));
  await untilState(link, 'auth-failed');
  expect(link.status().error?.message).toContain('the server offers password');
  expect(link.status().error?.hint).toContain('open labtop to answer');
  expect(sshd.authentications).toEqual(['none']);
});

test('does not connect at all when there is no key to offer', async () => {
  const sshd = await server();
  const link = started({ ...goodSettings(sshd.port), identityFiles: ['/nonexistent/id'] });
  await untilState(link, 'auth-failed');
  expect(link.status().error?.message).toContain('identity file /nonexistent/id does not exist');
  expect(sshd.connections()).toBe(0);
});

test.for<[string, string, string, SourceState]>([
  ['HTTP/1.1 400 Bad Request\r\n\r\n', 'not-ssh', '«HTTP/1.1 400 Bad Request»', 'down'],
  ['\u001B]0;owned\u0007Go away\u0007\r\n', 'not-ssh', '«Go away·»', 'down'],
  ['Not allowed at this time\r\n', 'throttled', '«Not allowed at this time»', 'down'],
  ['Exceeded MaxStartups\r\n', 'throttled', '«Exceeded MaxStartups»', 'down'],
  ['', 'throttled', 'before its SSH banner', 'down'],
])('classifies a server that begins with %j as %s', async ([text, code, words, state]) => {
  const tcp = await startTcpServer((socket) => socket.end(text));
  endings.push(tcp.close);
  const link = started(goodSettings(tcp.port));
  await untilState(link, state);
  expect(link.status().error).toMatchObject({ code, message: expect.stringContaining(words) });
  const { nextAttemptAt, since } = link.status();
  expect((nextAttemptAt ?? 0) - since).toBeGreaterThanOrEqual(30_000);
});

test('a server that refuses for now is not tried earlier because somebody looks', async () => {
  let sockets = 0;
  const tcp = await startTcpServer((socket) => {
    sockets++;
    socket.end('Not allowed at this time\r\n');
  });
  endings.push(tcp.close);
  const link = started(goodSettings(tcp.port));
  await untilState(link, 'down');
  link.wake();
  expect(link.status().nextAttemptAt).not.toBeNull();
  expect(sockets).toBe(1);
});

test('a host that is down is tried at once when somebody looks', async () => {
  const link = started(goodSettings(await closedPort()), { random: () => 1 });
  await untilState(link, 'down');
  expect(link.status().attempt).toBe(1);
  link.wake();
  expect(link.status().attempt).toBe(2);
  // An attempt that runs is not doubled.
  link.wake();
  expect(link.status().attempt).toBe(2);
});

test('bears a banner without end', async () => {
  let sockets = 0;
  const tcp = await startTcpServer((socket) => {
    sockets++;
    const talk = (): void => {
      if (!socket.destroyed) socket.write('blah\r\n'.repeat(2_000), () => setImmediate(talk));
    };
    talk();
  });
  endings.push(tcp.close);
  const link = started(goodSettings(tcp.port));
  await untilState(link, 'down');
  expect(link.status().error).toMatchObject({ code: 'not-ssh' });
  expect(sockets).toBe(1);
});

test('says that a port is closed and plans the next attempt', async () => {
  const link = started(goodSettings(await closedPort()));
  await untilState(link, 'down');
  expect(link.status()).toMatchObject({ error: { code: 'refused' }, attempt: 1 });
  expect(link.status().nextAttemptAt).not.toBeNull();
});

test('gives up a server that takes the connection and says nothing', async () => {
  const clock = createFakeClock();
  let isConnected = false;
  const tcp = await startTcpServer(() => {
    isConnected = true;
  });
  endings.push(tcp.close);
  const link = started(goodSettings(tcp.port), { clock });
  await until(() => isConnected && clock.timers() > 0);
  await until(() => {
    clock.advance(1_000);
    return link.status().state === 'frozen';
  });
  expect(link.status().error).toMatchObject({ code: 'handshake-timeout' });
});

test('a host that freezes between the login and its first shell is frozen after 10 s', async () => {
  const clock = createFakeClock();
  const sshd = await server({ isSilentOnSessions: true });
  const link = started(goodSettings(sshd.port), { clock });
  await until(() => link.status().phase === 'shell');
  clock.advance(9_500);
  expect(link.status().state).toBe('connecting');
  await until(() => {
    clock.advance(100);
    return link.status().state !== 'connecting';
  });
  expect(link.status()).toMatchObject({ state: 'frozen', error: { code: 'shell-timeout' } });
});

test('nothing that is written waits for what was written before (Nagle)', async () => {
  const sshd = await server();
  const wishes: boolean[] = [];
  await upLink(sshd, {
    openSocket: (place) => {
      const socket = connect(place);
      vi.spyOn(socket, 'setNoDelay').mockImplementation((isWanted = true) => {
        wishes.push(isWanted);
        return socket;
      });
      return socket;
    },
  });
  expect(wishes).toEqual([true]);
});

test('reports a login that gives no shell with its own words', async () => {
  const sshd = await server({
    onExec: (channel) => {
      channel.write('This account is currently not available.\n');
      channel.exit(1);
      channel.end();
      channel.close();
    },
  });
  const link = started(goodSettings(sshd.port));
  await untilState(link, 'down');
  expect(link.status()).toMatchObject({
    nextAttemptAt: null,
    error: {
      code: 'shell',
      message: expect.stringContaining('«This account is currently not available.»'),
    },
  });
});

test('a host that starts no program is said so, and tried again', async () => {
  const sshd = await server({ refusesExec: true });
  const link = started(goodSettings(sshd.port));
  await untilState(link, 'down');
  expect(link.status().error).toMatchObject({
    code: 'shell',
    message: expect.stringContaining('starts no shell'),
    hint: expect.stringContaining('out of processes'),
  });
  expect(link.status().nextAttemptAt).not.toBeNull();
});

test('reconnects at once after a loss, keeps the time of the last byte', async () => {
  const sshd = await server();
  const link = await upLink(sshd, { random: () => 0 });
  const before = link.status().lastDataAt;
  const states: SourceState[] = [];
  link.onStatus(({ state, lastDataAt }) => {
    states.push(state);
    expect(lastDataAt).not.toBeNull();
  });
  const pending = link.ask([['sleep', '30']], { timeoutSeconds: 60 });
  sshd.cut();
  expect(await pending).toMatchObject({ kind: 'lost', error: { code: 'lost' } });
  await untilState(link, 'up');
  expect(states).toContain('connecting');
  expect(states).not.toContain('down');
  expect(sshd.connections()).toBe(2);
  expect(link.status().lastDataAt).toBeGreaterThanOrEqual(before ?? Number.POSITIVE_INFINITY);
  expect(await link.ask([['echo', 'back']], { timeoutSeconds: 60 })).toMatchObject({
    stdout: 'back\n',
  });
});

test('a host that is lost right after each login is down and tried less often; up for a while, its loss is answered at once', async () => {
  const clock = createFakeClock();
  const sshd = await server();
  const link = await upLink(sshd, { clock, random: () => 0.9 });
  const waits: number[] = [];
  const states: SourceState[] = [];
  link.onStatus(({ state, nextAttemptAt }) => {
    if (nextAttemptAt === null) return;
    states.push(state);
    waits.push(nextAttemptAt - clock.now());
  });
  const loseAndComeBack = async (): Promise<void> => {
    const before = waits.length;
    sshd.cut();
    await until(() => waits.length > before);
    await comesBack(clock, link);
  };
  for (let loss = 0; loss < 4; loss++) await loseAndComeBack();
  expect(waits).toEqual([450, 1_800, 3_600, 7_200]);
  expect(states).toEqual(['connecting', 'down', 'down', 'down']);
  await elapse(
    { clock, link, stepMs: 100 },
    () => clock.now() >= (link.status().since ?? 0) + 10_000,
  );
  expect(link.status().state).toBe('up');
  await loseAndComeBack();
  expect([waits.at(-1), states.at(-1)]).toEqual([450, 'connecting']);
});

test('a host that sends no byte for 15 s although asked is frozen, and answers of it are lost', async () => {
  const clock = createFakeClock();
  const sshd = await server();
  const link = await upLink(sshd, { clock });
  sshd.freeze();
  const answers: string[] = [];
  const pending = link.ask([['echo', 'x']], { timeoutSeconds: 60 }).then((answer) => {
    answers.push(answer.kind);
    return answer;
  });
  clock.advance(4_000);
  expect(link.status().state).toBe('up');
  await until(() => {
    clock.advance(500);
    return link.status().state === 'stale';
  });
  expect(answers).toEqual([]);
  await until(() => {
    clock.advance(500);
    return link.status().state === 'frozen';
  });
  expect(await pending).toMatchObject({ kind: 'lost', error: { code: 'frozen' } });
  expect(link.status().nextAttemptAt).not.toBeNull();
});

test('after eight hours of sleep a connection that died meanwhile is found, one that lives stays', async () => {
  const sshd = await server();
  const clock = createFakeClock();
  const link = await upLink(sshd, { clock });
  const states: string[] = [];
  link.onStatus(({ state }) => states.push(state));
  // The timers of a machine that sleeps stand still; only the time of day is another.
  clock.setForward(8 * 3_600_000);
  for (let second = 0; second < 20; second++) {
    clock.advance(1_000);
    await link.ask([['true']], { timeoutSeconds: 60 });
  }
  expect(states).toEqual([]);
  sshd.freeze();
  clock.setForward(8 * 3_600_000);
  for (let second = 0; second < 25; second++) {
    clock.advance(1_000);
    await new Promise(setImmediate);
  }
  expect(states.slice(0, 2)).toEqual(['stale', 'frozen']);
  sshd.thaw();
  await elapse({ clock, link, stepMs: 100 }, () => link.status().state === 'up');
  expect(clock.now() - (link.status().lastDataAt ?? 0)).toBeLessThan(2_000);
});

test('a host that was silent and speaks again is up, and was never lost', async () => {
  const clock = createFakeClock();
  const sshd = await server();
  const link = await upLink(sshd, { clock });
  const states: SourceState[] = [];
  link.onStatus(({ state }) => states.push(state));
  sshd.freeze();
  const pending = link.ask([['echo', 'x']], { timeoutSeconds: 60 });
  await until(() => {
    clock.advance(500);
    return link.status().state === 'stale';
  });
  sshd.thaw();
  expect(await pending).toMatchObject({ kind: 'done', stdout: 'x\n' });
  await until(() => {
    clock.advance(500);
    return link.status().state === 'up';
  });
  expect(states).toEqual(['stale', 'up']);
  expect(sshd.connections()).toBe(1);
});

test('a command that is silent for long is no silent host', async () => {
  const clock = createFakeClock();
  const sshd = await server();
  const link = await upLink(sshd, { clock });
  const states: SourceState[] = [];
  link.onStatus(({ state }) => states.push(state));
  const pending = link.ask([['sleep', '100']], { timeoutSeconds: 60 });
  for (let second = 0; second < 40; second++) {
    const seen = link.status().lastDataAt;
    clock.advance(1_000);
    // Every third second somebody else was asked, and answered.
    if (second % 3 === 2) await until(() => link.status().lastDataAt !== seen);
  }
  expect(states).toEqual([]);
  await until(() => {
    clock.advance(1_000);
    return link.status().state === 'up';
  });
  const stop = link.close();
  expect(await pending).toMatchObject({ kind: 'lost' });
  await stop;
});

test('probes an idle host, and a healthy one stays up', async () => {
  const clock = createFakeClock();
  const sshd = await server();
  const link = await upLink(sshd, { clock });
  for (let minute = 0; minute < 3; minute++) {
    const seen = link.status().lastDataAt ?? 0;
    await until(() => {
      // It has been asked by then; what it answers takes real time.
      if (clock.now() - seen < 4_000) clock.advance(500);
      return (link.status().lastDataAt ?? 0) > seen;
    });
  }
  expect(link.status().state).toBe('up');
  expect(sshd.connections()).toBe(1);
});

test('ends a command that hangs, and the next one is answered by the same shell', async () => {
  const sshd = await server();
  const link = await upLink(sshd);
  const hung = await askHanging(
    link,
    ['sh', '-c', 'echo part >&2; sleep 100'],
    (answer) => answer.kind === 'timeout' && answer.stderr !== '',
  );
  expect(hung).toMatchObject({ stderr: 'part\n' });
  expect(await link.ask([['echo', 'next']], { timeoutSeconds: 60 })).toMatchObject({
    stdout: 'next\n',
  });
  expect(sshd.commands).toHaveLength(1);
});

test('replaces the shell of a command that ignores TERM', async () => {
  const sshd = await server();
  const link = await upLink(sshd);
  const hung = await link.ask([['sh', '-c', 'trap "" TERM; while :; do sleep 1; done']], {
    timeoutSeconds: 0.2,
  });
  expect(hung.kind).toBe('timeout');
  expect(await link.ask([['echo', 'next']], { timeoutSeconds: 60 })).toMatchObject({
    stdout: 'next\n',
  });
  // The sampler, the one that took its place, and the signal from outside.
  await until(() => sshd.commands.length === 3);
  expect(new Set(sshd.commands)).toEqual(new Set(['exec /bin/sh']));
  expect(sshd.connections()).toBe(1);
});

test('a question under which the shell dies is asked once more, not for ever', async () => {
  const sshd = await server();
  const link = await upLink(sshd);
  const folder = temporaryFolder();
  const dieOnce = `[ -e '${folder}/died' ] && echo alive && exit; touch '${folder}/died'; kill -KILL 0`;
  expect(await link.ask([['sh', '-c', dieOnce]], { timeoutSeconds: 60 })).toMatchObject({
    kind: 'done',
    stdout: 'alive\n',
  });
  expect(await link.ask([['sh', '-c', 'kill -KILL 0']], { timeoutSeconds: 60 })).toMatchObject({
    kind: 'lost',
  });
  expect(await link.ask([['echo', 'next']], { timeoutSeconds: 60 })).toMatchObject({
    stdout: 'next\n',
  });
  expect(sshd.connections()).toBe(1);
});

test('drops an answer beyond 4 MB and goes on', async () => {
  const link = await upLink(await server());
  const answer = await link.ask([['sh', '-c', 'yes | head -c 9000000']], { timeoutSeconds: 60 });
  expect(answer.kind).toBe('too-large');
  expect(await link.ask([['echo', 'next']], { timeoutSeconds: 60 })).toMatchObject({
    stdout: 'next\n',
  });
});

test('an aborted question is answered at once, whether it waits or runs', async () => {
  const link = await upLink(await server());
  const stop = new AbortController();
  const running = link.ask([['sleep', '100']], { timeoutSeconds: 100, signal: stop.signal });
  const waiting = link.ask([['true']], { timeoutSeconds: 100, signal: stop.signal });
  const after = link.ask([['echo', 'next']], { timeoutSeconds: 60 });
  stop.abort();
  expect(await running).toEqual({ kind: 'aborted' });
  expect(await waiting).toEqual({ kind: 'aborted' });
  expect(await after).toMatchObject({ stdout: 'next\n' });
});

test('a name with a line feed is never sent', async () => {
  const sshd = await server();
  const link = await upLink(sshd);
  const question = [['zoneadm', '-z', 'a\nreboot', 'list'] as const];
  expect(await link.ask(question, { timeoutSeconds: 60 })).toMatchObject({
    kind: 'lost',
    error: { code: 'argument' },
  });
  expect(await link.run(question[0] ?? ['x'], { timeoutSeconds: 60 })).toMatchObject({
    kind: 'lost',
    error: { code: 'argument' },
  });
});

test('runs an action on its own channel beside the sampler and hands over safe output', async () => {
  const sshd = await server();
  const link = await upLink(sshd);
  const seen: string[] = [];
  const slow = link.ask([['sleep', '1']], { timeoutSeconds: 60 });
  const answer = await link.run(
    ['sh', '-c', String.raw`printf 'one\033[2Jtwo\n'; echo err >&2; exit 5`],
    { timeoutSeconds: 60, onOutput: (text) => seen.push(text) },
  );
  expect(answer).toMatchObject({ kind: 'done', code: 5, stdout: 'onetwo\n', stderr: 'err\n' });
  expect(seen.join('')).toContain('onetwo\n');
  expect(seen.join('')).toContain('err\n');
  expect(seen.join('')).not.toContain('\u001B');
  expect(sshd.commands).toHaveLength(2);
  expect(await slow).toMatchObject({ kind: 'done', code: 0 });
});

/** Prints an answer of two lines, then the next one each tenth of a second, as kstat(8) does each n seconds. */
const repeating = (pidFile: string): readonly [string, ...string[]] => [
  'sh',
  '-c',
  `echo $$ > '${pidFile}'; n=0; while :; do printf 'value %s\\nlast\\n' $n; n=$((n + 1)); sleep 0.1; echo; done`,
];
const lastLine = 'last';
const isRunning = (pidFile: string): boolean => {
  try {
    return process.kill(Number(readFileSync(pidFile, 'utf8')), 0);
  } catch {
    return false;
  }
};

test('a stream hands over one answer after another and leaves nothing on the host', async () => {
  const sshd = await server();
  const link = await upLink(sshd);
  const pidFile = join(temporaryFolder(), 'pid');
  const stop = new AbortController();
  const texts: string[] = [];
  const ended = link.stream(repeating(pidFile), {
    lastLine,
    silentSeconds: 60,
    signal: stop.signal,
    onAnswer: ({ stdout }) => texts.push(stdout),
  });
  await until(() => texts.length >= 5);
  expect(texts.slice(0, 3)).toEqual(['value 0\nlast\n', 'value 1\nlast\n', 'value 2\nlast\n']);
  // The sampler answers beside it.
  expect(await link.ask([['echo', 'x']], { timeoutSeconds: 60 })).toMatchObject({ stdout: 'x\n' });
  expect(isRunning(pidFile)).toBe(true);
  stop.abort();
  expect(await ended).toEqual({ kind: 'aborted' });
  await until(() => !isRunning(pidFile) && link.cost().channels === 1);
  const { length } = texts;
  await link.ask([['sleep', '0.3']], { timeoutSeconds: 60 });
  expect(texts).toHaveLength(length);
});

test('a stream that counts its answers is started anew on its channel, and tells what it costs', async () => {
  const link = await upLink(await server());
  const starts = writePrivate(temporaryFolder(), 'starts', '');
  // Each answer takes some CPU; the count is its last operand.
  const burning = `echo "$2" >>'${starts}'; i=0; while [ $i -lt "$2" ]; do i=$((i+1)); n=0;
    while [ $n -lt 30000 ]; do n=$((n+1)); done; printf 'value %s\\nlast\\n' "$i"; sleep 0.02; done`;
  const stop = new AbortController();
  const texts: string[] = [];
  const shares: number[] = [];
  let forks: number | undefined;
  const ended = link.stream(['sh', '-c', burning.replaceAll('\n    ', ' '), 'sh', '0.05'], {
    lastLine,
    silentSeconds: 60,
    signal: stop.signal,
    onAnswer: ({ stdout }) => {
      texts.push(stdout.split('\n')[0] ?? '');
      if (texts.length === 1) forks = link.cost().forks;
    },
    counted: { intervalSeconds: 40, onCpu: (share) => shares.push(share) },
  });
  await until(() => shares.length === 2);
  const last = texts.length;
  await until(() => texts.length > last);
  // Six, then as many as five minutes have.
  expect(readFileSync(starts, 'utf8')).toBe('6\n8\n8\n');
  expect(texts.slice(0, 6 + 7)).toEqual(
    [1, 2, 3, 4, 5, 6, 2, 3, 4, 5, 6, 7, 8].map((value) => `value ${value}`),
  );
  for (const share of shares) {
    expect(share).toBeGreaterThan(0.02);
    expect(share).toBeLessThan(1.1);
  }
  expect(link.cost().forks).toBe((forks ?? 0) + 2);
  expect(link.cost().channels).toBe(2);
  stop.abort();
  expect(await ended).toEqual({ kind: 'aborted' });
});

test('a program that ends before its count is not started again and again', async () => {
  const link = await upLink(await server());
  let answers = 0;
  expect(
    await link.stream(['sh', '-c', 'echo last', 'sh'], {
      lastLine,
      silentSeconds: 60,
      signal: new AbortController().signal,
      onAnswer: () => answers++,
      counted: { intervalSeconds: 40, onCpu: () => {} },
    }),
  ).toMatchObject({ kind: 'done', code: 0 });
  expect(answers).toBe(1);
});

test('the end of a link ends its streams on the host', async () => {
  const link = await upLink(await server());
  const pidFile = join(temporaryFolder(), 'pid');
  const signal = new AbortController().signal;
  let answers = 0;
  const ended = link.stream(repeating(pidFile), {
    lastLine,
    silentSeconds: 60,
    signal,
    onAnswer: () => answers++,
  });
  await until(() => answers > 0);
  await link.close();
  expect(await ended).toMatchObject({ kind: 'lost' });
  await until(() => !isRunning(pidFile));
});

test('a stream that falls silent is ended, one that ends by itself tells how', async () => {
  const link = await upLink(await server());
  const { signal } = new AbortController();
  const options = { lastLine, signal, onAnswer: () => {} };
  expect(await link.stream(['sleep', '100'], { ...options, silentSeconds: 0.2 })).toEqual({
    kind: 'timeout',
    afterSeconds: 0.2,
    stderr: '',
  });
  expect(
    await link.stream(['sh', '-c', 'echo no >&2; exit 3'], { ...options, silentSeconds: 60 }),
  ).toMatchObject({ kind: 'done', code: 3, stderr: 'no\n' });
  expect(await link.stream(['no-such-program'], { ...options, silentSeconds: 60 })).toMatchObject({
    kind: 'done',
    code: 127,
  });
});

test('a host that gives no channel for a stream says so, and the sampler goes on', async () => {
  const link = await upLink(await server({ maxSessions: 1 }));
  const { signal } = new AbortController();
  expect(
    await link.stream(['sleep', '1'], { lastLine, silentSeconds: 60, signal, onAnswer: () => {} }),
  ).toMatchObject({ kind: 'lost', error: { code: 'channels' } });
  expect(await link.ask([['echo', 'x']], { timeoutSeconds: 60 })).toMatchObject({ stdout: 'x\n' });
});

test('tells what it has cost', async () => {
  const sshd = await server();
  const link = await upLink(sshd);
  const before = link.cost();
  expect(before).toMatchObject({ transport: 'ssh2', channels: 1, reconnects: 0 });
  expect(before.roundTripMs).toBeGreaterThan(0);
  await link.ask([['true']], { timeoutSeconds: 60 });
  await link.ask([['true'], ['true'], ['true']], { timeoutSeconds: 60 });
  const after = link.cost();
  expect(after.forks - before.forks).toBe(1 + 3);
  expect(after.receivedBytes).toBeGreaterThan(before.receivedBytes);
  expect(after.sentBytes).toBeGreaterThan(before.sentBytes);
  sshd.cut();
  await until(() => link.cost().reconnects === 1);
  expect(link.cost().receivedBytes).toBeGreaterThan(after.receivedBytes);
});

test('an action that takes too long is ended', async () => {
  const link = await upLink(await server());
  expect(await link.run(['sleep', '100'], { timeoutSeconds: 0.3 })).toMatchObject({
    kind: 'timeout',
  });
});

test('says that the server allows no more channels', async () => {
  const link = await upLink(await server({ maxSessions: 1 }));
  expect(await link.run(['true'], { timeoutSeconds: 60 })).toMatchObject({
    kind: 'lost',
    error: { code: 'channels', message: expect.stringContaining('1 open') },
  });
  expect(link.status().state).toBe('up');
});

test('questions before the connection and after its close are lost, not kept waiting', async () => {
  const sshd = await server();
  const link = linkTo(goodSettings(sshd.port));
  expect(await link.ask([['true']], { timeoutSeconds: 60 })).toMatchObject({
    kind: 'lost',
    error: { code: 'not-connected' },
  });
  link.start();
  await untilState(link, 'up');
  const pending = link.ask([['sleep', '100']], { timeoutSeconds: 100 });
  await link.close();
  expect(await pending).toMatchObject({ kind: 'lost', error: { code: 'closed' } });
  expect(await link.run(['true'], { timeoutSeconds: 60 })).toMatchObject({
    kind: 'lost',
    error: { code: 'closed' },
  });
});

test('a host with keys of several types is asked for the one that is known', async () => {
  const ecdsa = newKey({ type: 'ecdsa' });
  const sshd = await server({ hostKeys: [hostKey, ecdsa] });
  const link = started(goodSettings(sshd.port, knownHostsText(sshd.port, ecdsa)));
  await untilState(link, 'up');
  expect(link.status().error).toBeNull();
});

test('a host that is known without its port is the same host when its key is the same', async () => {
  const sshd = await server();
  const link = started(goodSettings(sshd.port, `127.0.0.1 ${hostKey.publicText}\n`));
  await untilState(link, 'up');
  expect(link.status().error).toBeNull();
});

test('a close in the middle of an attempt ends it and reports nothing more', async () => {
  let isConnected = false;
  const tcp = await startTcpServer(() => {
    isConnected = true;
  });
  endings.push(tcp.close);
  const link = started(goodSettings(tcp.port));
  const states: SourceState[] = [];
  await until(() => isConnected);
  link.onStatus(({ state }) => states.push(state));
  await link.close();
  expect(states).toEqual([]);
});

test('a name that does not resolve is named', async () => {
  const link = started({ ...goodSettings(22), address: 'no-such-host.invalid' });
  await untilState(link, 'down');
  expect(link.status().error).toMatchObject({
    code: 'dns',
    message: expect.stringContaining('no-such-host.invalid'),
  });
});

test('a name server that fails for a time costs no more than that time', async () => {
  const sshd = await server();
  const clock = createFakeClock();
  let isServed = false;
  const known = knownHostsText(sshd.port, hostKey).replaceAll('127.0.0.1', 'omni1.lan');
  const link = started(
    { ...goodSettings(sshd.port, known), address: 'omni1.lan' },
    {
      clock,
      openSocket: (place) =>
        connect({
          ...place,
          lookup: (host, { all }, done) => {
            if (!isServed) done(Object.assign(new Error('queryA'), { code: 'EAI_AGAIN' }), []);
            else if (all === true) done(null, [{ address: '127.0.0.1', family: 4 }]);
            else done(null, '127.0.0.1', 4);
          },
        }),
    },
  );
  await untilState(link, 'down');
  expect(link.status()).toMatchObject({ error: { code: 'dns' } });
  for (let attempts = 2; attempts < 5; attempts++) {
    clock.advance(clock.untilNext());
    await until(() => link.status().attempt >= attempts && link.status().nextAttemptAt !== null);
  }
  isServed = true;
  link.wake();
  await untilState(link, 'up');
});

test('gives up an address that never takes the connection after 5 s', async () => {
  const clock = createFakeClock();
  const openSocket = (): Socket => new Socket();
  const link = started(goodSettings(22), { clock, openSocket });
  await until(() => clock.timers() > 0);
  clock.advance(4_900);
  expect(link.status().state).toBe('connecting');
  clock.advance(200);
  await untilState(link, 'down');
  expect(link.status().error).toMatchObject({ code: 'tcp-timeout' });
});

test('a host that is down stays down while it is tried again, with ever more attempts', async () => {
  const clock = createFakeClock();
  const link = started(goodSettings(await closedPort()), { clock });
  await untilState(link, 'down');
  const { since } = link.status();
  const states = new Set<SourceState>();
  link.onStatus(({ state }) => states.add(state));
  await until(() => {
    clock.advance(500);
    return link.status().attempt >= 4;
  });
  expect([...states]).toEqual(['down']);
  expect(link.status().since).toBe(since);
});
