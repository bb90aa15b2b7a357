import type { Argv, Question } from './command.ts';
import type { CollectError } from './feed.ts';
import type { SourceStatus } from './inventory.ts';
import type { LinkReply } from './link-question.ts';
import type { EpochMs } from './time.ts';

/** What became of a question or a run. Never a rejection for a host's fault. */
export type Answer =
  | {
      readonly kind: 'done';
      readonly stdout: string;
      readonly stderr: string;
      /** Exit code of the last program; ≥ 128 when a signal ended it. */
      readonly code: number;
      /** On the host: from the first program's begin to the last one's end. */
      readonly durationMs: number;
      /** When the host began. */
      readonly beganAt?: EpochMs;
      /** All that came of it. */
      readonly bytes?: number;
    }
  | { readonly kind: 'timeout'; readonly afterSeconds: number; readonly stderr: string }
  | { readonly kind: 'too-large'; readonly bytes: number }
  | { readonly kind: 'lost'; readonly error: CollectError }
  | { readonly kind: 'aborted' };

export type AskOptions = {
  /** For each line that the question takes on the host: mostly one. */
  readonly timeoutSeconds: number;
  /**
   * It is asked at intervals, nobody waits for it. `usualMs`: how long it takes, null when it was never
   * asked; its time limit is twice that, 3 to 10 s.
   */
  readonly scheduled?: { readonly usualMs: number | null };
  readonly signal?: AbortSignal;
};
export type RunOptions = Pick<AskOptions, 'timeoutSeconds' | 'signal'> & {
  /** Called with each piece of output as it comes, already made safe for a screen. */
  readonly onOutput?: (text: string) => void;
};

/** One host's connection. */
export type HostLink = {
  readonly host: string;
  readonly status: () => SourceStatus;
  /** Calls back at every change of the status; returns the end of it. */
  readonly onStatus: (listener: (status: SourceStatus) => void) => () => void;
  readonly start: () => void;
  /**
   * Asks through the sampler. Questions of one host run one after another, in another order or on another
   * channel where one would wait for long.
   */
  readonly ask: (question: Question, options: AskOptions) => Promise<Answer>;
  /** Runs an action on a channel of its own. */
  readonly run: (argv: Argv, options: RunOptions) => Promise<Answer>;
  /** Shortens the wait for the next attempt, but not where the server refuses for now, nor a held state. */
  readonly wake: () => void;
  /** Leaves a held state, or shortens the wait for the next attempt: a person asks for it. */
  readonly retryNow: () => void;
  /** Answers the question of the status; ignored when that one no longer stands. */
  readonly reply: (reply: LinkReply) => void;
  readonly close: () => Promise<void>;
};
