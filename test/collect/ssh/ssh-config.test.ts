import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  parseSshOptions,
  readSshConfig,
  toSshConfig,
} from '../../../src/collect/ssh/ssh-config.ts';
import { writePrograms } from '../../support/programs.ts';
import { temporaryFolder, writePrivate } from './support/keys.ts';

const named = { name: 'omni1', address: null, port: null, user: null };
const parse = (text: string) => toSshConfig(parseSshOptions(text));
const sshThatSays = (body: string): string =>
  `${writePrograms(temporaryFolder(), { ssh: body })}/ssh`;

test('reads what ssh -G prints', () => {
  expect(
    parse(`user watcher
hostname omni1.lan
port 2222
addressfamily inet6
bindaddress 10.0.0.9
connecttimeout 7
batchmode yes
identitiesonly yes
identityfile ~/.ssh/%h_%r
identityfile /keys/\${ROLE}%%
identityagent /run/agent
certificatefile ~/.ssh/id-cert.pub
globalknownhostsfile /etc/ssh/ssh_known_hosts
userknownhostsfile ~/.ssh/known_hosts %d/other
hashknownhosts yes
stricthostkeychecking true
hostkeyalias OMNI-one
proxyjump none
proxycommand none
proxyusefdpass no
passwordauthentication no
preferredauthentications gssapi-with-mic,keyboard-interactive,publickey,password
hostkeyalgorithms ssh-ed25519,rsa-sha2-512
kexalgorithms curve25519-sha256
ciphers a,b
macs c
pkcs11provider /usr/lib/p11.so
revokedhostkeys /etc/ssh/revoked
requiredrsasize 2048
`),
  ).toEqual({
    hostName: 'omni1.lan',
    user: 'watcher',
    port: 2222,
    family: 6,
    bindAddress: '10.0.0.9',
    connectTimeoutSeconds: 7,
    identityFiles: ['~/.ssh/%h_%r', '/keys/${ROLE}%%'],
    identitiesOnly: true,
    identityAgent: '/run/agent',
    certificateFiles: ['~/.ssh/id-cert.pub'],
    userKnownHostsFiles: ['~/.ssh/known_hosts', '%d/other'],
    globalKnownHostsFiles: ['/etc/ssh/ssh_known_hosts'],
    revokedHostKeys: '/etc/ssh/revoked',
    requiredRsaBits: 2048,
    hashKnownHosts: true,
    isStrict: true,
    hostKeyAlias: 'OMNI-one',
    proxyJump: null,
    proxyCommand: null,
    proxyUseFdpass: false,
    methods: ['keyboard-interactive', 'publickey'],
    isBatch: true,
    algorithms: {
      hostKey: ['ssh-ed25519', 'rsa-sha2-512'],
      kex: ['curve25519-sha256'],
      cipher: ['a', 'b'],
      mac: ['c'],
    },
    beyond: ['PKCS11Provider'],
  });
});

test('what ssh -G does not say is open', () => {
  expect(parse('')).toMatchObject({
    hostName: null,
    port: null,
    family: 0,
    connectTimeoutSeconds: null,
    identityAgent: null,
    methods: ['publickey', 'keyboard-interactive', 'password'],
    isBatch: false,
    isStrict: false,
    revokedHostKeys: null,
    requiredRsaBits: 1024,
    algorithms: { hostKey: null, kex: null },
    beyond: [],
  });
});

test('names of files with spaces in them, which ssh -G prints bare, stay whole', () => {
  expect(parse('userknownhostsfile /my files/known ~/a b %d/c').userKnownHostsFiles).toEqual([
    '/my files/known',
    '~/a b',
    '%d/c',
  ]);
});

test('hands the settings to ssh as its own options, so that Match and tokens see them', async () => {
  const sshProgram = sshThatSays(String.raw`printf 'identityfile %s\n' "$*"`);
  expect(
    await readSshConfig(
      { name: 'omni1', address: 'fe80::1%net0', port: 22, user: 'root' },
      { env: process.env, sshProgram },
    ),
  ).toMatchObject({
    config: { identityFiles: ['-vG -l root -p 22 -o HostName=fe80::1%%net0 -- omni1'] },
  });
  expect(await readSshConfig(named, { env: process.env, sshProgram })).toMatchObject({
    config: { identityFiles: ['-vG -- omni1'] },
  });
});

test('a Match exec that hangs ends after 5 s, and is said', async () => {
  const sshProgram = sshThatSays('exec sleep 100');
  expect(await readSshConfig(named, { env: {}, sshProgram })).toMatchObject({
    retry: 'jitter',
    error: {
      code: 'config',
      message: 'ssh -G omni1 did not end within 5 s',
      hint: expect.stringContaining('Match exec'),
    },
  });
});

test('a broken ssh configuration is held, with the words of ssh', async () => {
  const sshProgram = sshThatSays(
    `echo 'config: line 3: Bad configuration option: hots' >&2; exit 255`,
  );
  expect(await readSshConfig(named, { env: process.env, sshProgram })).toMatchObject({
    retry: 'held',
    error: { code: 'config', message: expect.stringContaining('line 3: Bad configuration option') },
  });
});

test.for([null, '/nonexistent/ssh'])(
  'without the ssh program (%j) its files are read',
  async (sshProgram) => {
    const home = temporaryFolder();
    mkdirSync(`${home}/.ssh`);
    writePrivate(`${home}/.ssh`, 'config', 'Host omni*\n  HostName %h.lan\n  Port 2222\n');
    expect(await readSshConfig(named, { env: { HOME: home }, sshProgram })).toMatchObject({
      config: {
        hostName: 'omni1.lan',
        port: 2222,
        identityFiles: expect.arrayContaining(['~/.ssh/id_ed25519']),
        userKnownHostsFiles: expect.arrayContaining(['~/.ssh/known_hosts']),
      },
    });
  },
);
