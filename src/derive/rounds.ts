import { fresh } from '../domain/feed.ts';
import type { Feed } from '../domain/feed.ts';
import type {
  ClusterFeeds,
  ClusterInventory,
  Feeds,
  HostInventory,
  Inventory,
  SourceStatus,
} from '../domain/inventory.ts';
import type { KubeTable } from '../domain/kube.ts';
import { changesIn, lasting } from '../domain/lasting.ts';
import type { Rule, RuleContext } from '../domain/problem.ts';
import { sameList } from '../domain/same-parts.ts';
import type { Threshold } from '../domain/settings.ts';
import type { EpochMs } from '../domain/time.ts';
import { ask, called, hasFound, hasThrown, NO_CASES, settle } from './cases.ts';
import type { Case, Question } from './cases.ts';
import { judgeObjects } from './object-rules.ts';
import type { Allowance } from './object-rules.ts';
import { noteReads } from './reads.ts';
import type { Reads } from './reads.ts';

export type Thresholds = Readonly<Record<string, Threshold>>;

/** What all rules over one host have said of it. */
export type HostRound = {
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

/** What the rules over clusters, over their objects and over everything have said. */
export type Round = {
  readonly rules: readonly Rule[];
  readonly thresholds: Thresholds;
  readonly inventory: Inventory;
  /** By the name of the cluster what each rule over clusters and their objects has said, in the order of the rules. */
  readonly clusters: ReadonlyMap<string, readonly Said[]>;
  readonly lab: readonly Said[];
  /** All of these. */
  readonly questions: readonly Question[];
  /** Whether nothing was found, and no rule has thrown. */
  readonly isWell: boolean;
};

/** What one rule has said. */
type Said = {
  readonly question: Question;
  readonly at: EpochMs;
  /** If nothing but time changes it says the same before it. */
  readonly until: EpochMs;
  /** What it had raised when it was asked. */
  readonly told: readonly Case[];
  /** Of a cluster. */
  readonly reads?: Reads;
  /** Of everything, where the rule says what it looks at. */
  readonly parts?: readonly unknown[];
};

const NO_LIMITS: Threshold = { warning: Number.NaN, critical: Number.NaN };

/** What each rule is told beside the data. */
function contexts(
  cases: ReadonlyMap<string, Case>,
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

/** What goes into the round of a host besides what is known of it. */
export type HostContext = {
  readonly rules: readonly Rule[];
  readonly now: EpochMs;
  readonly thresholds: Thresholds;
};

/** What the rules over hosts say of one now. */
export function nextHostRound(
  previous: HostRound | undefined,
  host: HostInventory,
  context: HostContext,
): HostRound {
  const { rules, now, thresholds } = context;
  const before = previous?.cases ?? NO_CASES;
  const isSame =
    previous?.host === host &&
    previous.rules === rules &&
    previous.thresholds === thresholds &&
    now >= previous.at &&
    now < previous.until &&
    haveSameRaised(previous.told, before);
  const round = isSame ? previous : askHost(previous, host, context);
  if (before.length === 0 && round.isWell) return round;
  const byQuestion = Map.groupBy(before, ({ question }) => question);
  const cases = round.questions.flatMap((question) =>
    settle(byQuestion.get(question.key) ?? NO_CASES, question, now),
  );
  return { ...round, cases };
}

type OverHost = Extract<Rule, { readonly scope: 'host' }>;
const isOverHost = (rule: Rule): rule is OverHost => rule.scope === 'host';

function askHost(
  previous: HostRound | undefined,
  host: HostInventory,
  { rules, now, thresholds }: HostContext,
): HostRound {
  const before = previous?.cases ?? NO_CASES;
  // They are asked with each answer of each host: their names are not put together each time.
  const names = previous?.rules === rules ? previous.questions : [];
  const contextOf = contexts(new Map(before.map((each) => [each.id, each])), thresholds);
  const { result: questions, ms } = lasting(() =>
    rules.filter(isOverHost).map((rule, index) => {
      const name = names[index] ?? called(rule, `host:${host.name}/${rule.needs.join('+')}`);
      return ask(rule, name, () => {
        const answers = freshAnswers(rule.needs, host, now);
        // Every feed that the rule needs is among the answers.
        return (
          answers && {
            findings: rule.check(answers.values as Feeds, host, now, contextOf(rule)),
            at: answers.at,
          }
        );
      });
    }),
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
    isWell: !questions.some(hasFound),
    cases: NO_CASES,
  };
}

/** What goes into a round besides the inventory. */
export type RoundContext = HostContext & {
  /** Everything that is found, by its id. */
  readonly cases: ReadonlyMap<string, Case>;
  readonly allowance: Allowance;
};

/**
 * What the rules over clusters, over their objects and over everything say now. A rule over a cluster is asked again when
 * something that it has read is another object, one over everything when anything is; both when what they had raised is
 * another thing, or when they have told that time makes another answer of it. The round of before while all say the same.
 */
export function nextRound(
  previous: Round | undefined,
  inventory: Inventory,
  context: RoundContext,
): Round {
  const { rules, now, thresholds, cases } = context;
  const known =
    previous?.rules === rules && previous.thresholds === thresholds ? previous : undefined;
  const contextOf = contexts(cases, thresholds);
  const raised = Map.groupBy(cases.values(), ({ rule }) => rule);
  const toldOf = ({ id }: Rule): readonly Case[] => raised.get(id) ?? NO_CASES;
  const holds = (said: Said | undefined, rule: Rule): said is Said =>
    said !== undefined &&
    now >= said.at &&
    now < said.until &&
    haveSameRaised(said.told, toldOf(rule));
  const say = (rule: Rule, asks: () => Question, reads?: Reads): Said => {
    const { result: question, ms } = lasting(asks);
    return { question, at: now, until: now + ms, told: toldOf(rule), ...(reads && { reads }) };
  };

  const lab = rules
    .filter((rule) => rule.scope === 'lab')
    .map((rule, index) => {
      const said = known?.lab[index];
      const isSameInventory = known?.inventory === inventory;
      const parts = isSameInventory ? said?.parts : rule.parts?.(inventory);
      if (holds(said, rule) && (isSameInventory || (parts && sameList(said.parts ?? [], parts))))
        return said;
      const asks = (): Question =>
        ask(rule, called(rule, 'lab'), () => ({
          findings: rule.check(inventory, now, contextOf(rule)),
          at: null,
        }));
      return { ...say(rule, asks), ...(parts && { parts }) };
    });
  const overClusters = rules.filter(isOverCluster);
  const clusters = new Map(
    inventory.clusters.map((cluster) => {
      const before = known?.clusters.get(cluster.name);
      const all = overClusters.map((rule, index) => {
        const said = before?.[index];
        if (holds(said, rule) && said.reads?.areSameIn(cluster) === true) return said;
        const { cluster: noted, reads } = noteReads(cluster);
        return say(rule, () => askCluster(rule, noted, contextOf(rule), context), reads);
      });
      return [cluster.name, before && sameList(before, all) ? before : all] as const;
    }),
  );
  const isSame =
    known?.inventory.clusters.length === inventory.clusters.length &&
    sameList(known.lab, lab) &&
    [...clusters].every(([name, all]) => known.clusters.get(name) === all);
  if (isSame) return known.inventory === inventory ? known : { ...known, inventory };
  const questions = [...clusters.values(), lab].flat().map(({ question }) => question);
  return {
    rules,
    thresholds,
    inventory,
    clusters,
    lab,
    questions,
    isWell: !questions.some((question) => hasFound(question) || hasThrown(question)),
  };
}

type OverCluster = Extract<Rule, { readonly scope: 'cluster' | 'object' }>;
const isOverCluster = (rule: Rule): rule is OverCluster =>
  rule.scope === 'cluster' || rule.scope === 'object';

/** Several rules may look for the same in feeds of their own: what one cannot tell is none of another's. */
const askCluster = (
  rule: OverCluster,
  cluster: ClusterInventory,
  context: RuleContext,
  { now, allowance }: RoundContext,
): Question =>
  rule.scope === 'cluster'
    ? ask(rule, called(rule, `cluster:${cluster.name}/${rule.needs.join('+')}`), () => {
        const answers = freshAnswers(rule.needs, cluster, now);
        return (
          answers && {
            findings: rule.check(answers.values as ClusterFeeds, cluster, now, context),
            at: answers.at,
          }
        );
      })
    : ask(rule, called(rule, `cluster:${cluster.name}/${rule.feed}`), () => {
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
      });

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
    // After a clock that was set back nothing was seen later than now.
    if (feed.at > now) changesIn(1);
    at = Math.min(at ?? now, feed.at);
  }
  return { values, at };
}
