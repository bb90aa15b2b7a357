import { duration } from '../domain/format.ts';
import type { HandOverPlan } from '../domain/hand-over.ts';
import { sanitize } from '../domain/text.ts';
import type { Clock } from './clock.ts';
import type { Actor, Ledger, LedgerBefore } from './ledger.ts';

/** How the program ended that had the terminal. */
export type HandOverEnd =
  | {
      readonly kind: 'exit';
      readonly code: number;
      /** What ssh itself said. */ readonly log: string;
    }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'not-started'; readonly reason: string };

export type HandOverDeps = {
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Who takes it, for the ledger. */
  readonly actor: Actor;
  /** Gives the terminal away and resolves when it is back. Never rejects. */
  readonly take: (plan: HandOverPlan) => Promise<HandOverEnd>;
};

/** What became of a hand-over. */
export type HandOverOutcome =
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'ended' | 'failed';
      /** How it ended, in words; empty when there is nothing to say of it. */
      readonly text: string;
      readonly exitCode: number | null;
      readonly durationMs: number;
      /** Why the second ledger line could not be written; null when it was. */
      readonly ledgerError: string | null;
    };

/** ssh(1), EXIT STATUS: 255 is an error of its own, anything else comes from the host. */
const TRANSPORT = 255;

/**
 * Writes the ledger, gives the terminal away, and writes the ledger again. What cannot be written down does not happen.
 * Never rejects.
 */
export async function runHandOver(
  plan: HandOverPlan,
  { ledger, clock, actor, take }: HandOverDeps,
): Promise<HandOverOutcome> {
  const startedAt = clock.now();
  const entry: LedgerBefore & { readonly kind: 'hand-over' } = {
    kind: 'hand-over',
    run: `${new Date(startedAt).toISOString()} ${plan.handOver} ${plan.subject}`,
    ...actor,
    action: plan.handOver,
    subject: plan.subject,
    host: plan.host,
    argv: plan.argv,
    fingerprint: plan.fingerprint,
  };
  try {
    await ledger.before(entry);
  } catch (cause) {
    return {
      kind: 'refused',
      reason: `the ledger cannot be written, nothing was opened: ${messageOf(cause)}`,
    };
  }
  const end = await take(plan);
  const { kind, text, exitCode } = judge(end, plan.host);
  const durationMs = clock.now() - startedAt;
  const outcome = { kind, text, exitCode, durationMs };
  try {
    await ledger.after({
      ...entry,
      outcome: kind,
      reason: text === '' ? `ended after ${duration(durationMs)}` : text,
      exitCode,
      durationMs,
    });
    return { ...outcome, ledgerError: null };
  } catch (cause) {
    return { ...outcome, ledgerError: messageOf(cause) };
  }
}

function judge(
  end: HandOverEnd,
  host: string,
): { readonly kind: 'ended' | 'failed'; readonly text: string; readonly exitCode: number | null } {
  switch (end.kind) {
    case 'not-started':
      return { kind: 'failed', text: end.reason, exitCode: null };
    case 'signal':
      return { kind: 'failed', text: `ssh was ended by ${end.signal}`, exitCode: null };
    case 'exit':
      if (end.code === 0) return { kind: 'ended', text: '', exitCode: 0 };
      if (end.code !== TRANSPORT)
        return { kind: 'ended', text: `ended with exit code ${end.code}`, exitCode: end.code };
      return {
        kind: 'failed',
        text: transportText(host, lastWords(end.log)),
        exitCode: end.code,
      };
  }
}

/** ssh writes nothing down when the host closes an established connection. */
const transportText = (host: string, words: string): string =>
  words === ''
    ? `the connection to ${host} was closed from its end`
    : `ssh to ${host} failed: ${words}`;

/** ssh tells the cause in its last lines; the last but one often says more than the last. */
function lastWords(log: string): string {
  const lines = sanitize(log)
    .split('\n')
    .map((line) => line.replaceAll('·', '').trim())
    .filter((line) => line !== '');
  return lines.slice(-2).join('; ');
}

const messageOf = (cause: unknown): string =>
  sanitize(cause instanceof Error ? cause.message : String(cause));
