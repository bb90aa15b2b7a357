import ssh2 from 'ssh2';
import type { ConnectConfig } from 'ssh2';
import { afterEach, expect, test } from 'vitest';
import { createHostVerifier } from '../../../src/collect/ssh/host-verifier.ts';
import type { KnownHost } from '../../../src/collect/ssh/known-hosts.ts';
import { startFakeSshd } from './support/fake-sshd.ts';
import { newKey } from './support/keys.ts';
import { targetOf } from './support/link.ts';

const hostKey = newKey();
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Whether ssh2 lets us in with that verifier. */
async function isAccepted(hostVerifier: ConnectConfig['hostVerifier']): Promise<boolean> {
  const sshd = await startFakeSshd({
    hostKeys: [hostKey],
    authorized: [],
    onAuthentication: (context) => context.accept(),
  });
  endings.push(sshd.close);
  const client = new ssh2.Client();
  return await new Promise((resolve) => {
    client.on('error', () => resolve(false));
    client.on('ready', () => {
      resolve(true);
      client.end();
    });
    client.connect({
      host: '127.0.0.1',
      port: sshd.port,
      username: 'x',
      ...(hostVerifier === undefined ? {} : { hostVerifier }),
    });
  });
}

// Why the verifier is what it is: if ssh2 ever changes here, this says so.
test.for<[string, ConnectConfig['hostVerifier'], boolean]>([
  ['none at all', undefined, true],
  ['a promise of false', () => Promise.resolve(false), true],
  ['0', () => 0, true],
  ['false', () => false, false],
])(
  'ssh2 accepts a host key for the verifier that answers %s: %s',
  async ([, verifier, accepted]) => {
    expect(await isAccepted(verifier)).toBe(accepted);
  },
);

const answering = (verify: unknown): KnownHost =>
  ({ verify, types: [], hasAuthority: false }) as unknown as KnownHost;

test.for<[string, unknown]>([
  [
    'throws',
    () => {
      throw new Error('broken');
    },
  ],
  ['answers with a promise', () => Promise.resolve({ kind: 'match' })],
  ['answers with nothing', () => undefined],
  ['answers with another word', () => ({ kind: 'yes' })],
])('our verifier does not let it in when the check %s', async ([, verify]) => {
  const verifier = createHostVerifier(targetOf(), answering(verify));
  expect(verifier.verify(hostKey.blob)).toBe(false);
  expect(await isAccepted(verifier.verify)).toBe(false);
});
