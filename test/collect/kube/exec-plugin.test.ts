import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { createExecPlugin, execSettings } from '../../../src/collect/kube/exec-plugin.ts';
import type { ExecPlugin } from '../../../src/collect/kube/exec-plugin.ts';
import { KubeError } from '../../../src/collect/kube/kube-error.ts';
import { temporaryFolder } from './observed-cluster.ts';

const folder = temporaryFolder();
afterAll(folder.drop);
afterEach(() => void vi.useRealTimers());
const file = (name: string): string => join(folder.path, name);

let scripts = 0;
/** A program of these lines of sh. */
function script(...lines: readonly string[]): string {
  scripts += 1;
  const path = file(`plugin-${scripts}`);
  writeFileSync(path, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(path, 0o755);
  return path;
}
const answer = (status: string): string =>
  `printf '%s' '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":${status}}'`;

function plugin(
  command: string,
  exec: object = {},
  limitMs = 20_000,
  clock: () => number = Date.now,
): ExecPlugin {
  const settings = execSettings(
    { exec: { command, ...exec } },
    { server: 'https://k8s.lab' },
    file('config'),
  );
  if (settings === undefined) throw new Error('no plugin');
  return createExecPlugin(settings, limitMs, clock);
}

const failureOf = async (one: ExecPlugin) => {
  const error = await one.credential().catch((cause: unknown) => cause);
  return error instanceof KubeError ? error.failure : error;
};

const pidIn = (path: string): number => Number(readFileSync(path, 'utf8').trim());
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
const written = async (path: string): Promise<void> => {
  await expect.poll(() => (existsSync(path) ? readFileSync(path, 'utf8') : '')).toMatch(/\n/);
};
const gone = async (pid: number): Promise<void> => {
  await expect.poll(() => isAlive(pid)).toBe(false);
};

test('one that hangs is ended with all that it has started, and says who it is and what to do', async () => {
  const own = file('own');
  const child = file('child');
  // Neither ends when it is asked to.
  const command = script(
    "trap '' TERM",
    `echo $$ > ${own}`,
    `sh -c 'trap "" TERM; echo $$ > ${child}; sleep 300 & wait; sleep 300' &`,
    'sleep 300',
    'sleep 300',
  );
  // Its time passes when all of it runs.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const failing = failureOf(plugin(command, {}, 5000));
  await written(own);
  await written(child);
  vi.advanceTimersByTime(4999);
  expect(isAlive(pidIn(own))).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(await failing).toMatchObject({
    code: 'exec-plugin',
    message: `credential plugin ${command} did not answer in 5 s and was ended`,
    hint: expect.stringContaining(`run ${command} by hand`) as string,
  });
  await gone(pidIn(own));
  await gone(pidIn(child));
});

test('it ends when the connection is given up', async () => {
  const own = file('own-2');
  const one = plugin(script(`echo $$ > ${own}`, 'exec sleep 300'));
  const failing = failureOf(one);
  await written(own);
  one.end();
  expect(await failing).toMatchObject({ code: 'exec-plugin' });
  await gone(pidIn(own));
});

test('what it leaves behind with its output keeps nobody waiting', async () => {
  const left = file('left');
  const one = plugin(script(`sleep 300 &`, `echo $! > ${left}`, answer('{"token":"t"}')));
  expect((await one.credential()).token).toBe('t');
  process.kill(pidIn(left), 'SIGKILL');
});

test('it has no terminal and no input, and is told of the cluster when it wants to be', async () => {
  const said = file('said');
  const command = script(
    `{ cat; echo "$MORE $1"; echo "$KUBERNETES_EXEC_INFO"; } > ${said}`,
    '(exec < /dev/tty) 2>/dev/null && exit 3',
    answer('{"clientCertificateData":"CERT","clientKeyData":"KEY"}'),
  );
  const one = plugin(command, {
    args: ['get-token'],
    env: [{ name: 'MORE', value: 'more' }],
    provideClusterInfo: true,
    apiVersion: 'client.authentication.k8s.io/v1beta1',
  });
  expect(await one.credential()).toEqual({ token: null, certificate: 'CERT', key: 'KEY' });
  const [words, info = ''] = readFileSync(said, 'utf8').split('\n');
  expect(words).toBe('more get-token');
  expect(JSON.parse(info)).toEqual({
    kind: 'ExecCredential',
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    spec: { interactive: false, cluster: { server: 'https://k8s.lab' } },
  });
});

test('what it gave is used until shortly before its end; it is not started twice at a time', async () => {
  const count = file('count');
  const end = new Date(1_000_000).toISOString();
  const command = script(
    `echo x >> ${count}`,
    answer(`{"token":"t","expirationTimestamp":"${end}"}`),
  );
  let now = 0;
  const one = plugin(command, {}, 20_000, () => now);
  const runs = (): number => readFileSync(count, 'utf8').trim().split('\n').length;
  await Promise.all([one.credential(), one.credential(), one.credential()]);
  await one.credential();
  expect(runs()).toBe(1);
  now = 995_000;
  await one.credential();
  expect(runs()).toBe(2);
});

test('a path is relative to the kubeconfig', async () => {
  mkdirSync(file('bin'));
  const path = file('bin/local');
  writeFileSync(path, `#!/bin/sh\n${answer('{"token":"local"}')}\n`);
  chmodSync(path, 0o755);
  expect((await plugin('./bin/local').credential()).token).toBe('local');
});

test.for<[string, () => [string, object], string, string]>([
  [
    'is not installed',
    () => ['no-such-program', { installHint: 'brew install it' }],
    'there is no such program',
    'brew install it',
  ],
  [
    'is not installed, without a hint',
    () => ['no-such-program', {}],
    'no such program',
    'install no-such-program',
  ],
  [
    'says why it fails',
    () => [script('echo "please log in" >&2', 'exit 1'), {}],
    'please log in',
    'by hand',
  ],
  ['fails without a word', () => [script('exit 7'), {}], 'exit code 7', 'by hand'],
  [
    'answers nonsense',
    () => [script('echo hello'), {}],
    'neither a token nor a certificate',
    'by hand',
  ],
  [
    'gives a certificate without its key',
    () => [script(answer('{"clientCertificateData":"C"}')), {}],
    'neither a token nor a certificate',
    'by hand',
  ],
  ['writes without end', () => [script('yes'), {}], 'writes without end', 'by hand'],
  [
    'needs a terminal',
    () => [script(answer('{"token":"t"}')), { interactiveMode: 'Always' }],
    'works at a terminal only',
    'by hand',
  ],
])('one that %s', async ([, make, words, hint]) => {
  const [command, exec] = make();
  const failure = await failureOf(plugin(command, exec));
  expect(failure).toMatchObject({
    code: 'exec-plugin',
    message: expect.stringContaining(words) as string,
    hint: expect.stringContaining(hint) as string,
  });
});

test('a user without a plugin has none', () => {
  for (const user of [{}, null, { exec: {} }, { exec: { command: 7 } }, { token: 'x' }])
    expect(execSettings(user, {}, file('config'))).toBeUndefined();
});
