import { KeyObject } from 'node:crypto';
import { userInfo } from 'node:os';
import ssh2 from 'ssh2';
import type { CipherAlgorithm } from 'ssh2';
import { afterEach, expect, test, vi } from 'vitest';
import { prepareKeys } from '../../../src/collect/ssh/packet-keys.ts';
import { startFakeSshd } from './support/fake-sshd.ts';
import type { FakeSshd, FakeSshdOptions } from './support/fake-sshd.ts';
import { knownHostsText, newKey, temporaryFolder, writePrivate } from './support/keys.ts';
import { linkTo, settingsOf } from './support/link.ts';
import { untilState } from './support/wait.ts';

const hostKey = newKey();
const userKey = newKey();
const folder = temporaryFolder();
const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const end of endings.splice(0).reverse()) await end();
});

async function startSshd(options: Partial<FakeSshdOptions> = {}): Promise<FakeSshd> {
  const sshd = await startFakeSshd({ hostKeys: [hostKey], authorized: [userKey], ...options });
  endings.push(sshd.close);
  return sshd;
}

/** What a client gives to node:crypto with each packet. */
const keysOf = (client: object): readonly unknown[] => {
  const { _protocol: protocol } = client as {
    readonly _protocol: Readonly<
      Record<'_cipher' | '_decipher', Readonly<Record<string, unknown>>>
    >;
  };
  return [protocol._cipher, protocol._decipher].flatMap(({ _encKey, _decipherKey, _macKey }) =>
    [_encKey, _decipherKey, _macKey].filter((key) => key !== undefined),
  );
};

// If ssh2 ever keeps its keys elsewhere, this says so.
test.for<[CipherAlgorithm, number]>([
  ['aes128-gcm@openssh.com', 2],
  // Its cipher is made once; what proves each packet is not.
  ['aes128-ctr', 2],
])(
  'the keys of %s are objects, and what is sent and read with them is right',
  async ([cipher, amount]) => {
    const sshd = await startSshd({ onExec: (channel, command) => void channel.end(command) });
    const client = new ssh2.Client();
    endings.push(() => void client.end());
    client.on('handshake', () => prepareKeys(client));
    await new Promise((resolve, reject) => {
      client.on('ready', () => resolve(undefined));
      client.on('error', reject);
      client.connect({
        host: '127.0.0.1',
        port: sshd.port,
        username: 'watcher',
        privateKey: userKey.privateText,
        algorithms: { cipher: [cipher] },
      });
    });
    const texts = await Promise.all(
      ['one', 'two'].map(
        (word) =>
          new Promise((resolve, reject) => {
            client.exec(word, (error, channel) => {
              if (error) reject(error);
              else channel.on('data', (chunk: Buffer) => resolve(chunk.toString()));
            });
          }),
      ),
    );
    expect(texts).toEqual(['one', 'two']);
    const keys = keysOf(client).filter((key) => key instanceof KeyObject);
    expect(keys).toHaveLength(amount);
  },
);

test('a connection has them from its handshake on, and after each new agreement', async () => {
  const connect = vi.spyOn(ssh2.Client.prototype, 'connect');
  const sshd = await startSshd();
  const link = linkTo(
    settingsOf(sshd.port, {
      user: userInfo().username,
      identityFiles: [writePrivate(folder, 'id', userKey.privateText)],
      knownHostsFiles: [writePrivate(folder, 'known', knownHostsText(sshd.port, hostKey))],
    }),
  );
  endings.push(link.close);
  link.start();
  await untilState(link, 'up');
  const client = connect.mock.contexts[0];
  const first = keysOf(client as object);
  expect(first.every((key) => key instanceof KeyObject)).toBe(true);
  await sshd.rekey();
  expect(await link.ask([['echo', 'after']], { timeoutSeconds: 60 })).toMatchObject({
    stdout: 'after\n',
  });
  const second = keysOf(client as object);
  expect(second).toHaveLength(first.length);
  expect(second.every((key) => key instanceof KeyObject && !first.includes(key))).toBe(true);
});
