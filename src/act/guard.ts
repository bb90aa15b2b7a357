import type { Action, GuardLevel } from '../domain/action.ts';
import { componentPlaces, everyComponent } from '../domain/components.ts';
import { groupStates } from '../domain/groups.ts';
import type { GroupMember, GroupState } from '../domain/groups.ts';
import type { Inventory } from '../domain/inventory.ts';
import { findHost, findZone, linksOf } from '../domain/joined.ts';
import type { Problem } from '../domain/problem.ts';
import {
  clusterRef,
  componentRef,
  hostRef,
  linkRef,
  poolRef,
  refHost,
  refName,
  refPath,
  refPhrase,
} from '../domain/ref.ts';
import type { Ref } from '../domain/ref.ts';
import type { EpochMs } from '../domain/time.ts';
import { holds, lossesOf } from './losses.ts';

/** How much confirmation a run needs now, and why it is more than the action asks for by itself. */
export type RaisedGuard = {
  readonly level: GuardLevel;
  /** One sentence each, for the dialog. */
  readonly reasons: readonly string[];
  /** What the others still do while the subject is away, one sentence each. */
  readonly kept: readonly string[];
  /** What would break, in a word each: `quorum`, the name of a group. */
  readonly breaks: readonly string[];
  /** What has to be typed: nothing at 0 and 1, the short name at 2, the consequence at 3. */
  readonly phrase: string | null;
};

/** By what it is judged. */
export type GuardContext = {
  readonly inventory: Inventory;
  readonly problems: readonly Problem[];
  readonly now: EpochMs;
  /** What an action is under way on: it counts as gone until it is seen to be back. */
  readonly away?: ReadonlySet<Ref>;
};

const NOTHING: ReadonlySet<Ref> = new Set();

/**
 * The action's own guard, one higher while a critical problem is open that the subject does not stem from, and as high as
 * it takes when nobody would be left to do what the subject does: the voters of an etcd cluster, API servers, name servers
 * as they were discovered, and the redundancy groups of the configuration.
 */
export function guardOf(
  action: Action,
  subject: Ref,
  { inventory, problems, now, away = NOTHING }: GuardContext,
): RaisedGuard {
  const { lost, kept } = action.stops
    ? lossesOf(subject, inventory, now, away)
    : { lost: [], kept: [] };
  const groups = action.stops
    ? brokenGroups(subject, inventory, now, away).filter(
        // The discovered members tell more of the same.
        ({ members }) => !lost.some(({ by }) => members.every(({ ref }) => ref && by.has(ref))),
      )
    : [];
  const foreign = foreignCriticals(subject, inventory, problems, now);
  const breaks = [
    ...lost.filter((each) => each.level === 3).map(({ what }) => what),
    ...groups.map(({ name }) => name),
  ];
  const level = toLevel(
    Math.max(
      action.guard + (foreign.length > 0 ? 1 : 0),
      ...lost.map((each) => each.level),
      groups.length > 0 ? 3 : 0,
    ),
  );
  return {
    level,
    reasons: [
      ...lost.map(({ reason }) => reason),
      ...groups.map(
        ({ name, left, atLeast }) =>
          `${name} would have ${left} running, it needs at least ${atLeast}`,
      ),
      ...foreign.map(
        ({ subject: other, title }) => `a critical problem is open: ${refPhrase(other)} ${title}`,
      ),
    ],
    kept,
    breaks,
    phrase: phraseOf(level, action, subject, breaks[0]),
  };
}

/** Whether a run would break what the user was not told of when confirming it. */
export const breaksMore = (now: RaisedGuard, confirmed: RaisedGuard): boolean =>
  now.breaks.some((each) => !confirmed.breaks.includes(each));

function toLevel(level: number): GuardLevel {
  if (level <= 0) return 0;
  if (level === 1) return 1;
  return level === 2 ? 2 : 3;
}

function phraseOf(
  level: GuardLevel,
  action: Action,
  subject: Ref,
  broken: string | undefined,
): string | null {
  if (level <= 1) return null;
  const name = refName(subject);
  if (level === 2) return name;
  return broken === undefined ? `${action.verb} ${name}` : `${name} breaks ${broken}`;
}

type BrokenGroup = GroupState & { readonly left: number };

/** Groups that the subject, now of use to them, would leave with too few members. Who is not known to be does not count. */
function brokenGroups(
  subject: Ref,
  inventory: Inventory,
  now: EpochMs,
  away: ReadonlySet<Ref>,
): readonly BrokenGroup[] {
  // `HOST/ZONE`, or the host.
  const place = refPath(subject).join('/');
  const isIn = (member: GroupMember, ref: Ref): boolean =>
    member.ref === ref || hostRef(member.host) === ref;
  const groups = inventory.groups.filter(({ members }) =>
    members.some((member) => member === place || member.startsWith(`${place}/`)),
  );
  if (groups.length === 0) return [];
  return groupStates({ ...inventory, groups }, now)
    .map((group): BrokenGroup & { readonly isHit: boolean } => {
      const up = group.members.filter(({ sign }) => sign === 'ok');
      const isGone = (member: GroupMember): boolean =>
        isIn(member, subject) || [...away].some((ref) => isIn(member, ref));
      return {
        ...group,
        isHit: up.some((member) => isIn(member, subject)),
        left: up.filter((member) => !isGone(member)).length,
      };
    })
    .filter(({ isHit, left, atLeast }) => isHit && left < atLeast);
}

/** Critical roots that neither are the subject, nor lie beneath it, nor explain a problem of it. */
function foreignCriticals(
  subject: Ref,
  inventory: Inventory,
  problems: readonly Problem[],
  now: EpochMs,
): readonly Problem[] {
  const own = new Set([...ancestorsOf(subject, inventory), ...remedied(subject, inventory, now)]);
  const byId = new Map(problems.map((problem) => [problem.id, problem]));
  const explaining = new Set<string>();
  for (const problem of problems) {
    if (problem.subject !== subject) continue;
    let cause = problem.cause;
    while (cause !== null && !explaining.has(cause)) {
      explaining.add(cause);
      cause = byId.get(cause)?.cause ?? null;
    }
  }
  return problems.filter(
    ({ id, severity, cause, subject: other }) =>
      severity === 'critical' && cause === null && !own.has(other) && !explaining.has(id),
  );
}

/** What is not well by the components that run in it: a restart is its remedy. */
function remedied(subject: Ref, inventory: Inventory, now: EpochMs): readonly Ref[] {
  const unwell = everyComponent(inventory, now).filter(
    (each) => holds(subject, each) && each.sign !== 'ok',
  );
  const down = new Set(unwell.flatMap(({ ref, sign }) => (sign === 'down' ? [ref] : [])));
  const all = inventory.clusters.flatMap((cluster) =>
    componentPlaces(inventory, cluster)
      .filter(({ ref }) => down.has(ref))
      .flatMap(({ kind, etcdRef }): readonly Ref[] => [
        etcdRef ?? componentRef(cluster.name, kind),
        ...(kind === 'kube-apiserver' ? [clusterRef(cluster.name)] : []),
      ]),
  );
  return [...unwell.map(({ ref }) => ref), ...all];
}

/** The subject and what it needs: its host, the pool of its path and disks, its links and those below them. */
function ancestorsOf(subject: Ref, inventory: Inventory): ReadonlySet<Ref> {
  const hostName = refHost(subject);
  const host = hostName === undefined ? undefined : findHost(inventory, hostName);
  if (!host) return new Set([subject]);
  const zone = findZone(inventory, subject);
  const lower = new Map(linksOf(host).map(({ name, over }) => [name, over]));
  const links = new Set<string>();
  const visit = (name: string): void => {
    if (links.has(name)) return;
    links.add(name);
    for (const below of lower.get(name) ?? []) visit(below);
  };
  for (const name of zone?.links ?? []) visit(name);
  const stores = zone
    ? [zone.path.replace(/^\//, ''), ...zone.datasets, ...(zone.vm?.disks ?? [])]
    : [];
  return new Set<Ref>([
    subject,
    hostRef(host.name),
    ...[...links].map((name) => linkRef(host.name, name)),
    ...stores.map((store) => poolRef(host.name, store.split('/')[0] ?? store)),
  ]);
}
