import type { Argv, Question } from './command.ts';
import type { CollectError } from './feed.ts';
import type { SourceStatus } from './inventory.ts';
import type { LinkReply } from './link-question.ts';

/** What became of a question or a run. Never a rejection for a host's fault. */
export type Answer =
  | {
      readonly kind: 'done';
      readonly stdout: string;
      readonly stderr: string;
      /** Exit code of the last program; ≥ 128 when a signal ended it. */
      readonly code: number;
      readonly durationMs: number;
    }
  | { readonly kind: 'timeout'; readonly afterSeconds: number; readonly stderr: string }
  | { readonly kind: 'too-large'; readonly bytes: number }
  | { readonly kind: 'lost'; readonly error: CollectError }
  | { readonly kind: 'aborted' };

export type AskOptions = {
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
};
export type RunOptions = AskOptions & {
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
  /** Asks through the sampler. Questions of one host run one after another. */
  readonly ask: (question: Question, options: AskOptions) => Promise<Answer>;
  /** Runs an action on a channel of its own. */
  readonly run: (argv: Argv, options: RunOptions) => Promise<Answer>;
  /** Leaves a held state, or shortens the wait for the next attempt. */
  readonly retryNow: () => void;
  /** Answers the question of the status; ignored when that one no longer stands. */
  readonly reply: (reply: LinkReply) => void;
  readonly close: () => Promise<void>;
};
