import { componentsOf as joinedOf } from './components.ts';
import type { ApiServer, LeaderLease } from './control-plane.ts';
import { fresh, lastKnown } from './feed.ts';
import type { ClusterInventory, Inventory } from './inventory.ts';
import { allZonesOf, zoneSign, zonesByAddress, zonesFresh } from './joined.ts';
import type { Zone } from './joined.ts';
import { componentRef } from './ref.ts';
import type { ComponentRef, VmRef, ZoneRef } from './ref.ts';
import type { EpochMs } from './time.ts';
import type { Sign } from './view.ts';

/** The parts of a control plane; `vip` is the virtual address in front of the API servers. */
export const COMPONENT_KINDS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'vip',
] as const;
export type ComponentKind = (typeof COMPONENT_KINDS)[number];

/** One instance of a part of a control plane, as its zone and as the network shows it. */
export type Component = {
  readonly kind: ComponentKind;
  /** The zone's name, else its address. */
  readonly name: string;
  /** The zone that it runs in; where none is known, the component itself. */
  readonly ref: ZoneRef | VmRef | ComponentRef;
  /** null when nobody tells which cluster it is of. */
  readonly cluster: string | null;
  readonly zone: Zone | null;
  /** The host tells of the zone now. */
  readonly zoneFresh: boolean;
  /** What it answers itself; null when nobody asks it. */
  readonly api: ApiServer | null;
  /** That answer is of now. */
  readonly apiFresh: boolean;
  /** Holds the lease of its kind; null when there is none, or it was not read of late. */
  readonly leads: boolean | null;
  /** The worse of what its zone and itself tell; unknown when neither does. */
  readonly sign: Sign;
};

const kindOfRole = (role: string | undefined): ComponentKind | undefined =>
  COMPONENT_KINDS.find((kind) => kind === role && kind !== 'vip');

type ZoneFound = { readonly zone: Zone; readonly isFresh: boolean };

/**
 * The instances of all control planes: zones whose role is such a part, and API servers and virtual addresses that
 * answer, joined by the configuration's place for them or by their address. In the order of the kinds, then by name.
 */
export function componentsOf(inventory: Inventory, now: EpochMs): readonly Component[] {
  const zones = new Map<string, ZoneFound>(
    inventory.hosts.flatMap((host) => {
      const isFresh = zonesFresh(host, now);
      return allZonesOf(host).map(
        (zone) => [`${host.name}/${zone.name}`, { zone, isFresh }] as const,
      );
    }),
  );
  const owners = zonesByAddress(inventory);
  const byRef = new Map<string, ZoneFound>(
    [...zones.values()].map((found) => [found.zone.ref, found]),
  );
  const placeOf = ({ place, address }: ApiServer) =>
    (place === null ? undefined : zones.get(place)) ?? byRef.get(owners.get(hostOf(address)) ?? '');
  const [only, ...others] = inventory.clusters;
  const single = others.length === 0 ? (only?.name ?? null) : null;
  const leases = new Map(
    inventory.clusters.map((cluster) => [cluster.name, leasesOf(cluster, now)]),
  );

  const asked = inventory.clusters.flatMap((cluster) => {
    const feed = cluster.feeds.controlPlane;
    const plane = lastKnown(feed)?.value;
    const isFresh = fresh(feed, now) !== undefined;
    const each = (kind: ComponentKind) => (api: ApiServer) => {
      const found = placeOf(api);
      return component({
        kind,
        name: found?.zone.name ?? api.address,
        ref: found?.zone.ref ?? componentRef(cluster.name, kind, api.address),
        cluster: cluster.name,
        zone: found?.zone ?? null,
        zoneFresh: found?.isFresh ?? false,
        api,
        apiFresh: isFresh,
        leads: null,
      });
    };
    return [
      ...(plane?.apiServers ?? []).map(each('kube-apiserver')),
      ...(plane?.vip ? [each('vip')(plane.vip)] : []),
    ];
  });
  const known = new Set(asked.map(({ ref }) => ref));
  const ofZones = [...zones.values()].flatMap(({ zone, isFresh }) => {
    const kind = kindOfRole(zone.role?.name);
    if (kind === undefined || known.has(zone.ref)) return [];
    return [
      component({
        kind,
        name: zone.name,
        ref: zone.ref,
        cluster: single,
        zone,
        zoneFresh: isFresh,
        api: null,
        apiFresh: false,
        leads: single === null ? null : leads(kind, zone, leases.get(single) ?? []),
      }),
    ];
  });
  const rank = ({ kind }: Component): number => COMPONENT_KINDS.indexOf(kind);
  return withInside(distinct([...asked, ...ofZones]), inventory, now).toSorted(
    (a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name),
  );
}

/** What a component says within its zone counts too: its process may be gone while the zone runs. */
function withInside(
  all: readonly Component[],
  inventory: Inventory,
  now: EpochMs,
): readonly Component[] {
  const inside = new Map(
    inventory.clusters.flatMap((cluster) =>
      joinedOf(inventory, cluster, now).map(
        (each) => [`${each.kind} ${each.zone?.ref ?? each.direct?.address ?? ''}`, each] as const,
      ),
    ),
  );
  return all.map((each) => {
    const found = inside.get(`${each.kind} ${each.zone?.ref ?? each.api?.address ?? ''}`);
    if (!found) return each;
    const isWorse = found.sign === 'down' || found.sign === 'degraded';
    const sign = isWorse && RANK[found.sign] < RANK[each.sign] ? found.sign : each.sign;
    return { ...each, sign, leads: each.leads ?? found.leader };
  });
}

/** A zone that is both an API server and the virtual address stands once for each; a row has one place. */
function distinct(all: readonly Component[]): readonly Component[] {
  const seen = new Set<string>();
  return all.flatMap((each) => {
    const own =
      seen.has(each.ref) && each.cluster !== null && each.api !== null
        ? { ...each, ref: componentRef(each.cluster, each.kind, each.api.address) }
        : each;
    if (seen.has(own.ref)) return [];
    seen.add(own.ref);
    return [own];
  });
}

/** Without the port; an IPv6 address stands in brackets. */
const hostOf = (address: string): string =>
  address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');

/** The leases that were read of late. */
function leasesOf({ feeds }: ClusterInventory, now: EpochMs): readonly LeaderLease[] {
  const plane = fresh(feeds.controlPlane, now);
  return plane && plane.leasesAt !== null ? plane.leases : [];
}

/** A holder is `NAME_UUID`; one that has not renewed its lease in time leads no more. */
function leads(kind: ComponentKind, zone: Zone, leases: readonly LeaderLease[]): boolean | null {
  const lease = leases.find((each) => each.kind === kind);
  if (!lease) return null;
  return lease.holder !== null && lease.holder.replace(/_[^_]*$/, '') === zone.name;
}

const RANK: Readonly<Record<Sign, number>> = {
  down: 0,
  warning: 1,
  degraded: 2,
  changing: 3,
  off: 4,
  ok: 5,
  unknown: 6,
};

const API_SIGNS: Readonly<Record<ApiServer['state'], Sign>> = {
  ok: 'ok',
  denied: 'ok',
  overloaded: 'degraded',
  failing: 'degraded',
  refused: 'down',
  timeout: 'down',
  tls: 'down',
  error: 'down',
};

/** What an answer of its own says of it. */
export const apiSign = ({ api, apiFresh }: Pick<Component, 'api' | 'apiFresh'>): Sign =>
  api === null || !apiFresh ? 'unknown' : API_SIGNS[api.state];

function component(parts: Omit<Component, 'sign'>): Component {
  const { zone, zoneFresh, api, apiFresh } = parts;
  const signs = [zone ? zoneSign(zone, zoneFresh) : 'unknown', apiSign({ api, apiFresh })] as const;
  // What one side does not know, the other may.
  const [worst = 'unknown'] = signs.toSorted((a, b) => RANK[a] - RANK[b]);
  return { ...parts, sign: worst };
}

/** How many of a kind are well, of how many. */
export type KindState = {
  readonly kind: ComponentKind;
  readonly components: readonly Component[];
  readonly up: number;
  readonly sign: Sign;
};

/** The components by kind. Of etcd more than half of the members have to be up; of the others one is enough. */
export const componentKinds = (components: readonly Component[]): readonly KindState[] =>
  COMPONENT_KINDS.flatMap((kind) => {
    const own = components.filter((each) => each.kind === kind);
    if (own.length === 0) return [];
    const up = own.filter(({ sign }) => sign === 'ok').length;
    const unknown = own.filter(({ sign }) => sign === 'unknown').length;
    const needed = kind === 'etcd' ? Math.floor(own.length / 2) + 1 : 1;
    return [{ kind, components: own, up, sign: kindSign(own.length, up, unknown, needed) }];
  });

function kindSign(total: number, up: number, unknown: number, needed: number): Sign {
  if (up === total) return 'ok';
  if (up >= needed) return up === needed ? 'warning' : 'degraded';
  return up + unknown >= needed ? 'unknown' : 'down';
}
