import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSshConfigFiles } from '../../../src/collect/ssh/ssh-config-files.ts';
import { parseSshOptions } from '../../../src/collect/ssh/ssh-config.ts';
import { temporaryFolder, writePrivate } from './support/keys.ts';

const COMPARED = [
  'hostname',
  'user',
  'port',
  'identityfile',
  'certificatefile',
  'identityagent',
  'hostkeyalias',
  'proxyjump',
  'proxycommand',
];
type Named = Parameters<typeof readSshConfigFiles>[0];
const named = (name: string, more: Partial<Named> = {}): Named => ({
  name,
  address: null,
  port: null,
  user: null,
  ...more,
});

/** What is asked of a configuration, by ourselves and by ssh. */
async function both(file: string, settings: Named) {
  const options = await readSshConfigFiles(settings, { env: process.env, files: [file] });
  const argv = [
    ...(settings.user === null ? [] : ['-l', settings.user]),
    ...(settings.port === null ? [] : ['-p', String(settings.port)]),
  ];
  const ssh = spawnSync('ssh', ['-G', '-F', file, ...argv, '--', settings.name], {
    encoding: 'utf8',
  });
  if (ssh.status !== 0) return { ours: 'error' in options, ssh: true };
  if ('error' in options) return { ours: options.error, ssh: undefined };
  const theirs = parseSshOptions(ssh.stdout);
  return {
    ours: pick(options),
    ssh: pick(theirs),
  };
}
/** What is said, without what is said when nothing is. */
function pick(options: ReadonlyMap<string, readonly string[]>) {
  return Object.fromEntries(
    COMPARED.map((keyword) => {
      const values = (options.get(keyword) ?? []).filter(
        (value) => !value.startsWith('~/.ssh/id_') && value !== 'none',
      );
      const isDefault =
        (keyword === 'port' && values[0] === '22') ||
        (keyword === 'user' && values[0] === DEFAULT_USER);
      return [keyword, isDefault ? [] : values];
    }),
  );
}
const hasSsh = spawnSync('ssh', ['-V']).error === undefined;
const DEFAULT_USER = hasSsh
  ? parseSshOptions(execFileSync('ssh', ['-G', '-F', 'none', 'x'], { encoding: 'utf8' })).get(
      'user',
    )?.[0]
  : '';

const CONFIGS: Readonly<Record<string, string>> = {
  'the first value counts': 'Port 1\nHost a\n Port 2\nHost *\n Port 3\n User last\n',
  'patterns and negation':
    'Host * !a\n User notA\nHost a? b*.lan\n User some\nHost "c" "cd"\n User quoted\n',
  'names in any case, equal signs, quotes, comments':
    'host a # not this one\n  hOsTnAmE="x.lan"\n  port = 23 # comment\n  User=\t"me"\n\n# Port 9\n',
  'identity files gather, each once':
    'IdentityFile /k1\nHost a\n IdentityFile /k2\n IdentityFile /k1\n CertificateFile /c1\nHost *\n IdentityFile "/k 3"\n CertificateFile /c2\n',
  'the name within the address': 'Host a\n HostName %h.lan\nHost b\n HostName 100%%.%h\n',
  'match against the address so far':
    'Host a\n HostName a.lan\nMatch host a.lan\n User byAddress\nMatch host a\n User byName\nMatch host b\n User b\n',
  'match originalhost, user, localuser, negated':
    'Host a\n HostName x\n User root\nMatch originalhost a user root\n Port 5\nMatch !originalhost a\n Port 6\nMatch localuser nobody-at-all\n Port 7\nMatch !user root,admin\n IdentityFile /not-root\n',
  'match exec':
    'Match originalhost a exec "test %n = a"\n Port 5\nMatch exec "false"\n Port 6\nMatch all\n User everybody\n',
  'match final sees the address':
    'Host a\n HostName a.lan\nMatch final host a.lan\n User final\n IdentityFile /final\nHost *.lan\n Port 99\n',
  'ProxyJump or ProxyCommand, whichever comes first':
    'Host a\n ProxyCommand  nc  "%h" %p # all of it\nHost b\n ProxyJump u@j:2,k\nHost *\n ProxyJump x\n ProxyCommand y\n',
  'ProxyJump none stands': 'Host a\n ProxyJump none\nHost *\n ProxyJump x\n',
  'a quote that does not end': 'Host a\n User "me\n',
};

test.for(Object.entries(CONFIGS))('reads as ssh does: %s', async ([, text], { skip }) => {
  skip(!hasSsh, 'ssh is not installed');
  const file = writePrivate(temporaryFolder(), 'config', text);
  for (const name of ['a', 'b', 'ab', 'b1.lan', 'cd']) {
    const { ours, ssh } = await both(file, named(name));
    expect([name, ours]).toEqual([name, ssh]);
  }
  const given = await both(file, named('a', { user: 'root', port: 8 }));
  expect(given.ours).toEqual(given.ssh);
});

const keyword = fc.constantFrom(
  'User me',
  'User root',
  'HostName %h.lan',
  'HostName 10.0.0.1',
  'Port 2222',
  'IdentityFile /k1',
  'IdentityFile "/k 2"',
  'CertificateFile /c',
  'IdentityAgent none',
  'IdentityAgent $OTHER',
  'HostKeyAlias alias',
  'ProxyJump j',
  'ProxyJump none',
  'ProxyCommand nc %h %p',
  'ProxyCommand none',
);
const section = fc.constantFrom(
  'Host *',
  'Host a',
  'Host b*',
  'Host * !a',
  'Host "a" b',
  'Match all',
  'Match host *.lan',
  'Match host a,b',
  'Match !host a.lan',
  'Match originalhost a',
  'Match user root',
  'Match !user me originalhost a*',
  'Match final all',
  'Match final host *.lan',
  'Match exec true',
  'Match originalhost b exec false',
);

test('reads any mixture of sections as ssh does', async ({ skip }) => {
  skip(!hasSsh, 'ssh is not installed');
  const folder = temporaryFolder();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(keyword, section), { minLength: 1, maxLength: 14 }),
      fc.constantFrom('a', 'b', 'bb'),
      async (lines, name) => {
        const text = `${lines.join('\n')}\n`;
        const { ours, ssh } = await both(writePrivate(folder, 'generated', text), named(name));
        expect([name, text, ours]).toEqual([name, text, ssh]);
      },
    ),
    { numRuns: 150 },
  );
});

test('Include takes files beside the one that names them, in order, only where it stands', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'conf.d'));
  writePrivate(join(folder, 'conf.d'), '2.conf', 'IdentityFile /second\nPort 2\n');
  writePrivate(
    join(folder, 'conf.d'),
    '1.conf',
    'IdentityFile /first\nPort 1\nHost b\n User onlyB\n',
  );
  writePrivate(join(folder, 'conf.d'), '.hidden.conf', 'User hidden\n');
  const file = writePrivate(
    folder,
    'config',
    'Host a\n Include conf.d/*.conf nowhere/*\n IdentityFile /after\n',
  );
  const read = async (name: string) => {
    const options = await readSshConfigFiles(named(name), { env: {}, files: [file] });
    return 'error' in options ? options : pick(options);
  };
  expect(await read('a')).toMatchObject({
    identityfile: ['/first', '/second', '/after'],
    port: ['1'],
    user: [],
  });
  expect(await read('b')).toMatchObject({ identityfile: [], port: [], user: [] });
});

test('an Include that includes itself ends as an error', async () => {
  const folder = temporaryFolder();
  const file = writePrivate(folder, 'config', 'Include config\n');
  expect(await readSshConfigFiles(named('a'), { env: {}, files: [file] })).toMatchObject({
    retry: 'held',
    error: { code: 'config', message: expect.stringContaining('Include goes too deep') },
  });
});

test('a file that cannot be read is an error; one that does not exist is none', async () => {
  const folder = temporaryFolder();
  expect(
    await readSshConfigFiles(named('a'), { env: {}, files: [join(folder, 'no')] }),
  ).not.toHaveProperty('error');
  expect(await readSshConfigFiles(named('a'), { env: {}, files: [folder] })).toMatchObject({
    error: { code: 'config' },
  });
});
