import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterEach, expect, test } from 'vitest';
import { loadIdentities } from '../../../src/collect/ssh/identity.ts';
import type { IdentityFile, Target } from '../../../src/collect/ssh/ssh-config.ts';
import { startFakeSshd } from './support/fake-sshd.ts';
import { knownHostsText, newKey, temporaryFolder, writePrivate } from './support/keys.ts';
import type { KeyPair } from './support/keys.ts';
import { linkTo, settingsOf } from './support/link.ts';
import { untilState } from './support/wait.ts';

const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** An agent that holds these keys; gives the path of its socket. */
async function startAgent(keys: readonly KeyPair[], canSign = true): Promise<string> {
  const path = join(temporaryFolder(), 'agent');
  const server: Server = createServer((socket) => {
    const agent = new ssh2.AgentProtocol(false);
    agent.on('identities', (request) => {
      agent.getIdentitiesReply(
        request,
        keys.map(({ key }) => key),
      );
    });
    agent.on('sign', (request, wanted, data) => {
      const pair = keys.find(({ blob }) => blob.equals(wanted.getPublicSSH()));
      if (pair === undefined || !canSign) agent.failureReply(request);
      else agent.signReply(request, pair.key.sign(data));
    });
    agent.on('error', () => {});
    socket.on('error', () => {});
    socket.pipe(agent).pipe(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  endings.push(() => void server.close());
  return path;
}

const targetOf = (more: Partial<Target>): Target => ({
  name: 'omni1',
  host: 'omni1',
  port: 22,
  user: 'watcher',
  identityFiles: [],
  identitiesOnly: false,
  agentPath: null,
  knownHostsFiles: [],
  knownHostsName: 'omni1',
  knownHostsPlainName: 'omni1',
  ...more,
});
const file = (path: string, isExplicit = true): IdentityFile => ({ path, isExplicit });
const load = async (more: Partial<Target>) => {
  const loaded = await loadIdentities(targetOf(more), { onSigning: () => {} });
  return 'error' in loaded
    ? loaded
    : { ...loaded, identities: loaded.identities.map(({ method }) => method.type) };
};

test('a key file is offered; a default file that does not exist is no matter', async () => {
  const path = writePrivate(temporaryFolder(), 'id', newKey().privateText);
  expect(await load({ identityFiles: [file('/nonexistent/id_rsa', false), file(path)] })).toEqual({
    identities: ['publickey'],
    unusable: [],
  });
});

test('a key with a passphrase that no agent holds is said to be one, not offered', async () => {
  const path = writePrivate(temporaryFolder(), 'id', newKey({ passphrase: 'secret' }).privateText);
  expect(await load({ identityFiles: [file(path)] })).toMatchObject({
    state: 'auth-failed',
    retry: 'held',
    error: { code: 'auth', message: expect.stringContaining(`${path} has a passphrase`) },
  });
});

test('what is no key at all is said', async () => {
  const path = writePrivate(temporaryFolder(), 'id', 'hello\n');
  expect(await load({ identityFiles: [file(path)] })).toMatchObject({
    error: { message: expect.stringContaining(`${path} is not a key that can be used`) },
  });
});

test('an encrypted key is used through the agent that holds it', async () => {
  const pair = newKey({ passphrase: 'secret' });
  const path = writePrivate(temporaryFolder(), 'id', pair.privateText);
  const agentPath = await startAgent([newKey(), pair, newKey()]);
  expect(await load({ identityFiles: [file(path)], identitiesOnly: true, agentPath })).toEqual({
    identities: ['agent'],
    unusable: [],
  });
});

test('only a public key file picks one key of the agent', async () => {
  const pair = newKey();
  const folder = temporaryFolder();
  writePrivate(folder, 'id.pub', pair.publicText);
  const agentPath = await startAgent([newKey(), pair]);
  const more = { identityFiles: [file(join(folder, 'id'))], agentPath };
  expect(await load({ ...more, identitiesOnly: true })).toMatchObject({ identities: ['agent'] });
  expect(await load(more)).toMatchObject({ identities: ['agent', 'agent'] });
});

test('a dead agent without key files is an error that names its socket, and is tried again', async () => {
  expect(await load({ agentPath: '/nonexistent/agent' })).toMatchObject({
    state: 'down',
    retry: 'jitter',
    error: { code: 'agent', message: expect.stringContaining('/nonexistent/agent') },
  });
});

test('a dead agent beside a good key file does not stop the login', async () => {
  const path = writePrivate(temporaryFolder(), 'id', newKey().privateText);
  expect(
    await load({ identityFiles: [file(path)], agentPath: '/nonexistent/agent' }),
  ).toMatchObject({
    identities: ['publickey'],
    unusable: [expect.stringContaining('/nonexistent/agent')],
  });
});

test('logs in by the agent, and offers of its seven keys only the one that is named', async () => {
  const hostKey = newKey();
  const pair = newKey();
  const sshd = await startFakeSshd({ hostKeys: [hostKey], authorized: [pair] });
  endings.push(sshd.close);
  const folder = temporaryFolder();
  writePrivate(folder, 'id.pub', pair.publicText);
  const link = linkTo(
    settingsOf(sshd.port, {
      agent: await startAgent([...Array.from({ length: 6 }, () => newKey()), pair]),
      identityFiles: [join(folder, 'id')],
      knownHostsFiles: [writePrivate(folder, 'known', knownHostsText(sshd.port, hostKey))],
    }),
  );
  endings.push(link.close);
  link.start();
  await untilState(link, 'up');
  // `none`, then the key once as a question and once signed.
  expect(sshd.authentications).toEqual(['none', 'publickey', 'publickey']);
});

test('an agent that refuses to sign makes the login fail, and it is not tried again', async () => {
  const hostKey = newKey();
  const pair = newKey();
  const sshd = await startFakeSshd({ hostKeys: [hostKey], authorized: [pair] });
  endings.push(sshd.close);
  const link = linkTo(
    settingsOf(sshd.port, {
      agent: await startAgent([pair], false),
      knownHostsFiles: [
        writePrivate(temporaryFolder(), 'known', knownHostsText(sshd.port, hostKey)),
      ],
    }),
  );
  endings.push(link.close);
  link.start();
  await untilState(link, 'auth-failed');
  expect(link.status()).toMatchObject({ nextAttemptAt: null, error: { code: 'agent' } });
});
