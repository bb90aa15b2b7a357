import { withoutPrefix } from './address.ts';
import { fresh, known, lastKnown, lastValue } from './feed.ts';
import type { Known } from './feed.ts';
import type { RisingErrors, Silence, ZoneBoot } from './host.ts';
import type {
  ClusterFeedName,
  ClusterInventory,
  FeedName,
  HostInventory,
  Inventory,
  SourceState,
} from './inventory.ts';
import type { AggrEntry, LinkEntry, LinkState } from './link.ts';
import type { ZoneProcesses } from './process.ts';
import { linkRef, vlanRef, vmRef, zoneRef } from './ref.ts';
import type { LinkRef, VlanRef, VmRef, ZoneRef } from './ref.ts';
import { roleOf } from './role.ts';
import type { ZoneRole } from './role.ts';
import { whileSame, whileSameOf } from './same-parts.ts';
import type { ZoneServices } from './service.ts';
import type { EpochMs } from './time.ts';
import type { Sign } from './view.ts';
import { isVmBrand } from './zone.ts';
import type { VmConfig, ZoneConfig, ZoneEntry, ZoneState } from './zone.ts';

/** A zone (or the zone of a VM) as all answers of its host together tell it; null is not known. */
export type Zone = {
  readonly ref: ZoneRef | VmRef;
  readonly host: string;
  readonly name: string;
  readonly zoneId: number | null;
  readonly state: ZoneState;
  readonly stateText: string;
  /** Since when it has been seen in this state. */
  readonly stateSince: EpochMs;
  /** Whether it was seen to come into it; if not, it may have been in it for longer. */
  readonly sawStateBegin: boolean;
  readonly brand: string;
  readonly uuid: string | null;
  readonly path: string;
  readonly ipType: string | null;
  readonly autoboot: boolean | null;
  readonly bootedAt: EpochMs | null;
  /** 100 = one CPU. */
  readonly cpuPercent: number | null;
  readonly cpuCapPercent: number | null;
  /** The part of the time that it was at its CPU cap; 100 = all of it. */
  readonly cpuCapTimePercent: number | null;
  /** Threads that wait because it is at its CPU cap. */
  readonly cpuCapWaiting: number | null;
  readonly rssBytes: number | null;
  readonly memoryCapBytes: number | null;
  readonly swapBytes: number | null;
  readonly swapCapBytes: number | null;
  /** What is paged out to keep it under its memory cap. */
  readonly pagedOutBytesPerSecond: number | null;
  /** How often it runs into its memory cap. */
  readonly capHitsPerSecond: number | null;
  /** 0: nothing of it runs. */
  readonly initPid: number | null;
  /** Its starts that were seen, the latest last. */
  readonly boots: readonly ZoneBoot[];
  readonly links: readonly string[];
  readonly vlans: readonly number[];
  readonly addresses: readonly string[];
  readonly rxBytesPerSecond: number | null;
  readonly txBytesPerSecond: number | null;
  readonly vm: VmConfig | null;
  /** The part of the time that its vCPUs waited for a CPU of the host; null without vCPUs, or until that is known. */
  readonly stealPercent: number | null;
  /** What it is for; null when nothing tells. */
  readonly role: ZoneRole | null;
  /** As they were when they were last listed; null when that is not known. */
  readonly processes: ZoneProcesses | null;
  /** Its SMF services as they were last listed; null without SMF, and where nobody may look. */
  readonly services: ZoneServices | null;
  readonly datasets: readonly string[];
  /** When its state was last told by the host. */
  readonly at: EpochMs;
};

export type Link = {
  readonly ref: LinkRef;
  readonly host: string;
  readonly name: string;
  readonly class: string;
  readonly over: readonly string[];
  readonly vlanId: number | null;
  readonly zone: string | null;
  readonly state: LinkState;
  readonly speedMbps: number | null;
  readonly mtu: number | null;
  /** `full`, `half`; null when it is not known or the link has none. */
  readonly duplex: string | null;
  readonly macAddress: string | null;
  /** Addresses that it may send from; empty when any may. */
  readonly allowedIps: readonly string[];
  readonly rxBytesPerSecond: number | null;
  readonly txBytesPerSecond: number | null;
  readonly rxErrors: number | null;
  readonly txErrors: number | null;
  /** Packets for which there was no buffer. */
  readonly rxDrops: number | null;
  readonly txDrops: number | null;
  readonly errors: RisingErrors | null;
  readonly silence: Silence | null;
  /** When its state was last told by the host. */
  readonly at: EpochMs;
};

/** A VLAN id over all hosts. */
export type Vlan = {
  readonly ref: VlanRef;
  readonly id: number;
  readonly name: string | null;
  readonly hosts: readonly string[];
  readonly links: readonly Link[];
  readonly zones: readonly Zone[];
  readonly vms: readonly Zone[];
};

const zonesCache = new WeakMap<HostInventory, readonly Zone[]>();
const linksCache = new WeakMap<HostInventory, readonly Link[]>();
const aggrsCache = new WeakMap<HostInventory, readonly AggrEntry[]>();
const vlansCache = new WeakMap<Inventory, readonly Vlan[]>();
const sortsCache = new WeakMap<readonly Zone[], Sorts>();
type Sorts = { readonly zones: readonly Zone[]; readonly vms: readonly Zone[] };

const joinedZones = whileSameOf<readonly Zone[]>();
const joinedLinks = whileSameOf<readonly Link[]>();
const joinedVlans = whileSame<readonly Vlan[]>();
const joinedAddresses = whileSame<ReadonlyMap<string, ZoneRef | VmRef>>();

/** All non-global zones of a host, VMs among them. The same array while the answers that they are made of are the same. */
export function allZonesOf(host: HostInventory): readonly Zone[] {
  let zones = zonesCache.get(host);
  if (!zones) zonesCache.set(host, (zones = joinZones(host)));
  return zones;
}
/** Zones that are not virtual machines. */
export const zonesOf = (host: HostInventory): readonly Zone[] => sortsOf(host).zones;
/** Zones that are virtual machines. */
export const vmsOf = (host: HostInventory): readonly Zone[] => sortsOf(host).vms;

function sortsOf(host: HostInventory): Sorts {
  const all = allZonesOf(host);
  let sorts = sortsCache.get(all);
  if (!sorts) {
    sorts = {
      zones: all.filter(({ brand }) => !isVmBrand(brand)),
      vms: all.filter(({ brand }) => isVmBrand(brand)),
    };
    sortsCache.set(all, sorts);
  }
  return sorts;
}

/** Where hosts were found last, by their names: their order changes only with the configuration. */
const places = new Map<string, number>();

/** The place of the host of that name among the hosts; -1 when it is not there. */
export function placeOfHost(hosts: readonly HostInventory[], name: string): number {
  const last = places.get(name);
  if (last !== undefined && hosts[last]?.name === name) return last;
  const place = hosts.findIndex((host) => host.name === name);
  if (place !== -1) places.set(name, place);
  return place;
}

/** The host of that name. */
export const findHost = ({ hosts }: Inventory, name: string): HostInventory | undefined =>
  hosts[placeOfHost(hosts, name)];

/** The zone or VM with that reference. */
export function findZone(inventory: Inventory, ref: string): Zone | undefined {
  const host = findHost(inventory, ref.slice(ref.indexOf(':') + 1).split('/')[0] ?? '');
  return host && allZonesOf(host).find((zone) => zone.ref === ref);
}

/** Whether the host answers, and its answer to that question still holds. */
export const hostFresh = (host: HostInventory, feed: FeedName, now: EpochMs): boolean =>
  host.source.state === 'up' && fresh<unknown>(host.feeds[feed], now) !== undefined;
/** Whether the cluster answers, and what its watch of that kind told still holds. */
export const clusterFresh = (
  cluster: ClusterInventory,
  feed: ClusterFeedName,
  now: EpochMs,
): boolean =>
  cluster.source.state === 'up' && fresh<unknown>(cluster.feeds[feed], now) !== undefined;
/** false when the host does not answer, or its list of zones is older than three intervals. */
export const zonesFresh = (host: HostInventory, now: EpochMs): boolean =>
  hostFresh(host, 'zones', now);

/** The sign of a connection by its state. */
export const SOURCE_SIGNS: Readonly<Record<SourceState, Sign>> = {
  up: 'ok',
  connecting: 'changing',
  stale: 'unknown',
  frozen: 'unknown',
  down: 'down',
  'auth-failed': 'down',
  'hostkey-changed': 'down',
  'hostkey-unknown': 'down',
};

const addressesCache = new WeakMap<Inventory, ReadonlyMap<string, ZoneRef | VmRef>>();

/** Zones and VMs by their addresses, without the prefix length; an address that several have tells nothing. */
export function zonesByAddress(inventory: Inventory): ReadonlyMap<string, ZoneRef | VmRef> {
  let found = addressesCache.get(inventory);
  if (!found) {
    const parts = inventory.hosts.map(addressesOn);
    found = joinedAddresses(parts, () => joinAddresses(inventory));
    addressesCache.set(inventory, found);
  }
  return found;
}

const addressText = whileSameOf<string>();

/**
 * The zones of a host with their addresses, as one text to compare. What a zone measures changes often, which zones there
 * are and what they are configured to be seldom.
 */
function addressesOn(host: HostInventory): string {
  const { zones, zoneConfigs } = host.feeds;
  const list = lastValue(zones);
  if (list === undefined) return '';
  return addressText(list, [host.name, lastValue(zoneConfigs)], () =>
    allZonesOf(host)
      .map(({ ref, addresses }) => [ref, ...addresses].join(' '))
      .join('\n'),
  );
}

function joinAddresses(inventory: Inventory): ReadonlyMap<string, ZoneRef | VmRef> {
  const owners = new Map<string, ZoneRef | VmRef | null>();
  for (const host of inventory.hosts)
    for (const { addresses, ref } of allZonesOf(host))
      for (const address of addresses) {
        const plain = withoutPrefix(address);
        owners.set(plain, owners.has(plain) ? null : ref);
      }
  return new Map(
    [...owners].flatMap(([address, ref]) => (ref === null ? [] : [[address, ref] as const])),
  );
}

/** The CPU that a zone or VM uses, in percent of its cap; null without one. */
export const cpuCapShare = ({
  cpuPercent,
  cpuCapPercent,
}: Pick<Zone, 'cpuPercent' | 'cpuCapPercent'>): number | null =>
  cpuPercent === null || !cpuCapPercent ? null : (cpuPercent / cpuCapPercent) * 100;

/** The rule whose limits tell how near a zone or VM is to its memory cap. */
export const memoryRuleOf = ({ vm }: Pick<Zone, 'vm'>): 'zone.memory' | 'vm.memory' =>
  vm === null ? 'zone.memory' : 'vm.memory';

/** The signs that a zone can have. */
export type ZoneSign = Exclude<Sign, 'warning' | 'degraded'>;

/** What a zone's state means; one that is meant to start by itself and does not run is down. */
export function zoneSign(
  { state, autoboot }: Pick<Zone, 'state' | 'autoboot'>,
  isFresh: boolean,
): ZoneSign {
  if (!isFresh) return 'unknown';
  switch (state) {
    case 'running':
      return 'ok';
    case 'installed':
    case 'configured':
      return autoboot === true ? 'down' : 'off';
    case 'ready':
    case 'shutting_down':
      return 'changing';
    case 'mounted':
    case 'down':
    case 'incomplete':
      return 'down';
    case 'unknown':
      return 'unknown';
  }
}

/**
 * Whether the hypervisor's process of a VM is there; what its guest does nobody on the host knows. `none`: its zone runs
 * without it.
 */
export function guestState({
  state,
  initPid,
}: Pick<Zone, 'state' | 'initPid'>): 'on' | 'off' | 'none' | 'unknown' {
  if (state !== 'running') return 'off';
  return initPid === null ? 'unknown' : initPid === 0 ? 'none' : 'on';
}

const NOTHING: readonly string[] = [];
type RoleClues = Parameters<typeof roleOf>;
const rolesCache = new WeakMap<
  readonly string[],
  { readonly clues: RoleClues; readonly role: ZoneRole | null }
>();

/** Zones are joined with every frame of counters, and what they are for is asked about once a minute. */
function knownRole(...clues: RoleClues): ZoneRole | null {
  const [configured, fmris, programs, ...ended] = clues;
  if (configured === undefined && fmris.length === 0 && programs.length === 0)
    if (ended.every((each) => each === undefined)) return null;
  const known = rolesCache.get(programs);
  if (known && known.clues.every((clue, index) => clue === clues[index])) return known.role;
  const role = roleOf(...clues);
  if (programs !== NOTHING) rolesCache.set(programs, { clues, role });
  return role;
}

const NO_ZONES: readonly Zone[] = [];

function joinZones(host: HostInventory): readonly Zone[] {
  const { zones, zoneConfigs, kstats, processes, zoneServices } = host.feeds;
  const list = lastKnown(zones);
  if (!list) return NO_ZONES;
  const parts = [
    host.name,
    host.configuredRoles,
    list.at,
    lastValue(zoneConfigs),
    lastValue(kstats),
    lastValue(processes),
    lastValue(zoneServices),
    linksOf(host),
  ];
  return joinedZones(list.value, parts, () => makeZones(host, list));
}

/** What a zone is connected to. Counters come every few seconds and do not change it. */
type Wiring = Pick<Zone, 'links' | 'vlans' | 'addresses'>;
const wiringsOf = whileSameOf<Map<string, Wiring>>();

function makeZones(host: HostInventory, list: Known<readonly ZoneEntry[]>): readonly Zone[] {
  const configs = new Map(known(host.feeds.zoneConfigs, []).map((config) => [config.zone, config]));
  const kstats = lastKnown(host.feeds.kstats)?.value;
  const processes = lastKnown(host.feeds.processes)?.value;
  const smf = lastKnown(host.feeds.zoneServices)?.value;
  const vcpus = lastKnown(host.feeds.vcpus)?.value;
  const linksByZone = Map.groupBy(
    linksOf(host).filter(({ zone }) => zone !== null),
    ({ zone }) => zone ?? '',
  );
  const { links, vnics, vlans, linkProperties, zoneConfigs } = host.feeds;
  const wired = [vnics, vlans, linkProperties, zoneConfigs].map(lastValue<unknown>);
  const wirings = wiringsOf(lastValue(links) ?? list.value, wired, () => new Map());
  const wiringOf = (zone: string, live: readonly Link[], nets: ZoneConfig['nets']): Wiring => {
    let wiring = wirings.get(zone);
    if (!wiring) wirings.set(zone, (wiring = makeWiring(live, nets)));
    return wiring;
  };
  return list.value.map((entry) => {
    const running = entry.state === 'running' || entry.state === 'shutting_down';
    const config = configs.get(entry.name);
    const counters = running ? kstats?.counters.zones.get(entry.name) : undefined;
    const measured = running ? kstats?.zones.get(entry.name) : undefined;
    const programs = processes?.get(entry.name);
    const services = smf?.zones.get(entry.name);
    const live = linksByZone.get(entry.name) ?? [];
    const nets = config?.nets ?? [];
    const sum = (pick: (link: Link) => number | null) =>
      live.some((link) => pick(link) !== null)
        ? live.reduce((total, link) => total + (pick(link) ?? 0), 0)
        : null;
    return {
      ref: isVmBrand(entry.brand) ? vmRef(host.name, entry.name) : zoneRef(host.name, entry.name),
      host: host.name,
      name: entry.name,
      zoneId: entry.zoneId,
      state: entry.state,
      stateText: entry.stateText,
      stateSince: entry.stateSince ?? list.at,
      sawStateBegin: entry.sawStateBegin,
      brand: entry.brand,
      uuid: entry.uuid,
      path: entry.zonepath,
      ipType: entry.ipType,
      autoboot: config?.autoboot ?? null,
      bootedAt:
        counters?.bootTimeSeconds !== null && counters?.bootTimeSeconds !== undefined
          ? counters.bootTimeSeconds * 1000
          : null,
      cpuPercent: measured?.cpuPercent ?? null,
      cpuCapPercent: counters?.cpuCapPercent ?? config?.cpuCapPercent ?? null,
      cpuCapTimePercent: measured?.cpuCapTimePercent ?? null,
      cpuCapWaiting: counters?.cpuCapWaiting ?? null,
      rssBytes: counters?.rssBytes ?? null,
      memoryCapBytes: counters?.rssCapBytes ?? config?.memoryCapBytes ?? null,
      swapBytes: counters?.swapBytes ?? null,
      swapCapBytes: counters?.swapCapBytes ?? config?.swapCapBytes ?? null,
      pagedOutBytesPerSecond: measured?.pagedOutBytesPerSecond ?? null,
      capHitsPerSecond: measured?.capHitsPerSecond ?? null,
      initPid: counters?.initPid ?? null,
      boots: kstats?.zoneBoots.get(entry.name) ?? [],
      ...wiringOf(entry.name, live, nets),
      rxBytesPerSecond: sum((link) => link.rxBytesPerSecond),
      txBytesPerSecond: sum((link) => link.txBytesPerSecond),
      vm: config?.vm ?? null,
      stealPercent: running ? (vcpus?.get(entry.name)?.stealPercent ?? null) : null,
      role: knownRole(
        host.configuredRoles.get(entry.name),
        services?.telling ?? NOTHING,
        programs?.programs ?? NOTHING,
        services?.ended,
        programs?.ended,
      ),
      processes: running ? (programs ?? null) : null,
      services: running && services && services.count > 0 ? services : null,
      datasets: config?.datasets ?? [],
      at: list.at,
    };
  });
}

const makeWiring = (live: readonly Link[], nets: ZoneConfig['nets']): Wiring => ({
  links: unique([
    ...live.map(({ name }) => name),
    ...nets.flatMap(({ physical }) => physical ?? []),
  ]),
  vlans: unique([
    ...live.flatMap(({ vlanId }) => (vlanId ? [vlanId] : [])),
    ...nets.flatMap(({ vlanId }) => vlanId ?? []),
  ]).toSorted((a, b) => a - b),
  addresses: unique(nets.flatMap(({ addresses }) => addresses)),
});

/** Every datalink of a host with what show-phys, show-vnic, show-vlan and kstat add to it. */
export function linksOf(host: HostInventory): readonly Link[] {
  let links = linksCache.get(host);
  if (!links) linksCache.set(host, (links = joinLinks(host)));
  return links;
}

/** Classes whose counters tell the same state as show-link. */
const COUNTED_STATE: ReadonlySet<string> = new Set(['phys', 'aggr', 'vlan', 'vnic']);

const NO_LINKS: readonly Link[] = [];

function joinLinks(host: HostInventory): readonly Link[] {
  const { links, phys, vnics, vlans, aggrs, linkProperties, zoneConfigs, kstats } = host.feeds;
  const list = lastKnown(links);
  if (!list) return NO_LINKS;
  const counted = lastKnown(kstats);
  const told = [phys, vnics, vlans, aggrs, linkProperties, zoneConfigs].map(lastValue<unknown>);
  const parts = [host.name, list.at, counted?.value, counted?.at, ...told];
  return joinedLinks(list.value, parts, () => makeLinks(host, list, told));
}

const lastingLinks = whileSameOf<readonly LastingLink[]>();

/** What is told of a link but for its counters and what follows from them. */
type LastingLink = Pick<
  Link,
  | 'ref'
  | 'host'
  | 'name'
  | 'class'
  | 'over'
  | 'vlanId'
  | 'zone'
  | 'speedMbps'
  | 'mtu'
  | 'duplex'
  | 'macAddress'
  | 'allowedIps'
> & { readonly entry: LinkEntry };

function makeLastingLinks(
  { name: host, feeds }: HostInventory,
  entries: readonly LinkEntry[],
): readonly LastingLink[] {
  const byName = <T extends { readonly name: string }>(rows: readonly T[]) =>
    new Map(rows.map((row) => [row.name, row]));
  const zones = new Map<string, string>();
  for (const config of known(feeds.zoneConfigs, []))
    for (const { physical } of config.nets) if (physical) zones.set(physical, config.zone);
  const cards = byName(known(feeds.phys, []));
  const vnics = byName(known(feeds.vnics, []));
  const vlans = byName(known(feeds.vlans, []));
  const aggrs = byName(known(feeds.aggrs, []));
  const properties = new Map(known(feeds.linkProperties, []).map((each) => [each.link, each]));
  return entries.map((entry) => {
    const { name } = entry;
    const vnic = vnics.get(name);
    const card = cards.get(name);
    const aggr = aggrs.get(name);
    const property = properties.get(name);
    return {
      entry,
      ref: linkRef(host, name),
      host,
      name,
      class: entry.class,
      over: entry.over.length > 0 || !vnic ? entry.over : [vnic.over],
      vlanId: vnic?.vlanId || vlans.get(name)?.vlanId || null,
      zone: vnic?.zone ?? property?.zone ?? zones.get(name) ?? null,
      speedMbps: card?.speedMbps ?? aggr?.speedMbps ?? null,
      mtu: entry.mtu,
      duplex: card === undefined || card.duplex === 'unknown' ? null : card.duplex,
      macAddress: vnic?.macAddress ?? aggr?.macAddress ?? card?.macAddress ?? null,
      allowedIps: property?.allowedIps ?? NOTHING,
    };
  });
}

function makeLinks(
  host: HostInventory,
  list: Known<readonly LinkEntry[]>,
  told: readonly unknown[],
): readonly Link[] {
  const lasting = lastingLinks(list.value, [host.name, ...told], () =>
    makeLastingLinks(host, list.value),
  );
  const kstats = lastKnown(host.feeds.kstats);
  return lasting.map((link) => {
    const counters = kstats?.value.counters.links.get(link.name);
    const rates = kstats?.value.links.get(link.name);
    const isCounted = kstats !== undefined && counters !== undefined && kstats.at > list.at;
    const isUp = isCounted && COUNTED_STATE.has(link.class) ? counters.up : null;
    const state = isUp === null ? link.entry.state : isUp ? 'up' : 'down';
    const countedMbps = counters?.speedBitsPerSecond ? counters.speedBitsPerSecond / 1e6 : null;
    return {
      ref: link.ref,
      host: link.host,
      name: link.name,
      class: link.class,
      over: link.over,
      vlanId: link.vlanId,
      zone: link.zone,
      state,
      speedMbps: (isCounted ? countedMbps : null) ?? link.speedMbps ?? countedMbps,
      mtu: link.mtu,
      duplex: state === 'down' ? null : link.duplex,
      macAddress: link.macAddress,
      allowedIps: link.allowedIps,
      rxBytesPerSecond: rates?.rxBytesPerSecond ?? null,
      txBytesPerSecond: rates?.txBytesPerSecond ?? null,
      rxErrors: toNumber(counters?.rxErrors),
      txErrors: toNumber(counters?.txErrors),
      rxDrops: toNumber(counters?.rxDrops),
      txDrops: toNumber(counters?.txDrops),
      errors: rates?.errors ?? null,
      silence: rates?.silence ?? null,
      at: isCounted ? kstats.at : list.at,
    };
  });
}

const toNumber = (counter: bigint | null | undefined): number | null =>
  counter === null || counter === undefined ? null : Number(counter);

/** The aggregations of a host, their state and that of their ports as told last. */
export function aggrsOf(host: HostInventory): readonly AggrEntry[] {
  let aggrs = aggrsCache.get(host);
  if (!aggrs) aggrsCache.set(host, (aggrs = latestAggrs(host)));
  return aggrs;
}

function latestAggrs(host: HostInventory): readonly AggrEntry[] {
  const answer = lastKnown(host.feeds.aggrs);
  if (!answer) return [];
  const links = new Map(linksOf(host).map((link) => [link.name, link]));
  const latest = <T extends { readonly name: string; readonly state: LinkState }>(entry: T): T => {
    const link = links.get(entry.name);
    return link && link.at > answer.at ? { ...entry, state: link.state } : entry;
  };
  return answer.value.map((aggr) => ({ ...latest(aggr), ports: aggr.ports.map(latest) }));
}

/** Every VLAN id that a link or a zone's configuration carries, or that the configuration names. */
export function vlansOf(inventory: Inventory): readonly Vlan[] {
  let vlans = vlansCache.get(inventory);
  if (!vlans) {
    const { hosts, vlanNames } = inventory;
    const parts = [vlanNames, ...hosts.flatMap((host) => [linksOf(host), allZonesOf(host)])];
    vlans = joinedVlans(parts, () => joinVlans(inventory));
    vlansCache.set(inventory, vlans);
  }
  return vlans;
}

function joinVlans(inventory: Inventory): readonly Vlan[] {
  const vlans = new Map<number, Members>();
  const membersOf = (id: number): Members => {
    let members = vlans.get(id);
    if (!members) vlans.set(id, (members = { hosts: new Set(), links: [], zones: [], vms: [] }));
    return members;
  };
  for (const id of inventory.vlanNames.keys()) membersOf(id);
  for (const host of inventory.hosts) {
    for (const link of linksOf(host)) {
      if (link.vlanId === null) continue;
      const { hosts, links } = membersOf(link.vlanId);
      hosts.add(host.name);
      links.push(link);
    }
    for (const zone of allZonesOf(host))
      for (const id of zone.vlans) {
        const { hosts, zones, vms } = membersOf(id);
        hosts.add(host.name);
        (isVmBrand(zone.brand) ? vms : zones).push(zone);
      }
  }
  return [...vlans]
    .map(([id, { hosts, ...members }]) => ({
      ref: vlanRef(id),
      id,
      name: inventory.vlanNames.get(id) ?? null,
      hosts: [...hosts].toSorted(),
      ...members,
    }))
    .toSorted((a, b) => a.id - b.id);
}

/** What carries a VLAN id, while it is gathered. */
type Members = {
  readonly hosts: Set<string>;
  readonly links: Link[];
  readonly zones: Zone[];
  readonly vms: Zone[];
};

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];
