import { withoutPrefix } from '../../domain/address.ts';
import { known, lastValue } from '../../domain/feed.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import { allZonesOf, linksOf } from '../../domain/joined.ts';
import type { Link, Zone } from '../../domain/joined.ts';
import type { Ref } from '../../domain/ref.ts';
import { whileSame, whileSameOf } from '../../domain/same-parts.ts';

/**
 * One who has an address. Thousands are kept, so they are made of what is there anyway: what they are called and what
 * makes two the same is put together when it is asked for.
 */
export type AddressOwner = {
  readonly address: string;
  /** The network that the address is in; 0: without a tag. */
  readonly vlanId: number;
  readonly ref: Ref;
  readonly host: string;
  /** One of them may be null. */
  readonly zone: string | null;
  readonly link: string | null;
  readonly kind: 'IP' | 'MAC';
  readonly from: string;
};

/** `omni1/web`, `omni1/web net0`, `omni1/net0`. */
export const ownerName = ({ host, zone, link }: AddressOwner): string =>
  `${host}/${[zone, link].filter((name) => name !== null).join(' ')}`;

/** What makes two the same: the address and the network that it is in. */
const keyOf = ({ kind, address, vlanId }: AddressOwner): string => `${kind} ${address} ${vlanId}`;

/** Those who have the address of another one, together with it. */
export function sharedAddresses(
  lists: readonly (readonly AddressOwner[])[],
): readonly (readonly AddressOwner[])[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const owners of lists)
    for (const { address } of owners) {
      if (seen.has(address)) twice.add(address);
      seen.add(address);
    }
  if (twice.size === 0) return [];
  const suspects = lists.flatMap((owners) => owners.filter(({ address }) => twice.has(address)));
  return [...Map.groupBy(suspects, keyOf).values()].filter(({ length }) => length > 1);
}
/** The addresses of a host by the question that told them. Each list stays the same object while it says the same. */
export type AddressOwners = {
  readonly macs: readonly AddressOwner[];
  /** Of zones that run, as their configuration allows; a net that allows several is left out. */
  readonly zones: readonly AddressOwner[];
  readonly host: readonly AddressOwner[];
};

const kept = new Map<string, ReturnType<typeof whileSame<AddressOwners>>>();

/** Every address of a host that two ought not to have. */
export const addressOwners = (host: HostInventory): AddressOwners =>
  ofHost(host, [], () => findOwners(host));

const ofHost = whileSameOf<AddressOwners>();

function findOwners(host: HostInventory): AddressOwners {
  const { feeds } = host;
  const running = allZonesOf(host).filter(({ state }) => state === 'running');
  let keep = kept.get(host.name);
  if (!keep) kept.set(host.name, (keep = whileSame<AddressOwners>()));
  const { links, vnics, vlans, phys, aggrs, linkProperties, zoneConfigs, addresses } = feeds;
  const parts = [
    ...[links, vnics, vlans, phys, aggrs, linkProperties, zoneConfigs, addresses].map(
      lastValue<unknown>,
    ),
    running.map(({ ref }) => ref).join(' '),
  ];
  return keep(parts, () => {
    const joined = linksOf(host);
    const wires = joined.filter((link) => !isPrivate(link, joined));
    return {
      macs: macOwners(wires),
      zones: ipOwnersOfZones(host, running, joined, wires),
      host: ipOwnersOfHost(host, wires),
    };
  });
}

/** VRRP and CARP for IPv4 and IPv6, HSRP. */
const SHARED_MAC = /^(?:00:00:5e:00:0[12]|00:00:0c:07:ac|00:00:0c:9f:f|00:05:73:a0)/;
/** Groups, and what is no address. */
const NO_MAC = /^(?:.[13579bdf]:|00:00:00:00:00:00)/;

function macOwners(links: readonly Link[]): readonly AddressOwner[] {
  // A port has the address of its aggregation, and a VLAN link that of the link below it.
  const ports = new Set(links.flatMap(({ class: kind, over }) => (kind === 'aggr' ? over : [])));
  return links.flatMap((link): readonly AddressOwner[] => {
    const mac = link.macAddress;
    if (mac === null || SHARED_MAC.test(mac) || NO_MAC.test(mac)) return [];
    if (ports.has(link.name) || link.class === 'vlan') return [];
    return [
      {
        address: mac,
        vlanId: link.vlanId ?? 0,
        ref: link.ref,
        host: link.host,
        zone: link.zone,
        link: link.name,
        kind: 'MAC',
        from: link.class === 'vnic' ? 'dladm show-vnic' : 'dladm show-phys -m',
      },
    ];
  });
}

/** What lies over an etherstub never leaves the host. */
function isPrivate(link: Link, links: readonly Link[], depth = 0): boolean {
  if (link.class === 'phys' || link.class === 'simnet') return false;
  if (link.class === 'etherstub' || depth > 8) return true;
  const below = links.filter(({ name }) => link.over.includes(name));
  return below.length > 0 && below.every((lower) => isPrivate(lower, links, depth + 1));
}

function ipOwnersOfZones(
  host: HostInventory,
  running: readonly Zone[],
  links: readonly Link[],
  wires: readonly Link[],
): readonly AddressOwner[] {
  const byName = new Map(links.map((link) => [link.name, link]));
  const isWire = new Set(wires.map(({ name }) => name));
  const isHidden = (name: string | null): boolean =>
    name !== null && byName.has(name) && !isWire.has(name);
  const owners = new Map(running.map((zone) => [zone.name, zone]));
  return known(host.feeds.zoneConfigs, []).flatMap(({ zone, nets }) =>
    nets.flatMap(({ physical, globalNic, vlanId, addresses }): readonly AddressOwner[] => {
      const owner = owners.get(zone);
      const link = byName.get(physical ?? '');
      const own = ownAddress(link?.allowedIps ?? [], addresses);
      if (!owner || !own || isHidden(physical) || isHidden(globalNic)) return [];
      return ipOwner(own.address, {
        vlanId: link?.vlanId ?? vlanId ?? 0,
        ref: owner.ref,
        host: host.name,
        zone: owner.name,
        link: null,
        from: own.from,
      });
    }),
  );
}

/**
 * The one address of a net. What its link is held to is what it booted with; the configuration may have changed since, or
 * been read before. A link that was given more since then still has the one that the configuration names.
 */
function ownAddress(
  held: readonly string[],
  declared: readonly string[],
): { readonly address: string; readonly from: string } | null {
  const [booted, ...more] = held;
  if (booted !== undefined && more.length === 0)
    return { address: booted, from: 'dladm show-linkprop' };
  const [address, ...others] = declared;
  if (address === undefined || others.length > 0) return null;
  if (booted === undefined) return { address, from: 'zonecfg export' };
  return held.map(withoutPrefix).includes(withoutPrefix(address))
    ? { address, from: 'dladm show-linkprop, zonecfg export' }
    : null;
}

function ipOwnersOfHost(host: HostInventory, wires: readonly Link[]): readonly AddressOwner[] {
  const byName = new Map(wires.map((link) => [link.name, link]));
  return known(host.feeds.addresses, []).flatMap((entry): readonly AddressOwner[] => {
    const link = entry.link === null ? undefined : byName.get(entry.link);
    if (!link || entry.address === null || entry.state !== 'ok') return [];
    if (entry.type === 'from-gz') return [];
    return ipOwner(entry.address, {
      vlanId: link.vlanId ?? 0,
      ref: link.ref,
      host: host.name,
      zone: null,
      link: link.name,
      from: 'ipadm show-addr',
    });
  });
}

/** Unspecified, loopback, link-local and multicast of IPv4 and IPv6. */
const SHARED_IP =
  /^(?:0\.|127\.|169\.254\.|2(?:2[4-9]|3[0-9])\.|255\.|::1?$|fe[89ab][0-9a-f]:|ff[0-9a-f]{2}:)/;

/** No owner of an address that many may have. */
function ipOwner(
  address: string,
  owner: Omit<AddressOwner, 'address' | 'kind'>,
): readonly AddressOwner[] {
  const plain = withoutPrefix(address).split('%')[0]?.toLowerCase() ?? '';
  if (plain === '' || SHARED_IP.test(plain)) return [];
  return [{ address: plain, kind: 'IP', ...owner }];
}
