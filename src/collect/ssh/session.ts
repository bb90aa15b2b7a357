import type { Question } from '../../domain/command.ts';
import type { CollectError } from '../../domain/feed.ts';
import { sanitize } from '../../domain/text.ts';
import type { Answer, AskOptions, HostLink } from '../../domain/transport.ts';
import type { Clock } from '../clock.ts';
import type { Connection } from './connection.ts';
import { closedError, failure, frozenFailure, lostFailure, shellFailure } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import { FROZEN_AFTER_SECONDS, watchLiveness } from './liveness.ts';
import { argumentError, runAction } from './run-action.ts';
import { openSampler } from './sampler-channel.ts';
import type { Sampler, SectionAnswer } from './sampler.ts';
import { sectionsOf } from './sections.ts';

/** A connection with its sampler, from the first frame on. */
export type Session = Pick<HostLink, 'ask' | 'run'> & {
  /** The connection ended by itself. */
  readonly lost: (reason: LinkFailure) => void;
  /** Ends what the sampler runs, then the connection. */
  readonly end: () => Promise<void>;
};

export type SessionOptions = {
  readonly connection: Connection;
  readonly clock: Clock;
  /** For messages: address and port. */
  readonly place: string;
  /** The host froze, or no shell could be had any more. The connection is already dropped. */
  readonly onFailed: (reason: LinkFailure) => void;
};

type Job = {
  readonly sections: readonly string[];
  readonly options: AskOptions;
  readonly resolve: (answer: Answer) => void;
  tries: number;
};

const PROBE_SECTION = ':';
/** Longer than the limit for silence: that one judges a dead host, this one a shell that hangs. */
const PROBE_LIMIT_SECONDS = 20;

/** Starts the sampler on a fresh connection; the failure says why it does not answer. */
export async function openSession(options: SessionOptions): Promise<Session | LinkFailure> {
  const sampler = await startSampler(options);
  return 'error' in sampler ? sampler : createSession(options, sampler);
}

async function startSampler({
  connection,
  clock,
  place,
}: SessionOptions): Promise<Sampler | LinkFailure> {
  const opened = await openSampler(connection, clock);
  if (opened.kind === 'refused') return failure(opened.error);
  const bootstrap = await opened.sampler.bootstrap;
  switch (bootstrap.kind) {
    case 'ready':
      return opened.sampler;
    case 'shell':
      return shellFailure(place, bootstrap.words);
    case 'silent':
      return failure({
        code: 'shell-timeout',
        message: `the shell of ${place} did not answer within 5 s`,
        hint: 'the host is overloaded, or the login script of the account hangs',
      });
  }
}

function createSession(options: SessionOptions, first: Sampler): Session {
  const { connection, clock, place } = options;
  let sampler = first;
  let queue: readonly Job[] = [];
  let isPumping = false;
  let over: CollectError | undefined;

  const stopWatch = watchLiveness({
    clock,
    bytesRead: connection.bytesRead,
    isAsked: () => sampler.isBusy() || connection.opening() > 0,
    probe: () => {
      if (!isPumping) enqueue([PROBE_SECTION], { timeoutSeconds: PROBE_LIMIT_SECONDS }, () => {});
    },
    onFrozen: () => drop(frozenFailure(place, FROZEN_AFTER_SECONDS)),
  });

  const finish = (error: CollectError): void => {
    over = error;
    stopWatch();
    const jobs = queue;
    queue = [];
    for (const job of jobs) job.resolve({ kind: 'lost', error });
  };

  const drop = (reason: LinkFailure): void => {
    if (over !== undefined) return;
    finish(reason.error);
    sampler.close();
    connection.destroy();
    options.onFailed(reason);
  };

  const enqueue = (
    sections: readonly string[],
    askOptions: AskOptions,
    resolve: (answer: Answer) => void,
  ): void => {
    const { signal } = askOptions;
    const onAbort = (): void => {
      if (!queue.includes(job)) return;
      queue = queue.filter((one) => one !== job);
      job.resolve({ kind: 'aborted' });
    };
    const job: Job = {
      sections,
      options: askOptions,
      tries: 0,
      resolve: (answer) => {
        signal?.removeEventListener('abort', onAbort);
        resolve(answer);
      },
    };
    queue = [...queue, job];
    signal?.addEventListener('abort', onAbort, { once: true });
    void pump();
  };

  const pump = async (): Promise<void> => {
    if (isPumping) return;
    isPumping = true;
    while (queue.length > 0 && (await haveSampler())) {
      const [job, ...others] = queue;
      queue = others;
      if (job === undefined) continue;
      const answer = await perform(job);
      if (answer === undefined) queue = [job, ...queue];
      else job.resolve(answer);
    }
    isPumping = false;
  };

  /** Waits until the sampler is free; a new one takes the place of one that had to be killed. */
  const haveSampler = async (): Promise<boolean> => {
    if (over !== undefined) return false;
    if (await sampler.settled()) return true;
    if (isOver()) return false;
    const next = await startSampler(options);
    if ('error' in next) {
      drop(lostFailure(place, next.error.message));
      return false;
    }
    sampler = next;
    if (!isOver()) return true;
    sampler.close();
    return false;
  };
  const isOver = (): boolean => over !== undefined;

  /** undefined: the shell ended under the question, which may be asked once more. */
  const perform = async (job: Job): Promise<Answer | undefined> => {
    const { timeoutSeconds, signal } = job.options;
    job.tries++;
    const startedAt = clock.now();
    const elapsedMs = (): number => Math.max(0, clock.now() - startedAt);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let code = 0;
    for (const section of job.sections) {
      const timeoutMs = Math.max(1, timeoutSeconds * 1000 - elapsedMs());
      const answer = await sampler.ask(section, { timeoutMs, signal });
      if (answer.kind === 'closed' && over === undefined && job.tries === 1) return undefined;
      if (answer.kind !== 'done') return interrupted(answer, timeoutSeconds, stderr);
      stdout.push(answer.stdout);
      stderr.push(answer.stderr);
      ({ code } = answer);
    }
    return {
      kind: 'done',
      stdout: Buffer.concat(stdout).toString('utf8'),
      stderr: safeText(stderr),
      code,
      durationMs: elapsedMs(),
    };
  };

  const interrupted = (
    answer: Exclude<SectionAnswer, { kind: 'done' }>,
    afterSeconds: number,
    stderr: readonly Buffer[],
  ): Answer => {
    switch (answer.kind) {
      case 'timeout':
        return { kind: 'timeout', afterSeconds, stderr: safeText([...stderr, answer.stderr]) };
      case 'closed':
        return { kind: 'lost', error: over ?? lostFailure(place, 'its shell ended').error };
      case 'too-large':
      case 'aborted':
        return answer;
    }
  };

  return {
    ask: (question, askOptions) =>
      new Promise((resolve) => {
        const sections = sectionsOrError(question);
        if ('error' in sections) resolve({ kind: 'lost', error: sections.error });
        else if (over !== undefined) resolve({ kind: 'lost', error: over });
        else if (askOptions.signal?.aborted === true) resolve({ kind: 'aborted' });
        else enqueue(sections.sections, askOptions, resolve);
      }),
    run: (argv, runOptions) =>
      over === undefined
        ? runAction({ connection, clock, place }, argv, runOptions)
        : Promise.resolve({ kind: 'lost', error: over }),
    lost: (reason) => {
      finish(reason.error);
      sampler.close();
    },
    end: async () => {
      finish(closedError(place));
      await sampler.end();
      await connection.end();
    },
  };
}

const safeText = (pieces: readonly Buffer[]): string =>
  sanitize(Buffer.concat(pieces).toString('utf8'));

function sectionsOrError(
  question: Question,
): { readonly sections: readonly string[] } | { readonly error: CollectError } {
  try {
    return { sections: sectionsOf(question) };
  } catch (error) {
    return { error: argumentError(error) };
  }
}
