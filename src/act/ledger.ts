import type { Argv } from '../domain/command.ts';
import type { Ref } from '../domain/ref.ts';

/** What is written before a command runs. Whoever writes it adds the time. */
export type LedgerBefore = {
  /** Ties the two lines of one run together. */
  readonly run: string;
  readonly user: string;
  readonly action: string;
  readonly subject: Ref;
  readonly host: string;
  readonly argv: Argv;
  /** What the subject was when the user confirmed. */
  readonly fingerprint: string;
};

/** What is written when a run has ended, however it ended. */
export type LedgerAfter = LedgerBefore & {
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

/**
 * Where actions are written down. Each promise resolves once the line is safe on the disk and rejects when it
 * cannot be written; an action whose `before` rejects is not run.
 */
export type Ledger = {
  readonly before: (entry: LedgerBefore) => Promise<void>;
  readonly after: (entry: LedgerAfter) => Promise<void>;
};
