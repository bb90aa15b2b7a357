import type { Action, GuardLevel } from '../domain/action.ts';
import type { Inventory } from '../domain/inventory.ts';
import { allZonesOf, findHost, findZone, linksOf } from '../domain/joined.ts';
import type { Problem } from '../domain/problem.ts';
import { hostRef, linkRef, poolRef, refHost, refName, refPhrase } from '../domain/ref.ts';
import type { Ref } from '../domain/ref.ts';

/** How much confirmation a run needs now, and why it is more than the action asks for by itself. */
export type RaisedGuard = {
  readonly level: GuardLevel;
  /** One sentence each, for the dialog. */
  readonly reasons: readonly string[];
  /** What has to be typed: nothing at 0 and 1, the short name at 2, the consequence at 3. */
  readonly phrase: string | null;
};

/**
 * The action's own guard, one higher while a critical problem is open that the subject does not stem from, and 3
 * when a redundancy group would have fewer members running than it needs.
 */
export function guardOf(
  action: Action,
  subject: Ref,
  inventory: Inventory,
  problems: readonly Problem[],
): RaisedGuard {
  const groups = brokenGroups(subject, inventory);
  const foreign = foreignCriticals(subject, inventory, problems);
  const raised = action.guard + (foreign.length > 0 ? 1 : 0);
  const level = groups.length > 0 ? 3 : toLevel(raised);
  return {
    level,
    reasons: [
      ...groups.map(
        ({ name, left, atLeast }) =>
          `${name} would have ${left} running, it needs at least ${atLeast}`,
      ),
      ...foreign.map(
        ({ subject: other, title }) => `a critical problem is open: ${refPhrase(other)} ${title}`,
      ),
    ],
    phrase: phraseOf(level, action, subject, groups[0]?.name),
  };
}

function toLevel(level: number): GuardLevel {
  if (level <= 0) return 0;
  if (level === 1) return 1;
  return level === 2 ? 2 : 3;
}

function phraseOf(
  level: GuardLevel,
  action: Action,
  subject: Ref,
  group: string | undefined,
): string | null {
  if (level <= 1) return null;
  const name = refName(subject);
  if (level === 2) return name;
  return group === undefined ? `${action.verb} ${name}` : `${name} breaks ${group}`;
}

type BrokenGroup = { readonly name: string; readonly left: number; readonly atLeast: number };

/** Groups that the subject, now running, would leave with too few members. Who is not known to run does not count. */
function brokenGroups(subject: Ref, inventory: Inventory): readonly BrokenGroup[] {
  const zone = findZone(inventory, subject);
  if (zone?.state !== 'running') return [];
  const member = `${zone.host}/${zone.name}`;
  const running = new Set(
    inventory.hosts
      .filter(({ source, feeds }) => source.state === 'up' && feeds.zones.status === 'ok')
      .flatMap((host) => allZonesOf(host))
      .filter(({ state }) => state === 'running')
      .map(({ host, name }) => `${host}/${name}`),
  );
  return inventory.groups
    .filter(({ members }) => members.includes(member))
    .map(({ name, members, atLeast }) => ({
      name,
      atLeast,
      left: members.filter((other) => other !== member && running.has(other)).length,
    }))
    .filter(({ left, atLeast }) => left < atLeast);
}

/** Critical roots that neither are the subject, nor lie beneath it, nor explain a problem of it. */
function foreignCriticals(
  subject: Ref,
  inventory: Inventory,
  problems: readonly Problem[],
): readonly Problem[] {
  const own = ancestorsOf(subject, inventory);
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
