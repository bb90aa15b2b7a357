import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSshAnswers } from '../../../src/collect/ssh/ssh-answers.ts';
import type { Named } from '../../../src/collect/ssh/ssh-config-files.ts';
import { readSshConfig } from '../../../src/collect/ssh/ssh-config.ts';
import { writePrograms } from '../../support/programs.ts';
import { temporaryFolder, writePrivate } from './support/keys.ts';

const hasSsh = spawnSync('ssh', ['-V']).error === undefined;
const named = (name: string, more: Partial<Named> = {}): Named => ({
  name,
  address: null,
  port: null,
  user: null,
  ...more,
});

/** A user with a configuration, and the ssh of this machine, which counts its runs and knows no other files. */
function user(config: string, body?: string) {
  const home = temporaryFolder();
  const folder = join(home, '.ssh');
  mkdirSync(folder);
  const file = writePrivate(folder, 'config', config);
  const log = writePrivate(home, 'log', '');
  const bin = writePrograms(home, {
    ssh: `echo run >>'${log}'; ${body ?? `exec ${sshProgram()} -F '${file}' "$@"`}`,
  });
  const answers = createSshAnswers();
  const deps = { env: { HOME: home, PATH: process.env['PATH'] }, sshProgram: join(bin, 'ssh') };
  return {
    home,
    file,
    runs: () => readFileSync(log, 'utf8').split('\n').length - 1,
    alone: (settings: Named) => readSshConfig(settings, deps),
    shared: (settings: Named) => readSshConfig(settings, { ...deps, answers }),
  };
}
const sshProgram = (): string =>
  spawnSync('sh', ['-c', 'command -v ssh'], { encoding: 'utf8' }).stdout.trim();

const HOSTS: readonly Named[] = ['alpha1', 'alpha2', 'beta1', 'beta2', 'Gamma', 'a.lan'].flatMap(
  (name, index) => [
    named(name),
    named(name, { address: `10.0.0.${index + 1}`, user: 'root' }),
    named(name, { port: 2200 + index }),
  ],
);

const option = fc.constantFrom(
  'User me',
  'HostName %h.lan',
  'HostName 10.0.0.1',
  'Port 2222',
  'IdentityFile /keys/%h',
  'CertificateFile /certs/%p',
  'IdentityFile /keys/%%/alpha1',
  'IdentityAgent /run/%C',
  'ControlPath ~/.ssh/%C',
  'HostKeyAlias alias',
  'ProxyJump gate,beta1',
  'ProxyJump none',
  'ProxyCommand nc %h %p',
  'UserKnownHostsFile /known/%n',
  'CanonicalizeHostname no',
  'hashknownhosts=yes',
  'KexAlgorithms curve25519-sha256',
);
const section = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      'Host *',
      'Host alpha*',
      'Host "beta?" !beta2',
      'host=*.lan',
      'Host *1 gamma',
      'Match all',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'Match host alpha1',
      'Match exec "test %h = beta1"',
      'Match originalhost Gamma',
      'Match final host 10.0.0.1',
    ),
  },
);

test(
  'hosts that share an answer have the one that ssh would give each of them',
  { timeout: 180_000 },
  async ({ skip }) => {
    skip(!hasSsh, 'ssh is not installed');
    let [asked, given] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(option, section), { minLength: 1, maxLength: 9 }),
        fc.array(fc.oneof(option, section), { maxLength: 4 }),
        fc.subarray([...HOSTS], { minLength: 5, maxLength: 8 }),
        async (lines, more, hosts) => {
          const { home, runs, alone, shared, file } = user(`${lines.join('\n')}\n`);
          writePrivate(home, 'more.conf', `${more.join('\n')}\n`);
          appendFileSync(file, `Include ${home}/*.conf\nUser last\n`);
          const theirs = await Promise.all(hosts.map((host) => alone(host)));
          const before = runs();
          const ours = await Promise.all(hosts.map((host) => shared(host)));
          expect(ours).toEqual(theirs);
          asked += runs() - before;
          given += hosts.length;
        },
      ),
      { numRuns: 40 },
    );
    expect(asked).toBeLessThan(given);
  },
);

test('200 hosts that no Host line tells apart are one run, 200 behind a jump host two', async ({
  skip,
}) => {
  skip(!hasSsh, 'ssh is not installed');
  const { runs, shared } = user('Host gate\n User g\nHost omni*\n ProxyJump gate\n');
  const hosts = Array.from({ length: 200 }, (_, index) =>
    named(`omni${index}x`, { address: `10.1.0.${index}`, port: 2200 + (index % 3) }),
  );
  const read = await Promise.all(hosts.map((host) => shared(host)));
  expect(read.map((one) => ('config' in one ? one.config.hostName : one.error))).toEqual(
    hosts.map(({ address }) => address),
  );
  expect(runs()).toBe(1);
  await Promise.all(hosts.map(() => shared(named('gate'))));
  expect(runs()).toBe(2);
});

test('a file that changes, also behind an Include, is read again', async ({ skip }) => {
  skip(!hasSsh, 'ssh is not installed');
  const { home, runs, shared } = user('');
  mkdirSync(join(home, 'conf.d'));
  writeFileSync(
    join(home, '.ssh', 'config'),
    `Include ${home}/conf.d/*.conf\nInclude ${home}/one\n`,
  );
  const portOf = async () => {
    const read = await shared(named('omni1'));
    return 'config' in read ? read.config.port : read.error;
  };
  expect(await portOf()).toBe(22);
  expect(await portOf()).toBe(22);
  expect(runs()).toBe(1);
  writePrivate(home, 'one', 'Port 1\n');
  expect(await portOf()).toBe(1);
  writePrivate(join(home, 'conf.d'), 'new.conf', 'Port 2\n');
  expect(await portOf()).toBe(2);
  writePrivate(join(home, 'conf.d'), 'new.conf', 'Port 3\n');
  expect(await portOf()).toBe(3);
  expect(runs()).toBe(4);
});

test.for([
  ['files elsewhere', 'echo "debug1: Reading configuration data /opt/etc/ssh_config" >&2'],
  ['nothing said of its files', ':'],
])('an ssh with %s is asked for each host', async ([, said]) => {
  const { runs, shared } = user('Port 1\n', `${said}; for name; do :; done; echo "hostname $name"`);
  const read = await Promise.all(['a1', 'a2', 'a3'].map((name) => shared(named(name))));
  expect(read.map((one) => 'config' in one && one.config.hostName)).toEqual(['a1', 'a2', 'a3']);
  expect(runs()).toBe(3);
});

test('a host that the answer of another one names is asked for by itself', async ({ skip }) => {
  skip(!hasSsh, 'ssh is not installed');
  const { alone, shared } = user('ProxyJump gate,beta1\n');
  const other = await shared(named('alpha1'));
  expect('config' in other).toBe(true);
  // It would be its own jump host, which ssh refuses.
  expect(await shared(named('beta1'))).toEqual(await alone(named('beta1')));
});

test('no more than four programs run at a time', async () => {
  const { home, shared } = user(
    'Match exec true\n',
    // Nobody ends before four have begun.
    'echo begin >>"$HOME/order"; while [ "$(grep -c begin "$HOME/order")" -lt 4 ]; do sleep 0.01; done; sleep 0.05; echo end >>"$HOME/order"',
  );
  await Promise.all(Array.from({ length: 12 }, (_, index) => shared(named(`omni${index}`))));
  let [running, most] = [0, 0];
  for (const line of readFileSync(join(home, 'order'), 'utf8').trim().split('\n')) {
    running += line === 'begin' ? 1 : -1;
    most = Math.max(most, running);
  }
  expect(most).toBe(4);
});

test('the configuration names the files and folders whose change counts', async () => {
  const { home, file, shared } = user(
    'Host other\n Include %d/x conf.d/*.conf\n',
    `echo 'debug1: Reading configuration data /by/token' >&2`,
  );
  expect(await shared(named('omni1'))).toMatchObject({
    files: expect.arrayContaining([
      file,
      '/etc/ssh/ssh_config',
      join(home, '.ssh', 'conf.d'),
      '/by/token',
    ]),
  });
});

test('what ssh says of its files is no part of its complaint', async () => {
  const { shared } = user(
    '',
    `echo 'OpenSSH_9.2p1 Debian, OpenSSL' >&2; echo 'debug1: Reading configuration data /x' >&2; printf '/x: line 3: Bad configuration option: hots\\r\\n' >&2; exit 255`,
  );
  expect(await shared(named('omni1'))).toMatchObject({
    error: { message: 'ssh -G omni1 failed: /x: line 3: Bad configuration option: hots' },
    files: expect.arrayContaining(['/x']),
  });
});
