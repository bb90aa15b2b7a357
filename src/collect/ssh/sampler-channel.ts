import type { ClientChannel } from 'ssh2';
import type { CollectError } from '../../domain/feed.ts';
import type { Clock } from '../clock.ts';
import type { Connection } from './connection.ts';
import { createSampler } from './sampler.ts';
import type { Sampler, SamplerChannel, SamplerOptions } from './sampler.ts';

/** Valid in sh, ksh, bash, zsh, csh and fish: the login shell sees nothing else of us. */
const SHELL = 'exec /bin/sh';
/** A channel that told its exit but is not closed makes sshd stop answering its own probes. */
const CLOSE_AFTER_EXIT_MS = 1_000;

export type OpenedSampler =
  | { readonly kind: 'opened'; readonly sampler: Sampler }
  | { readonly kind: 'refused'; readonly error: CollectError };

/** Opens a channel and starts the sampler protocol on it; its bootstrap has not ended yet. */
export async function openSampler(
  connection: Connection,
  clock: Clock,
  signal?: AbortSignal,
): Promise<OpenedSampler> {
  const opened = await connection.open(SHELL, signal);
  if (opened.kind === 'refused') return opened;
  const channel = samplerChannel(opened.channel, clock);
  const killGroup: SamplerOptions['killGroup'] = (name, processGroup) => {
    void signalFromOutside(connection, clock, `kill -${name} -${processGroup}`);
  };
  return { kind: 'opened', sampler: createSampler({ channel, clock, killGroup }) };
}

/** What the sampler needs of a channel of ssh2. Both outputs are read from the first moment on. */
function samplerChannel(channel: ClientChannel, clock: Clock): SamplerChannel {
  channel.on('error', () => {
    // The close that follows says all there is to say.
  });
  channel.once('exit', () => {
    clock.setTimeout(() => channel.close(), CLOSE_AFTER_EXIT_MS);
  });
  return {
    write: (text) => {
      if (channel.writable) channel.write(text);
    },
    signal: (name) => channel.signal(name),
    close: () => channel.close(),
    onStdout: (listener) => void channel.on('data', listener),
    onStderr: (listener) => void channel.stderr.on('data', listener),
    onClose: (listener) => void channel.once('close', listener),
  };
}

/** Over stdin, so that it works behind a forced command too. */
async function signalFromOutside(
  connection: Connection,
  clock: Clock,
  command: string,
): Promise<void> {
  const opened = await connection.open(SHELL);
  if (opened.kind === 'refused') return;
  const channel = samplerChannel(opened.channel, clock);
  const ignore = (): void => {};
  channel.onStdout(ignore);
  channel.onStderr(ignore);
  channel.write(`${command}\nexit\n`);
  clock.setTimeout(channel.close, CLOSE_AFTER_EXIT_MS);
}
