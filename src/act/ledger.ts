import type { Plan } from '../domain/action.ts';
import type { Argv } from '../domain/command.ts';
import type { Ref } from '../domain/ref.ts';
import type { EpochMs } from '../domain/time.ts';

/** What is written before a command runs. Whoever writes it adds the time. */
export type LedgerBefore = {
  /** A hand-over gives the terminal to a person: what is done there is not written down. */
  readonly kind: 'action' | 'hand-over';
  /** Ties the two lines of one run together. */
  readonly run: string;
  readonly user: string;
  /** The machine that the console runs on, and where its user's own login came from. */
  readonly from: string;
  /** What actions were unlocked for, where that is asked. */
  readonly unlockedFor?: string;
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
  /** `refused` and `cancelled`: nothing was run, and there is no line before this one. */
  readonly outcome: 'verified' | 'failed' | 'unverified' | 'unknown' | 'refused' | 'cancelled';
  readonly verified: boolean;
  /** Evidence of success, or the reason of the failure. */
  readonly reason: string;
  /** Exit code of the command; null when it is not known. */
  readonly exitCode: number | null;
  /** From the start of the command to its end. */
  readonly commandMs: number;
  /** From the start of the command to the outcome. */
  readonly durationMs: number;
  /** The end of what the command printed. */
  readonly output: string;
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

/** Who acts, and from where. */
export type Actor = Pick<LedgerBefore, 'user' | 'from' | 'unlockedFor'>;

/** What every line tells of a plan. */
export const entryOf = (
  plan: Plan,
  actor: Actor,
  at: EpochMs,
): LedgerBefore & { readonly kind: 'action' } => ({
  kind: 'action',
  run: `${new Date(at).toISOString()} ${plan.action} ${plan.subject}`,
  ...actor,
  action: plan.action,
  subject: plan.subject,
  host: plan.host,
  argv: plan.argv,
  fingerprint: plan.fingerprint,
});

/** The line of a plan of which nothing was run. */
export const notRun = (
  plan: Plan,
  actor: Actor,
  at: EpochMs,
  outcome: 'refused' | 'cancelled',
  reason: string,
): ActionAfter => ({
  ...entryOf(plan, actor, at),
  outcome,
  verified: false,
  reason,
  exitCode: null,
  commandMs: 0,
  durationMs: 0,
  output: '',
});

/**
 * Where actions and hand-overs are written down. Each promise resolves once the line is safe on the disk and rejects
 * when it cannot be written; what `before` rejects is not run.
 */
export type Ledger = {
  readonly before: (entry: LedgerBefore) => Promise<void>;
  readonly after: (entry: LedgerAfter) => Promise<void>;
};
