import type {
  ClusterFeedName,
  ClusterFeeds,
  ClusterInventory,
  ClusterTableName,
  FeedName,
  Feeds,
  HostInventory,
  Inventory,
} from './inventory.ts';
import type { Ref } from './ref.ts';
import type { Threshold } from './settings.ts';
import type { ThresholdSpec } from './thresholds.ts';
import type { EpochMs } from './time.ts';
import type { ObjectOf } from './watch.ts';

export type Severity = 'critical' | 'warning' | 'info';

/** What a rule found. */
export type Finding = {
  readonly subject: Ref;
  /** Lower case, without the subject's name: `installed, should be running (autoboot)`. */
  readonly title: string;
  /** Overrides the rule's severity. */
  readonly severity?: Severity;
  /** The measured values, by name with its unit, and where they come from (`from`). */
  readonly evidence: Readonly<Record<string, string | number | boolean | null>>;
  /** What a person would do next, with the key that does it. */
  readonly hint: string;
  /** When it began, if the evidence itself tells; otherwise the first time it was found. */
  readonly began?: EpochMs;
};

type RuleBase = {
  /** Stable id as in the specification: `zone.down`. */
  readonly id: string;
  readonly severity: Severity;
  /** Raised only when found for so long without a break. */
  readonly holdSeconds: number;
  /** Its limits, when it has some: the entry of THRESHOLDS under its id. */
  readonly limits?: ThresholdSpec;
};

/** What a rule is told beside the data. */
export type RuleContext = {
  /** The configured limits of the rule; no value passes those of a rule without `limits`. */
  readonly limits: Threshold;
  /** The severity with which the rule's problem of that subject is raised now; null when it is not. */
  readonly raised: (subject: Ref) => Severity | null;
};

/**
 * A rule over one host's fresh answers; it is not asked while one of its needs is not fresh. It is asked again when the
 * host has changed, and when it tells by `changesIn` that time makes its answer another one: it looks at nothing else.
 */
export type HostRule<K extends FeedName = FeedName> = RuleBase & {
  readonly scope: 'host';
  readonly needs: readonly K[];
  readonly check: (
    fresh: Pick<Feeds, K>,
    host: HostInventory,
    now: EpochMs,
    context: RuleContext,
  ) => readonly Finding[];
};
/** The same over one cluster. It is asked again when something has changed that it has read of the cluster. */
export type ClusterRule<K extends ClusterFeedName = ClusterFeedName> = RuleBase & {
  readonly scope: 'cluster';
  readonly needs: readonly K[];
  readonly check: (
    fresh: Pick<ClusterFeeds, K>,
    cluster: ClusterInventory,
    now: EpochMs,
    context: RuleContext,
  ) => readonly Finding[];
};
/**
 * A rule that looks at each object of a kind by itself, so that a change costs only what has changed, however many
 * objects there are. It is told nothing else that may change.
 */
export type ObjectRule<K extends ClusterTableName = ClusterTableName> = RuleBase & {
  readonly scope: 'object';
  readonly feed: K;
  /** null: nothing is wrong with it, and nothing will be while the object is the same. */
  readonly check: (
    object: ObjectOf<K>,
    cluster: string,
    now: EpochMs,
    limits: Threshold,
  ) => ObjectVerdict | null;
};
export type ObjectVerdict = {
  /** null: nothing is wrong with it yet. */
  readonly finding: Finding | null;
  /** From when on the answer may be another one although the object is the same; without it never. */
  readonly until?: EpochMs;
};
type AnyObjectRule = { readonly [K in ClusterTableName]: ObjectRule<K> }[ClusterTableName];

/**
 * A rule over everything, also over what is not fresh: connections, groups, several hosts. It is asked again when
 * anything has changed, and when it tells by `changesIn` that time makes its answer another one.
 */
export type LabRule = RuleBase & {
  readonly scope: 'lab';
  /** All that it looks at, where that changes much less often than everything does: it is asked when one is another object. */
  readonly parts?: (inventory: Inventory) => readonly unknown[];
  readonly check: (inventory: Inventory, now: EpochMs, context: RuleContext) => readonly Finding[];
};
export type Rule = HostRule | ClusterRule | AnyObjectRule | LabRule;

export type Problem = {
  /** `rule@subject`: ties acknowledgements and history to the thing, not to the instance. */
  readonly id: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly subject: Ref;
  readonly title: string;
  readonly since: EpochMs;
  readonly lastSeen: EpochMs;
  /** false while the data that would confirm or clear it is not fresh. */
  readonly confirmed: boolean;
  /** Id of the problem that explains this one; null for a root. */
  readonly cause: string | null;
  /** Things that are explained by this problem, by kind: problems beneath it and things gone unknown. */
  readonly folds: Readonly<Record<string, number>>;
  readonly consequences: number;
  readonly evidence: Finding['evidence'];
  readonly hint: string;
};
