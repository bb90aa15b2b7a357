import { withoutPrefix } from '../../domain/address.ts';
import { known, lastValue } from '../../domain/feed.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import { allZonesOf, linksOf } from '../../domain/joined.ts';
import type { Link, Zone } from '../../domain/joined.ts';
import { linkRef } from '../../domain/ref.ts';
import type { Ref } from '../../domain/ref.ts';
import { whileSame, whileSameOf } from '../../domain/same-parts.ts';

/** One who has an address. */
export type AddressOwner = {
  /** What makes two the same: the address and the network that it is in. */
  readonly key: string;
  readonly address: string;
  readonly ref: Ref;
  /** `omni1/web`. */
  readonly name: string;
  readonly kind: 'IP' | 'MAC';
  readonly from: string;
};
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
    const name = link.zone === null ? link.name : `${link.zone} ${link.name}`;
    return [
      {
        key: `mac ${mac} ${link.vlanId ?? 0}`,
        address: mac,
        ref: linkRef(link.host, link.name),
        name: `${link.host}/${name}`,
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
      const vlan = link?.vlanId ?? vlanId ?? 0;
      return ipOwner(own.address, vlan, owner.ref, `${host.name}/${zone}`, own.from);
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
    const name = `${host.name}/${link.name}`;
    return ipOwner(entry.address, link.vlanId ?? 0, link.ref, name, 'ipadm show-addr');
  });
}

/** Unspecified, loopback, link-local and multicast of IPv4 and IPv6. */
const SHARED_IP =
  /^(?:0\.|127\.|169\.254\.|2(?:2[4-9]|3[0-9])\.|255\.|::1?$|fe[89ab][0-9a-f]:|ff[0-9a-f]{2}:)/;

/** No owner of an address that many may have. */
function ipOwner(
  address: string,
  vlanId: number,
  ref: Ref,
  name: string,
  from: string,
): readonly AddressOwner[] {
  const plain = withoutPrefix(address).split('%')[0]?.toLowerCase() ?? '';
  if (plain === '' || SHARED_IP.test(plain)) return [];
  return [{ key: `ip ${plain} ${vlanId}`, address: plain, ref, name, kind: 'IP', from }];
}
