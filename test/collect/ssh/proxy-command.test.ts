import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { HostLink } from '../../../src/domain/transport.ts';
import { closedPort } from '../../support/closed-port.ts';
import { startFakeSshd } from './support/fake-sshd.ts';
import type { FakeSshd } from './support/fake-sshd.ts';
import { knownHostsText, newKey, temporaryFolder, writePrivate } from './support/keys.ts';
import { linkTo, settingsOf } from './support/link.ts';
import { until, untilState } from './support/wait.ts';

const hostKey = newKey();
const userKey = newKey();
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** `nc`, as far as it is needed; every machine that runs the tests has Node. */
const folder = temporaryFolder();
const NC = writePrivate(
  folder,
  'nc.cjs',
  `const [host, port] = process.argv.slice(2);
   require('node:fs').writeFileSync(process.env.PIDS, process.pid + '\\n', { flag: 'a' });
   const socket = require('node:net').connect(port, host);
   process.stdin.pipe(socket).pipe(process.stdout);
   socket.on('error', (error) => { console.error('nc: \\u001b[31m' + error.code); process.exit(3); });
   socket.on('close', () => process.exit(0));`,
);

const server = async (): Promise<FakeSshd> => {
  const sshd = await startFakeSshd({ hostKeys: [hostKey], authorized: [userKey] });
  endings.push(sshd.close);
  return sshd;
};

function linkBy(
  command: string,
  port: number,
): { readonly link: HostLink; readonly pids: () => number[] } {
  const home = temporaryFolder();
  mkdirSync(join(home, '.ssh'));
  writePrivate(join(home, '.ssh'), 'config', `Host omni1\n ProxyCommand ${command}\n`);
  const pidFile = join(home, 'pids');
  const link = linkTo(
    settingsOf(port, {
      identityFiles: [writePrivate(home, 'id', userKey.privateText)],
      knownHostsFiles: [writePrivate(home, 'known', knownHostsText(port, hostKey))],
    }),
    { env: { HOME: home, PATH: process.env['PATH'], PIDS: pidFile } },
  );
  endings.push(link.close);
  link.start();
  return {
    link,
    pids: () =>
      existsSync(pidFile) ? readFileSync(pidFile, 'utf8').trim().split('\n').map(Number) : [],
  };
}
const isRunning = (pid: number): boolean =>
  /^[^Z\s]/.test(
    spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim(),
  );

test('the connection runs through the program, which goes with it', async () => {
  const sshd = await server();
  const { link, pids } = linkBy(`"${process.execPath}" ${NC} %h %p`, sshd.port);
  await untilState(link, 'up');
  // No more than ssh2's window: its server forgets what waits on stderr while stdout waits too.
  const answer = await link.ask([['head', '-c', '1000000', '/dev/zero']], { timeoutSeconds: 60 });
  expect(answer.kind === 'done' && answer.stdout.length).toBe(1_000_000);
  const [pid = 0] = pids();
  expect(isRunning(pid)).toBe(true);
  await link.close();
  await until(() => !isRunning(pid));
});

test('a whole pipeline goes, also when it ignores that its streams end', async () => {
  const sshd = await server();
  const { link, pids } = linkBy(
    `sh -c 'echo $$ >> "$PIDS"; trap "" HUP PIPE; cat' | "${process.execPath}" ${NC} %h %p; sleep 1000`,
    sshd.port,
  );
  await untilState(link, 'up');
  expect(pids()).toHaveLength(2);
  await link.close();
  await until(() => pids().every((pid) => !isRunning(pid)));
});

test('its own words say why there is no connection', async () => {
  const { link } = linkBy(`"${process.execPath}" ${NC} %h %p`, await closedPort());
  await untilState(link, 'down');
  expect(link.status().error).toMatchObject({
    code: 'jump:command',
    message: 'via ProxyCommand of omni1: «nc: ECONNREFUSED» (exit code 3)',
  });
  expect(link.status().nextAttemptAt).not.toBeNull();
});

test('a program that is not there', async () => {
  const { link } = linkBy('/nonexistent/proxy %h', 1);
  await untilState(link, 'down');
  expect(link.status().error).toMatchObject({
    code: 'jump:command',
    message: expect.stringMatching(/nonexistent.*exit code 12[67]/),
  });
});

test('a program that says nothing and ends', async () => {
  const { link } = linkBy('true', 1);
  await untilState(link, 'down');
  expect(link.status().error).toMatchObject({
    code: 'jump:command',
    message: 'via ProxyCommand of omni1: exit code 0',
  });
});

test('comes back with a new program after the loss of one', async () => {
  const sshd = await server();
  const { link, pids } = linkBy(`"${process.execPath}" ${NC} %h %p`, sshd.port);
  await untilState(link, 'up');
  const [pid = 0] = pids();
  let isLost = false;
  link.onStatus(({ state }) => {
    isLost ||= state !== 'up';
  });
  process.kill(pid, 'SIGKILL');
  await until(() => isLost && link.status().state === 'up');
  expect(pids()).toHaveLength(2);
});

test('it has no terminal to write on or to ask at', async () => {
  const sshd = await server();
  const { link } = linkBy(
    `sh -c 'if (: >/dev/tty) 2>/dev/null; then echo has a terminal >&2; exit 1; fi; exec "${process.execPath}" ${NC} %h %p'`,
    sshd.port,
  );
  await untilState(link, 'up');
  expect(link.status().error).toBeNull();
});
