import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { handOverArgv } from '../../../src/collect/ssh/hand-over.ts';
import type { HostSettings } from '../../../src/domain/settings.ts';
import { findProgram } from '../../../src/hand-over-child.ts';

const host = (change: Partial<HostSettings> = {}): HostSettings => ({
  name: 'omni1',
  address: null,
  port: null,
  user: null,
  jump: null,
  identityFiles: [],
  knownHostsFiles: [],
  agent: null,
  via: 'ssh2',
  ...change,
});
const argvOf = (
  settings: HostSettings,
  argv: readonly [string, ...string[]] | null = null,
  others: readonly HostSettings[] = [],
  logFile: string | null = null,
) =>
  handOverArgv(settings, {
    argv,
    logFile,
    hostNamed: (name) => others.find((other) => other.name === name),
  });
/** The value of an option of `-o`. */
const optionOf = (args: readonly string[], name: string): string | undefined =>
  args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);

test('a login shell is ssh on the name of the host, with nothing behind it', () => {
  const args = argvOf(host());
  expect(args.slice(0, 3)).toEqual(['-tt', '-e', 'none']);
  expect(args.slice(-2)).toEqual(['--', 'omni1']);
});

test('a program is one word for the shell of the host, quoted', () => {
  expect(argvOf(host(), ['pfexec', '/usr/sbin/zlogin', '-C', 'etcd1']).at(-1)).toBe(
    "'pfexec' '/usr/sbin/zlogin' '-C' 'etcd1'",
  );
  expect(argvOf(host(), ['echo', "it's $(id)"]).at(-1)).toBe(String.raw`'echo' 'it'\''s $(id)'`);
  expect(() => argvOf(host(), ['echo', 'a\nb'])).toThrow(RangeError);
});

test.each([
  ['StrictHostKeyChecking', 'yes'],
  ['UpdateHostKeys', 'no'],
  ['BatchMode', 'no'],
  ['ForwardAgent', 'no'],
  ['ForwardX11', 'no'],
  ['ClearAllForwardings', 'yes'],
  ['ControlMaster', 'no'],
  ['ControlPath', 'none'],
  ['RemoteCommand', 'none'],
] as const)('%s is always %s', (name, value) => {
  expect(optionOf(argvOf(host()), name)).toBe(value);
});

test('what labtop is not told stays with the ssh configuration', () => {
  const args = argvOf(host());
  for (const option of ['HostName', 'UserKnownHostsFile', 'IdentitiesOnly', 'IdentityAgent'])
    expect(optionOf(args, option), option).toBeUndefined();
  for (const flag of ['-p', '-l', '-i', '-J', '-E']) expect(args).not.toContain(flag);
});

test('what labtop is told goes before it', () => {
  const args = argvOf(
    host({
      address: '127.0.0.1',
      port: 2222,
      user: 'ops',
      identityFiles: ['/k/one', '/k/two'],
      knownHostsFiles: ['/k/known', '/k/with blank'],
      agent: 'none',
    }),
    null,
    [],
    '/tmp/log',
  );
  expect(args.join(' ')).toContain('-p 2222 -l ops');
  expect(args.join(' ')).toContain('-i /k/one -i /k/two');
  expect(args.join(' ')).toContain('-E /tmp/log');
  expect(optionOf(args, 'HostName')).toBe('127.0.0.1');
  expect(optionOf(args, 'IdentitiesOnly')).toBe('yes');
  expect(optionOf(args, 'IdentityAgent')).toBe('none');
  expect(optionOf(args, 'UserKnownHostsFile')).toBe('/k/known "/k/with blank"');
  expect(optionOf(args, 'GlobalKnownHostsFile')).toBe('/dev/null');
});

test('jump hosts: none, one of the ssh configuration, and one of labtop with its own settings', () => {
  const none = argvOf(host({ jump: 'none' }));
  expect([optionOf(none, 'ProxyJump'), optionOf(none, 'ProxyCommand')]).toEqual(['none', 'none']);
  expect(argvOf(host({ jump: 'ops@bastion:22,other' })).join(' ')).toContain(
    '-J ops@bastion:22,other',
  );
  const bastion = host({ name: 'bastion', port: 2200, knownHostsFiles: ['/100%/known'] });
  const args = argvOf(host({ jump: 'ops@bastion' }), null, [bastion]);
  expect(args).not.toContain('-J');
  const command = optionOf(args, 'ProxyCommand') ?? '';
  expect(command).toContain("'ssh' '-o' 'StrictHostKeyChecking=yes'");
  expect(command).toContain("'-p' '2200' '-l' 'ops'");
  expect(command).toContain("'UserKnownHostsFile=/100%%/known'");
  expect(command).toMatch(/'-W' '\[%h\]:%p' '--' 'bastion'$/);
});

test('of several jump hosts the last is connected through the others', () => {
  const inner = host({ name: 'inner', address: '10.0.0.9', jump: 'ignored' });
  const args = argvOf(host({ jump: 'outer:2022,inner' }), null, [inner]);
  const command = optionOf(args, 'ProxyCommand') ?? '';
  expect(command).toContain("'HostName=10.0.0.9'");
  expect(command).toContain("'-J' 'outer:2022'");
  expect(command).toMatch(/'--' 'inner'$/);
});

test('jump hosts that need each other end', () => {
  const others = [host({ name: 'a', jump: 'b' }), host({ name: 'b', jump: 'a' })];
  expect(argvOf(host({ jump: 'a' }), null, others).join(' ')).toContain('ProxyCommand=');
});

const program = findProgram('ssh', process.env);
const folder = mkdtempSync(join(tmpdir(), 'labtop-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What ssh makes of the arguments. */
function understood(args: readonly string[]): ReadonlyMap<string, string> {
  const config = join(folder, 'config');
  writeFileSync(config, 'Host *\n  RemoteCommand id\n  ForwardAgent yes\n  LocalForward 1 a:1\n');
  const text = execFileSync(program ?? '', ['-F', config, '-G', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return new Map(
    text
      .split('\n')
      .map(
        (line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const,
      ),
  );
}

test.skipIf(program === null)('the ssh program understands it as it is meant', () => {
  const files = ['/k/known', '/k/with blank', '/k/with"quote', '/k/#hash'];
  const config = understood(
    argvOf(
      host({
        address: '127.0.0.1',
        port: 2222,
        user: 'ops',
        knownHostsFiles: files,
        agent: '/a b/sock',
      }),
    ),
  );
  expect(Object.fromEntries(config)).toMatchObject({
    hostname: '127.0.0.1',
    port: '2222',
    user: 'ops',
    stricthostkeychecking: expect.stringMatching(/^(yes|true)$/) as string,
    userknownhostsfile: files.join(' '),
    identityagent: '/a b/sock',
    forwardagent: 'no',
    requesttty: 'force',
    escapechar: 'none',
  });
  expect(config.has('localforward')).toBe(false);
  expect(config.get('remotecommand') ?? 'none').toBe('none');
});

test.skipIf(program === null)('a jump host of labtop reaches the ssh program whole', () => {
  const bastion = host({ name: 'bastion', address: '127.0.0.1', knownHostsFiles: ['/k/a b'] });
  const command = understood(argvOf(host({ jump: 'bastion' }), null, [bastion])).get(
    'proxycommand',
  );
  expect(command).toContain(`'UserKnownHostsFile="/k/a b"'`);
  // As ssh does: tokens first, then a shell.
  const words = execFileSync(
    '/bin/sh',
    [
      '-c',
      `printf '%s\\n' ${(command ?? '').replace('%h', 'omni1').replace('%p', '22').replaceAll('%%', '%')}`,
    ],
    { encoding: 'utf8' },
  )
    .trim()
    .split('\n');
  expect(words.slice(-4)).toEqual(['-W', '[omni1]:22', '--', 'bastion']);
  expect(words).toContain('UserKnownHostsFile="/k/a b"');
});
