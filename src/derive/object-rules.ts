import type { KubeTable } from '../domain/kube.ts';
import { changesIn } from '../domain/lasting.ts';
import type { Finding, ObjectVerdict } from '../domain/problem.ts';
import type { Threshold } from '../domain/settings.ts';
import type { EpochMs } from '../domain/time.ts';

/** What is asked: a rule over the objects of one table. */
export type ObjectQuestion<T> = {
  readonly rule: {
    readonly check: (
      object: T,
      cluster: string,
      now: EpochMs,
      limits: Threshold,
    ) => ObjectVerdict | null;
  };
  readonly table: KubeTable<T>;
  readonly cluster: string;
  readonly now: EpochMs;
  readonly limits: Threshold;
};

/** How many objects that are new to a rule, or have changed, may still be looked at in this step; counted down. */
export type Allowance = { left: number };

/** What one rule has said of one table. */
type Judgement = {
  readonly cluster: string;
  readonly limits: Threshold;
  revision: number;
  lookedAt: EpochMs;
  /** Of those objects that are not well or may not stay well. */
  readonly verdicts: Map<string, ObjectVerdict>;
  /** What has changed and was not looked at since. */
  readonly changed: Set<string>;
  /** What was not looked at yet; null when all was. */
  rest: Iterator<readonly [key: string, object: unknown]> | null;
};

const kept = new WeakMap<object, WeakMap<object, Judgement>>();

/**
 * What the rule finds. It looks at the objects that have changed since it was asked last, and at those of which the
 * answer may have changed by time. What is much takes several steps, each within its allowance: of what has changed the
 * answer of before counts meanwhile; a first look gives undefined until all objects were looked at.
 */
export function judgeObjects<T>(
  question: ObjectQuestion<T>,
  allowance: Allowance,
): readonly Finding[] | undefined {
  const { rule, table } = question;
  const byTable = kept.get(rule) ?? new WeakMap<object, Judgement>();
  kept.set(rule, byTable);
  const before = byTable.get(table.byKey);
  // If the rule throws now, what it has said is forgotten.
  byTable.delete(table.byKey);
  const judgement = (before && follow(before, question)) ?? begin(question);
  lookAtChanged(judgement, question, allowance);
  lookAtRest(judgement, question, allowance);
  byTable.set(table.byKey, judgement);
  tellChange(judgement, question.now);
  return judgement.rest !== null
    ? undefined
    : [...judgement.verdicts.values()].flatMap(({ finding }) => finding ?? []);
}

/** When another answer may be given about the same objects: at once while some were not looked at. */
function tellChange({ verdicts, changed, rest }: Judgement, now: EpochMs): void {
  if (changed.size > 0 || rest !== null) changesIn(0);
  else for (const { until } of verdicts.values()) if (until !== undefined) changesIn(until - now);
}

const begin = <T>({ table, cluster, limits, now }: ObjectQuestion<T>): Judgement => ({
  cluster,
  limits,
  revision: table.revision,
  lookedAt: now,
  verdicts: new Map(),
  changed: new Set(),
  rest: table.byKey.entries(),
});

const NOTHING: readonly string[] = [];

/** Takes note of what has changed; undefined when everything may have. */
function follow<T>(judgement: Judgement, question: ObjectQuestion<T>): Judgement | undefined {
  const { table, cluster, limits, now } = question;
  const changed =
    table.revision === judgement.revision
      ? NOTHING
      : table.changes?.since(judgement.revision)?.keys();
  if (
    !changed ||
    cluster !== judgement.cluster ||
    !Object.is(limits.warning, judgement.limits.warning) ||
    !Object.is(limits.critical, judgement.limits.critical)
  )
    return undefined;
  const isBack = now < judgement.lookedAt;
  // What was found for good at a later time may not be so at an earlier one.
  for (const [key, { until }] of judgement.verdicts)
    if (isBack || (until !== undefined && now >= until)) look(judgement, question, key);
  for (const key of changed) judgement.changed.add(key);
  judgement.revision = table.revision;
  judgement.lookedAt = now;
  return judgement;
}

function lookAtChanged<T>(
  judgement: Judgement,
  question: ObjectQuestion<T>,
  allowance: Allowance,
): void {
  for (const key of judgement.changed) {
    if (allowance.left <= 0) return;
    judgement.changed.delete(key);
    look(judgement, question, key);
    allowance.left -= 1;
  }
}

function lookAtRest<T>(
  judgement: Judgement,
  question: ObjectQuestion<T>,
  allowance: Allowance,
): void {
  const { rest } = judgement;
  if (rest === null) return;
  while (allowance.left > 0) {
    const next = rest.next();
    if (next.done === true) {
      judgement.rest = null;
      return;
    }
    look(judgement, question, next.value[0]);
    allowance.left -= 1;
  }
}

function look<T>(
  { verdicts }: Judgement,
  { rule, table, cluster, now, limits }: ObjectQuestion<T>,
  key: string,
): void {
  const object = table.byKey.get(key);
  const verdict = object === undefined ? null : rule.check(object, cluster, now, limits);
  if (verdict) verdicts.set(key, verdict);
  else verdicts.delete(key);
}
