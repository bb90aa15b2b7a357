import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import {
  expandTokens,
  parseSshConfig,
  resolveTarget,
} from '../../../src/collect/ssh/ssh-config.ts';
import type { Target } from '../../../src/collect/ssh/ssh-config.ts';
import type { HostSettings } from '../../../src/domain/settings.ts';
import { temporaryFolder } from './support/keys.ts';
import { writePrograms } from './support/openssh.ts';

const bare: HostSettings = {
  name: 'omni1',
  address: null,
  port: null,
  user: null,
  jump: null,
  identityFiles: [],
  knownHostsFiles: [],
  agent: null,
};
const ANSWER = `user watcher
hostname omni1.lan
port 2222
identitiesonly yes
identityfile ~/.ssh/%h_%r
identityfile /keys/\${ROLE}%%
identityagent /run/agent
globalknownhostsfile /etc/ssh/ssh_known_hosts
userknownhostsfile ~/.ssh/known_hosts %d/other
hostkeyalias OMNI-one
proxyjump none`;

const sshThatSays = (body: string): string =>
  `${writePrograms(temporaryFolder(), { ssh: body })}/ssh`;
const resolve = (settings: HostSettings, answer: string, env: NodeJS.ProcessEnv = {}) =>
  resolveTarget(settings, {
    env: { PATH: process.env['PATH'], HOME: '/home/me', ...env },
    sshProgram: sshThatSays(`[ "$*" = "-G -- omni1" ] || exit 9\ncat <<'END'\n${answer}\nEND`),
  });

test('reads what ssh -G prints', () => {
  expect(parseSshConfig(`${ANSWER}\nproxycommand none\nciphers a,b\n`)).toEqual({
    hostName: 'omni1.lan',
    user: 'watcher',
    port: 2222,
    identityFiles: ['~/.ssh/%h_%r', '/keys/${ROLE}%%'],
    identitiesOnly: true,
    identityAgent: '/run/agent',
    userKnownHostsFiles: ['~/.ssh/known_hosts', '%d/other'],
    globalKnownHostsFiles: ['/etc/ssh/ssh_known_hosts'],
    hostKeyAlias: 'OMNI-one',
    proxyJump: null,
    proxyCommand: null,
  });
});

test('what the settings leave open comes from the ssh configuration, tokens expanded', async () => {
  expect(await resolve(bare, ANSWER, { ROLE: 'ops' })).toEqual({
    name: 'omni1',
    host: 'omni1.lan',
    port: 2222,
    user: 'watcher',
    identityFiles: [
      { path: '/home/me/.ssh/omni1.lan_watcher', isExplicit: false },
      { path: '/keys/ops%', isExplicit: false },
    ],
    identitiesOnly: true,
    agentPath: '/run/agent',
    knownHostsFiles: ['/home/me/.ssh/known_hosts', '/home/me/other', '/etc/ssh/ssh_known_hosts'],
    knownHostsName: 'omni-one',
    knownHostsPlainName: 'omni-one',
  } satisfies Target);
});

test('the settings win over the ssh configuration', async () => {
  const settings = {
    ...bare,
    address: '10.0.0.1',
    port: 22,
    user: 'root',
    identityFiles: ['~/mine'],
    knownHostsFiles: ['/known'],
    agent: 'none',
  };
  expect(await resolve(settings, 'hostname x\nport 2\nuser y\nidentitiesonly no')).toMatchObject({
    host: '10.0.0.1',
    port: 22,
    user: 'root',
    identityFiles: [{ path: '/home/me/mine', isExplicit: true }],
    identitiesOnly: true,
    agentPath: null,
    knownHostsFiles: ['/known'],
    knownHostsName: '10.0.0.1',
  });
});

test.for<[string | null, string, string | null]>([
  [null, '', '/env/agent'],
  [null, 'identityagent SSH_AUTH_SOCK', '/env/agent'],
  [null, 'identityagent $OTHER_SOCK', '/other/agent'],
  [null, 'identityagent none', null],
  ['none', '', null],
  ['~/agent', 'identityagent none', '/home/me/agent'],
])('agent %j with «%s» is %j', async ([agent, config, path]) => {
  const env = { SSH_AUTH_SOCK: '/env/agent', OTHER_SOCK: '/other/agent' };
  expect(await resolve({ ...bare, agent }, config, env)).toMatchObject({ agentPath: path });
});

test('without an ssh program the defaults of ssh hold', async () => {
  for (const sshProgram of [null, '/nonexistent/ssh'])
    expect(await resolveTarget(bare, { env: { HOME: '/home/me' }, sshProgram })).toMatchObject({
      host: 'omni1',
      port: 22,
      user: userInfo().username,
      agentPath: null,
      identitiesOnly: false,
      knownHostsName: 'omni1',
      knownHostsFiles: expect.arrayContaining(['/home/me/.ssh/known_hosts']),
      identityFiles: expect.arrayContaining([
        { path: '/home/me/.ssh/id_ed25519', isExplicit: false },
      ]),
    });
});

test.for<[string | null, string, string]>([
  ['bastion', '', 'jump host bastion for omni1'],
  [null, 'proxyjump bastion.lan', 'jump host bastion.lan for omni1'],
  [null, 'proxycommand nc %h %p', 'ProxyCommand for omni1'],
])('jump %j with «%s» is refused as not supported yet', async ([jump, config, words]) => {
  expect(await resolve({ ...bare, jump }, config)).toMatchObject({
    state: 'down',
    retry: 'held',
    error: { code: 'config', message: expect.stringMatching(`${words}.*not supported yet`) },
  });
});

test('jump: none goes straight, whatever the ssh configuration says', async () => {
  expect(await resolve({ ...bare, jump: 'none' }, 'proxyjump bastion')).toMatchObject({
    host: 'omni1',
  });
});

test('a broken ssh configuration is held, with the words of ssh', async () => {
  const sshProgram = sshThatSays(
    `echo 'config: line 3: Bad configuration option: hots' >&2; exit 255`,
  );
  expect(await resolveTarget(bare, { env: process.env, sshProgram })).toMatchObject({
    retry: 'held',
    error: { code: 'config', message: expect.stringContaining('line 3: Bad configuration option') },
  });
});

test('unknown tokens and variables stay as they are', () => {
  expect(expandTokens('~/a%q${NOPE}%%~', { d: '/h' }, {})).toBe('/h/a%q${NOPE}%~');
  expect(expandTokens('~user/a', { d: '/h' }, {})).toBe('~user/a');
});
