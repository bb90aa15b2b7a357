import type { Argv } from '../../domain/command.ts';
import type { CollectError } from '../../domain/feed.ts';
import { sanitize } from '../../domain/text.ts';
import type { Answer, RunOptions } from '../../domain/transport.ts';
import type { Clock } from '../clock.ts';
import type { Connection } from './connection.ts';
import { lostFailure, shellFailure } from './failure.ts';
import { quoteArgv } from './quote-argv.ts';
import { createSafeText } from './safe-text.ts';
import { openSampler } from './sampler-channel.ts';
import type { SectionAnswer } from './sampler.ts';

export type RunDeps = {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly place: string;
};

/**
 * Runs a program on a channel of its own, in the sampler's protocol: it gets the same environment, its
 * exit code, and works with keys that are bound to a forced command.
 */
export async function runAction(deps: RunDeps, argv: Argv, options: RunOptions): Promise<Answer> {
  const command = actionCommand(argv);
  if (typeof command !== 'string') return { kind: 'lost', error: command };
  const opened = await openInTime(deps, options);
  if (opened.kind === 'refused')
    return options.signal?.aborted === true
      ? { kind: 'aborted' }
      : { kind: 'lost', error: opened.error };
  const { sampler } = opened;
  const bootstrap = await sampler.bootstrap;
  if (bootstrap.kind !== 'ready') {
    sampler.close();
    const words = bootstrap.kind === 'shell' ? bootstrap.words : 'the shell says nothing';
    return { kind: 'lost', error: shellFailure(deps.place, words).error };
  }
  const startedAt = deps.clock.monotonic();
  const onText = (text: string): void => options.onOutput?.(text);
  const screen = { stdout: createSafeText(onText), stderr: createSafeText(onText) };
  const answer = await sampler.ask(command, {
    timeoutMs: options.timeoutSeconds * 1000,
    signal: options.signal,
    onOutput: (from, piece) => screen[from].push(piece),
  });
  screen.stdout.end();
  screen.stderr.end();
  void sampler.settled().then(() => sampler.close());
  return answerOf(deps, answer, options.timeoutSeconds, startedAt);
}

/** The command of an action, or why there is none. */
function actionCommand(argv: Argv): string | CollectError {
  try {
    return `exec ${quoteArgv(argv)}`;
  } catch (error) {
    return argumentError(error);
  }
}

/** A word that must not be sent. */
export const argumentError = (error: unknown): CollectError => ({
  code: 'argument',
  message: error instanceof Error ? error.message : String(error),
  hint: 'the name cannot be used in a command',
});

async function openInTime(
  { connection, clock }: RunDeps,
  options: RunOptions,
): ReturnType<typeof openSampler> {
  const patience = new AbortController();
  const timer = clock.setTimeout(() => patience.abort(), options.timeoutSeconds * 1000);
  const signals = options.signal === undefined ? [] : [options.signal];
  const opened = await openSampler({
    connection,
    clock,
    purpose: 'action',
    signal: AbortSignal.any([patience.signal, ...signals]),
  });
  clock.clearTimeout(timer);
  return opened;
}

function answerOf(
  { clock, place }: RunDeps,
  answer: SectionAnswer,
  afterSeconds: number,
  startedAt: number,
): Answer {
  switch (answer.kind) {
    case 'done':
      return {
        kind: 'done',
        stdout: sanitize(answer.stdout.toString('utf8')),
        stderr: sanitize(answer.stderr.toString('utf8')),
        code: answer.code,
        durationMs: clock.monotonic() - startedAt,
      };
    case 'timeout':
      return { kind: 'timeout', afterSeconds, stderr: sanitize(answer.stderr.toString('utf8')) };
    case 'closed':
      return { kind: 'lost', error: lostFailure(place, 'while the command ran').error };
    case 'too-large':
    case 'aborted':
      return answer;
  }
}
