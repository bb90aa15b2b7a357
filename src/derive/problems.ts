import { fresh } from '../domain/feed.ts';
import type { Feed } from '../domain/feed.ts';
import type {
  ClusterFeeds,
  Feeds,
  HostInventory,
  Inventory,
  SourceStatus,
} from '../domain/inventory.ts';
import type { KubeTable } from '../domain/kube.ts';
import { lasting } from '../domain/lasting.ts';
import type { Finding, Problem, Rule, RuleContext, Severity } from '../domain/problem.ts';
import { sourceRef } from '../domain/ref.ts';
import type { Threshold } from '../domain/settings.ts';
import type { EpochMs } from '../domain/time.ts';
import { explain } from './causes.ts';
import { judgeObjects } from './object-rules.ts';
import type { Allowance } from './object-rules.ts';
import { bySeverityThenAge } from './severity.ts';

/** What is remembered between two looks at the inventory. */
export type ProblemState = {
  /** Roots first, by severity, then the older first; then what they explain, in the same order. */
  readonly problems: readonly Problem[];
  /** By the problem's id; also what is found but not held long enough yet. */
  readonly cases: ReadonlyMap<string, Case>;
  /** When a problem was raised or cleared, within the last 40 min, by its id; survives the problem. */
  readonly changes: ReadonlyMap<string, readonly EpochMs[]>;
  /** Rules have not seen all objects of a large table yet: look again soon. What they will find is not known. */
  readonly unfinished: boolean;
  /** What the rules have said of each host, by its name: they say it again while nothing that they look at is new. */
  readonly hosts: ReadonlyMap<string, HostRound>;
};

/** What all rules over one host have said of it. */
type HostRound = {
  readonly rules: readonly Rule[];
  readonly thresholds: Thresholds;
  readonly host: HostInventory;
  readonly at: EpochMs;
  /** If nothing but time changes they say the same before it. */
  readonly until: EpochMs;
  /** What was raised when they were asked: a limit that was passed is left only with some distance. */
  readonly told: readonly Case[];
  readonly questions: readonly Question[];
  /** Of those the ones whose rule has thrown. */
  readonly broken: readonly Question[];
  /** Whether nothing was found. */
  readonly isWell: boolean;
  /** What has come of it until now. */
  readonly cases: readonly Case[];
};
type Thresholds = Readonly<Record<string, Threshold>>;

type Case = {
  readonly id: string;
  readonly rule: string;
  /** Who was asked, and for which feeds: `host:omni1/zones`, `cluster:infrak8s/nodes+pods`, or `lab`. */
  readonly asked: string;
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

/** One question of a rule to one host, one cluster or the lab. */
type Question = {
  readonly rule: RuleHead;
  readonly asked: string;
  /** undefined: what the rule needs is not fresh, so it cannot judge. */
  readonly judged: Judged | undefined;
  /** What the rule has thrown. */
  readonly broken?: { readonly cause: unknown };
};
type Judged = {
  readonly findings: readonly Finding[];
  /** Of what was looked at the oldest part; null when a rule needs nothing that has a time. */
  readonly at: EpochMs | null;
};
type RuleHead = Pick<Rule, 'id' | 'severity' | 'holdSeconds'>;

/** A problem stays until it was not found for so long. */
const LINGER_MS = 3000;
/** So many raises and clears in this time are called flapping. */
const FLAP_CHANGES = 5;
const FLAP_WINDOW_MS = 40 * 60_000;
/** So many objects that are new or have changed are looked at in one step: a key that comes then waits 3 ms. */
const LOOKS = 4000;

/** A rule that throws is a problem of the console itself. */
const BROKEN_RULE: RuleHead = { id: 'labtop.rule', severity: 'warning', holdSeconds: 0 };

export const noProblems: ProblemState = {
  problems: [],
  cases: new Map(),
  changes: new Map(),
  unfinished: false,
  hosts: new Map(),
};

/**
 * The life of all problems, one step on: raised after the rule's hold time, kept while found, cleared after
 * a short linger. What a host or cluster that does not answer was found to have stays, unconfirmed, with its
 * `since`. Call it after each change of the inventory and at least once a second. The rules over a host are asked only
 * when it has changed, or when time makes another answer of it: a step costs the hosts that have changed.
 */
export function nextProblems(
  state: ProblemState,
  rules: readonly Rule[],
  inventory: Inventory,
  now: EpochMs,
  thresholds: Thresholds = NO_THRESHOLDS,
): ProblemState {
  const hosts = new Map(
    inventory.hosts.map((host) => [
      host.name,
      nextRound(state.hosts.get(host.name), rules, host, now, thresholds),
    ]),
  );
  const allowance: Allowance = { left: LOOKS };
  const others = askOthers(rules, inventory, now, contexts(state, thresholds), allowance);
  const broken = [...hosts.values()].flatMap((round) => round.broken);
  const rest = [...others, aboutBroken([...broken, ...others.filter(hasThrown)], now)];
  const cases = new Map<string, Case>();
  const before = Map.groupBy(state.cases.values(), keyOf);
  for (const next of [
    ...[...hosts.values()].flatMap((round) => round.cases),
    ...rest.flatMap((question) => settle(before.get(keyOf(question)) ?? NO_CASES, question, now)),
  ])
    if (!cases.has(next.id)) cases.set(next.id, next);
  const changes = nextChanges(state, cases, now);
  const places = new Map(rules.map(({ id }, place) => [id, place]));
  const raised = [...cases.values()]
    .filter((entry) => entry.raised)
    // Of several causes that are equally near the one whose rule comes first counts.
    .toSorted((a, b) => (places.get(a.rule) ?? Infinity) - (places.get(b.rule) ?? Infinity))
    .map((entry) => toProblem(entry, changes.get(entry.id)?.length ?? 0));
  const explained = explain(raised, inventory).toSorted(
    (a, b) => Number(a.cause !== null) - Number(b.cause !== null) || bySeverityThenAge(a, b),
  );
  return {
    problems: keepSame(state.problems, explained),
    cases,
    changes,
    unfinished: allowance.left <= 0,
    hosts,
  };
}

/** Whether something that was found, and is not held long enough yet, is a problem by then if it stays. */
export const raisesBy = (state: ProblemState, rules: readonly Rule[], at: EpochMs): boolean =>
  (nextRaiseAt(state, rules) ?? Infinity) <= at;

/** When the next of what was found will have been held long enough; null when nothing waits for that. */
export function nextRaiseAt({ cases }: ProblemState, rules: readonly Rule[]): EpochMs | null {
  const waiting = [...cases.values()].filter(({ raised }) => !raised);
  if (waiting.length === 0) return null;
  const holds = new Map(rules.map(({ id, holdSeconds }) => [id, holdSeconds * 1000]));
  return waiting.reduce(
    (least, { rule, firstFoundAt }) => Math.min(least, firstFoundAt + (holds.get(rule) ?? 0)),
    Number.POSITIVE_INFINITY,
  );
}

/** How often the problem was raised or cleared within the last 40 minutes. */
export const changesOf = (state: ProblemState, id: string): number =>
  state.changes.get(id)?.length ?? 0;

const NO_CASES: readonly Case[] = [];
const NO_LIMITS: Threshold = { warning: Number.NaN, critical: Number.NaN };

const NO_THRESHOLDS: Thresholds = {};

/** What each rule is told beside the data. */
function contexts(
  { cases }: Pick<ProblemState, 'cases'>,
  thresholds: Thresholds,
): (rule: Rule) => RuleContext {
  return ({ id, limits }) => ({
    limits: thresholds[id] ?? limits?.defaults ?? NO_LIMITS,
    raised: (subject) => {
      if (cases.size === 0) return null;
      const entry = cases.get(`${id}@${subject}`);
      return entry?.raised === true ? entry.severity : null;
    },
  });
}

/** Who asks, and for which feeds; each case belongs to one such question. */
const keyOf = ({
  rule,
  asked,
}: Pick<Question, 'asked'> & { readonly rule: string | RuleHead }): string =>
  `${typeof rule === 'string' ? rule : rule.id} ${asked}`;

const hasThrown = ({ broken }: Question): boolean => broken !== undefined;

/** What the rules over hosts say of one now. */
function nextRound(
  previous: HostRound | undefined,
  rules: readonly Rule[],
  host: HostInventory,
  now: EpochMs,
  thresholds: Thresholds,
): HostRound {
  const before = previous?.cases ?? NO_CASES;
  const isSame =
    previous?.host === host &&
    previous.rules === rules &&
    previous.thresholds === thresholds &&
    now >= previous.at &&
    now < previous.until &&
    haveSameRaised(previous.told, before);
  const round = isSame ? previous : askHost(before, rules, host, now, thresholds);
  if (before.length === 0 && round.isWell) return round;
  const byQuestion = Map.groupBy(before, keyOf);
  const cases = round.questions.flatMap((question) =>
    settle(byQuestion.get(keyOf(question)) ?? NO_CASES, question, now),
  );
  return { ...round, cases };
}

/** Whether to both the same would be told of what is raised. */
function haveSameRaised(before: readonly Case[], after: readonly Case[]): boolean {
  if (before === after) return true;
  const [left, right] = [before, after].map((cases) => cases.filter(({ raised }) => raised));
  return (
    left?.length === right?.length &&
    left?.every(({ id, severity }, index) => {
      const other = right?.[index];
      return other?.id === id && other.severity === severity;
    }) === true
  );
}

function askHost(
  before: readonly Case[],
  rules: readonly Rule[],
  host: HostInventory,
  now: EpochMs,
  thresholds: Thresholds,
): HostRound {
  const contextOf = contexts({ cases: new Map(before.map((each) => [each.id, each])) }, thresholds);
  const { result: questions, ms } = lasting(() =>
    rules.flatMap((rule): readonly Question[] =>
      rule.scope === 'host'
        ? [
            ask(rule, `host:${host.name}/${rule.needs.join('+')}`, () => {
              const answers = freshAnswers(rule.needs, host, now);
              // Every feed that the rule needs is among the answers.
              return (
                answers && {
                  findings: rule.check(answers.values as Feeds, host, now, contextOf(rule)),
                  at: answers.at,
                }
              );
            }),
          ]
        : [],
    ),
  );
  return {
    rules,
    thresholds,
    host,
    at: now,
    until: now + ms,
    told: before,
    questions,
    broken: questions.filter(hasThrown),
    isWell: questions.every(({ judged }) => judged === undefined || judged.findings.length === 0),
    cases: NO_CASES,
  };
}

/** What the rules over clusters and over everything say. */
function askOthers(
  rules: readonly Rule[],
  inventory: Inventory,
  now: EpochMs,
  contextOf: (rule: Rule) => RuleContext,
  allowance: Allowance,
): readonly Question[] {
  return rules.flatMap((rule) =>
    judges(rule, inventory, now, contextOf(rule), allowance).map(([asked, judge]) =>
      ask(rule, asked, judge),
    ),
  );
}

function ask(rule: RuleHead, asked: string, judge: () => Question['judged']): Question {
  try {
    return { rule, asked, judged: judge() };
  } catch (cause) {
    return { rule, asked, judged: undefined, broken: { cause } };
  }
}

type Judge = readonly [asked: string, judge: () => Question['judged']];

function judges(
  rule: Rule,
  inventory: Inventory,
  now: EpochMs,
  context: RuleContext,
  allowance: Allowance,
): readonly Judge[] {
  switch (rule.scope) {
    case 'host':
      return [];
    case 'cluster':
      return inventory.clusters.map((cluster) => [
        // Several rules may look for the same in feeds of their own: what one cannot tell is none of another's.
        `cluster:${cluster.name}/${rule.needs.join('+')}`,
        () => {
          const answers = freshAnswers(rule.needs, cluster, now);
          return (
            answers && {
              findings: rule.check(answers.values as ClusterFeeds, cluster, now, context),
              at: answers.at,
            }
          );
        },
      ]);
    case 'object':
      return inventory.clusters.map((cluster) => [
        `cluster:${cluster.name}/${rule.feed}`,
        () => {
          const answers = freshAnswers([rule.feed], cluster, now);
          if (!answers) return undefined;
          // The table is the one of the rule's feed; which feed that is, TypeScript does not follow.
          const table = (answers.values as ClusterFeeds)[rule.feed] as KubeTable<never>;
          const { limits } = context;
          const findings = judgeObjects<never>(
            { rule, table, cluster: cluster.name, now, limits },
            allowance,
          );
          return findings && { findings, at: answers.at };
        },
      ]);
    case 'lab':
      return [['lab', () => ({ findings: rule.check(inventory, now, context), at: now })]];
  }
}

/** All that is needed, and the age of its oldest part; undefined when a part is not fresh, or not whole. */
function freshAnswers<K extends string>(
  needs: readonly K[],
  from: {
    readonly source: SourceStatus;
    readonly feeds: Readonly<Record<K, Feed<unknown>>>;
  },
  now: EpochMs,
): { readonly values: object; readonly at: EpochMs | null } | undefined {
  if (from.source.state !== 'up') return undefined;
  let at: EpochMs | null = null;
  const values: Partial<Record<K, unknown>> = {};
  for (const need of needs) {
    const feed = from.feeds[need];
    if (feed.status !== 'ok' || fresh(feed, now) === undefined) return undefined;
    // Who looks from one table into another concludes from what is not there.
    if (feed.gap !== undefined && needs.length > 1) return undefined;
    values[need] = feed.value;
    at = Math.min(at ?? now, feed.at);
  }
  return { values, at };
}

/** The question whether a rule fails, answered. */
function aboutBroken(questions: readonly Question[], now: EpochMs): Question {
  const byRule = new Map<string, Finding>();
  for (const { rule, asked, broken } of questions)
    if (broken && !byRule.has(rule.id))
      byRule.set(rule.id, brokenRule(rule.id, asked, broken.cause));
  return { rule: BROKEN_RULE, asked: 'lab', judged: { findings: [...byRule.values()], at: now } };
}

const brokenRule = (rule: string, asked: string, cause: unknown): Finding => ({
  subject: sourceRef(rule),
  title: 'the rule fails, what it would find is not known',
  evidence: {
    error: cause instanceof Error ? cause.message : String(cause),
    asked,
    from: 'labtop itself',
  },
  hint: 'a fault of labtop: report it with this text',
});

/** The cases of one question: those found now, and those found before that are not over yet. */
function settle(
  before: readonly Case[],
  { rule, asked, judged }: Question,
  now: EpochMs,
): readonly Case[] {
  // Nearly always nothing is wrong, and nothing was.
  if (before.length === 0 && (judged?.findings.length ?? 0) === 0) return NO_CASES;
  // What is not raised yet needs findings without a break, so it does not survive a silence.
  const raised = before.filter((entry) => entry.raised);
  if (!judged) return raised.map((entry) => ({ ...entry, confirmed: false }));
  const old = new Map(before.map((entry) => [entry.id, entry]));
  const found = new Map(
    judged.findings.map((finding) => {
      const id = `${rule.id}@${finding.subject}`;
      return [id, foundCase(id, old.get(id), rule, asked, finding, judged.at ?? now, now)] as const;
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
  rule: RuleHead,
  asked: string,
  finding: Finding,
  seenAt: EpochMs,
  now: EpochMs,
): Case {
  const firstFoundAt = Math.min(before?.firstFoundAt ?? now, now);
  return {
    id,
    rule: rule.id,
    asked,
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

function nextChanges(
  state: ProblemState,
  cases: ReadonlyMap<string, Case>,
  now: EpochMs,
): ReadonlyMap<string, readonly EpochMs[]> {
  const turned = new Set<string>();
  for (const [id, entry] of cases) if (entry.raised && !state.cases.get(id)?.raised) turned.add(id);
  for (const [id, entry] of state.cases) if (entry.raised && !cases.has(id)) turned.add(id);
  const changes = new Map<string, readonly EpochMs[]>();
  for (const id of new Set([...state.changes.keys(), ...turned])) {
    const times = [...(state.changes.get(id) ?? []), ...(turned.has(id) ? [now] : [])];
    const recent = times.filter((at) => now - at < FLAP_WINDOW_MS);
    if (recent.length > 0) changes.set(id, recent);
  }
  return changes;
}

const toProblem = (entry: Case, changes: number): Problem => ({
  id: entry.id,
  rule: entry.rule,
  severity: entry.severity,
  subject: entry.finding.subject,
  title: entry.finding.title,
  since: entry.since,
  lastSeen: entry.lastSeen,
  confirmed: entry.confirmed,
  cause: null,
  folds: {},
  consequences: 0,
  evidence:
    changes >= FLAP_CHANGES
      ? { ...entry.finding.evidence, flapping: `${changes} changes in 40 min` }
      : entry.finding.evidence,
  hint: entry.finding.hint,
});

/** The list of before when nothing in it has changed, so that who compares references sees that. */
function keepSame(before: readonly Problem[], after: readonly Problem[]): readonly Problem[] {
  const byId = new Map(before.map((problem) => [problem.id, problem]));
  const kept = after.map((problem) => {
    const old = byId.get(problem.id);
    return old && isSame(old, problem) ? old : problem;
  });
  return kept.length === before.length && kept.every((problem, index) => problem === before[index])
    ? before
    : kept;
}

function isSame(a: object, b: object): boolean {
  const left = Object.entries(a);
  const right = new Map(Object.entries(b));
  return (
    left.length === right.size &&
    left.every(([name, value]) => {
      const other: unknown = right.get(name);
      if (
        typeof value === 'object' &&
        value !== null &&
        typeof other === 'object' &&
        other !== null
      )
        return isSame(value, other);
      return value === other;
    })
  );
}
