import type { HostInventory, Inventory } from '../domain/inventory.ts';
import type { Finding, Problem, Rule } from '../domain/problem.ts';
import { sourceRef } from '../domain/ref.ts';
import { sameList } from '../domain/same-parts.ts';
import type { EpochMs } from '../domain/time.ts';
import { ask, called, hasThrown, NO_CASES, settle } from './cases.ts';
import type { Case, Question, RuleHead } from './cases.ts';
import { explain } from './causes.ts';
import type { Allowance } from './object-rules.ts';
import { nextHostRound, nextRound } from './rounds.ts';
import type { HostRound, Round, Thresholds } from './rounds.ts';
import { worstFirst } from './severity.ts';

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
  /** The same of clusters and of everything; undefined before the first look. */
  readonly round: Round | undefined;
};

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
  round: undefined,
};

/**
 * The life of all problems, one step on: raised after the rule's hold time, kept while found, cleared after
 * a short linger. What a host or cluster that does not answer was found to have stays, unconfirmed, with its
 * `since`. Call it after each change of the inventory and at least once a second. Rules are asked only about what has
 * changed, or when time makes another answer of it: a step in which nothing is new gives the state of before.
 */
export function nextProblems(
  state: ProblemState,
  rules: readonly Rule[],
  inventory: Inventory,
  now: EpochMs,
  thresholds: Thresholds = NO_THRESHOLDS,
): ProblemState {
  const context = { rules, now, thresholds };
  const hosts = nextHosts(state.hosts, inventory.hosts, (previous, host) =>
    nextHostRound(previous, host, context),
  );
  const allowance: Allowance = { left: LOOKS };
  const round = nextRound(state.round, inventory, { ...context, cases: state.cases, allowance });
  const unfinished = allowance.left <= 0;
  const isQuiet =
    state.cases.size === 0 && state.changes.size === 0 && round.isWell && areWell(hosts);
  if (isQuiet)
    return state.hosts === hosts && state.round === round && state.unfinished === unfinished
      ? state
      : { ...state, hosts, round, unfinished };
  const broken = [...hosts.values()].flatMap((each) => each.broken);
  const others = [
    ...round.questions,
    aboutBroken([...broken, ...round.questions.filter(hasThrown)], now),
  ];
  const cases = new Map<string, Case>();
  const before = Map.groupBy(state.cases.values(), ({ question }) => question);
  for (const next of [
    ...[...hosts.values()].flatMap((each) => each.cases),
    ...others.flatMap((question) => settle(before.get(question.key) ?? NO_CASES, question, now)),
  ])
    if (!cases.has(next.id)) cases.set(next.id, next);
  const changes = nextChanges(state, cases, now);
  const places = new Map(rules.map(({ id }, place) => [id, place]));
  const raised = [...cases.values()]
    .filter((entry) => entry.raised)
    // Of several causes that are equally near the one whose rule comes first counts.
    .toSorted((a, b) => (places.get(a.rule) ?? Infinity) - (places.get(b.rule) ?? Infinity))
    .map((entry) => toProblem(entry, changes.get(entry.id)?.length ?? 0));
  const explained = worstFirst(explain(raised, inventory));
  return {
    problems: keepSame(state.problems, explained),
    cases,
    changes,
    unfinished,
    hosts,
    round,
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

const NO_THRESHOLDS: Thresholds = {};

/** The map of before when nothing in it is new. */
function nextHosts(
  before: ReadonlyMap<string, HostRound>,
  hosts: readonly HostInventory[],
  next: (previous: HostRound | undefined, host: HostInventory) => HostRound,
): ReadonlyMap<string, HostRound> {
  const after = hosts.map((host) => [host.name, next(before.get(host.name), host)] as const);
  return before.size === after.length && after.every(([name, round]) => before.get(name) === round)
    ? before
    : new Map(after);
}

function areWell(hosts: ReadonlyMap<string, HostRound>): boolean {
  for (const { isWell, broken } of hosts.values()) if (!isWell || broken.length > 0) return false;
  return true;
}

/** The question whether a rule fails, answered. */
function aboutBroken(questions: readonly Question[], now: EpochMs): Question {
  const byRule = new Map<string, Finding>();
  for (const { rule, asked, broken } of questions)
    if (broken && !byRule.has(rule.id))
      byRule.set(rule.id, brokenRule(rule.id, asked, broken.cause));
  return ask(BROKEN_RULE, called(BROKEN_RULE, 'lab'), () => ({
    findings: [...byRule.values()],
    at: now,
  }));
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
  return sameList(before, kept) ? before : kept;
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
