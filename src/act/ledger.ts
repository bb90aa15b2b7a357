import type { Argv } from '../domain/command.ts';
import type { Ref } from '../domain/ref.ts';

/** What is written before a command runs. Whoever writes it adds the time. */
export type LedgerBefore = {
  /** A hand-over gives the terminal to a person: what is done there is not written down. */
  readonly kind: 'action' | 'hand-over';
  /** Ties the two lines of one run together. */
  readonly run: string;
  readonly user: string;
  /** Id of the action or hand-over. */
  readonly action: string;
  readonly subject: Ref;
  readonly host: string;
  /** What runs on the host; null for its login shell. */
  readonly argv: Argv | null;
  /** What the subject was when the user confirmed. */
  readonly fingerprint: string;
};

/** What is written when an action has ended, however it ended. */
export type ActionAfter = LedgerBefore & {
  readonly kind: 'action';
  readonly outcome: 'verified' | 'failed' | 'unverified' | 'unknown';
  readonly verified: boolean;
  /** Evidence of success, or the reason of the failure. */
  readonly reason: string;
  /** Exit code of the command; null when it is not known. */
  readonly exitCode: number | null;
  /** From the start of the command to its end. */
  readonly commandMs: number;
  /** From the start of the command to the outcome. */
  readonly durationMs: number;
};

/** What is written when the terminal is back. */
export type HandOverAfter = LedgerBefore & {
  readonly kind: 'hand-over';
  readonly outcome: 'ended' | 'failed';
  /** How it ended, in words. */
  readonly reason: string;
  /** null when a signal ended it, or when it could not be started. */
  readonly exitCode: number | null;
  readonly durationMs: number;
};

export type LedgerAfter = ActionAfter | HandOverAfter;

/**
 * Where actions and hand-overs are written down. Each promise resolves once the line is safe on the disk and rejects
 * when it cannot be written; what `before` rejects is not run.
 */
export type Ledger = {
  readonly before: (entry: LedgerBefore) => Promise<void>;
  readonly after: (entry: LedgerAfter) => Promise<void>;
};
