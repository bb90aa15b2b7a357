import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { loadIdentities } from '../../../src/collect/ssh/identity.ts';
import type { IdentityDeps } from '../../../src/collect/ssh/identity.ts';
import { keyTypeOf, publicBlobOf } from '../../../src/collect/ssh/key-blob.ts';
import { parsedKey } from '../../../src/collect/ssh/key-file.ts';
import { createKeyRing } from '../../../src/collect/ssh/key-ring.ts';
import type { IdentityFile, Target } from '../../../src/collect/ssh/target.ts';
import { writeStrings } from '../../../src/collect/ssh/wire-strings.ts';
import { startAgent as startFakeAgent, startListingAgent } from './support/agent.ts';
import { createFakeClock } from './support/fake-clock.ts';
import { startFakeSshd } from './support/fake-sshd.ts';
import { knownHostsText, newKey, temporaryFolder, writePrivate } from './support/keys.ts';
import { linkTo, settingsOf, targetOf } from './support/link.ts';
import { until, untilState } from './support/wait.ts';

const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Gives the path of its socket. */
async function startAgent(...args: Parameters<typeof startFakeAgent>): Promise<string> {
  const agent = await startFakeAgent(...args);
  endings.push(agent.close);
  return agent.path;
}

const file = (path: string, isExplicit = true): IdentityFile => ({ path, isExplicit });
const at = (path: string) => ({ path, isOfSession: false });
const load = async (more: Partial<Target>, deps: Partial<IdentityDeps> = {}) => {
  const loaded = await loadIdentities(targetOf(more), {
    env: {},
    keyRing: createKeyRing(),
    canAsk: false,
    onSigning: () => {},
    onLocked: () => {},
    ...deps,
  });
  return 'error' in loaded
    ? loaded
    : { ...loaded, identities: loaded.identities.map(({ method }) => method.type) };
};

test('a key file is offered; a default file that does not exist is no matter', async () => {
  const path = writePrivate(temporaryFolder(), 'id', newKey().privateText);
  expect(await load({ identityFiles: [file('/nonexistent/id_rsa', false), file(path)] })).toEqual({
    identities: ['publickey'],
    unusable: [],
    needsOpenSsh: false,
    agentPath: null,
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

test('an RSA key shorter than RequiredRSASize is not offered, and said', async () => {
  const rsa = newKey({ type: 'rsa' });
  const path = writePrivate(temporaryFolder(), 'id', rsa.privateText);
  const wanted = { identityFiles: [file(path)], agent: at(await startAgent([rsa])) };
  const long = await load({ ...wanted, requiredRsaBits: 2048 });
  expect(long).toMatchObject({ identities: ['agent'], unusable: [] });
  const short = await load({ ...wanted, requiredRsaBits: 3072 });
  expect(short).toMatchObject({
    retry: 'held',
    error: {
      code: 'auth',
      message: expect.stringMatching(/RSA with 2048 bits, .* 3072: identity file .* of the agent$/),
    },
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
  expect(
    await load({ identityFiles: [file(path)], identitiesOnly: true, agent: at(agentPath) }),
  ).toEqual({
    identities: ['agent'],
    unusable: [],
    needsOpenSsh: false,
    agentPath,
  });
});

test('only a public key file picks one key of the agent', async () => {
  const pair = newKey();
  const folder = temporaryFolder();
  writePrivate(folder, 'id.pub', pair.publicText);
  const agentPath = await startAgent([newKey(), pair]);
  const more = { identityFiles: [file(join(folder, 'id'))], agent: at(agentPath) };
  expect(await load({ ...more, identitiesOnly: true })).toMatchObject({ identities: ['agent'] });
  expect(await load(more)).toMatchObject({ identities: ['agent', 'agent'] });
});

test('a dead agent without key files is an error that names its socket, and is tried again', async () => {
  expect(await load({ agent: at('/nonexistent/agent') })).toMatchObject({
    state: 'down',
    retry: 'slow',
    error: { code: 'agent', message: expect.stringContaining('/nonexistent/agent') },
  });
});

test('a dead agent beside a good key file does not stop the login', async () => {
  const path = writePrivate(temporaryFolder(), 'id', newKey().privateText);
  expect(
    await load({ identityFiles: [file(path)], agent: at('/nonexistent/agent') }),
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

test('an agent may wait most of a minute for the person who confirms', async () => {
  const hostKey = newKey();
  const pair = newKey();
  const sshd = await startFakeSshd({ hostKeys: [hostKey], authorized: [pair] });
  endings.push(sshd.close);
  const clock = createFakeClock();
  const { promise: confirmed, resolve: confirm } = Promise.withResolvers<void>();
  let isAsked = false;
  const confirming = (): Promise<void> => {
    isAsked = true;
    return confirmed;
  };
  const link = linkTo(
    settingsOf(sshd.port, {
      agent: await startAgent([pair], { confirming }),
      knownHostsFiles: [
        writePrivate(temporaryFolder(), 'known', knownHostsText(sshd.port, hostKey)),
      ],
    }),
    { clock },
  );
  endings.push(link.close);
  link.start();
  await until(() => isAsked);
  clock.advance(55_000);
  confirm();
  await untilState(link, 'up');
  expect(link.cost().reconnects).toBe(0);
  expect(sshd.connections()).toBe(1);
});

test('an agent that refuses to sign makes the login fail, and it is not tried again', async () => {
  const hostKey = newKey();
  const pair = newKey();
  const sshd = await startFakeSshd({ hostKeys: [hostKey], authorized: [pair] });
  endings.push(sshd.close);
  const link = linkTo(
    settingsOf(sshd.port, {
      agent: await startAgent([pair], { canSign: false }),
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

test('keys that only the ssh program can use are said: in the agent, as a file, as a certificate', async () => {
  const folder = temporaryFolder();
  const pair = newKey();
  const path = writePrivate(folder, 'id', pair.privateText);
  writePrivate(folder, 'id-cert.pub', 'ssh-ed25519-cert-v01@openssh.com AAAA');
  const token = writePrivate(folder, 'id_sk', 'not readable by ssh2');
  const sk = 'sk-ssh-ed25519@openssh.com';
  const skBlob = writeStrings([sk, 'x', 'ssh:']);
  writePrivate(folder, 'id_sk.pub', `${sk} ${skBlob.toString('base64')} token`);
  const agent = await startListingAgent([
    { blob: writeStrings(['ssh-ed25519-cert-v01@openssh.com', 'x']), comment: 'cert' },
    { blob: skBlob, comment: 'sk' },
  ]);
  endings.push(agent.close);
  expect(
    await load({ identityFiles: [file(path), file(token)], agent: at(agent.path) }),
  ).toMatchObject({
    identities: ['publickey'],
    needsOpenSsh: true,
    unusable: [
      `identity file ${token} is a key of the type ${sk}`,
      `certificate ${path}-cert.pub`,
      expect.stringMatching(/^ssh-ed25519-cert-v01@openssh.com SHA256:.* of the agent$/),
      expect.stringMatching(/^sk-ssh-ed25519@openssh.com SHA256:.* of the agent$/),
    ],
  });
  expect(await load({ identityFiles: [file(token)], agent: at(agent.path) })).toMatchObject({
    error: { code: 'auth', hint: expect.stringContaining('via: openssh') },
  });
});

test('an encrypted key is offered by its public half when somebody can be asked', async () => {
  const pair = newKey({ passphrase: 'secret' });
  const path = writePrivate(temporaryFolder(), 'id', pair.privateText);
  expect(await load({ identityFiles: [file(path)] }, { canAsk: true })).toMatchObject({
    identities: ['agent'],
    unusable: [],
  });
});

test('an encrypted key of which nothing is known comes last', async () => {
  const folder = temporaryFolder();
  const old = writePrivate(
    folder,
    'old',
    generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    }).privateKey,
  );
  const path = writePrivate(folder, 'id', newKey().privateText);
  expect(await load({ identityFiles: [file(old), file(path)] }, { canAsk: true })).toMatchObject({
    identities: ['publickey', 'locked'],
  });
});

test.for([
  ['ed25519', {}],
  ['ec', { namedCurve: 'P-384' }],
  ['rsa', { modulusLength: 2048 }],
] as const)('logs in with a PKCS#8 key, which ssh2 does not read: %s', async ([type, options]) => {
  const { privateKey } = generateKeyPairSync(type as 'rsa', options as { modulusLength: number });
  const folder = temporaryFolder();
  const path = writePrivate(
    folder,
    'id',
    privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  const blob = publicBlobOf(privateKey);
  const key = parsedKey(`${keyTypeOf(blob ?? Buffer.alloc(0))} ${blob?.toString('base64') ?? ''}`);
  if (blob === undefined || key instanceof Error) throw new Error('no key');
  const hostKey = newKey();
  const sshd = await startFakeSshd({
    hostKeys: [hostKey],
    authorized: [{ blob, key, privateText: '', publicText: '' }],
  });
  endings.push(sshd.close);
  const link = linkTo(
    settingsOf(sshd.port, {
      identityFiles: [path],
      knownHostsFiles: [writePrivate(folder, 'known', knownHostsText(sshd.port, hostKey))],
    }),
  );
  endings.push(link.close);
  link.start();
  await untilState(link, 'up');
  expect(sshd.authentications).toEqual(['none', 'publickey', 'publickey']);
});

test('without publickey among the methods no key is even looked for', async () => {
  const path = writePrivate(temporaryFolder(), 'id', newKey().privateText);
  const more = { identityFiles: [file(path)], methods: ['password' as const] };
  expect(await load(more, { canAsk: true })).toMatchObject({ identities: [] });
  expect(await load(more)).toMatchObject({ error: { code: 'auth' } });
});
