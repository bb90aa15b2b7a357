import { lastKnown } from '../../domain/feed.ts';
import { groupStates } from '../../domain/groups.ts';
import type { HostInventory, Inventory } from '../../domain/inventory.ts';
import { allZonesOf, findZone, hostFresh, linksOf } from '../../domain/joined.ts';
import type { Zone } from '../../domain/joined.ts';
import { whileLasting } from '../../domain/lasting.ts';
import type { Finding, LabRule, Severity } from '../../domain/problem.ts';
import { vlanRef } from '../../domain/ref.ts';
import { whileSameOf } from '../../domain/same-parts.ts';
import type { EpochMs } from '../../domain/time.ts';

/** The list of zones and that of links come one after the other: so far apart they still tell of one instant. */
const SAME_TIME_MS = 1000;
const SHOWN = 3;

/** Something that does not fit on one VLAN. */
type Mismatch = {
  readonly vlanId: number;
  readonly severity: Severity;
  readonly title: string;
  readonly missingOn: string;
  readonly from: string;
  readonly hint: string;
};

/**
 * A VLAN that is not where it should be:
 * - a zone runs whose configuration puts it on the VLAN, and the host has no link of the zone with that tag
 * - a redundancy group whose members do not share it
 * - the global zones' VLAN links: all hosts that have some but one, or only one, have it
 *
 * A VLAN of zones that is on one host only is no mismatch: most are so on purpose. Hosts that do not answer are not
 * judged.
 */
export const vlanMismatch: LabRule = {
  id: 'vlan.mismatch',
  scope: 'lab',
  severity: 'warning',
  holdSeconds: 0,
  check: (inventory, now) => {
    const hosts = inventory.hosts.filter((host) => hostFresh(host, 'links', now));
    const found = [
      ...hosts.flatMap((host) => knownUnlinked(host, now)),
      ...unsharedByGroups(inventory, now),
      ...unevenVlanLinks(hosts),
    ];
    return [...Map.groupBy(found, ({ vlanId }) => vlanId)].map(([vlanId, all]) =>
      toFinding(vlanId, all, hosts),
    );
  },
};

const RANKS: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

function toFinding(
  vlanId: number,
  all: readonly Mismatch[],
  hosts: readonly HostInventory[],
): Finding {
  const [worst, ...others] = all.toSorted((a, b) => RANKS[a.severity] - RANKS[b.severity]);
  const on = hosts.filter((host) => linksOf(host).some((link) => link.vlanId === vlanId));
  return {
    subject: vlanRef(vlanId),
    severity: worst?.severity ?? 'warning',
    title: `${worst?.title ?? ''}${others.length > 0 ? `, and ${others.length} more` : ''}`,
    evidence: {
      missingOn: [...new Set(all.map(({ missingOn }) => missingOn))].join('; '),
      linksOn: on.map(({ name }) => name).join(', ') || null,
      from: [...new Set(all.map(({ from }) => from))].join('; '),
    },
    hint: worst?.hint ?? '',
  };
}

/** A link that a zone is to have, and the tag that it has in place of its own; undefined: there is no such link. */
type Missing = {
  readonly zone: string;
  readonly vlanId: number;
  readonly physical: string;
  readonly live: number | null | undefined;
};

/** Zones that run without a link that their configuration gives them, one entry per VLAN. */
function unlinkedZones(host: HostInventory, now: EpochMs): readonly Mismatch[] {
  const { vnics, zones, zoneConfigs, kstats } = host.feeds;
  if (vnics.status !== 'ok' || zones.status !== 'ok' || kstats.status !== 'ok') return [];
  // Without counters a new link may be seen minutes late.
  const needed = ['vnics', 'zones', 'kstats'] as const;
  if (!needed.every((feed) => hostFresh(host, feed, now))) return [];
  // A zone that is halted loses its links before the next list of zones says so.
  if (zones.at < vnics.at - SAME_TIME_MS) return [];
  const active = kstats.value.counters.zones;
  const [all, links] = [allZonesOf(host), linksOf(host)];
  const missing: Missing[] = [];
  // With each answer of a host: nearly always nothing is missing, and nothing is made.
  for (const { zone, nets } of lastKnown(zoneConfigs)?.value ?? []) {
    const found = active.has(zone) ? all.find(({ name }) => name === zone) : undefined;
    if (found?.state !== 'running' || isBooting(found, vnics.at)) continue;
    for (const { physical, vlanId } of nets) {
      if (physical === null || vlanId === null || vlanId === 0) continue;
      const live = links.find(({ name }) => name === physical)?.vlanId;
      if (live !== vlanId) missing.push({ zone, vlanId, physical, live });
    }
  }
  return [...Map.groupBy(missing, ({ vlanId }) => vlanId)].map(([vlanId, nets]): Mismatch => {
    const [first] = nets;
    const names = someNames(nets.map(({ zone }) => zone));
    const isGone = nets.every(({ live }) => live === undefined);
    return {
      vlanId,
      severity: 'critical',
      title: isGone
        ? `no link on ${host.name}, where ${names} ${nets.length === 1 ? 'needs' : 'need'} it`
        : `wrong tag on ${host.name}: ${first?.physical ?? ''} of ${first?.zone ?? ''} has ${first?.live ?? 'none'}`,
      missingOn: `${host.name}: ${nets.map(({ zone, physical }) => `${zone} ${physical}`).join(', ')}`,
      from: 'zonecfg export, dladm show-vnic',
      hint: `see dladm show-vnic on ${host.name}; a zone's links are made at its boot: restart ${first?.zone ?? 'it'} (r)`,
    };
  });
}

const knownUnlinked = whileLasting(unlinkedZones);

/** Its links are made before it runs, so a list from before its boot does not have them. */
const isBooting = (zone: Zone, listedAt: EpochMs): boolean =>
  zone.bootedAt !== null && zone.bootedAt + SAME_TIME_MS > listedAt;

/** VLANs that most members of a group are on, and some are not; of two members, what one has beside all of the other's. */
function unsharedByGroups(inventory: Inventory, now: EpochMs): readonly Mismatch[] {
  return groupStates(inventory, now).flatMap((group) => {
    const zones = group.members.flatMap(({ ref, sign }) => {
      const zone = ref === null || sign === 'unknown' ? undefined : findZone(inventory, ref);
      return zone && zone.vlans.length > 0 ? [zone] : [];
    });
    if (zones.length < group.members.length || zones.length < 2) return [];
    const ids = [...new Set(zones.flatMap(({ vlans }) => vlans))];
    return ids.flatMap((vlanId): readonly Mismatch[] => {
      const lacking = zones.filter(({ vlans }) => !vlans.includes(vlanId));
      if (lacking.length === 0 || !isUnshared(zones, lacking)) return [];
      const names = someNames(lacking.map(({ name }) => name));
      return [
        {
          vlanId,
          severity: 'warning',
          title: `group ${group.name}: ${names} ${lacking.length === 1 ? 'is' : 'are'} not on it, the others are`,
          missingOn: lacking.map(({ host, name }) => `${host}/${name}`).join(', '),
          from: 'zonecfg export, dladm show-vnic',
          hint: `compare the nets of the members: zonecfg -z ${lacking[0]?.name ?? ''} info net`,
        },
      ];
    });
  });
}

function isUnshared(zones: readonly Zone[], lacking: readonly Zone[]): boolean {
  if (zones.length > 2) return lacking.length * 2 < zones.length;
  // Two members on VLANs of their own, as two uplinks are, are meant to differ.
  const [without] = lacking;
  const other = zones.find((zone) => zone !== without);
  return without !== undefined && other !== undefined
    ? without.vlans.every((id) => other.vlans.includes(id))
    : false;
}

/** The VLANs of a host that has VLAN links over aggregations. */
type Trunk = {
  readonly name: string;
  /** Those of the VLAN links. */
  readonly own: ReadonlySet<number>;
  /** Those and what its zones are on. */
  readonly all: ReadonlySet<number>;
};
const keptTrunks = whileSameOf<Trunk>();

const trunkOf = (host: HostInventory): Trunk =>
  keptTrunks(linksOf(host), [host.name, allZonesOf(host)], () => {
    const links = linksOf(host);
    const aggrs = new Set(links.filter((link) => link.class === 'aggr').map(({ name }) => name));
    const vlans = links.filter(
      (link) => link.class === 'vlan' && link.over.some((name) => aggrs.has(name)),
    );
    return {
      name: host.name,
      own: new Set(vlans.flatMap(({ vlanId }) => vlanId ?? [])),
      all: new Set([
        ...links.flatMap(({ vlanId }) => vlanId ?? []),
        ...allZonesOf(host).flatMap((zone) => zone.vlans),
      ]),
    };
  });

/** VLAN links that global zones have over aggregations, compared between hosts. */
function unevenVlanLinks(hosts: readonly HostInventory[]): readonly Mismatch[] {
  const trunks = hosts.map(trunkOf).filter(({ own }) => own.size > 0);
  if (trunks.length < 2) return [];
  const ids = new Set(trunks.flatMap(({ own }) => [...own]));
  return [...ids].flatMap((vlanId): readonly Mismatch[] => {
    const having = trunks.filter(({ own }) => own.has(vlanId));
    const without = trunks.filter(({ all }) => !all.has(vlanId));
    const isAllButOne = without.length === 1 && having.length === trunks.length - 1;
    const isOnlyOne = having.length === 1 && without.length === trunks.length - 1;
    if (!isAllButOne && !isOnlyOne) return [];
    const [lone] = isOnlyOne ? having : without;
    return [
      {
        vlanId,
        severity: isOnlyOne ? 'info' : 'warning',
        title: isOnlyOne
          ? `on ${lone?.name ?? ''} only, of ${trunks.length} hosts with VLAN links`
          : `not on ${lone?.name ?? ''}, but on the ${having.length} other hosts with VLAN links`,
        missingOn: someNames(without.map(({ name }) => name)),
        from: 'dladm show-vlan',
        hint: `compare dladm show-vlan on ${someNames(trunks.map(({ name }) => name))}`,
      },
    ];
  });
}

function someNames(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(', ');
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}
