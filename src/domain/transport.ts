import type { Argv, Question } from './command.ts';
import type { CollectError } from './feed.ts';
import type { SourceStatus } from './inventory.ts';
import type { LinkReply } from './link-question.ts';
import type { EpochMs } from './time.ts';

/** What became of a question or a run. Never a rejection for a host's fault. */
export type Answer =
  | DoneAnswer
  | { readonly kind: 'timeout'; readonly afterSeconds: number; readonly stderr: string }
  | { readonly kind: 'too-large'; readonly bytes: number }
  | { readonly kind: 'lost'; readonly error: CollectError }
  | { readonly kind: 'aborted' };

export type DoneAnswer = {
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
};

export type AskOptions = {
  /** For each line that the question takes on the host: mostly one. */
  readonly timeoutSeconds: number;
  /**
   * How long it takes, null when it was never asked: with this its time limit is twice that, 3 to 10 s, but
   * never more than `timeoutSeconds`.
   */
  readonly usualMs?: number | null;
  /** It takes long on a sound host: only `timeoutSeconds` is its limit. */
  readonly isSlow?: boolean;
  /** Nobody waits for it: it goes behind what somebody waits for. */
  readonly canWait?: boolean;
  readonly signal?: AbortSignal;
};
export type RunOptions = Pick<AskOptions, 'timeoutSeconds' | 'signal'> & {
  /** Called with each piece of output as it comes, already made safe for a screen. */
  readonly onOutput?: (text: string) => void;
};

export type StreamOptions = {
  /** What the last line of an answer begins with. */
  readonly lastLine: string;
  /** Called with the newest whole answer. `dropped`: how many older ones it overtook. */
  readonly onAnswer: (answer: DoneAnswer, dropped: number) => void;
  /** Without a whole answer for so long the program is ended. */
  readonly silentSeconds: number;
  /**
   * The program takes the number of its answers as its last operand, and is started anew after so many. The first
   * answer of each start but the first is left out: it comes right behind the one before it.
   */
  readonly counted?: {
    readonly intervalSeconds: number;
    /** What it took of a CPU in its latest run, the shell that started it among it; 1 = one CPU. */
    readonly onCpu: (share: number) => void;
  };
  readonly signal: AbortSignal;
};

/** What one host's connections have cost so far. */
export type LinkCost = {
  readonly transport: 'ssh2' | 'openssh';
  readonly roundTripMs: number | null;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Processes started on the host, shells among them. */
  readonly forks: number;
  /** null: no shell has told. */
  readonly cpuSeconds: number | null;
  /** Open now. */
  readonly channels: number;
  /** Connections after the first. */
  readonly reconnects: number;
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
  /**
   * Runs a program that answers again and again, on a channel of its own. Resolves when it has ended:
   * `done` by itself, `timeout` when it was silent for too long, `lost` when it could not be had.
   */
  readonly stream: (argv: Argv, options: StreamOptions) => Promise<Answer>;
  readonly cost: () => LinkCost;
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
