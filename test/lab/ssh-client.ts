import ssh2, { type Client, type ClientChannel } from 'ssh2';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/lab/clock.ts';
import { createMachine } from '../../src/lab/create-machine.ts';
import { createKeyPair } from '../../src/lab/key-pair.ts';
import { startSshHost, type SshHost } from '../../src/lab/ssh-host.ts';
import { createWorld } from '../../src/lab/world.ts';

export const key = createKeyPair('test');

/** omni1 of the lab, in a hurry. */
export async function startHost(): Promise<SshHost> {
  const world = createWorld({ seed: 1, clock: systemClock, speed: 50 });
  const host = await startSshHost({
    name: 'omni1',
    machine: createMachine(world, 'omni1'),
    authorizedKey: key.publicKey,
  });
  onTestFinished(host.close);
  return host;
}

export type Connect = {
  readonly privateKey?: string;
  readonly password?: string;
  readonly username?: string;
  /** Called with what the server tells before the login. */
  readonly onBanner?: (text: string) => void;
};

/** Logs in to a host of the lab. */
export async function connect(
  host: SshHost,
  { onBanner, ...options }: Connect = { privateKey: key.privateKey },
): Promise<Client> {
  const client = new ssh2.Client();
  onTestFinished(() => {
    client.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    client.on('ready', resolve);
    client.on('error', reject);
    client.on('close', () => reject(new Error('closed')));
    if (onBanner) client.on('banner', onBanner).on('greeting', onBanner);
    client.connect({
      host: '127.0.0.1',
      port: host.port,
      username: 'labtop',
      hostVerifier: (offered: Buffer) =>
        `ssh-ed25519 ${offered.toString('base64')}` === host.hostKey(),
      ...options,
    });
    client.setNoDelay(true);
  });
  return client;
}

/** Opens a channel with a command. */
export const open = (client: Client, command: string, pty = false): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    client.exec(command, { pty }, (error, channel) => (error ? reject(error) : resolve(channel)));
  });

export type Outcome = {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal?: string;
};

/** What a channel gave, once it is closed. */
export function collect(channel: ClientChannel): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  return new Promise((resolve) => {
    channel.on('data', (bytes: Buffer) => {
      stdout += bytes.toString();
    });
    channel.stderr.on('data', (bytes: Buffer) => {
      stderr += bytes.toString();
    });
    channel.on('close', (code: number | null, signal?: string) =>
      resolve({ stdout, stderr, code, ...(signal === undefined ? {} : { signal }) }),
    );
  });
}

/** Reads a channel until it has given enough. */
export const waitFor = async (
  channel: ClientChannel,
  isEnough: (text: string) => boolean,
): Promise<string> => {
  let text = '';
  return new Promise((resolve) => {
    channel.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      if (isEnough(text)) resolve(text);
    });
  });
};
