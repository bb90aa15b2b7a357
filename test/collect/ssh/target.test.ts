import { mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { hopsOf } from '../../../src/collect/ssh/hops.ts';
import { expandTokens } from '../../../src/collect/ssh/ssh-tokens.ts';
import { placeOf, resolveTarget } from '../../../src/collect/ssh/target.ts';
import type { Target } from '../../../src/collect/ssh/target.ts';
import type { HostSettings } from '../../../src/domain/settings.ts';
import { temporaryFolder, writePrivate } from './support/keys.ts';

const bare: HostSettings = {
  name: 'omni1',
  address: null,
  port: null,
  user: null,
  jump: null,
  identityFiles: [],
  knownHostsFiles: [],
  agent: null,
  via: 'ssh2',
};

/** A user with this ssh configuration, which labtop reads itself. */
function resolver(config: string, env: NodeJS.ProcessEnv = {}) {
  const home = temporaryFolder();
  mkdirSync(`${home}/.ssh`);
  writePrivate(`${home}/.ssh`, 'config', config);
  const resolve = (settings: Partial<HostSettings> = {}, hosts: readonly HostSettings[] = []) =>
    resolveTarget(
      { ...bare, ...settings },
      {
        env: { HOME: home, ...env },
        sshProgram: null,
        hostNamed: (name) => hosts.find((host) => host.name === name),
      },
    );
  return { home, resolve };
}
const CONFIG = `Host omni1
  User watcher
  HostName omni1.lan
  Port 2222
  IdentitiesOnly yes
  IdentityFile ~/.ssh/%h_%r
  IdentityFile /keys/\${ROLE}%%
  CertificateFile %d/c-%k
  IdentityAgent /run/agent
  UserKnownHostsFile ~/.ssh/known_hosts %d/other
  GlobalKnownHostsFile /etc/ssh/ssh_known_hosts
  HostKeyAlias OMNI-one
  HashKnownHosts yes
  ConnectTimeout 9
  AddressFamily inet
  BindAddress 10.0.0.9
  RevokedHostKeys %d/revoked
  RequiredRSASize 3000
`;

test('what the settings leave open comes from the ssh configuration, tokens expanded', async () => {
  const { home, resolve } = resolver(CONFIG, { ROLE: 'ops' });
  expect(await resolve()).toEqual({
    name: 'omni1',
    host: 'omni1.lan',
    port: 2222,
    user: 'watcher',
    reach: { kind: 'direct' },
    family: 4,
    bindAddress: '10.0.0.9',
    connectTimeoutSeconds: 9,
    identityFiles: [
      { path: `${home}/.ssh/omni1.lan_watcher`, isExplicit: false },
      { path: '/keys/ops%', isExplicit: false },
    ],
    identitiesOnly: true,
    certificateFiles: [`${home}/c-OMNI-one`],
    agent: { path: '/run/agent', isOfSession: false },
    methods: ['publickey', 'keyboard-interactive', 'password'],
    isBatch: false,
    algorithms: { hostKey: expect.arrayContaining(['ssh-ed25519']) },
    knownHostsFiles: [`${home}/.ssh/known_hosts`, `${home}/other`, '/etc/ssh/ssh_known_hosts'],
    revokedKeysFile: `${home}/revoked`,
    requiredRsaBits: 3000,
    notedIn: `${home}/.ssh/known_hosts`,
    hashKnownHosts: true,
    isStrict: false,
    knownHostsName: 'omni-one',
    knownHostsPlainName: 'omni-one',
    beyond: [],
    configFiles: expect.arrayContaining([`${home}/.ssh/config`, '/etc/ssh/ssh_config']),
  } satisfies Target);
});

test('the settings win over the ssh configuration', async () => {
  const { home, resolve } = resolver(
    'Host omni1\n HostName x\n Port 2\n User y\n IdentitiesOnly no\n',
  );
  expect(
    await resolve({
      address: '10.0.0.1',
      port: 22,
      user: 'root',
      identityFiles: ['~/mine'],
      knownHostsFiles: ['/known'],
      agent: 'none',
    }),
  ).toMatchObject({
    host: '10.0.0.1',
    port: 22,
    user: 'root',
    identityFiles: [{ path: `${home}/mine`, isExplicit: true }],
    identitiesOnly: true,
    agent: null,
    knownHostsFiles: ['/known'],
    notedIn: '/known',
    knownHostsName: '10.0.0.1',
  });
});

test('without any configuration the defaults of ssh hold', async () => {
  const { home, resolve } = resolver('');
  expect(await resolve()).toMatchObject({
    host: 'omni1',
    port: 22,
    user: userInfo().username,
    agent: { path: null, isOfSession: true },
    identitiesOnly: false,
    connectTimeoutSeconds: 5,
    knownHostsName: 'omni1',
    notedIn: `${home}/.ssh/known_hosts`,
    identityFiles: expect.arrayContaining([{ path: `${home}/.ssh/id_ed25519`, isExplicit: false }]),
  });
});

test.for<[string | null, string, Target['agent']]>([
  [null, '', { path: '/env/agent', isOfSession: true }],
  [null, 'IdentityAgent SSH_AUTH_SOCK', { path: '/env/agent', isOfSession: true }],
  [null, 'IdentityAgent $OTHER_SOCK', { path: '/other/agent', isOfSession: false }],
  [null, 'IdentityAgent none', null],
  ['none', '', null],
  ['/my/agent', 'IdentityAgent none', { path: '/my/agent', isOfSession: false }],
])('agent %j with «%s» is %j', async ([agent, config, place]) => {
  const env = { SSH_AUTH_SOCK: '/env/agent', OTHER_SOCK: '/other/agent' };
  expect(await resolver(config, env).resolve({ agent })).toMatchObject({ agent: place });
});

test('no known_hosts file of the user: nowhere to note a key', async () => {
  const { resolve } = resolver('UserKnownHostsFile none\nGlobalKnownHostsFile /global\n');
  expect(await resolve()).toMatchObject({ notedIn: null, knownHostsFiles: ['/global'] });
});

/** The hosts on the way, the last jump host first. */
function way(
  target: Awaited<ReturnType<ReturnType<typeof resolver>['resolve']>>,
): readonly string[] {
  if ('error' in target) return [target.error.message];
  return target.reach.kind === 'jump' ? [placeOf(target.reach.hop), ...way(target.reach.hop)] : [];
}

const JUMPS = `Host omni1
  User me
  ProxyJump first,u@[fd00::2]:2200,last
Host first
  ProxyJump outer
  User f
Host last
  HostName last.lan
  User l
  ProxyJump never
Host outer
  User o
Host *
  User anybody
`;

test('several jump hosts: each through the one before, the first as its own configuration says', async () => {
  const target = await resolver(JUMPS).resolve();
  expect(way(target)).toEqual(['l@last.lan:22', 'u@[fd00::2]:2200', 'f@first:22', 'o@outer:22']);
});

test('the jump hosts in their order, with the addresses that their names have here', async () => {
  const target = await resolver(JUMPS).resolve();
  if ('error' in target) throw new Error(target.error.message);
  const asked: string[] = [];
  const hops = await hopsOf(target, async (name) => {
    asked.push(name);
    return name === 'last.lan' ? [] : ['192.0.2.1', '2001:db8::1'];
  });
  expect(hops).toEqual([
    { name: 'outer', addresses: ['192.0.2.1', '2001:db8::1'] },
    { name: 'first', addresses: ['192.0.2.1', '2001:db8::1'] },
    { name: 'fd00::2', addresses: ['fd00::2'] },
    { name: 'last', addresses: [] },
  ]);
  expect(asked.toSorted()).toEqual(['first', 'last.lan', 'outer']);
  expect(await hopsOf({ ...target, reach: { kind: 'direct' } }, async () => [])).toEqual([]);
});

test('a jump host of the settings wins, and one that labtop watches brings its own settings', async () => {
  const bastion = {
    ...bare,
    name: 'bastion',
    address: '10.0.0.5',
    port: 2022,
    user: 'b',
    agent: 'none',
  };
  const { resolve } = resolver(JUMPS);
  const target = await resolve({ jump: 'bastion' }, [bastion]);
  expect(way(target)).toEqual(['b@10.0.0.5:2022']);
  expect(target).toMatchObject({ reach: { hop: { agent: null } } });
  expect(way(await resolve({ jump: 'x@bastion:9' }, [bastion]))).toEqual(['x@10.0.0.5:9']);
});

test('tokens in ProxyJump are expanded', async () => {
  expect(way(await resolver('Host omni1\n User me\n ProxyJump %r@gw-%h:%p\n').resolve())).toEqual([
    `me@gw-omni1:22`,
  ]);
});

test.for<[string | null, string]>([
  ['none', 'ProxyJump bastion'],
  ['none', 'ProxyCommand nc %h %p'],
  [null, 'ProxyJump none\nHost *\nProxyJump bastion'],
])('jump %j with «%s» goes straight', async ([jump, config]) => {
  expect(await resolver(config).resolve({ jump })).toMatchObject({ reach: { kind: 'direct' } });
});

test.for([
  'Host omni1\n ProxyJump a\nHost a\n ProxyJump b\nHost b\n ProxyJump omni1\n',
  'Host *\n ProxyJump a\n',
])('jump hosts in a circle are found: %j', async (config) => {
  expect(await resolver(`User me\n${config}`).resolve()).toMatchObject({
    retry: 'held',
    error: {
      code: 'config',
      message: expect.stringMatching(/circle: me@omni1:22 → me@a:22 → .*22$/),
      hint: expect.stringContaining('ProxyJump none'),
    },
  });
});

test('a jump host that cannot be read is an error of the configuration', async () => {
  expect(await resolver('').resolve({ jump: 'a,,b' })).toMatchObject({
    retry: 'held',
    error: { code: 'config', message: 'ProxyJump of omni1: «» is no jump host' },
  });
});

test('ProxyCommand gets its tokens, and nothing else of it is touched', async () => {
  const { resolve } = resolver('ProxyCommand nc -X "5" \'%h\' %p ~/$X %% %r\nUser me\n');
  expect(await resolve({ port: 2222 })).toMatchObject({
    reach: { kind: 'command', command: `nc -X "5" 'omni1' 2222 ~/$X % me` },
  });
});

test.for<Partial<HostSettings>>([
  { address: '-oProxyCommand=x' },
  { address: 'a$(reboot)' },
  { user: 'me;reboot' },
  { user: "o'brien" },
  { name: 'a b' },
])('%j never gets to the shell of a ProxyCommand', async (settings) => {
  expect(await resolver('ProxyCommand nc %h %p\n').resolve(settings)).toMatchObject({
    retry: 'held',
    error: { code: 'config', message: expect.stringContaining('not run') },
  });
});

test('ProxyUseFdpass is left to the ssh program', async () => {
  expect(await resolver('ProxyCommand x\nProxyUseFdpass yes\n').resolve()).toMatchObject({
    error: { code: 'config', hint: expect.stringContaining('via: openssh') },
  });
});

test('algorithms that ssh2 cannot do are said before any connection is made', async () => {
  expect(await resolver('KexAlgorithms sntrup761x25519-sha512\n').resolve()).toMatchObject({
    retry: 'held',
    error: {
      code: 'kex',
      message: expect.stringContaining('KexAlgorithms sntrup761x25519-sha512'),
      hint: expect.stringContaining('via: openssh'),
    },
  });
});

test('unknown tokens and variables stay as they are', () => {
  expect(expandTokens('~/a%q${NOPE}%%~', { d: '/h' }, {})).toBe('/h/a%q${NOPE}%~');
  expect(expandTokens('~user/a', { d: '/h' }, {})).toBe('~user/a');
});
