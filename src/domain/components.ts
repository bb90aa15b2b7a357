import { hostOfUrl, plainAddresses, plainHost } from './address.ts';
import { controlPlaneOf, isLostPort } from './control-plane.ts';
import type {
  ApiServer,
  ControlPlane,
  EtcdPort,
  LeaderLease,
  SeenCertificate,
} from './control-plane.ts';
import { fresh, lastKnown } from './feed.ts';
import type { ClusterInventory, HostInventory, Inventory } from './inventory.ts';
import {
  findHost,
  findZone,
  hostFresh,
  vmsOf,
  zoneSign,
  zonesByAddress,
  zonesFresh,
} from './joined.ts';
import type { Zone } from './joined.ts';
import type { KubeNode, Pod } from './kube.ts';
import { changesIn, lasting } from './lasting.ts';
import { holderName, isOf, leaseOf, membershipOf, placeIn } from './membership.ts';
import type { Belonging, Candidate } from './membership.ts';
import { componentRef } from './ref.ts';
import type { ComponentRef, VmRef, ZoneRef } from './ref.ts';
import type { EpochMs } from './time.ts';
import type { Sign } from './view.ts';
import { COMPONENT_KINDS, isProgramOf, isSound, toldOf } from './zone-component.ts';
import type { ComponentKind, EtcdMember, ZoneComponent } from './zone-component.ts';
import { isVmBrand } from './zone.ts';

/** An instance of a component of a control plane, as the API, its own port and its zone tell of it together. */
export type Component = {
  /** Of its zone where it is not known which cluster it is of, and it is alone in it. */
  readonly ref: ComponentRef | ZoneRef | VmRef;
  /** null when nobody tells which cluster it is of. */
  readonly cluster: string | null;
  /** `vip` is the virtual IP in front of the API servers. */
  readonly kind: ComponentKind | 'vip';
  readonly name: string;
  /** null when it is not known where it runs. */
  readonly zone: Zone | null;
  /** The host tells of the zone now. */
  readonly zoneFresh: boolean;
  readonly host: string | null;
  /** What joins it to its cluster; null when it is known by its cluster alone. */
  readonly belongs: Belonging | null;
  /** Of a member of etcd: a text that is the same for all members of that etcd cluster; null for others. */
  readonly etcdCluster: string | null;
  readonly sign: Sign;
  /** What the sign says, in a word or two; says who told it where only one side does. */
  readonly state: string;
  /** Asked over the network by its own address; null when that is not done. */
  readonly direct: (ApiServer & { readonly fresh: boolean }) | null;
  /** Of a member of etcd: its port for clients, looked at over the network; null when it was not. */
  readonly port: (EtcdPort & { readonly fresh: boolean }) | null;
  /** Where it is reached, when its zone is not known: of its node, or as the other members tell. */
  readonly address: string | null;
  /** The static pod that it is; null for others. */
  readonly pod: (Pod & { readonly at: EpochMs; readonly fresh: boolean }) | null;
  /** Asked within its zone; null when it never was. */
  readonly inside: (ZoneComponent & { readonly at: EpochMs; readonly fresh: boolean }) | null;
  /** Whether its zone, or its process in it, is known to be gone; null when that is not known. */
  readonly gone: string | null;
  readonly leader: boolean | null;
  /** A member of etcd that only learns, as it tells itself or, while it tells nothing, as the others know it. */
  readonly isLearner: boolean;
  readonly version: string | null;
  /** The lease that it holds. */
  readonly lease: LeaderLease | null;
  readonly certificate: SeenCertificate | null;
  /** Of its zone; null without fresh data. */
  readonly rssBytes: number | null;
  readonly memoryCapBytes: number | null;
  readonly cpuPercent: number | null;
  readonly etcd: EtcdMember | null;
  /** Entries that are committed and that it has still to apply; null for others than etcd. */
  readonly raftLag: number | null;
  /** When the newest part of it was told. */
  readonly at: EpochMs | null;
  /** Whether anything of it is fresh. */
  readonly fresh: boolean;
};

/** A component that a zone is there for. */
type Placed = { readonly zone: Zone; readonly host: HostInventory; readonly kind: ComponentKind };

/** An instance, and where it runs. */
type Instance = {
  readonly kind: Component['kind'];
  readonly name: string;
  readonly place: Placed | null;
  readonly server: ApiServer | null;
  /** Where it is reached besides. */
  readonly address: string | null;
  /** The static pod that it is. */
  readonly pod: Pod | null;
  /** The zone of another member of etcd that tells of it. */
  readonly toldBy?: Zone['ref'];
};

/**
 * All instances of a cluster's components: API servers that are known by their address, and zones that are there for
 * a component and belong to it.
 */
function instancesOf(inventory: Inventory, cluster: ClusterInventory): readonly Instance[] {
  const known = instancesCache.get(inventory) ?? new Map<ClusterInventory, readonly Instance[]>();
  instancesCache.set(inventory, known);
  const instances = known.get(cluster) ?? findInstances(inventory, cluster);
  known.set(cluster, instances);
  return instances;
}

/** Many rules and views ask for the same. */
const instancesCache = new WeakMap<Inventory, Map<ClusterInventory, readonly Instance[]>>();

function findInstances(inventory: Inventory, cluster: ClusterInventory): readonly Instance[] {
  const plane = controlPlaneOf(cluster)?.value;
  const { candidates } = membershipOf(inventory);
  const own = candidates.filter((each) => isOf(inventory, cluster, each));
  // The name of the node tells more than that of its machine, or an address.
  const nodeNames = new Map(
    controlNodes(cluster).map(({ name, internalIp }) => [internalIp, name]),
  );
  const servers = onePerZone(
    (plane?.apiServers ?? []).map((server): Instance => {
      const claimed = placeIn(inventory, cluster, server);
      const place =
        claimed && isOf(inventory, cluster, { ref: claimed.ref, kind: 'kube-apiserver' })
          ? placeAt(claimed.ref, 'kube-apiserver', inventory)
          : null;
      const name =
        nodeNames.get(plainHost(server.address)) ?? place?.zone.name ?? uniqueName(server, plane);
      return { kind: 'kube-apiserver', name, place, server, address: null, pod: null };
    }),
  );
  const pods = staticPods(cluster, inventory);
  const hostsOfPods = new Map(
    pods.flatMap((each) =>
      each.kind === 'kube-apiserver' && each.address !== null ? [[each.address, each]] : [],
    ),
  );
  const known = new Set(servers.map(({ server }) => server && plainHost(server.address)));
  const taken = new Set(servers.map(({ place }) => place?.zone.ref));
  const zones = own
    .filter(({ ref, kind }) => kind !== 'kube-apiserver' || !taken.has(ref))
    .flatMap((each): readonly Instance[] => inZone(each, inventory));
  const vip = plane?.vip ?? null;
  const found = [
    ...servers.map((each): Instance => {
      const pod = each.server ? hostsOfPods.get(plainHost(each.server.address)) : undefined;
      return pod ? { ...pod, place: each.place ?? pod.place, server: each.server } : each;
    }),
    ...zones,
    ...furtherMembers(zones, inventory),
    ...configuredMembers(plane, zones, inventory),
    ...pods.filter(({ kind, address }) => kind !== 'kube-apiserver' || !known.has(address)),
  ];
  return [
    ...found,
    ...leadersElsewhere(plane, found, cluster, inventory),
    ...(vip === null
      ? []
      : [
          {
            kind: 'vip' as const,
            name: 'vip',
            place: atAddress(plainHost(vip.address), 'kube-apiserver', inventory),
            server: vip,
            address: null,
            pod: null,
          },
        ]),
  ].toSorted(inOrder);
}

function inZone({ ref, kind, name }: Candidate, inventory: Inventory): readonly Instance[] {
  const place = placeAt(ref, kind, inventory);
  return place ? [{ kind, name, place, server: null, address: null, pod: null }] : [];
}

/**
 * The components that kubelets start from files, as kubeadm, kind, Talos and RKE2 lay them: each is shown in the API as
 * a pod that bears the name of its node.
 */
function staticPods(cluster: ClusterInventory, inventory: Inventory): readonly Instance[] {
  const pods = lastKnown(cluster.feeds.pods)?.value.byKey;
  if (pods === undefined) return [];
  return controlNodes(cluster).flatMap(({ name, internalIp }) =>
    COMPONENT_KINDS.flatMap((kind): readonly Instance[] => {
      const pod = pods.get(`kube-system/${kind}-${name}`);
      if (!pod || pod.node !== name) return [];
      const place = internalIp === null ? null : atAddress(internalIp, kind, inventory);
      return [{ kind, name, place, server: null, address: internalIp, pod }];
    }),
  );
}

const CONTROL_ROLES: ReadonlySet<string> = new Set(['control-plane', 'master', 'etcd']);
const controlNodes = (cluster: ClusterInventory): readonly KubeNode[] =>
  [...(lastKnown(cluster.feeds.nodes)?.value.byKey.values() ?? [])].filter(({ roles }) =>
    roles.some((role) => CONTROL_ROLES.has(role)),
  );

/** Whoever holds a lease and is neither in a zone nor a pod that is known, as where one program is all of them. */
function leadersElsewhere(
  plane: ControlPlane | undefined,
  found: readonly Instance[],
  cluster: ClusterInventory,
  inventory: Inventory,
): readonly Instance[] {
  const nodes = lastKnown(cluster.feeds.nodes)?.value.byKey;
  return (plane?.leases ?? []).flatMap(({ kind, holder }): readonly Instance[] => {
    const name = holder === null ? '' : holderName(holder);
    if (name === '' || found.some((each) => each.kind === kind)) return [];
    const address = nodes?.get(name)?.internalIp ?? null;
    const place =
      (address === null ? null : atAddress(address, kind, inventory)) ??
      vmNamed(name, kind, inventory);
    return [{ kind, name, place, server: null, address, pod: null }];
  });
}

/**
 * Members of etcd that the configuration names and no zone is: in the guest of a virtual machine, by its name or by the
 * address; or wherever, where no zone is one.
 */
function configuredMembers(
  plane: ControlPlane | undefined,
  zones: readonly Instance[],
  inventory: Inventory,
): readonly Instance[] {
  const members = zones.filter(({ kind }) => kind === 'etcd');
  return (plane?.evidence.etcd ?? []).flatMap(({ url, zone }): readonly Instance[] => {
    const address = hostOfUrl(url);
    const name = zone?.slice(zone.indexOf('/') + 1) ?? address ?? url;
    const machine = inventory.hosts
      .flatMap(vmsOf)
      .find((each) => zone === `${each.host}/${each.name}`);
    const place = machine
      ? placeAt(machine.ref, 'etcd', inventory)
      : address === null
        ? null
        : atAddress(address, 'etcd', inventory);
    const isGuest = place !== null && isVmBrand(place.zone.brand);
    if (!isGuest && (members.length > 0 || zone !== null)) return [];
    return [{ kind: 'etcd', name, place, server: null, address, pod: null }];
  });
}

/** A virtual machine of that name, where there is one alone; its guest may bear a domain behind it. */
function vmNamed(name: string, kind: ComponentKind, inventory: Inventory): Placed | null {
  const [first, ...others] = inventory.hosts
    .flatMap(vmsOf)
    .filter((each) => each.name === name || each.name === name.split('.')[0]);
  return first && others.length === 0 ? placeAt(first.ref, kind, inventory) : null;
}

/** A zone with several addresses is tried by each: the one that something else names, or that has answered, is it. */
function onePerZone(servers: readonly Instance[]): readonly Instance[] {
  const weight = ({ server }: Instance): number =>
    (server?.from === 'zone' ? 0 : 2) + (server?.readyAt === null ? 0 : 1);
  const best = new Map<unknown, Instance>();
  for (const each of servers) {
    const key = each.place?.zone.ref ?? each;
    const other = best.get(key);
    if (other === undefined || weight(each) > weight(other)) best.set(key, each);
  }
  return servers.filter(
    (each) => each.server?.from !== 'zone' || [...best.values()].includes(each),
  );
}

/** Members of etcd that the others know, and that no zone which is known to be there for one is. */
function furtherMembers(zones: readonly Instance[], inventory: Inventory): readonly Instance[] {
  const { zones: belongings } = membershipOf(inventory);
  const members = zones.filter(({ kind }) => kind === 'etcd');
  const groups = Map.groupBy(
    members,
    ({ place }) => (place && belongings.get(place.zone.ref)?.etcd) ?? '',
  );
  return [...groups.values()].flatMap((group) => furtherIn(group, inventory));
}

function furtherIn(members: readonly Instance[], inventory: Inventory): readonly Instance[] {
  const told = members.flatMap(({ place }) => {
    const feed = place && lastKnown(place.host.feeds.zoneComponents);
    const etcd = toldOf(feed?.value, place?.zone.name, 'etcd')?.etcd;
    return etcd ? [{ etcd, at: feed?.at ?? 0 }] : [];
  });
  const own = new Set(told.flatMap(({ etcd }) => etcd.id ?? []));
  const names = new Set(members.map(({ name }) => name));
  const addresses = new Set(
    members.flatMap(({ place }) => (place ? plainAddresses(place.zone) : [])),
  );
  return newestPeers(told).flatMap(({ id, name, clientUrls, peerUrls }) => {
    const hosts = [...clientUrls, ...peerUrls].flatMap((url) => hostInUrl(url) ?? []);
    if (own.has(id) || names.has(name) || hosts.some((host) => addresses.has(host))) return [];
    const place = hosts.map((host) => atAddress(host, 'etcd', inventory)).find(Boolean) ?? null;
    const address = hosts[0] ?? null;
    return [
      {
        kind: 'etcd' as const,
        name: place?.zone.name ?? (name || id),
        place,
        server: null,
        address,
        pod: null,
        ...(members[0]?.place ? { toldBy: members[0].place.zone.ref } : {}),
      },
    ];
  });
}

/** The members of an etcd cluster as they are known to the one whose term is the newest, and of several the latest. */
const newestPeers = (
  told: readonly { readonly etcd: EtcdMember; readonly at: EpochMs }[],
): NonNullable<EtcdMember['peers']> =>
  told
    .filter(({ etcd }) => etcd.peers !== null)
    .toSorted((a, b) => (b.etcd.term ?? 0) - (a.etcd.term ?? 0) || b.at - a.at)[0]?.etcd.peers ??
  [];

/** `https://10.0.48.70:2379`, `https://[fd00::1]:2379`. */
const hostInUrl = (url: string): string | undefined =>
  /^https?:\/\/(?:\[([^\]]+)\]|([^:/]+))/.exec(url)?.slice(1).find(Boolean);

/** All instances of a cluster's components with what is known of them: etcd, API servers and what is in front, the others. */
export function componentsOf(
  inventory: Inventory,
  cluster: ClusterInventory,
  now: EpochMs,
): readonly Component[] {
  const known = componentsCache.get(inventory)?.get(cluster);
  if (known && now >= known.at && now < known.until) {
    changesIn(known.until - now);
    return known.components;
  }
  const plane = controlPlaneOf(cluster)?.value;
  const { result: components, ms } = lasting(() => {
    const planeFresh = fresh(cluster.feeds.controlPlane, now) !== undefined;
    const pods = lastKnown(cluster.feeds.pods);
    const podsAt = pods
      ? { at: pods.at, fresh: fresh(cluster.feeds.pods, now) !== undefined }
      : null;
    return withLeaders(
      withEtcdClusters(
        instancesOf(inventory, cluster).map((instance) =>
          toComponent({
            ...instance,
            cluster: cluster.name,
            belongs: belongingOf(instance, inventory, cluster.name),
            now,
            plane,
            planeFresh,
            podsAt,
          }),
        ),
      ),
    );
  });
  const ofInventory = componentsCache.get(inventory) ?? new Map<ClusterInventory, Judged>();
  componentsCache.set(
    inventory,
    ofInventory.set(cluster, { components, at: now, until: now + ms }),
  );
  return components;
}

/** As it is of that cluster. */
function belongingOf(
  { kind, place, toldBy }: Instance,
  inventory: Inventory,
  cluster: string | null,
): Belonging | null {
  const { zones } = membershipOf(inventory);
  const belonging = (place && zones.get(place.zone.ref)) ?? (toldBy && zones.get(toldBy)) ?? null;
  if (belonging === null || belonging.etcd === null) return belonging;
  const { sharedBy, ...alone } = belonging;
  // The etcd in its zone is another component.
  if (kind !== 'etcd') return { ...alone, group: null, etcd: null };
  return { ...belonging, ...sharedBy?.find((each) => each.cluster === cluster) };
}

/** Whether an etcd that several clusters share is told of another one of them. */
export const isToldElsewhere = ({ cluster, belongs }: Pick<Component, 'cluster' | 'belongs'>) =>
  belongs?.sharedBy !== undefined && belongs.sharedBy[0]?.cluster !== cluster;

/** What tells of which etcd cluster a member is. */
type EtcdPart = Pick<Component, 'ref' | 'kind' | 'name' | 'zone' | 'belongs' | 'etcdCluster'>;

const groupLabel = ({ belongs }: EtcdPart): string | null => belongs?.group ?? null;

/** Members that nothing joins to others are of the main etcd cluster, unless there are several that it may be. */
function withEtcdClusters<T extends EtcdPart>(all: readonly T[]): readonly T[] {
  const isAlone = (each: T): boolean =>
    each.kind === 'etcd' &&
    groupLabel(each) === null &&
    (each.etcdCluster === null || each.etcdCluster === each.zone?.ref);
  const known = new Set(
    all.flatMap((each) =>
      each.kind === 'etcd' && groupLabel(each) === null && !isAlone(each) ? each.etcdCluster : [],
    ),
  );
  const [main = 'main'] = known;
  return known.size > 1
    ? all
    : all.map((each) => (isAlone(each) ? { ...each, etcdCluster: main } : each));
}

/** With who leads each etcd cluster, and who only learns. */
function withLeaders(components: readonly Component[]): readonly Component[] {
  const members = components.filter(({ kind }) => kind === 'etcd');
  const groups = Map.groupBy(members, ({ etcdCluster, ref }) => etcdCluster ?? ref);
  const leaders = new Map([...groups.values()].flatMap((group) => leadersIn(group)));
  const learners = new Set([...groups.values()].flatMap(learnersIn));
  return components.map((each) => {
    const leader = leaders.get(each.ref);
    if (leader === undefined) return each;
    return { ...each, leader, isLearner: each.isLearner || learners.has(each) };
  });
}

/** Those who tell nothing themselves and are learners to the one that knows the members newest. */
function learnersIn(members: readonly Component[]): readonly Component[] {
  const told = members.flatMap(({ etcd, inside }) => (etcd ? [{ etcd, at: inside?.at ?? 0 }] : []));
  const learners = newestPeers(told).filter(({ isLearner }) => isLearner);
  if (learners.length === 0) return [];
  const names = new Set(learners.flatMap(({ id, name }) => [id, name]));
  const hosts = new Set(
    learners.flatMap(({ clientUrls, peerUrls }) =>
      [...clientUrls, ...peerUrls].flatMap((url) => hostInUrl(url) ?? []),
    ),
  );
  return members.filter(
    ({ etcd, name, address, zone }) =>
      etcd === null &&
      (names.has(name) ||
        (address !== null && hosts.has(address)) ||
        (zone !== null && plainAddresses(zone).some((each) => hosts.has(each)))),
  );
}

/**
 * The members are asked one after another, so an election may lie between two answers. One at most leads in a term of
 * raft: the one that an answer of the newest term names. Without terms, which metrics do not have, the last one that
 * said to lead does. Of others that said so, and where it cannot be told apart, it is not known.
 */
function leadersIn(
  members: readonly Component[],
): readonly (readonly [Component['ref'], boolean | null])[] {
  const told = members.filter(({ etcd, inside, gone }) => etcd && inside?.fresh && gone === null);
  const at = ({ inside }: Component): EpochMs => inside?.at ?? 0;
  const newest = Math.max(...told.map(({ etcd }) => etcd?.term ?? -1));
  const inTerm = told.filter(({ etcd }) => (etcd?.term ?? -1) === newest);
  const named = inTerm.find(({ etcd }) => etcd?.leaderId)?.etcd?.leaderId;
  const claiming = told.filter(
    ({ etcd }) => etcd?.isLeader === true && etcd.id !== named && etcd.term === null,
  );
  const isAfter = (each: Component): boolean =>
    newest < 0 || inTerm.every((other) => at(other) < at(each));
  const lastAt = Math.max(...claiming.filter(isAfter).map(at));
  const last = claiming.filter((each) => at(each) === lastAt);
  const leader =
    last.length > 0
      ? named === undefined && last.length === 1
        ? last[0]
        : undefined
      : members.find(({ etcd, gone }) => etcd && etcd.id === named && gone === null);
  return members.map((each) => [
    each.ref,
    each === leader ? true : told.includes(each) && each.etcd?.isLeader === false ? false : null,
  ]);
}

type Judged = {
  readonly components: readonly Component[];
  readonly at: EpochMs;
  /** So long they stay so if nothing but time changes. */
  readonly until: EpochMs;
};
/** Many rules and views ask for the same. */
const componentsCache = new WeakMap<Inventory, Map<ClusterInventory, Judged>>();

/**
 * Zones that are there for a component of a cluster, where it is not known of which: there are several, and nothing
 * joins it to one; or none is configured.
 */
function strayComponents(inventory: Inventory, now: EpochMs): readonly Component[] {
  if (inventory.clusters.length === 1) return [];
  const { candidates, zones } = membershipOf(inventory);
  const own = candidates.filter(({ ref }) => zones.get(ref)?.is === 'candidate');
  const strays = [...Map.groupBy(own, ({ ref }) => ref).values()]
    .flatMap((parts) => parts.map((each) => ({ each, isAlone: parts.length === 1 })))
    .flatMap(({ each, isAlone }) =>
      inZone(each, inventory).map((instance) => ({ ...instance, isAlone })),
    )
    .map((instance) =>
      toComponent({
        ...instance,
        cluster: null,
        belongs: belongingOf(instance, inventory, null),
        now,
        plane: undefined,
        planeFresh: false,
        podsAt: null,
      }),
    );
  return withLeaders(strays.toSorted(inOrder));
}

/** The instances of all clusters, and those of which nobody tells which cluster they are of. */
export const everyComponent = (inventory: Inventory, now: EpochMs): readonly Component[] => [
  ...inventory.clusters.flatMap((cluster) => componentsOf(inventory, cluster, now)),
  ...strayComponents(inventory, now),
];

/** Where an instance runs. */
export type ComponentPlace = EtcdPart & {
  /** Of a member of etcd: the kind of its etcd cluster; null for others. */
  readonly etcdKind: string | null;
  /** Of a member of etcd: its etcd cluster, which may be told of another cluster that shares it; null for others. */
  readonly etcdRef: ComponentRef | null;
};

/** The instances of a cluster's components, and the zone or VM that each runs in. */
export function componentPlaces(
  inventory: Inventory,
  cluster: ClusterInventory,
): readonly ComponentPlace[] {
  const instances = instancesOf(inventory, cluster);
  const known = placesCache.get(instances);
  if (known) return known;
  const places = withEtcdClusters(
    instances.map((instance) => {
      const belongs = belongingOf(instance, inventory, cluster.name);
      return {
        ref: componentRef(cluster.name, instance.kind, instance.name),
        kind: instance.kind,
        name: instance.name,
        zone: instance.place?.zone ?? null,
        belongs,
        etcdCluster: belongs?.etcd ?? null,
      };
    }),
  );
  const kinds = new Map(
    etcdClustersIn(places).flatMap(({ kind, members }) => members.map(({ ref }) => [ref, kind])),
  );
  const made = places.map((place) => {
    const etcdKind = kinds.get(place.ref) ?? null;
    const etcdRef = etcdKind === null ? null : componentRef(cluster.name, etcdKind);
    return { ...place, etcdKind, etcdRef: sharedRef(inventory, cluster.name, place) ?? etcdRef };
  });
  placesCache.set(instances, made);
  return made;
}

/** Where an etcd that is shared is told; undefined for what is told here. */
function sharedRef(
  inventory: Inventory,
  cluster: string,
  { belongs, etcdCluster }: EtcdPart,
): ComponentRef | undefined {
  const home = belongs?.sharedBy?.[0]?.cluster;
  const other = inventory.clusters.find(({ name }) => name === home && name !== cluster);
  return other === undefined
    ? undefined
    : (componentPlaces(inventory, other).find(
        (each) => each.etcdKind !== null && each.etcdCluster === etcdCluster,
      )?.etcdRef ?? undefined);
}

const placesCache = new WeakMap<readonly Instance[], readonly ComponentPlace[]>();

const { compare: byName } = new Intl.Collator('en', { numeric: true });

type Named = Pick<Component, 'kind' | 'name'>;
const order = ({ kind }: Named): number =>
  kind === 'vip' ? COMPONENT_KINDS.indexOf('kube-apiserver') + 0.5 : COMPONENT_KINDS.indexOf(kind);
const inOrder = (a: Named, b: Named): number => order(a) - order(b) || byName(a.name, b.name);

function atAddress(address: string, kind: ComponentKind, inventory: Inventory): Placed | null {
  const ref = zonesByAddress(inventory).get(address);
  return ref === undefined ? null : placeAt(ref, kind, inventory);
}

function placeAt(ref: Zone['ref'], kind: ComponentKind, inventory: Inventory): Placed | null {
  const zone = findZone(inventory, ref);
  const host = zone && findHost(inventory, zone.host);
  return host && zone ? { host, zone, kind } : null;
}

/** The name by which its certificate alone is for it, unless others show one for the same; or its address. */
const uniqueName = (server: ApiServer, plane: ControlPlane | undefined): string =>
  (plane?.apiServers ?? []).filter((each) => nameOf(each) === nameOf(server)).length > 1
    ? server.address
    : nameOf(server);

function nameOf({ certificate, address }: ApiServer): string {
  const own = certificate?.names.filter(
    (name) => !/^[0-9.]+$|:|^localhost$|^kubernetes/.test(name),
  );
  return own?.length === 1 ? (own[0] ?? address) : address;
}

type Parts = Instance & {
  readonly cluster: string | null;
  readonly belongs: Belonging | null;
  /** No other component is in its zone. */
  readonly isAlone?: boolean;
  readonly plane: ControlPlane | undefined;
  /** Somebody still asks its parts over the network. */
  readonly planeFresh: boolean;
  /** When the pods of the cluster were last told, and whether they are still; null without any. */
  readonly podsAt: { readonly at: EpochMs; readonly fresh: boolean } | null;
  readonly now: EpochMs;
};

/** A probe that was asked no longer ago than this is fresh: six of the usual intervals, and its limit. */
const PROBE_FRESH_MS = 35_000;
/** Ports of etcd are looked at each minute. */
const PORT_FRESH_MS = 150_000;

function toComponent(parts: Parts): Component {
  const { cluster, kind, name, place, server, address, plane, planeFresh, now } = parts;
  const zone = place?.zone ?? null;
  const host = place?.host;
  const feed = host && lastKnown(host.feeds.zoneComponents);
  const own = toldOf(feed?.value, zone?.name, kind);
  const isAsked = own !== undefined && own.state !== 'unknown';
  const isInsideFresh =
    host !== undefined &&
    hostFresh(host, 'zoneComponents', now) &&
    // A zone that has started since, or stopped, tells nothing by its old answer.
    zone?.state === 'running' &&
    (zone.bootedAt === null || zone.bootedAt <= (feed?.at ?? 0));
  const inside =
    own && feed && isAsked
      ? withHealth({ ...own, at: feed.at, fresh: isInsideFresh }, zone, host, now)
      : null;
  const direct = server && { ...server, fresh: planeFresh && isRecent(server.at, now) };
  const seenPort = plane?.etcdPorts.find(({ member }) => kind === 'etcd' && member === name);
  const port = seenPort
    ? { ...seenPort, fresh: planeFresh && isRecent(seenPort.at, now, PORT_FRESH_MS) }
    : null;
  const lease = leaseOf(plane, kind, name);
  const { podsAt } = parts;
  const pod = parts.pod && { ...parts.pod, at: podsAt?.at ?? 0, fresh: podsAt?.fresh === true };
  const gone = goneFrom(zone, host, kind, now);
  const etcd = inside?.etcd ?? null;
  const zoneFresh = host !== undefined && zonesFresh(host, now);
  const isMeasured = zoneFresh && hostFresh(host, 'kstats', now);
  const leader = leaderOf(kind, lease, plane, now);
  const base = {
    ref:
      cluster !== null || zone === null
        ? componentRef(cluster ?? '', kind, name)
        : parts.isAlone === true
          ? zone.ref
          : componentRef('', kind, `${zone.host}/${name}`),
    cluster,
    kind,
    name,
    zone,
    zoneFresh,
    host: zone?.host ?? null,
    belongs: parts.belongs,
    etcdCluster: parts.belongs?.etcd ?? null,
    direct,
    port,
    address,
    pod,
    inside,
    gone,
    leader,
    isLearner: etcd?.isLearner === true,
    version: server?.version ?? etcd?.version ?? null,
    lease,
    certificate: server?.certificate ?? port?.certificate ?? null,
    rssBytes: zone
      ? isMeasured
        ? zone.rssBytes
        : null
      : kind === 'kube-apiserver' && direct?.fresh === true
        ? (direct.metrics?.residentBytes ?? null)
        : null,
    memoryCapBytes: zone?.memoryCapBytes ?? null,
    cpuPercent: isMeasured ? (zone?.cpuPercent ?? null) : null,
    etcd,
    raftLag: lagOf(etcd),
    at: latest(direct?.at, port?.at, inside?.at, zone?.at, pod?.at),
    fresh:
      direct?.fresh === true ||
      (port?.fresh === true && port.answeredAt !== null) ||
      inside?.fresh === true ||
      pod?.fresh === true ||
      zoneFresh ||
      (kind !== 'etcd' && leader === true),
  };
  return { ...base, ...verdict(base) };
}

/** What a member of etcd told last of its health, where that is newer than all else that it told. */
function withHealth(
  inside: NonNullable<Component['inside']>,
  zone: Zone | null,
  host: HostInventory,
  now: EpochMs,
): NonNullable<Component['inside']> {
  if (inside.kind !== 'etcd' || !inside.fresh) return inside;
  const feed = fresh(host.feeds.etcdHealth, now) && lastKnown(host.feeds.etcdHealth);
  const told = feed?.value.find((each) => each.zone === zone?.name);
  const at = told && (told.at ?? feed?.at ?? 0);
  if (!told || at === undefined || at <= inside.at || !isRecent(at, now, HEALTH_FRESH_MS))
    return inside;
  if (told.state === 'unknown' || told.state === inside.state) return inside;
  return {
    ...inside,
    state: told.state,
    reason: null,
    etcd: SILENT.has(told.state) ? null : inside.etcd,
    at,
  };
}

/** Four of the usual intervals. */
const HEALTH_FRESH_MS = 20_000;
const SILENT: ReadonlySet<ZoneComponent['state']> = new Set(['refused', 'timeout']);

/** Why it cannot be running, as its host tells; null when it may be. */
function goneFrom(
  zone: Zone | null,
  host: HostInventory | undefined,
  kind: Component['kind'],
  now: EpochMs,
): string | null {
  if (!zone || !host || !zonesFresh(host, now)) return null;
  const sign = zoneSign(zone, true);
  if (sign === 'down' || sign === 'off')
    return `${isVmBrand(zone.brand) ? 'VM' : 'zone'} ${zone.name} is ${zone.stateText}`;
  const listed = fresh(host.feeds.processes, now);
  if (kind === 'vip' || zone.state !== 'running' || listed === undefined) return null;
  // The processes of a guest are not those of its machine.
  if (isVmBrand(zone.brand)) return null;
  const listedAt = lastKnown(host.feeds.processes)?.at ?? 0;
  const programs = zone.processes?.programs;
  if (programs === undefined || (zone.bootedAt !== null && zone.bootedAt > listedAt)) return null;
  return programs.some((program) => isProgramOf(kind, program))
    ? null
    : `no process ${kind} in zone ${zone.name}`;
}

/** That of etcd is found among all its members. */
function leaderOf(
  kind: Component['kind'],
  lease: LeaderLease | null,
  plane: ControlPlane | undefined,
  now: EpochMs,
): boolean | null {
  if (kind !== 'kube-scheduler' && kind !== 'kube-controller-manager') return null;
  const readAt = plane?.leasesAt ?? null;
  return readAt === null || !isRecent(readAt, now) ? null : lease !== null;
}

function isRecent(at: EpochMs, now: EpochMs, ms = PROBE_FRESH_MS): boolean {
  const left = at + ms - now;
  if (left >= 0) changesIn(left + 1);
  return left >= 0;
}

type Verdict = Pick<Component, 'sign' | 'state'>;

function verdict(component: Omit<Component, 'sign' | 'state'>): Verdict {
  const { direct, inside, gone, kind } = component;
  const isWellInside = inside?.fresh === true && isSound(inside);
  if (direct?.fresh === true && isTelling(direct))
    switch (direct.state) {
      case 'ok':
        return { sign: 'ok', state: 'ready' };
      case 'denied':
        return { sign: 'ok', state: 'answers, denied' };
      case 'failing':
        return { sign: 'degraded', state: direct.live === false ? 'not live' : 'not ready' };
      case 'overloaded':
        return { sign: 'degraded', state: 'overloaded' };
      case 'refused':
      case 'timeout':
      case 'tls':
      case 'no-way':
      case 'error':
        return isWellInside
          ? { sign: 'degraded', state: `${direct.state}, well inside` }
          : { sign: 'down', state: gone === null ? direct.state : 'gone' };
    }
  if (gone !== null) return { sign: 'down', state: 'gone' };
  if (inside?.fresh !== true && component.pod?.fresh === true && !isReady(component.pod))
    return ofPod(component.pod);
  if (inside?.fresh !== true) return withoutAnswer(component);
  if (inside.state === 'refused') return { sign: 'down', state: 'refused' };
  // By neither of its ports: without a quorum those that are well still take clients.
  if (kind === 'etcd' && inside.state === 'timeout' && component.port?.state === 'timeout')
    if (isPortLost(component)) return { sign: 'down', state: 'hangs' };
  if (!isSound(inside)) return { sign: 'degraded', state: inside.reason ?? inside.state };
  if (isPortLost(component))
    return { sign: 'degraded', state: `${component.port?.state ?? ''}, well inside` };
  if (kind === 'etcd' && inside.etcd?.hasLeader === false)
    return { sign: 'degraded', state: 'no leader' };
  return (
    withLease(component) ?? {
      sign: 'ok',
      state: inside.state === 'denied' ? 'answers, denied' : 'ready',
    }
  );
}

const isReady = ({ readyContainers, totalContainers, phase }: Pod): boolean =>
  phase === 'Running' && totalContainers > 0 && readyContainers === totalContainers;

/** What the kubelet tells of a static pod, by the probes of its manifest. */
const ofPod = (pod: Pod): Verdict =>
  isReady(pod)
    ? { sign: 'ok', state: 'ready' }
    : {
        sign: pod.phase === 'Running' ? 'degraded' : 'down',
        state: pod.status.toLowerCase() === 'running' ? 'not ready' : pod.status,
      };

/** Its port answered before, and now it does not; one that never did may just not be reachable from here. */
const isPortLost = ({ port }: Pick<Component, 'port'>): boolean =>
  port?.fresh === true && isLostPort(port);

/** An address that was never reached, and that nobody configured, may just not be reachable from here. */
const isTelling = ({ from, readyAt, state }: ApiServer): boolean =>
  state !== 'no-way' &&
  (!(from === 'endpoints' || from === 'zone') ||
    readyAt !== null ||
    (state !== 'timeout' && state !== 'refused'));

/** Neither its port nor its zone answered. */
function withoutAnswer(component: Omit<Component, 'sign' | 'state'>): Verdict {
  const { zone, fresh: isFresh, kind, direct } = component;
  const leading = withLease(component);
  if (leading) return leading;
  if (isPortLost(component)) return { sign: 'down', state: component.port?.state ?? '' };
  if (component.port?.fresh === true && component.port.state === 'answers')
    return { sign: 'ok', state: 'port answers' };
  if (component.pod?.fresh === true) return ofPod(component.pod);
  const programs = zone?.state === 'running' ? zone.processes?.programs : undefined;
  if (isFresh && programs?.some((program) => isProgramOf(kind, program)) === true)
    return { sign: 'ok', state: 'runs' };
  const isBehindProxy = direct?.fresh === true && direct.state === 'no-way';
  return { sign: 'unknown', state: isBehindProxy ? 'no way by proxy' : 'unknown' };
}

/** What the lease of a leader tells of it; null for one that holds none. */
function withLease({ lease, leader }: Pick<Component, 'lease' | 'leader'>): Verdict | null {
  if (!lease || leader !== true) return null;
  return isExpired(lease)
    ? { sign: 'down', state: 'lease expired' }
    : { sign: 'ok', state: 'leads' };
}

/** The RSS of the zone that an instance runs in, in percent of its cap. */
export const memoryShare = ({
  rssBytes,
  memoryCapBytes,
}: Pick<Component, 'rssBytes' | 'memoryCapBytes'>): number | null =>
  rssBytes === null || !memoryCapBytes ? null : (rssBytes / memoryCapBytes) * 100;

/** The rule whose limits tell how near an instance is to the memory cap of its zone. */
export const componentMemoryRule = ({
  kind,
}: Pick<Component, 'kind'>): 'api.memory' | 'zone.memory' =>
  kind === 'kube-apiserver' ? 'api.memory' : 'zone.memory';

/** Another may take it over: when it was last read it had not been renewed for its duration. */
export const isExpired = (
  { renewedAt, durationSeconds, readAt }: LeaderLease,
  graceSeconds = 0,
): boolean =>
  renewedAt !== null &&
  durationSeconds !== null &&
  readAt > renewedAt + (durationSeconds + graceSeconds) * 1000;

/** Alarms that members of etcd have raised, by who tells of them now; null: nobody tells of alarms. */
export function alarmsOf(
  component: Component,
  components: readonly Component[],
): readonly string[] | null {
  const told = components.flatMap(({ kind, etcd, inside }) =>
    kind === 'etcd' && inside?.fresh && etcd?.alarms ? etcd.alarms : [],
  );
  const own = told.filter(({ member }) => member === component.etcd?.id);
  const isTold = component.inside?.fresh === true && (component.etcd?.alarms ?? null) !== null;
  return own.length === 0 && !isTold ? null : [...new Set(own.map(({ alarm }) => alarm))];
}

/** The members of one etcd cluster. */
export type EtcdCluster<T = Component> = {
  /** `etcd` for the one of a cluster's objects; `etcd-events` for one that keeps these apart. */
  readonly kind: string;
  readonly members: readonly T[];
};

/** The etcd clusters of some components, each with its own quorum; the main one first. */
export function etcdClustersIn<T extends EtcdPart>(
  components: readonly T[],
): readonly EtcdCluster<T>[] {
  const members = components.filter(({ kind }) => kind === 'etcd');
  const groups = [...Map.groupBy(members, ({ etcdCluster, ref }) => etcdCluster ?? ref).values()];
  const rank = (group: readonly T[]): number =>
    group.some((each) => groupLabel(each) !== null)
      ? 2
      : group.some(({ belongs }) => belongs?.is === 'member')
        ? 0
        : 1;
  return groups
    .toSorted((a, b) => rank(a) - rank(b) || b.length - a.length)
    .map((group, index) => {
      const label = group.map(groupLabel).find(Boolean) ?? null;
      return {
        kind:
          label === null && index === 0 ? 'etcd' : `etcd-${label ?? group[0]?.name ?? 'unknown'}`,
        members: group,
      };
    });
}

/** How many of so many voters make a quorum. */
export const quorumOf = (voters: number): number => Math.floor(voters / 2) + 1;

/** A member of etcd that counts for the quorum: a learner does not. */
export const isVoter = ({ kind, isLearner }: Pick<Component, 'kind' | 'isLearner'>): boolean =>
  kind === 'etcd' && !isLearner;

/** Of one answer: those of two members come at different times. */
const lagOf = (etcd: EtcdMember | null): number | null =>
  etcd === null || etcd.committed === null || etcd.applied === null
    ? null
    : Math.max(0, etcd.committed - etcd.applied);

const latest = (...times: readonly (EpochMs | null | undefined)[]): EpochMs | null =>
  times.reduce<EpochMs | null>(
    (newest, at) => (at === null || at === undefined ? newest : Math.max(newest ?? at, at)),
    null,
  );
