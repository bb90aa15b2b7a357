import type { Argv } from '../../domain/command.ts';
import { sanitize } from '../../domain/text.ts';
import type { Answer, DoneAnswer, StreamOptions } from '../../domain/transport.ts';
import type { Clock, Timer } from '../clock.ts';
import { createAnswerSplitter } from './answer-splitter.ts';
import type { Connection } from './connection.ts';
import { lostFailure, shellFailure } from './failure.ts';
import { quoteArgv } from './quote-argv.ts';
import { argumentError } from './run-action.ts';
import { openSampler } from './sampler-channel.ts';
import type { Sampler, SectionAnswer } from './sampler.ts';

export type StreamDeps = {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly place: string;
  /** A sampler that is to be ended with the session; gives back what forgets it. */
  readonly onStarted: (sampler: Sampler) => () => void;
  /** The program is started anew. */
  readonly onAgain: () => void;
};

/** So long a stream waits for one of its channels. */
const SLOT_LIMIT_MS = 5_000;
/** Nothing of a stream is kept: its answers are handed on. */
const KEPT_BYTES = 64 * 1024;
/** What a program costs is known after so many answers, and then so often. */
const FIRST_ANSWERS = 6;
const RUN_SECONDS = 300;

/** Runs a program that answers again and again; TERM ends it on the host. */
export async function runStream(
  deps: StreamDeps,
  argv: Argv,
  options: StreamOptions,
): Promise<Answer> {
  const { place } = deps;
  const command = commandOf(argv);
  if (typeof command !== 'string') return { kind: 'lost', error: command.error };
  const opened = await openInTime(deps, options.signal);
  if (opened.kind === 'refused')
    return options.signal.aborted ? { kind: 'aborted' } : { kind: 'lost', error: opened.error };
  const { sampler } = opened;
  const forget = deps.onStarted(sampler);
  const bootstrap = await sampler.bootstrap;
  if (bootstrap.kind !== 'ready') {
    sampler.close();
    forget();
    const words = bootstrap.kind === 'shell' ? bootstrap.words : 'the shell says nothing';
    return { kind: 'lost', error: shellFailure(place, words).error };
  }
  const answer = await followRuns(deps, sampler, command, options);
  void sampler.settled().then(() => {
    sampler.close();
    forget();
  });
  return answer;
}

/** One run after another of a program that counts its answers; one run of any other. */
async function followRuns(
  deps: StreamDeps,
  sampler: Sampler,
  command: string,
  options: StreamOptions,
): Promise<Answer> {
  const { counted } = options;
  if (counted === undefined) return (await follow(deps, sampler, command, options)).end;
  const { clock } = deps;
  const most = Math.max(FIRST_ANSWERS, Math.round(RUN_SECONDS / counted.intervalSeconds));
  // In one write with the program: it costs no round trip.
  const begin = sampler.cpuSeconds();
  let spent: number | null | undefined;
  for (let answers = FIRST_ANSWERS, skip = 0; ; answers = most, skip = 1) {
    const startedAt = clock.monotonic();
    const run = await follow(deps, sampler, `${command} ${answers}`, { ...options, skip });
    // One that ends before its time does not count them.
    if (run.end.kind !== 'done' || run.end.code !== 0 || run.answers < answers - skip)
      return run.end;
    spent ??= await begin;
    const now = await sampler.cpuSeconds();
    const seconds = (clock.monotonic() - startedAt) / 1000;
    if (now !== null && spent !== null && seconds > 0) counted.onCpu((now - spent) / seconds);
    spent = now;
    deps.onAgain();
  }
}

type Run = {
  readonly end: Answer;
  /** Handed over, or overtaken by newer ones. */
  readonly answers: number;
};

async function follow(
  { clock, place }: StreamDeps,
  sampler: Sampler,
  command: string,
  options: StreamOptions & {
    /** So many answers at the begin are left out. */
    readonly skip?: number;
  },
): Promise<Run> {
  const silence = new AbortController();
  let timer: Timer | undefined;
  const expect = (): void => {
    clock.clearTimeout(timer);
    timer = clock.setTimeout(() => silence.abort(), options.silentSeconds * 1000);
  };
  let waiting: { readonly answer: DoneAnswer; readonly dropped: number } | undefined;
  let isOver = false;
  let answers = 0;
  let left = options.skip ?? 0;
  const hand = (): void => {
    const newest = waiting;
    waiting = undefined;
    if (newest !== undefined && !isOver) options.onAnswer(newest.answer, newest.dropped);
  };
  const split = createAnswerSplitter({
    lastLine: options.lastLine,
    now: clock.monotonic,
    onAnswer: ({ text, beganAt, bytes }, dropped) => {
      expect();
      if (left > 0) {
        left--;
        return;
      }
      answers += 1 + dropped;
      const durationMs = Math.max(0, clock.monotonic() - beganAt);
      const before = waiting;
      // The newest wins: what could not be handled in time is worth less than what is true now.
      waiting = {
        answer: {
          kind: 'done',
          stdout: text,
          stderr: '',
          code: 0,
          durationMs,
          beganAt: clock.now() - durationMs,
          bytes,
        },
        dropped: dropped + (before === undefined ? 0 : before.dropped + 1),
      };
      if (before === undefined) setImmediate(hand);
    },
  });
  expect();
  const ended = await sampler.ask(command, {
    timeoutMs: null,
    signal: AbortSignal.any([options.signal, silence.signal]),
    onOutput: (from, piece) => {
      if (from === 'stdout') split(piece);
    },
  });
  clock.clearTimeout(timer);
  hand();
  isOver = true;
  const isSilent = ended.kind === 'aborted' && !options.signal.aborted;
  return {
    answers,
    end: isSilent
      ? { kind: 'timeout', afterSeconds: options.silentSeconds, stderr: '' }
      : answerOf(ended, place),
  };
}

function answerOf(ended: SectionAnswer, place: string): Answer {
  switch (ended.kind) {
    case 'done':
      return {
        kind: 'done',
        stdout: '',
        stderr: sanitize(ended.stderr.toString('utf8')),
        code: ended.code,
        durationMs: ended.durationMs,
      };
    case 'too-large':
      return { kind: 'done', stdout: '', stderr: '', code: 0, durationMs: 0 };
    case 'timeout':
    case 'closed':
      return { kind: 'lost', error: lostFailure(place, 'while a program ran').error };
    case 'aborted':
      return ended;
  }
}

function commandOf(argv: Argv): string | { readonly error: ReturnType<typeof argumentError> } {
  try {
    return `exec ${quoteArgv(argv)}`;
  } catch (error) {
    return { error: argumentError(error) };
  }
}

async function openInTime(
  { connection, clock }: StreamDeps,
  signal: AbortSignal,
): ReturnType<typeof openSampler> {
  const patience = new AbortController();
  const timer = clock.setTimeout(() => patience.abort(), SLOT_LIMIT_MS);
  const opened = await openSampler({
    connection,
    clock,
    purpose: 'stream',
    limitBytes: KEPT_BYTES,
    signal: AbortSignal.any([patience.signal, signal]),
  });
  clock.clearTimeout(timer);
  return opened;
}
