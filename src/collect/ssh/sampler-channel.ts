import type { CollectError } from '../../domain/feed.ts';
import type { Clock } from '../clock.ts';
import type { ChannelPurpose } from './channel-slots.ts';
import type { Connection } from './connection.ts';
import { createSampler } from './sampler.ts';
import type { Sampler, SamplerOptions } from './sampler.ts';

/** Longer than a host needs for one builtin. */
const POKE_LIMIT_MS = 1_000;

export type OpenedSampler =
  | { readonly kind: 'opened'; readonly sampler: Sampler }
  | { readonly kind: 'refused'; readonly error: CollectError };

export type OpenSamplerOptions = {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly purpose: ChannelPurpose;
  readonly onRoundTrip?: (milliseconds: number) => void;
  readonly limitBytes?: number;
  readonly signal?: AbortSignal;
};

/** Opens a channel and starts the sampler protocol on it; its bootstrap has not ended yet. */
export async function openSampler(options: OpenSamplerOptions): Promise<OpenedSampler> {
  const { connection, clock, purpose, onRoundTrip, limitBytes, signal } = options;
  const opened = await connection.openShell(purpose, signal);
  if (opened.kind === 'refused') return opened;
  const killGroup: SamplerOptions['killGroup'] = (name, processGroup) => {
    void pokeHost(connection, clock, `kill -${name} -${processGroup}`);
  };
  return {
    kind: 'opened',
    sampler: createSampler({
      channel: opened.channel,
      clock,
      killGroup,
      ...(onRoundTrip === undefined ? {} : { onRoundTrip }),
      ...(limitBytes === undefined ? {} : { limitBytes }),
    }),
  };
}

/**
 * Has a shell of its own do one thing that answers nothing. Over stdin, so that it works behind a forced
 * command too.
 */
export async function pokeHost(
  connection: Connection,
  clock: Clock,
  command: string,
): Promise<void> {
  const opened = await connection.openShell('kill');
  if (opened.kind === 'refused') return;
  const { channel } = opened;
  const ignore = (): void => {};
  channel.onStdout(ignore);
  channel.onStderr(ignore);
  channel.write(`${command}\nexit\n`);
  clock.setTimeout(channel.close, POKE_LIMIT_MS);
}
