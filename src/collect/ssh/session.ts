import type { Question } from '../../domain/command.ts';
import type { CollectError } from '../../domain/feed.ts';
import type { HostLink } from '../../domain/transport.ts';
import type { Clock } from '../clock.ts';
import { forksOf } from '../forks.ts';
import type { ChannelPurpose } from './channel-slots.ts';
import type { Connection } from './connection.ts';
import {
  closedError,
  failure,
  frozenFailure,
  fullLineFailure,
  lostFailure,
  noForkFailure,
  shellFailure,
} from './failure.ts';
import type { LinkFailure } from './failure.ts';
import { FROZEN_AFTER_SECONDS, watchLiveness } from './liveness.ts';
import type { Meter } from './meter.ts';
import { argumentError, runAction } from './run-action.ts';
import { runStream } from './run-stream.ts';
import { openSampler, pokeHost } from './sampler-channel.ts';
import { createSamplerPool } from './sampler-pool.ts';
import type { Sampler } from './sampler.ts';
import { sectionsOf } from './sections.ts';
import { timeLimitMs } from './time-limit.ts';

/** A connection with its sampler, from the first frame on. */
export type Session = Pick<HostLink, 'ask' | 'run' | 'stream'> & {
  /** The connection ended by itself. */
  readonly lost: (reason: LinkFailure) => void;
  /** Ends what the sampler runs, then the connection. */
  readonly end: () => Promise<void>;
};

export type SessionOptions = {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly meter: Meter;
  /** For messages: address and port. */
  readonly place: string;
  /** No byte came for 5 s although one was asked for, or bytes come again. */
  readonly onStale: (isStale: boolean) => void;
  /** The host froze, or no shell could be had any more. The connection is already dropped. */
  readonly onFailed: (reason: LinkFailure) => void;
};

/** How often the shells are asked what they have cost: a builtin, no process. */
const MEASURE_EVERY_MS = 15_000;
/** More than a shell says that refuses, while another one was waited for in vain. */
const FULL_BYTES = 32 * 1024;

/** Starts the sampler on a fresh connection; the failure says why it does not answer. */
export async function openSession(options: SessionOptions): Promise<Session | LinkFailure> {
  const sampler = await startSampler(options, 'sampler');
  return 'error' in sampler ? sampler : createSession(options, sampler);
}

async function startSampler(
  { connection, clock, meter, place }: SessionOptions,
  purpose: ChannelPurpose,
): Promise<Sampler | LinkFailure> {
  const opened = await openSampler({
    connection,
    clock,
    purpose,
    onRoundTrip: meter.roundTrip,
  });
  if (opened.kind === 'refused') return failure(opened.error);
  // The shell, and the program of its first section.
  meter.forks(2);
  const bootstrap = await opened.sampler.bootstrap;
  switch (bootstrap.kind) {
    case 'ready':
      return opened.sampler;
    case 'shell':
      return shellFailure(place, bootstrap.words);
    case 'silent':
      opened.sampler.close();
      return failure({
        code: 'shell-timeout',
        message: `the shell of ${place} did not answer within 5 s`,
        hint: 'the host is overloaded, or the login script of the account hangs',
      });
  }
}

function createSession(options: SessionOptions, first: Sampler): Session {
  const { connection, clock, meter, place } = options;
  let over: CollectError | undefined;
  let isFull = false;
  const streams = new Set<Sampler>();

  const pool = createSamplerPool({
    first,
    clock,
    open: async (isExtra) => {
      const before = connection.bytesRead();
      const sampler = await startSampler(options, isExtra ? 'demand' : 'sampler');
      const bytes = connection.bytesRead() - before;
      isFull = bytes > FULL_BYTES;
      return 'error' in sampler
        ? {
            kind: 'refused',
            error: sampler.error,
            isSilent: bytes === 0 && sampler.error.code === 'shell-timeout',
          }
        : { kind: 'opened', sampler };
    },
    shellLost: () => lostFailure(place, 'its shell ended').error,
    onFailed: (error, isHung) => {
      if (isFull) drop(fullLineFailure(place));
      else drop(isHung ? noForkFailure(place, error.message) : lostFailure(place, error.message));
    },
    ping: () => void pokeHost(connection, clock, ':'),
    onCpuSeconds: meter.cpuSeconds,
  });

  const stopWatch = watchLiveness({
    clock,
    bytesRead: connection.bytesRead,
    isAsked: () => pool.isAsked() || connection.opening() > 0,
    probe: pool.probe,
    onStale: options.onStale,
    onFrozen: () => drop(frozenFailure(place, FROZEN_AFTER_SECONDS)),
  });

  let measuring = clock.setTimeout(measure, MEASURE_EVERY_MS);
  function measure(): void {
    pool.measure();
    measuring = clock.setTimeout(measure, MEASURE_EVERY_MS);
  }

  const finish = (error: CollectError): void => {
    over ??= error;
    stopWatch();
    clock.clearTimeout(measuring);
  };

  const giveUp = (error: CollectError): void => {
    pool.fail(error);
    for (const stream of streams) stream.close();
  };

  const drop = (reason: LinkFailure): void => {
    if (over !== undefined) return;
    finish(reason.error);
    giveUp(reason.error);
    connection.destroy();
    options.onFailed(reason);
  };

  const ask: Session['ask'] = (question, asked) =>
    new Promise((resolve) => {
      const sections = sectionsOrError(question);
      if ('error' in sections) resolve({ kind: 'lost', error: sections.error });
      else if (over !== undefined) resolve({ kind: 'lost', error: over });
      else if (asked.signal?.aborted === true) resolve({ kind: 'aborted' });
      else {
        meter.forks(forksOf(question));
        pool.enqueue({
          sections: sections.sections,
          limitMs: timeLimitMs(asked, sections.sections.length),
          mostMs: asked.timeoutSeconds * 1000,
          usualMs: asked.usualMs ?? null,
          isUrgent: asked.canWait !== true,
          signal: asked.signal,
          resolve,
        });
      }
    });

  return {
    ask,
    run: (argv, runOptions) => {
      if (over !== undefined) return Promise.resolve({ kind: 'lost', error: over });
      meter.forks(3);
      return runAction({ connection, clock, place }, argv, runOptions);
    },
    stream: (argv, streamOptions) => {
      if (over !== undefined) return Promise.resolve({ kind: 'lost', error: over });
      meter.forks(3);
      const onStarted = (sampler: Sampler): (() => void) => {
        streams.add(sampler);
        return () => streams.delete(sampler);
      };
      const onAgain = (): void => meter.forks(1);
      return runStream({ connection, clock, place, onStarted, onAgain }, argv, streamOptions);
    },
    lost: (reason) => {
      finish(reason.error);
      giveUp(reason.error);
    },
    end: async () => {
      const error = closedError(place);
      finish(error);
      await Promise.all([pool.end(error), ...[...streams].map((stream) => stream.end())]);
      await connection.end();
    },
  };
}

function sectionsOrError(
  question: Question,
): { readonly sections: readonly string[] } | { readonly error: CollectError } {
  try {
    return { sections: sectionsOf(question) };
  } catch (error) {
    return { error: argumentError(error) };
  }
}
