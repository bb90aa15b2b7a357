import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/collect/clock.ts';
import { parseShellTimes, requestLine, samplerPreamble } from '../../../src/collect/ssh/framing.ts';
import { createSampler } from '../../../src/collect/ssh/sampler.ts';
import type { Sampler, ShellChannel } from '../../../src/collect/ssh/sampler.ts';
import { createFakeClock } from './support/fake-clock.ts';
import { temporaryFolder } from './support/keys.ts';
import { shells, startShell } from './support/shells.ts';
import { until } from './support/wait.ts';

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

/** A sampler on a channel of the test's own, behind its first answer. */
async function startFake() {
  const fake = fakeChannel();
  const clock = createFakeClock();
  const { channel, nonce } = fake;
  const sampler = createSampler({ channel, clock, nonce, killGroup: () => {} });
  fake.answer(1, '4711\n');
  await sampler.bootstrap;
  return { fake, clock, sampler };
}

async function samplerOf(shell: string): Promise<Sampler> {
  const { channel, kill } = startShell(shell);
  endings.push(kill);
  const sampler = createSampler({ channel, clock: systemClock, killGroup: () => {} });
  expect(await sampler.bootstrap).toEqual({ kind: 'ready' });
  return sampler;
}

const ask = async (sampler: Sampler, command: string, timeoutMs = 20_000) => {
  const answer = await sampler.ask(command, { timeoutMs });
  return answer.kind === 'done'
    ? [answer.code, answer.stdout.toString('latin1'), answer.stderr.toString('latin1')]
    : [answer.kind];
};

test.for(shells)('%s frames every section, whatever the command does', async (shell) => {
  const sampler = await samplerOf(shell);
  const code = async (command: string): Promise<unknown> => (await ask(sampler, command))[0];
  expect(await ask(sampler, 'printf "no line end"')).toEqual([0, 'no line end', '']);
  expect(await ask(sampler, 'echo out; echo err >&2; exit 42')).toEqual([42, 'out\n', 'err\n']);
  expect(await code('no-such-program-xyz')).toBe(127);
  expect(await code("exec 'no-such-program-xyz'")).toBe(127);
  expect(await code('set -u; : "$no_such_variable"')).not.toBe(0);
  expect(await code('echo (')).not.toBe(0);
  expect(await code('exec >&-; echo x')).not.toBe(undefined);
  expect(await ask(sampler, 'read line; echo "got <$line>"')).toEqual([0, 'got <>\n', '']);
  expect(await ask(sampler, String.raw`printf '\n\036%s E 3 0\n' 0123456789abcdef`)).toEqual([
    0,
    '\n\u001E0123456789abcdef E 3 0\n',
    '',
  ]);
  expect(await ask(sampler, String.raw`printf '\000\377\033[2J\n\n'`)).toEqual([
    0,
    '\u0000\u00FF\u001B[2J\n\n',
    '',
  ]);
  expect(await ask(sampler, 'x=1; cd /; echo $x')).toEqual([0, '1\n', '']);
  expect(await ask(sampler, 'echo "<$x>$LC_ALL $TZ"')).toEqual([0, '<>C UTC0\n', '']);
  const large = await sampler.ask('head -c 3000000 /dev/urandom', { timeoutMs: 20_000 });
  expect(large.kind === 'done' && large.stdout.length).toBe(3_000_000);
  expect(await ask(sampler, 'echo end')).toEqual([0, 'end\n', '']);
});

test.for(shells)('%s ends a hung pipeline by TERM and serves the next section', async (shell) => {
  const sampler = await samplerOf(shell);
  expect(await ask(sampler, 'sleep 100 | cat | cat', 100)).toEqual(['timeout']);
  expect(await sampler.settled()).toBe(true);
  expect(await ask(sampler, 'echo next')).toEqual([0, 'next\n', '']);
});

test.for(shells)(
  '%s answers a batch in its order, each section with its own output',
  async (shell) => {
    const { channel, kill } = startShell(shell);
    endings.push(kill);
    const writes: string[] = [];
    const sampler = createSampler({
      clock: systemClock,
      killGroup: () => {},
      channel: {
        ...channel,
        write: (text) => {
          writes.push(text);
          channel.write(text);
        },
      },
    });
    await sampler.bootstrap;
    const commands = [
      'echo a; echo a2 >&2',
      'exit 3',
      'exec sh -c "echo c; exit 4"',
      'printf d >&2',
      'no-such-program-xyz',
      'head -c 300000 /dev/zero',
    ];
    const answers = await Promise.all(commands.map((command) => ask(sampler, command)));
    expect(answers.slice(0, 4)).toEqual([
      [0, 'a\n', 'a2\n'],
      [3, '', ''],
      [4, 'c\n', ''],
      [0, '', 'd'],
    ]);
    expect(answers[4]?.[0]).toBe(127);
    expect(answers[5]?.[1]).toHaveLength(300_000);
    // The one that starts the sampler, and the batch.
    expect(writes).toHaveLength(2);
  },
);

test.for(shells)('%s ends the section that hangs and none behind it', async (shell) => {
  const sampler = await samplerOf(shell);
  const answers = await Promise.all([
    ask(sampler, 'exec sleep 100', 200),
    ask(sampler, 'echo b'),
    ask(sampler, 'echo c'),
  ]);
  expect(answers).toEqual([['timeout'], [0, 'b\n', ''], [0, 'c\n', '']]);
});

test.for(shells)('%s tells what it has cost without starting a process', async (shell) => {
  const sampler = await samplerOf(shell);
  await ask(sampler, 'i=0; while [ "$i" -lt 100000 ]; do i=$((i + 1)); done');
  const seconds = await sampler.cpuSeconds();
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThan(60);
  expect(await ask(sampler, 'echo end')).toEqual([0, 'end\n', '']);
});

/** ksh93 learns of a pipe that nobody reads by the signal only, which sshd leaves as it is by default. */
const UNREAD: readonly (readonly [shell: string, how: string, start: string])[] = [
  ...shells.map((shell) => [shell, 'by SIGPIPE', `exec ${shell}`] as const),
  ...shells
    .filter((shell) => !shell.startsWith('ksh'))
    .map((shell) => [shell, 'where SIGPIPE is ignored', `trap '' PIPE; exec ${shell}`] as const),
];
test.for(UNREAD)(
  '%s ends when nobody reads its answers, and begins nothing: %s',
  async ([, , start]) => {
    const file = join(temporaryFolder(), 'begun');
    const child = spawn('sh', ['-c', start]);
    endings.push(() => child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    child.stdin.on('error', () => {});
    child.stdout.destroy();
    child.stderr.destroy();
    // Its stdin stays open: the end is its own.
    child.stdin.write(`${samplerPreamble('0123456789abcdef')}${requestLine(1, `: >'${file}'`)}`);
    await ended;
    expect(existsSync(file)).toBe(false);
  },
);

test('reads the times of every shell, ksh93 of illumos among them', () => {
  expect(parseShellTimes('0m0.002s 0m0.000s\n1m0.50s 0m0.046s\n')).toBeCloseTo(60.548);
  expect(parseShellTimes('\nreal\t9m0.00s\nuser\t0m1.25s\nsys\t0m0.5s\n')).toBeCloseTo(1.75);
  expect(parseShellTimes('times: not found\n')).toBeNull();
});

test('a death by signal is 128 and its number, in ksh93 too', async () => {
  for (const shell of shells) {
    const sampler = await samplerOf(shell);
    const [code] = await ask(sampler, "exec 'sh' '-c' 'kill -TERM $$'");
    expect(code, shell).toBe(128 + 15);
  }
});

/** A channel without a shell, to see what is said and to answer by hand. */
function fakeChannel() {
  const said: string[] = [];
  const signals: string[] = [];
  let out = (_chunk: Buffer): void => {};
  let err = (_chunk: Buffer): void => {};
  let onClose = (): void => {};
  const channel: ShellChannel = {
    write: (text) => said.push(text),
    signal: (name) => signals.push(name),
    close: () => {
      signals.push('close');
      onClose();
    },
    hold: (isHeld) => signals.push(isHeld ? 'hold' : 'let go'),
    onStdout: (listener) => {
      out = listener;
    },
    onStderr: (listener) => {
      err = listener;
    },
    onClose: (listener) => {
      onClose = listener;
    },
  };
  const nonce = 'feedfacecafebeef';
  const answer = (seq: number, text: string, code = 0): void => {
    const end = `\n\u001E${nonce} E ${seq} ${code}\n`;
    out(Buffer.from(`\n\u001E${nonce} B ${seq}\n${text}${end}`));
    err(Buffer.from(end));
  };
  return {
    channel,
    said,
    signals,
    nonce,
    answer,
    say: (text: string) => out(Buffer.from(text)),
    complain: (text: string) => err(Buffer.from(text)),
    hangUp: () => onClose(),
  };
}

test('kills in both ways, one after another, what ignores TERM, then gives the channel up', async () => {
  const fake = fakeChannel();
  const clock = createFakeClock();
  const sampler = createSampler({
    channel: fake.channel,
    clock,
    nonce: fake.nonce,
    killGroup: (name, group) => fake.signals.push(`${name} ${group}`),
  });
  fake.answer(1, '4711\n');
  expect(await sampler.bootstrap).toEqual({ kind: 'ready' });
  const answer = sampler.ask('sleep 100', { timeoutMs: 3_000 });
  clock.advance(2_999);
  expect(fake.signals).toEqual([]);
  clock.advance(1);
  expect(await answer).toMatchObject({ kind: 'timeout' });
  expect(fake.signals).toEqual(['TERM']);
  clock.advance(400);
  expect(fake.signals).toEqual(['TERM', 'TERM 4711']);
  clock.advance(1_600);
  expect(fake.signals.slice(2)).toEqual(['KILL']);
  expect(sampler.pending()).toBe(1);
  clock.advance(500);
  expect(fake.signals.slice(3)).toEqual(['KILL 4711']);
  clock.advance(500);
  expect(fake.signals.slice(4)).toEqual(['close']);
  expect(await sampler.settled()).toBe(false);
  expect(await sampler.ask('true', { timeoutMs: 1 })).toEqual({
    kind: 'closed',
    hasBegun: false,
  });
});

test('a command that goes on writing after it was told to end is read no further than what was on its way', async () => {
  const { fake, clock, sampler } = await startFake();
  const { nonce, signals } = fake;
  const megabyte = 'y'.repeat(2 ** 20);
  const answer = sampler.ask('yes', { timeoutMs: 10_000 });
  fake.say(`\n\u001E${nonce} B 2\n`);
  for (let sent = 0; sent < 5; sent++) fake.say(megabyte);
  expect(await answer).toMatchObject({ kind: 'too-large' });
  fake.say(megabyte);
  expect(signals).toEqual(['TERM']);
  fake.say(megabyte + megabyte);
  expect(signals).toEqual(['TERM', 'hold']);
  // Each way to end it has its own chance.
  clock.advance(400);
  expect(signals).toEqual(['TERM', 'hold', 'let go']);
  fake.complain(`\n\u001E${nonce} E 2 143\n`);
  fake.say(`\n\u001E${nonce} E 2 143\n`);
  expect(await sampler.settled()).toBe(true);
  fake.say(megabyte + megabyte + megabyte);
  expect(signals).toEqual(['TERM', 'hold', 'let go']);
});

test('what comes slowly has more time than what is silent, but not without end', async () => {
  const { fake, clock, sampler } = await startFake();
  const { nonce, signals } = fake;
  const slow = sampler.ask('slow', { timeoutMs: 3_000, mostMs: 10_000 });
  fake.say(`\n\u001E${nonce} B 2\n`);
  for (let second = 0; second < 9; second++) {
    clock.advance(1_000);
    fake.say('more ');
  }
  expect(signals).toEqual([]);
  clock.advance(999);
  expect(signals).toEqual([]);
  clock.advance(1);
  expect(await slow).toMatchObject({ kind: 'timeout' });
  fake.complain(`\n\u001E${nonce} E 2 143\n`);
  fake.say(`\n\u001E${nonce} E 2 143\n`);
  await sampler.settled();
  expect(await slow).toMatchObject({ afterMs: 10_000 });
  const silent = sampler.ask('silent', { timeoutMs: 3_000, mostMs: 10_000 });
  fake.say(`\n\u001E${nonce} B 3\n`);
  clock.advance(3_000);
  expect(await silent).toMatchObject({ kind: 'timeout', afterMs: 3_000 });
  fake.complain(`\n\u001E${nonce} E 3 143\n`);
  fake.say(`\n\u001E${nonce} E 3 143\n`);
  await sampler.settled();
  const stuck = sampler.ask('stuck', { timeoutMs: 3_000, mostMs: 10_000 });
  fake.say(`\n\u001E${nonce} B 4\nsome`);
  clock.advance(6_000);
  expect(await stuck).toMatchObject({ kind: 'timeout', afterMs: 6_000 });
});

test('an answer after the time limit frees the sampler and is not taken for the next one', async () => {
  const { fake, clock, sampler } = await startFake();
  const late = sampler.ask('slow', { timeoutMs: 1_000 });
  clock.advance(1_000);
  expect(await late).toMatchObject({ kind: 'timeout' });
  fake.answer(2, 'late');
  expect(await sampler.settled()).toBe(true);
  const next = sampler.ask('next', { timeoutMs: 1_000 });
  fake.answer(3, 'right');
  expect(await next).toMatchObject({ kind: 'done', stdout: Buffer.from('right') });
});

test('output that comes before the section in front has ended on stderr too is of its own section', async () => {
  const { fake, sampler } = await startFake();
  const { nonce } = fake;
  const heard: string[] = [];
  const front = sampler.ask('front', { timeoutMs: null });
  const behind = sampler.ask('behind', {
    timeoutMs: null,
    onOutput: (from, piece) => heard.push(`${from} ${piece.toString()}`),
  });
  fake.say(`\n\u001E${nonce} B 2\nx\n\u001E${nonce} E 2 0\n\n\u001E${nonce} B 3\nanswer`);
  expect(heard).toEqual(['stdout answer']);
  fake.complain(`\n\u001E${nonce} E 2 0\noops`);
  expect(await front).toMatchObject({ kind: 'done', stdout: Buffer.from('x') });
  expect(heard).toEqual(['stdout answer', 'stderr oops']);
  fake.complain(`\n\u001E${nonce} E 3 0\n`);
  fake.say(`\n\u001E${nonce} E 3 0\n`);
  expect(await behind).toMatchObject({ kind: 'done', stdout: Buffer.from('answer') });
});

test('a section that TERM met instead of the one before it is no answer', async () => {
  const { fake, clock, sampler } = await startFake();
  const late = sampler.ask('late', { timeoutMs: 1_000 });
  const next = sampler.ask('next', { timeoutMs: 1_000 });
  const third = sampler.ask('third', { timeoutMs: 1_000 });
  clock.advance(1_000);
  expect(await late).toMatchObject({ kind: 'timeout' });
  fake.answer(2, 'it ended just so');
  fake.answer(3, 'half an answ', 128 + 15);
  expect(await next).toEqual({ kind: 'closed', hasBegun: true });
  fake.answer(4, 'whole', 128 + 15);
  expect(await third).toMatchObject({ kind: 'done', code: 128 + 15 });
});

test('a retired shell gives back what it has not begun, and closes behind what it is in', async () => {
  const { fake, sampler } = await startFake();
  const present = sampler.ask('present', { timeoutMs: 9_000 });
  const behind = sampler.ask('behind', { timeoutMs: 9_000 });
  sampler.retire();
  expect(await behind).toEqual({ kind: 'closed', hasBegun: false });
  expect([sampler.isSound(), fake.signals]).toEqual([false, []]);
  fake.answer(2, 'whole');
  expect(await present).toMatchObject({ kind: 'done', stdout: Buffer.from('whole') });
  expect(fake.signals).toEqual(['close']);
  expect(await sampler.settled()).toBe(false);
});

test('a transport that cannot signal is killed from outside at once', async () => {
  const fake = fakeChannel();
  const clock = createFakeClock();
  const { channel, nonce } = fake;
  const sampler = createSampler({
    channel: { ...channel, signal: null },
    clock,
    nonce,
    killGroup: (name, group) => fake.signals.push(`${name} ${group}`),
  });
  fake.answer(1, '4711\n');
  await sampler.bootstrap;
  const hung = sampler.ask('hung', { timeoutMs: 1_000 });
  clock.advance(1_000);
  expect(await hung).toMatchObject({ kind: 'timeout' });
  expect(fake.signals).toEqual(['TERM 4711']);
  clock.advance(2_000);
  expect(fake.signals).toEqual(['TERM 4711', 'KILL 4711']);
  clock.advance(500);
  expect(fake.signals.at(-1)).toBe('close');
});

test('a login that says more than 64 kB before the first frame has no usable shell', async () => {
  const { channel, nonce, say } = fakeChannel();
  const sampler = createSampler({
    channel,
    clock: createFakeClock(),
    nonce,
    killGroup: () => {},
  });
  say('Welcome\n');
  for (let kilobytes = 0; kilobytes < 65; kilobytes++) say('x'.repeat(1024));
  expect(await sampler.bootstrap).toMatchObject({
    kind: 'shell',
    words: expect.stringMatching(/^Welcome\n/),
  });
});

test('a shell that closes, talks without a frame, or is silent: each is told apart', async () => {
  const start = () => {
    const fake = fakeChannel();
    const clock = createFakeClock();
    const { channel, nonce } = fake;
    return { fake, clock, sampler: createSampler({ channel, clock, nonce, killGroup: () => {} }) };
  };
  const closed = start();
  closed.fake.say('This account is currently not available.\n');
  closed.fake.hangUp();
  expect(await closed.sampler.bootstrap).toEqual({
    kind: 'shell',
    words: 'This account is currently not available.',
  });
  const noisy = start();
  noisy.fake.say('router> ');
  noisy.clock.advance(5_000);
  expect(await noisy.sampler.bootstrap).toEqual({ kind: 'shell', words: 'router> ' });
  const silent = start();
  silent.clock.advance(5_000);
  expect(await silent.sampler.bootstrap).toEqual({ kind: 'silent' });
});

test('a login script that talks a little does no harm', async () => {
  const { channel, nonce, say, answer } = fakeChannel();
  const sampler = createSampler({
    channel,
    clock: createFakeClock(),
    nonce,
    killGroup: () => {},
  });
  say('Last login: today\n');
  answer(1, '4711\n');
  expect(await sampler.bootstrap).toEqual({ kind: 'ready' });
});

test('the shell goes when the console goes', async () => {
  const { channel, pid, kill } = startShell('sh');
  endings.push(kill);
  const sampler = createSampler({ channel, clock: systemClock, killGroup: () => {} });
  await sampler.bootstrap;
  sampler.close();
  await until(() => !isRunning(pid));
  expect(isRunning(pid)).toBe(false);
});

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
