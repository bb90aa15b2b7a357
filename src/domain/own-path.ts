import { isLoopback, subnetOf, withoutPrefix } from './address.ts';
import { known, lastValue } from './feed.ts';
import type { HostInventory, Inventory } from './inventory.ts';
import { allZonesOf, linksOf } from './joined.ts';
import { hostRef, refKind, refName, vlanRef } from './ref.ts';
import type { Ref } from './ref.ts';
import { whileSame, whileSameOf } from './same-parts.ts';
import type { JumpHop, Neighbour } from './ssh-session.ts';

/** What the console's own session to some hosts runs through, from its user outwards. */
export type OwnWay = {
  readonly steps: readonly Ref[];
  readonly hosts: readonly string[];
  /** Everything between is known: where it comes from, and whether and by which router. */
  readonly isWhole: boolean;
};

/**
 * What the console's own session runs through, as far as the hosts tell: each says where the connection comes from
 * (SSH_CONNECTION) and by which router its answers go, and a zone or VM of a watched host is found by having that address
 * or hardware address. Of several jump hosts it sees the last one only: those before it are found by the addresses that
 * the ssh configuration gives them, or as hosts that are watched. What is not certain is not there.
 */
export type OwnPath = {
  readonly ways: readonly OwnWay[];
  /** Each thing that it runs through, with how that is known. */
  readonly parts: ReadonlyMap<Ref, string>;
  /** Zones and VMs that are the default router of hosts, by these. */
  readonly routers: ReadonlyMap<Ref, readonly string[]>;
  /** Of every host that is connected the whole way is known. */
  readonly isWhole: boolean;
};

/** Who has an address. */
type Holder = {
  readonly ref: Ref;
  readonly host: string;
  readonly vlan: number | null;
  readonly macAddress: string | null;
};

type Holders = {
  readonly byAddress: ReadonlyMap<string, readonly Holder[]>;
  readonly byMac: ReadonlyMap<string, readonly Holder[]>;
};

const holdersOf = whileSameOf<Holders>();

/** The addresses on a host: of zones that run as their links and configurations allow them, and its own. */
function holdersOn(host: HostInventory): Holders {
  const { feeds } = host;
  const told = wiringOf(host);
  const list = lastValue(feeds.zones) ?? host.feeds;
  return holdersOf(list, told, () => {
    const byAddress = new Map<string, Holder[]>();
    const byMac = new Map<string, Holder[]>();
    const add = (map: Map<string, Holder[]>, key: string, holder: Holder): void => {
      const holders = map.get(key) ?? [];
      if (!holders.some(({ ref }) => ref === holder.ref)) map.set(key, [...holders, holder]);
    };
    const links = new Map(linksOf(host).map((link) => [link.name, link]));
    const running = allZonesOf(host).filter(({ state }) => state === 'running');
    for (const { ref, name } of running) {
      const config = known(feeds.zoneConfigs, []).find(({ zone }) => zone === name);
      const own = [...links.values()].filter(({ zone }) => zone === name);
      for (const { allowedIps, macAddress, vlanId } of own) {
        const holder = { ref, host: host.name, vlan: vlanId, macAddress };
        for (const address of allowedIps) add(byAddress, withoutPrefix(address), holder);
        if (macAddress !== null) add(byMac, macAddress, holder);
      }
      for (const { addresses, physical, vlanId } of config?.nets ?? []) {
        const link = physical === null ? undefined : links.get(physical);
        const vlan = vlanId ?? link?.vlanId ?? null;
        const macAddress = link?.macAddress ?? null;
        for (const address of addresses)
          add(byAddress, withoutPrefix(address), { ref, host: host.name, vlan, macAddress });
      }
    }
    for (const { address, link } of known(feeds.addresses, [])) {
      const plain = address === null ? '' : withoutPrefix(address);
      if (plain === '' || isLoopback(plain)) continue;
      const vlan = link === null ? null : (links.get(link)?.vlanId ?? null);
      const holder = { ref: hostRef(host.name), host: host.name, vlan, macAddress: null };
      add(byAddress, plain, holder);
    }
    return { byAddress, byMac };
  });
}

/** What the addresses on a host depend on; its counters do not change it. */
const wiringOf = ({ name, feeds }: HostInventory): readonly unknown[] => [
  name,
  ...[
    feeds.session,
    feeds.addresses,
    feeds.links,
    feeds.vnics,
    feeds.vlans,
    feeds.aggrs,
    feeds.phys,
    feeds.linkProperties,
    feeds.zoneConfigs,
  ].map(lastValue<unknown>),
];

/** The one who has an address, by its hardware address where that is known; null when nobody has it, or several. */
function holderOf(all: readonly Holders[], { address, macAddress }: Neighbour): Holder | null {
  const byMac = macAddress === null ? [] : all.flatMap((each) => each.byMac.get(macAddress) ?? []);
  if (byMac.length > 0) return byMac.length === 1 ? (byMac[0] ?? null) : null;
  const byAddress = all
    .flatMap((each) => each.byAddress.get(address) ?? [])
    // Whoever has the address with other hardware is somebody else.
    .filter(
      (each) => macAddress === null || each.macAddress === null || each.macAddress === macAddress,
    );
  return byAddress.length === 1 ? (byAddress[0] ?? null) : null;
}

const foundPath = whileSame<OwnPath>();

const pathCache = new WeakMap<readonly HostInventory[], OwnPath>();

/** What the console's own session runs through; the same object while nothing that it depends on has changed. */
export function ownPathOf({ hosts }: Pick<Inventory, 'hosts'>): OwnPath {
  let path = pathCache.get(hosts);
  if (!path) {
    path = foundPath(
      hosts.flatMap((host) => [
        host.source.state,
        host.source.hops,
        lastValue(host.feeds.zones),
        ...wiringOf(host),
      ]),
      () => findPath(hosts),
    );
    pathCache.set(hosts, path);
  }
  return path;
}

type Draft = { readonly way: OwnWay; readonly parts: readonly (readonly [Ref, string])[] };

function findPath(hosts: readonly HostInventory[]): OwnPath {
  const all = hosts.map(holdersOn);
  const names = new Set(hosts.map(({ name }) => name));
  const drafts = hosts.map((host) => wayTo(host, all, names));
  const ways = new Map<string, OwnWay>();
  const parts = new Map<Ref, string>();
  for (const draft of drafts) {
    if (draft === null) continue;
    const { way } = draft;
    const key = [way.isWhole, ...way.steps].join(' ');
    const same = ways.get(key);
    ways.set(key, same ? { ...same, hosts: [...same.hosts, ...way.hosts] } : way);
    for (const [ref, why] of draft.parts) if (!parts.has(ref)) parts.set(ref, why);
  }
  return {
    ways: [...ways.values()].toSorted((a, b) => b.hosts.length - a.hosts.length),
    parts,
    routers: defaultRouters(hosts, all),
    isWhole:
      drafts.some((draft) => draft !== null) &&
      hosts.every(
        ({ source }, index) => source.state !== 'up' || drafts[index]?.way.isWhole === true,
      ),
  };
}

/** null where nothing is known of it. */
function wayTo(
  host: HostInventory,
  all: readonly Holders[],
  watched: ReadonlySet<string>,
): Draft | null {
  const session = lastValue(host.feeds.session);
  if (!session || isLoopback(session.client.address)) return null;
  const { client, router, server } = session;
  /** Those that the host does not see stand in front of the one that it sees. */
  const passed = (host.source.hops ?? []).map((hop) => ({
    holder: holderOfHop(all, hop, watched),
    why: `${host.name} is reached through the jump host ${hop.name}, which it is`,
  }));
  const seen = {
    holder: holderOf(all, client),
    why: `${host.name} sees your session come from ${client.address}, which it has`,
  };
  const carriers = [...passed.slice(0, -1), seen.holder ? seen : (passed.at(-1) ?? seen)];
  const isNear = isOnNetworkOf(host, client.address);
  const by = isNear || router === null ? null : holderOf(all, router);
  if (!by && carriers.every(({ holder }) => !holder)) return null;
  const end = holdersOn(host)
    .byAddress.get(server)
    ?.find(({ ref }) => ref === hostRef(host.name));
  const steps: Ref[] = [];
  const parts: (readonly [Ref, string])[] = [];
  const pass = (ref: Ref, why: string): void => {
    if (steps.includes(ref)) return;
    steps.push(ref);
    parts.push([ref, why]);
  };
  for (const { holder, why } of carriers) {
    if (!holder) continue;
    pass(holder.ref, why);
    if (holder.vlan !== null) pass(vlanRef(holder.vlan), `${refName(holder.ref)} is reached on it`);
  }
  if (by)
    pass(by.ref, `${host.name} answers you by the router ${router?.address ?? ''}, which it is`);
  if (end?.vlan !== undefined && end.vlan !== null)
    pass(vlanRef(end.vlan), `${host.name} is reached on it, at ${server}`);
  for (const holder of [...carriers.map((each) => each.holder), by])
    if (holder && refKind(holder.ref) !== 'host')
      parts.push([hostRef(holder.host), `${refName(holder.ref)} runs on it`]);
  return {
    way: {
      steps,
      hosts: [host.name],
      isWhole:
        seen.holder !== null &&
        (isNear || by !== null) &&
        carriers
          .slice(1)
          .every(({ holder }, index) => isBeside(all, carriers[index]?.holder ?? null, holder)),
    },
    parts,
  };
}

/** Who a jump host is: the watched host of its name, or the only one who has one of its addresses. */
function holderOfHop(
  all: readonly Holders[],
  { name, addresses }: JumpHop,
  watched: ReadonlySet<string>,
): Holder | null {
  if (watched.has(name)) return { ref: hostRef(name), host: name, vlan: null, macAddress: null };
  const holders = addresses.flatMap(
    (address) => holderOf(all, { address, macAddress: null }) ?? [],
  );
  return new Set(holders.map(({ ref }) => ref)).size === 1 ? (holders[0] ?? null) : null;
}

/** Whether a jump host is known to reach the next one on a VLAN that both are on, with no router between. */
const isBeside = (all: readonly Holders[], hop: Holder | null, next: Holder | null): boolean =>
  hop !== null &&
  next !== null &&
  next.vlan !== null &&
  all.some(({ byAddress }) =>
    [...byAddress.values()].some((holders) =>
      holders.some(({ ref, vlan }) => ref === hop.ref && vlan === next.vlan),
    ),
  );

/** Whether an address is of one of the networks that the host has an address in itself. */
const isOnNetworkOf = ({ feeds }: HostInventory, address: string): boolean =>
  known(feeds.addresses, []).some(({ address: own }) => {
    const [, prefix] = (own ?? '').split('/');
    const network = subnetOf(own ?? '');
    return network !== null && network === subnetOf(`${address}/${prefix ?? ''}`);
  });

function defaultRouters(
  hosts: readonly HostInventory[],
  all: readonly Holders[],
): ReadonlyMap<Ref, readonly string[]> {
  const routers = new Map<Ref, string[]>();
  for (const host of hosts) {
    const router = lastValue(host.feeds.session)?.defaultRouter ?? null;
    const holder = router && holderOf(all, router);
    if (!holder || refKind(holder.ref) === 'host') continue;
    routers.set(holder.ref, [...(routers.get(holder.ref) ?? []), host.name]);
  }
  return routers;
}

/** What a step is called: `jump (VM on omni1)`, or `jump`; `VLAN 45`, `omni1`. */
function stepText(ref: Ref, hosts: readonly HostInventory[], isShort: boolean): string {
  const name = refName(ref);
  const kind = refKind(ref);
  if (kind === 'vlan') return `VLAN ${name}`;
  if (kind === 'host' || isShort) return name;
  const host = hosts.find((each) => allZonesOf(each).some((zone) => zone.ref === ref));
  return `${name} (${kind === 'vm' ? 'VM' : kind} on ${host?.name ?? 'an unknown host'})`;
}

/**
 * A way in words: `you > jump (VM on omni1) > VLAN 45 > pfsense1 (VM on omni1) > all hosts`; where something between is
 * not known there is `…`. In short without where things run.
 */
export function wayText(
  { steps, hosts: ends, isWhole }: OwnWay,
  { hosts }: Pick<Inventory, 'hosts'>,
  isShort = false,
): string {
  const end = ends.length === hosts.length && ends.length > 1 ? 'all hosts' : ends.join(', ');
  return [
    'you',
    ...(isWhole ? [] : ['…']),
    ...steps.map((ref) => stepText(ref, hosts, isShort)),
    end,
  ].join(' > ');
}
