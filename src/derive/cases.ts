import type { Finding, Rule, Severity } from '../domain/problem.ts';
import type { EpochMs } from '../domain/time.ts';

/** Something that a rule has found, from the first time on until its end. */
export type Case = {
  readonly id: string;
  readonly rule: string;
  /** The key of the question that it belongs to. */
  readonly question: string;
  readonly finding: Finding;
  readonly severity: Severity;
  readonly firstFoundAt: EpochMs;
  readonly since: EpochMs;
  readonly lastSeen: EpochMs;
  readonly raised: boolean;
  readonly confirmed: boolean;
  /** Since when it is no longer found although asked; null while it is. */
  readonly goneSince: EpochMs | null;
};

/** One question of a rule to one host, one cluster or the lab, answered. */
export type Question = {
  /** The rule, who was asked, and for which feeds: `zone.down host:omni1/zones`; each case belongs to one such question. */
  readonly key: string;
  readonly rule: RuleHead;
  /** Who was asked, and for which feeds: `host:omni1/zones`, `cluster:infrak8s/nodes+pods`, or `lab`. */
  readonly asked: string;
  /** undefined: what the rule needs is not fresh, so it cannot judge. */
  readonly judged: Judged | undefined;
  /** What the rule has thrown. */
  readonly broken?: { readonly cause: unknown };
};
export type Judged = {
  readonly findings: readonly Finding[];
  /** Of what was looked at the oldest part; null when it is everything, which is known as of now. */
  readonly at: EpochMs | null;
};
export type RuleHead = Pick<Rule, 'id' | 'severity' | 'holdSeconds'>;

/** A problem stays until it was not found for so long. */
const LINGER_MS = 3000;

export const NO_CASES: readonly Case[] = [];

/** What a question is called. */
export type Called = Pick<Question, 'key' | 'asked'>;
export const called = ({ id }: RuleHead, asked: string): Called => ({
  key: `${id} ${asked}`,
  asked,
});

/** Asks a rule; what it throws is the answer too. */
export function ask(
  rule: RuleHead,
  { key, asked }: Called,
  judge: () => Question['judged'],
): Question {
  try {
    return { key, rule, asked, judged: judge() };
  } catch (cause) {
    return { key, rule, asked, judged: undefined, broken: { cause } };
  }
}

export const hasThrown = ({ broken }: Question): boolean => broken !== undefined;
export const hasFound = ({ judged }: Question): boolean => (judged?.findings.length ?? 0) > 0;

/** The cases of one question: those found now, and those found before that are not over yet. */
export function settle(before: readonly Case[], question: Question, now: EpochMs): readonly Case[] {
  const { judged } = question;
  // Nearly always nothing is wrong, and nothing was.
  if (before.length === 0 && (judged?.findings.length ?? 0) === 0) return NO_CASES;
  // What is not raised yet needs findings without a break, so it does not survive a silence.
  const raised = before.filter((entry) => entry.raised);
  if (!judged) return raised.map((entry) => ({ ...entry, confirmed: false }));
  const old = new Map(before.map((entry) => [entry.id, entry]));
  const found = new Map(
    judged.findings.map((finding) => {
      const id = `${question.rule.id}@${finding.subject}`;
      return [id, foundCase(id, old.get(id), question, finding, judged.at ?? now, now)] as const;
    }),
  );
  const leaving = raised
    .filter(({ id }) => !found.has(id))
    .map((entry) => ({
      ...entry,
      confirmed: true,
      goneSince: Math.min(entry.goneSince ?? now, now),
    }))
    .filter(({ goneSince }) => now - goneSince < LINGER_MS);
  return [...found.values(), ...leaving];
}

function foundCase(
  id: string,
  before: Case | undefined,
  { key, rule }: Question,
  finding: Finding,
  seenAt: EpochMs,
  now: EpochMs,
): Case {
  const firstFoundAt = Math.min(before?.firstFoundAt ?? now, now);
  return {
    id,
    rule: rule.id,
    question: key,
    finding,
    severity: finding.severity ?? rule.severity,
    firstFoundAt,
    since: before?.raised ? before.since : Math.min(finding.began ?? firstFoundAt, firstFoundAt),
    lastSeen: seenAt,
    raised: before?.raised === true || now - firstFoundAt >= rule.holdSeconds * 1000,
    confirmed: true,
    goneSince: null,
  };
}
