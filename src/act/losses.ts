import type { GuardLevel } from '../domain/action.ts';
import {
  etcdClustersIn,
  everyComponent,
  isToldElsewhere,
  isVoter,
  quorumOf,
} from '../domain/components.ts';
import type { Component } from '../domain/components.ts';
import { lastKnown } from '../domain/feed.ts';
import { plural } from '../domain/format.ts';
import { failedService } from '../domain/groups.ts';
import type { ClusterInventory, Inventory } from '../domain/inventory.ts';
import { allZonesOf, findHost, findZone, zonesByAddress, zonesFresh } from '../domain/joined.ts';
import type { Zone } from '../domain/joined.ts';
import type { KubeNode } from '../domain/kube.ts';
import { membershipOf } from '../domain/membership.ts';
import { podsByNode } from '../domain/pods.ts';
import { hostRef, nodeRef, podRef, refKind, refName } from '../domain/ref.ts';
import type { Ref } from '../domain/ref.ts';
import { isNameServer } from '../domain/role.ts';
import type { EpochMs } from '../domain/time.ts';
import type { ComponentKind } from '../domain/zone-component.ts';

/** What nobody would be left to do. */
export type Loss = {
  readonly level: GuardLevel;
  /** In a word, as it is typed: `quorum`. */
  readonly what: string;
  readonly reason: string;
  /** Everybody who does it now or could. */
  readonly by: ReadonlySet<Ref>;
  /** Who would have to be well again for it not to be lost; null or missing where that is not known. */
  readonly awaited?: string | null;
};

/** What becomes of what was discovered while something is away. */
export type Losses = {
  readonly lost: readonly Loss[];
  /** What the others still do, one sentence each. */
  readonly kept: readonly string[];
};

type Case = {
  readonly subject: Ref;
  readonly inventory: Inventory;
  readonly now: EpochMs;
  readonly components: readonly Component[];
  /** Is away already. */
  readonly isAway: (component: Component) => boolean;
};

/**
 * What the subject takes with it while it is away, as everything stands now: a zone or VM its components, a host those of
 * all its zones. Who is down counts as gone already, and who is not seen to be well is not counted on.
 * @param away what an action is under way on
 */
export function lossesOf(
  subject: Ref,
  inventory: Inventory,
  now: EpochMs,
  away: ReadonlySet<Ref>,
): Losses {
  const components = everyComponent(inventory, now);
  const others = [...away].filter((ref) => ref !== subject);
  const own: Case = {
    subject,
    inventory,
    now,
    components,
    isAway: (component) => others.some((ref) => holds(ref, component)),
  };
  const found = [
    ...[...Map.groupBy(components, ({ cluster }) => cluster)].flatMap(([cluster, all]) => [
      ...etcdClustersIn(all.filter((each) => !isToldElsewhere(each))).map(({ kind, members }) =>
        etcdLoss(own, `${kind}${ofCluster(sharersOf(members) ?? cluster)}`, members),
      ),
      ...SERVED.map((served) => serverLoss(own, served, cluster, all)),
      frontLoss(own, cluster, all),
    ]),
    ...strangerLosses(own),
    ...nameServerLosses(own, others),
    ...nodeLosses(own),
  ].filter((each) => each !== null);
  return {
    lost: found.filter((each) => typeof each !== 'string').toSorted((a, b) => b.level - a.level),
    kept: found.filter((each) => typeof each === 'string'),
  };
}

/** The hosts that carry what stands in for what the subject would take with it. */
export function standInsOf(subject: Ref, inventory: Inventory, now: EpochMs): readonly string[] {
  const components = everyComponent(inventory, now);
  const own = components.filter((each) => holds(subject, each));
  const isAlike = ({ kind, cluster }: Component): boolean =>
    own.some((each) => each.kind === kind && each.cluster === cluster);
  return [...new Set(components.filter(isAlike).flatMap(({ host }) => host ?? []))];
}

/** A loss; or a sentence on what is kept; null when the subject has no part in it. */
type Found = Loss | string | null;

/** Whether it is away with that. */
export const holds = (ref: Ref, { ref: own, zone, host, pod, cluster }: Component): boolean =>
  ref === own ||
  ref === zone?.ref ||
  (host !== null && ref === hostRef(host)) ||
  (pod !== null && ref === podRef(cluster ?? '', pod.namespace, pod.name));

const sharersOf = ([first]: readonly Component[]): string | undefined =>
  first?.belongs?.sharedBy?.map(({ cluster }) => cluster).join(' and ');
const ofCluster = (cluster: string | null): string => (cluster === null ? '' : ` of ${cluster}`);
const refsOf = (components: readonly Component[]): ReadonlySet<Ref> =>
  new Set(components.flatMap(({ ref, zone }) => (zone ? [ref, zone.ref] : [ref])));

/** Of some that stand in for each other: who is taken away, who is well now, who is left, and why not the others. */
function split({ subject, isAway }: Case, all: readonly Component[]) {
  const isGone = (each: Component): boolean => each.sign === 'down' || isAway(each);
  const isTaken = (each: Component): boolean => holds(subject, each) && each.sign !== 'down';
  const well = all.filter((each) => each.sign === 'ok' && !isAway(each));
  return {
    taken: all.filter(isTaken),
    well,
    left: well.filter((each) => !isTaken(each)),
    /** Who may be there. */
    possible: all.filter((each) => !isGone(each)),
    others: all
      .filter((each) => !well.includes(each))
      .map((each) => `${each.name}: ${isAway(each) ? 'restarts' : each.state}`),
    /** Who could stand in if it were well. */
    awaited: all
      .filter((each) => !well.includes(each) && !holds(subject, each))
      .map(({ name }) => name),
  };
}

const notWell = (others: readonly string[]): string =>
  others.length === 0 ? '' : ` (${others.join(', ')})`;

/** So many of these names; null where there are not as many. */
const someOf = (names: readonly string[], count: number): string | null => {
  if (names.length < count || count <= 0) return null;
  if (count === names.length) return names.join(' and ');
  return count === 1 ? names.join(' or ') : `${count} of ${names.join(', ')}`;
};

/** Without a quorum nothing can be written, and no API server is ready. */
function etcdLoss(own: Case, name: string, members: readonly Component[]): Found {
  const voters = members.filter(isVoter);
  const { taken, well, left, possible, others, awaited } = split(own, voters);
  if (taken.length === 0) return null;
  const needed = quorumOf(voters.length);
  const now = `${name}: ${well.length} of ${voters.length} voters are healthy now${notWell(others)}`;
  if (possible.length < needed) return `${now}, the quorum of ${needed} is lost already`;
  const then = `${now}; without ${taken.map((each) => each.name).join(', ')} there would be ${left.length}`;
  const need = `${then}, and a quorum needs ${needed}`;
  if (left.length >= needed)
    return left.length === needed ? `${need}: no other may fail meanwhile` : need;
  const isCertain = possible.filter((each) => !taken.includes(each)).length < needed;
  return {
    level: 3,
    what: 'quorum',
    reason: `${need}: it ${isCertain ? 'is' : 'may be'} lost, and then nothing can be written`,
    by: refsOf(members),
    awaited: someOf(awaited, needed - left.length),
  };
}

type Served = {
  readonly kind: ComponentKind;
  readonly level: GuardLevel;
  readonly what: string;
  readonly phrase: string;
};
const SERVED: readonly Served[] = [
  { kind: 'kube-apiserver', level: 3, what: 'API', phrase: 'API servers' },
  { kind: 'kube-scheduler', level: 2, what: 'scheduling', phrase: 'schedulers' },
  { kind: 'kube-controller-manager', level: 2, what: 'control', phrase: 'controller managers' },
];

/** One of them is enough. */
function serverLoss(
  own: Case,
  { kind, level, what, phrase }: Served,
  cluster: string | null,
  all: readonly Component[],
): Found {
  const servers = all.filter((each) => each.kind === kind);
  const { taken, well, left, others, awaited } = split(own, servers);
  if (taken.length === 0) return null;
  const now = `${phrase}${ofCluster(cluster)}: ${well.length} of ${servers.length} are well now${notWell(others)}`;
  const then = `${now}; without ${taken.map(({ name }) => name).join(', ')} there would be ${left.length || 'none'}`;
  return left.length > 0
    ? then
    : { level, what, reason: then, by: refsOf(servers), awaited: someOf(awaited, 1) };
}

/** A virtual IP on an API server moves to another one; a load balancer before them is alone. */
function frontLoss(own: Case, cluster: string | null, all: readonly Component[]): Found {
  const fronts = all.filter(({ kind }) => kind === 'vip');
  const [front] = split(own, fronts).taken;
  if (!front) return null;
  const servers = split(
    own,
    all.filter(({ kind }) => kind === 'kube-apiserver'),
  );
  const at = `the virtual IP${ofCluster(cluster)} is there`;
  const isBesideServer = servers.taken.some(({ zone }) => zone?.ref === front.zone?.ref);
  return isBesideServer
    ? `${at} too: it has to move`
    : { level: 3, what: 'API', reason: `${at}: nothing else answers at it`, by: refsOf(fronts) };
}

/** Components of clusters that are not watched: of what stands in for them nothing is known. */
const strangerLosses = ({ subject, inventory }: Case): readonly Loss[] => {
  const { candidates, zones } = membershipOf(inventory);
  const own = new Set<Ref>(
    zonesWith(subject, inventory).flatMap(({ ref }) =>
      zones.get(ref)?.is === 'other' ? [ref] : [],
    ),
  );
  if (own.size === 0) return [];
  return candidates
    .filter(({ ref }) => own.has(ref))
    .map(({ ref, name, kind }) => ({
      level: 2,
      what: kind,
      reason: `${name} is ${kind} of a cluster that is not watched: whether that can spare it is not known`,
      by: new Set([ref]),
    }));
};

/** The name servers that are taken away, and who is left on their networks. */
function nameServerLosses(
  { subject, inventory, now }: Case,
  away: readonly Ref[],
): readonly Found[] {
  const serves = (zone: Zone): boolean =>
    zone.state === 'running' && isNameServer(zone.role) && failedService(zone) === null;
  const taken = zonesWith(subject, inventory).filter(serves);
  if (taken.length === 0) return [];
  const gone = new Set([subject, ...away].flatMap((ref) => zonesWith(ref, inventory)));
  const left = inventory.hosts
    .filter((host) => zonesFresh(host, now))
    .flatMap(allZonesOf)
    .filter((zone) => serves(zone) && !gone.has(zone));
  return taken.map(({ ref, name, vlans }): Found => {
    const near = left.filter((each) => isOnOneNetwork(each.vlans, vlans));
    const where = vlans.length === 0 ? '' : ` on VLAN ${vlans.join(', ')}`;
    return near.length > 0
      ? `name servers${where}: without ${name} there would be ${near.length}`
      : {
          level: 3,
          what: 'DNS',
          reason: `no other name server than ${name} is seen to run${where}`,
          by: new Set([ref]),
        };
  });
}

/** The nodes of Kubernetes that a zone or VM is, or that the zones and VMs of a host are, by their addresses. */
export function nodesIn(
  subject: Ref,
  inventory: Inventory,
): readonly { readonly cluster: ClusterInventory; readonly node: KubeNode }[] {
  const own = new Set<Ref>(zonesWith(subject, inventory).map(({ ref }) => ref));
  if (own.size === 0) return [];
  const addresses = zonesByAddress(inventory);
  return inventory.clusters.flatMap((cluster) =>
    [...(lastKnown(cluster.feeds.nodes)?.value.byKey.values() ?? [])].flatMap((node) => {
      const ref = node.internalIp === null ? undefined : addresses.get(node.internalIp);
      return ref !== undefined && own.has(ref) ? [{ cluster, node }] : [];
    }),
  );
}

/** What runs on a node has to be started elsewhere, or waits. */
const nodeLosses = ({ subject, inventory }: Case): readonly Loss[] =>
  nodesIn(subject, inventory).map(({ cluster, node }) => {
    const pods = lastKnown(cluster.feeds.pods)?.value;
    const count = pods && (podsByNode(pods).get(node.name)?.size ?? 0);
    return {
      level: 2,
      what: 'pods',
      reason: `it is node ${node.name} of ${cluster.name}: ${count === undefined ? 'its pods are not known' : `${plural(count, 'pod')} there`}`,
      by: new Set([nodeRef(cluster.name, node.name)]),
    };
  });

/** The zone or VM of that name, or all of the host. */
function zonesWith(ref: Ref, inventory: Inventory): readonly Zone[] {
  const host = refKind(ref) === 'host' ? findHost(inventory, refName(ref)) : undefined;
  return host ? allZonesOf(host) : [findZone(inventory, ref) ?? []].flat();
}

/** Where that is not known it may be so. */
const isOnOneNetwork = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === 0 || b.length === 0 || a.some((vlan) => b.includes(vlan));
