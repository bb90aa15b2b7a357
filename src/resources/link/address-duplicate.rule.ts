import { known } from '../../domain/feed.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import { allZonesOf, hostFresh, linksOf } from '../../domain/joined.ts';
import type { Link } from '../../domain/joined.ts';
import type { Finding, LabRule } from '../../domain/problem.ts';
import { linkRef } from '../../domain/ref.ts';
import type { Ref } from '../../domain/ref.ts';
import type { EpochMs } from '../../domain/time.ts';

/** One who has an address. */
type Owner = {
  /** What makes two the same: the address and the network that it is in. */
  readonly key: string;
  readonly address: string;
  readonly ref: Ref;
  /** `omni1/web`. */
  readonly name: string;
  readonly kind: 'IP' | 'MAC';
  readonly from: string;
};

/**
 * An IP or MAC address that two have, on the same VLAN; or an address that the kernel itself has found to be a duplicate.
 * IP addresses of zones are those that their configuration allows, while they run: a net that allows several is no
 * evidence, since some of them may be shared on purpose (VRRP, CARP). Loopback and link-local addresses, multicast, MAC
 * addresses of VRRP, CARP and HSRP, ports of one aggregation and networks that do not leave their host are left out.
 */
export const addressDuplicate: LabRule = {
  id: 'address.duplicate',
  scope: 'lab',
  severity: 'warning',
  holdSeconds: 0,
  check: (inventory, now) => {
    const hosts = inventory.hosts.filter((host) => hostFresh(host, 'links', now));
    const owners = hosts.flatMap((host) => [
      ...macOwners(host),
      ...ipOwnersOfZones(host, now),
      ...ipOwnersOfHost(host, now),
    ]);
    const shared = [...Map.groupBy(owners, ({ key }) => key).values()].flatMap(toFinding);
    const byKernel = hosts.flatMap((host) => foundByKernel(host, now));
    return [...Map.groupBy([...byKernel, ...shared], ({ subject }) => subject).values()].flatMap(
      mergeFindings,
    );
  },
};

/** One problem per subject: the first tells the others. */
function mergeFindings([first, ...others]: readonly Finding[]): readonly Finding[] {
  if (first === undefined || others.length === 0) return first ? [first] : [];
  return [
    {
      ...first,
      title: `${first.title}, and ${others.length} more`,
      evidence: { ...first.evidence, others: others.map(({ title }) => title).join('; ') },
    },
  ];
}

function toFinding(all: readonly Owner[]): readonly Finding[] {
  const owners = [...new Map(all.map((owner) => [owner.name, owner])).values()].toSorted((a, b) =>
    a.name < b.name ? -1 : Number(a.name > b.name),
  );
  const [first, ...others] = owners;
  if (!first || others.length === 0) return [];
  const { kind, address } = first;
  const names = others.map(({ name }) => name).join(', ');
  return [
    {
      subject: first.ref,
      title: `${kind} address ${address} is that of ${names} too`,
      evidence: {
        address,
        kind,
        owners: owners.map(({ name }) => name).join(', '),
        from: [...new Set(owners.map(({ from }) => from))].join('; '),
      },
      hint:
        kind === 'IP'
          ? `give one of ${first.name}, ${names} another address: zonecfg info net, ipadm show-addr`
          : `give one of ${first.name}, ${names} another address: dladm set-linkprop -p mac-address`,
    },
  ];
}

/** Addresses that the kernel has taken out of use because somebody else answers for them. */
function foundByKernel(host: HostInventory, now: EpochMs): readonly Finding[] {
  if (!hostFresh(host, 'addresses', now)) return [];
  return known(host.feeds.addresses, [])
    .filter(({ state, link }) => state === 'duplicate' && link !== null)
    .map(({ link, object, address }) => ({
      subject: linkRef(host.name, link ?? ''),
      severity: 'critical' as const,
      title: `${address ?? object ?? ''} is a duplicate: another machine answers for it`,
      evidence: { address, object, state: 'duplicate', from: 'ipadm show-addr' },
      hint: `find the other machine by its MAC address: arp -an on ${host.name}, or a neighbour of it`,
    }));
}

/** VRRP and CARP for IPv4 and IPv6, HSRP. */
const SHARED_MAC = /^(?:00:00:5e:00:0[12]|00:00:0c:07:ac|00:00:0c:9f:f|00:05:73:a0)/;
/** Groups, and what is no address. */
const NO_MAC = /^(?:.[13579bdf]:|00:00:00:00:00:00)/;

function macOwners(host: HostInventory): readonly Owner[] {
  const links = linksOf(host);
  return links.flatMap((link): readonly Owner[] => {
    const mac = link.macAddress;
    if (mac === null || SHARED_MAC.test(mac) || NO_MAC.test(mac)) return [];
    // A port has the address of its aggregation, and a VLAN link that of the link below it.
    const isBelow = links.some(
      ({ class: kind, over }) => kind === 'aggr' && over.includes(link.name),
    );
    if (isBelow || link.class === 'vlan' || isPrivate(link, links)) return [];
    const name = link.zone === null ? link.name : `${link.zone} ${link.name}`;
    return [
      {
        key: `mac ${mac} ${link.vlanId ?? 0}`,
        address: mac,
        ref: linkRef(host.name, link.name),
        name: `${host.name}/${name}`,
        kind: 'MAC',
        from: link.class === 'vnic' ? 'dladm show-vnic' : 'dladm show-phys -m',
      },
    ];
  });
}

/** What lies over an etherstub, or over nothing, never leaves the host. */
function isPrivate(link: Link, links: readonly Link[], depth = 0): boolean {
  if (link.class === 'phys' || link.class === 'simnet') return false;
  if (link.class === 'etherstub' || depth > 8) return true;
  const below = links.filter(({ name }) => link.over.includes(name));
  return below.length > 0 && below.every((lower) => isPrivate(lower, links, depth + 1));
}

function ipOwnersOfZones(host: HostInventory, now: EpochMs): readonly Owner[] {
  if (!hostFresh(host, 'zones', now)) return [];
  const links = linksOf(host);
  const byName = new Map(links.map((link) => [link.name, link]));
  const running = new Map(
    allZonesOf(host)
      .filter(({ state }) => state === 'running')
      .map((zone) => [zone.name, zone]),
  );
  return known(host.feeds.zoneConfigs, []).flatMap(({ zone, nets }) =>
    nets.flatMap(({ physical, globalNic, vlanId, addresses }): readonly Owner[] => {
      const owner = running.get(zone);
      const [address] = addresses;
      if (!owner || address === undefined || addresses.length > 1) return [];
      const link = physical === null ? undefined : byName.get(physical);
      const below = globalNic === null ? undefined : byName.get(globalNic);
      if ((link && isPrivate(link, links)) || (below && isPrivate(below, links))) return [];
      const network = link?.vlanId ?? vlanId ?? 0;
      return ipOwner(address, network, owner.ref, `${host.name}/${zone}`, 'zonecfg export');
    }),
  );
}

function ipOwnersOfHost(host: HostInventory, now: EpochMs): readonly Owner[] {
  if (!hostFresh(host, 'addresses', now)) return [];
  const links = linksOf(host);
  const byName = new Map(links.map((link) => [link.name, link]));
  return known(host.feeds.addresses, []).flatMap((entry): readonly Owner[] => {
    const link = entry.link === null ? undefined : byName.get(entry.link);
    if (!link || entry.address === null || entry.state !== 'ok') return [];
    if (isPrivate(link, links) || entry.type === 'from-gz') return [];
    const name = `${host.name}/${link.name}`;
    const { ref } = link;
    return ipOwner(entry.address, link.vlanId ?? 0, ref, name, 'ipadm show-addr');
  });
}

/** No owner of an address that many may have. */
function ipOwner(
  address: string,
  vlanId: number,
  ref: Ref,
  name: string,
  from: string,
): readonly Owner[] {
  const plain = (address.split('/')[0] ?? '').split('%')[0]?.toLowerCase() ?? '';
  if (plain === '' || SHARED_IP.test(plain)) return [];
  return [{ key: `ip ${plain} ${vlanId}`, address: plain, ref, name, kind: 'IP', from }];
}

/** Unspecified, loopback, link-local and multicast of IPv4 and IPv6. */
const SHARED_IP =
  /^(?:0\.|127\.|169\.254\.|2(?:2[4-9]|3[0-9])\.|255\.|::1?$|fe[89ab][0-9a-f]:|ff[0-9a-f]{2}:)/;
