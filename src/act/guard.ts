import type { Action, GuardLevel } from '../domain/action.ts';
import { componentPlaces, everyComponent } from '../domain/components.ts';
import { duration } from '../domain/format.ts';
import { groupStates } from '../domain/groups.ts';
import type { GroupMember, GroupState } from '../domain/groups.ts';
import type { Inventory } from '../domain/inventory.ts';
import { findHost, findZone, linksOf } from '../domain/joined.ts';
import { ownPathOf, wayText } from '../domain/own-path.ts';
import type { Problem } from '../domain/problem.ts';
import {
  clusterRef,
  componentRef,
  hostRef,
  groupRef,
  linkRef,
  nodeRef,
  poolRef,
  refHost,
  refKind,
  refName,
  refPath,
  refPhrase,
  vlanRef,
} from '../domain/ref.ts';
import type { Ref } from '../domain/ref.ts';
import type { EpochMs } from '../domain/time.ts';
import { holds, lossesOf, nodesIn } from './losses.ts';

/** How much confirmation a run needs now, and why it is more than the action asks for by itself. */
export type RaisedGuard = {
  readonly level: GuardLevel;
  /** One sentence each, for the dialog. */
  readonly reasons: readonly string[];
  /** What the others still do while the subject is away, one sentence each. */
  readonly kept: readonly string[];
  /** What would make it less; missing where nothing is known to. */
  readonly safer?: string;
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

/** As it is typed: `jump breaks your session`. */
const OWN_SESSION = 'your session';

/** Whether a way runs through a zone or VM; through a host also where it runs through one of its zones. */
const runsOver = (steps: readonly Ref[], subject: Ref): boolean =>
  steps.some(
    (ref) => ref === subject || (refKind(subject) === 'host' && refHost(ref) === refName(subject)),
  );

const NOTHING: ReadonlySet<Ref> = new Set();

/**
 * The action's own guard, or as high as it takes when nobody would be left to do what the subject does: the voters of an
 * etcd cluster, API servers, name servers as they were discovered, the redundancy groups of the configuration, a default
 * router, what the user's own session runs through. One higher while a critical problem is open that the subject is not on.
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
  const path = action.stops ? ownPathOf(inventory) : null;
  const cut =
    path?.parts.has(subject) === true
      ? path.ways.filter(({ steps }) => runsOver(steps, subject))
      : [];
  const routed = path?.routers.get(subject) ?? [];
  const foreign = foreignCriticals(subject, inventory, problems, now);
  const breaks = [
    ...(cut.length > 0 ? [OWN_SESSION] : []),
    ...lost.filter((each) => each.level === 3).map(({ what }) => what),
    ...groups.map(({ name }) => name),
    ...(routed.length > 0 ? ['routing'] : []),
  ];
  const least = Math.max(
    action.guard,
    ...lost.map((each) => each.level),
    groups.length + cut.length + routed.length > 0 ? 3 : 0,
  );
  const level = toLevel(least + (foreign.length > 0 ? 1 : 0));
  const awaited = lost.flatMap((each) => (each.level === 3 ? (each.awaited ?? []) : []));
  return {
    level,
    reasons: [
      ...cut.map((way) => `your own session runs through this: ${wayText(way, inventory)}`),
      ...lost.map(({ reason }) => reason),
      ...groups.map(
        ({ name, left, atLeast }) =>
          `${name} would have ${left} running, it needs at least ${atLeast}`,
      ),
      ...(routed.length === 0
        ? []
        : [
            `it is the default router of ${routed.join(', ')}: they reach no other network meanwhile`,
          ]),
      ...(foreign.length === 0 ? [] : [foreignReason(foreign, now)]),
    ],
    kept: [
      ...kept,
      ...(path?.isWhole === true && cut.length === 0
        ? ['your own session does not run through this']
        : []),
    ],
    ...(awaited.length === 0
      ? {}
      : { safer: `wait until ${awaited.join(', and ')} can stand in again` }),
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

/** The longest one in words; of the others only how many there are. */
function foreignReason(foreign: readonly Problem[], now: EpochMs): string {
  const [first, ...others] = foreign.toSorted((a, b) => a.since - b.since);
  if (!first) return '';
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return `a critical problem is open elsewhere: ${refPhrase(first.subject)} ${first.title}, ${duration(now - first.since)}${more}`;
}

/**
 * Critical roots that the subject is not on. It is on a root that is its own, or of what it needs, or of what runs in it and
 * is not well, and on one that the causes have above a problem of any of these: acting there may be the remedy. It is on
 * that of what it shares with others, but what befalls that through these is not its own.
 */
function foreignCriticals(
  subject: Ref,
  inventory: Inventory,
  problems: readonly Problem[],
  now: EpochMs,
): readonly Problem[] {
  const roots = problems.filter(({ severity, cause }) => severity === 'critical' && cause === null);
  if (roots.length === 0) return roots;
  /** Things whose problems are its own, and so is what the causes have above these. */
  const own = new Set([
    ...ancestorsOf(subject, inventory),
    ...remedied(subject, inventory, now),
    ...nodesIn(subject, inventory).map(({ cluster, node }) => nodeRef(cluster.name, node.name)),
  ]);
  /** What it shares with others: what befalls these is not its own. */
  const shared = new Set(sharedBy(subject, inventory));
  const isOwn = ({ subject: other }: Problem): boolean =>
    own.has(other) || isServiceOf(other, subject);
  const byId = new Map(problems.map((problem) => [problem.id, problem]));
  const explaining = new Set<string>();
  for (const problem of problems) {
    if (!isOwn(problem)) continue;
    let cause = problem.cause;
    while (cause !== null && !explaining.has(cause)) {
      explaining.add(cause);
      cause = byId.get(cause)?.cause ?? null;
    }
  }
  return roots.filter(
    (root) => !isOwn(root) && !shared.has(root.subject) && !explaining.has(root.id),
  );
}

/** A service that runs in the zone, or on the host. */
const isServiceOf = (ref: Ref, subject: Ref): boolean =>
  refKind(ref) === 'service' &&
  refPath(ref).slice(0, 2).join('/') === refPath(subject).slice(0, 2).join('/');

/** Its VLANs; the groups that lack it while it does not run. */
function sharedBy(subject: Ref, inventory: Inventory): readonly Ref[] {
  const zone = findZone(inventory, subject);
  const place = refPath(subject).join('/');
  return [
    ...(zone?.vlans ?? []).map(vlanRef),
    ...inventory.groups.flatMap(({ name, members }) =>
      zone !== undefined && zone.state !== 'running' && members.includes(place)
        ? [groupRef(name)]
        : [],
    ),
  ];
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
