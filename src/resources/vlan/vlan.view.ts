import { lastKnown } from '../../domain/feed.ts';
import { age, bytes, UNKNOWN } from '../../domain/format.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { vlansOf } from '../../domain/joined.ts';
import type { Link, Vlan } from '../../domain/joined.ts';
import { hostRef } from '../../domain/ref.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Sign, Tone, View } from '../../domain/view.ts';

type VlanRow = Vlan & {
  /** Oldest answer of the hosts that carry it. */
  readonly at: EpochMs | null;
  /** Hosts that do not answer now. */
  readonly blind: readonly string[];
};

const sum = (vlan: Vlan, pick: (link: Vlan['links'][number]) => number | null): number | null =>
  vlan.links.some((link) => pick(link) !== null)
    ? vlan.links.reduce((total, link) => total + (pick(link) ?? 0), 0)
    : null;

const total = (a: number | null, b: number | null): number | null =>
  a === null && b === null ? null : (a ?? 0) + (b ?? 0);
const errorsOf = (link: Link): number | null => total(link.rxErrors, link.txErrors);
/** Packets for which there was no buffer. */
const dropsOf = (link: Link): number | null => total(link.rxDrops, link.txDrops);

/** A host that does not answer has its sign. */
const hostText = ({ blind }: VlanRow, name: string): string =>
  blind.includes(name) ? `${name}?` : name;

const over = (vlan: Vlan): string =>
  [...new Set(vlan.links.flatMap((link) => link.over))].join(' ');

/** Of its links on hosts that answer; what a silent host hides is said beside it, and makes nothing worse. */
function vlanSign(vlan: VlanRow): Sign {
  if (vlan.links.length === 0) return vlan.blind.length > 0 ? 'unknown' : 'off';
  const seen = vlan.links.filter(({ host }) => !vlan.blind.includes(host));
  if (seen.length === 0) return 'unknown';
  if (seen.every(({ state }) => state === 'down')) return 'down';
  return seen.some(({ state }) => state === 'down') ? 'degraded' : 'ok';
}

const STATE_TONES: Readonly<Partial<Record<Sign, Tone>>> = {
  down: 'bad',
  degraded: 'warn',
  unknown: 'unknown',
};

const STATE_WORDS: Readonly<Partial<Record<Sign, string>>> = {
  unknown: 'unknown',
  off: 'no links',
  down: 'down',
};

/** In a word, or how many of its links are down on hosts that answer. */
function stateText(vlan: VlanRow): string {
  const word = STATE_WORDS[vlanSign(vlan)];
  if (word !== undefined) return word;
  const down = vlan.links.filter(
    ({ host, state }) => state === 'down' && !vlan.blind.includes(host),
  ).length;
  return down === 0 ? 'up' : `${down} down`;
}

function rows(inventory: Inventory): readonly VlanRow[] {
  const blind = new Set(
    inventory.hosts.filter(({ source }) => source.state !== 'up').map(({ name }) => name),
  );
  const listedAt = new Map(
    inventory.hosts.map(({ name, feeds }) => [name, lastKnown(feeds.links)?.at]),
  );
  return vlansOf(inventory).map((vlan) => {
    // Counters tell of a link more often than the list does.
    const toldAt = new Map<string, EpochMs>();
    for (const link of vlan.links)
      if (link.at > (toldAt.get(link.host) ?? -Infinity)) toldAt.set(link.host, link.at);
    let at: EpochMs | null = null;
    for (const name of vlan.hosts) {
      const since = toldAt.get(name) ?? listedAt.get(name);
      if (since !== undefined && (at === null || since < at)) at = since;
    }
    return {
      ...vlan,
      at,
      blind: vlan.hosts.filter((name) => blind.has(name)),
    };
  });
}

/** VLANs pane: a row per VLAN id over all hosts. */
export const vlanView: View<VlanRow> = {
  id: 'vlans',
  title: 'VLANs',
  rows,
  parts: ({ hosts, vlanNames }) => [hosts, vlanNames],
  key: (vlan) => vlan.ref,
  sign: vlanSign,
  at: (vlan) => vlan.at,
  stale: (vlan) => vlan.blind.length > 0 && vlan.blind.length === vlan.hosts.length,
  columns: [
    {
      id: 'vid',
      title: 'VID',
      width: 4,
      align: 'right',
      priority: 0,
      text: (vlan) => String(vlan.id),
      value: (vlan) => vlan.id,
    },
    {
      id: 'name',
      title: 'NAME',
      width: 10,
      priority: 0,
      text: (vlan) => vlan.name ?? UNKNOWN,
    },
    {
      id: 'over',
      title: 'OVER',
      width: 7,
      priority: 4,
      text: (vlan) => over(vlan) || UNKNOWN,
      tone: () => 'muted',
    },
    {
      id: 'hosts',
      title: 'HOSTS',
      width: 20,
      priority: 3,
      text: (vlan) => vlan.hosts.map((name) => hostText(vlan, name)).join(' ') || '-',
      tone: () => 'muted',
    },
    {
      id: 'state',
      title: 'STATE',
      width: 9,
      priority: 7,
      text: stateText,
      tone: (vlan) => STATE_TONES[vlanSign(vlan)] ?? 'muted',
    },
    {
      id: 'zones',
      title: 'ZONES',
      width: 5,
      align: 'right',
      priority: 1,
      text: (vlan) => String(vlan.zones.length),
      value: (vlan) => vlan.zones.length,
    },
    {
      id: 'vms',
      title: 'VMS',
      width: 4,
      align: 'right',
      priority: 1,
      text: (vlan) => String(vlan.vms.length),
      value: (vlan) => vlan.vms.length,
    },
    {
      id: 'links',
      title: 'LINKS',
      width: 5,
      align: 'right',
      priority: 5,
      text: (vlan) => String(vlan.links.length),
      value: (vlan) => vlan.links.length,
    },
    {
      id: 'in',
      title: 'IN/s',
      width: 5,
      align: 'right',
      priority: 2,
      text: (vlan) => bytes(sum(vlan, (link) => link.rxBytesPerSecond)),
      value: (vlan) => sum(vlan, (link) => link.rxBytesPerSecond),
    },
    {
      id: 'out',
      title: 'OUT/s',
      width: 5,
      align: 'right',
      priority: 2,
      text: (vlan) => bytes(sum(vlan, (link) => link.txBytesPerSecond)),
      value: (vlan) => sum(vlan, (link) => link.txBytesPerSecond),
    },
    {
      id: 'errors',
      title: 'ERR/DROP',
      width: 9,
      align: 'right',
      priority: 8,
      text: (vlan) => `${sum(vlan, errorsOf) ?? UNKNOWN}/${sum(vlan, dropsOf) ?? UNKNOWN}`,
      tone: (vlan) => ((sum(vlan, errorsOf) ?? 0) > 0 ? 'warn' : 'muted'),
      value: (vlan) => total(sum(vlan, errorsOf), sum(vlan, dropsOf)),
    },
    {
      id: 'members',
      title: 'ON IT',
      width: 'grow',
      priority: 6,
      text: (vlan) => [...vlan.zones, ...vlan.vms].map(({ name }) => name).join(' '),
      tone: () => 'muted',
    },
    {
      id: 'age',
      title: 'AGE',
      width: 5,
      align: 'right',
      priority: 3,
      text: (vlan, now) => age(vlan.at, now),
      value: (vlan) => vlan.at,
      unit: 'since',
      tone: (vlan) => (vlan.blind.length > 0 ? 'unknown' : 'muted'),
    },
  ],
  detail: (vlan, inventory) => [
    {
      title: `VLAN ${vlan.id} ${vlan.name ?? ''}`,
      lines: [
        { label: 'hosts', text: vlan.hosts.map((name) => hostText(vlan, name)).join(' ') || '-' },
        { label: 'over', text: over(vlan) || UNKNOWN },
        ...vlan.blind.map((name) => ({
          label: 'blind',
          text: `${name} does not answer; its links are as last known`,
          tone: 'unknown' as const,
        })),
      ],
    },
    ...inventory.hosts.map((host) => ({
      title: host.name,
      lines: [
        { label: 'host', text: host.source.state, ref: hostRef(host.name) },
        ...vlan.links
          .filter((link) => link.host === host.name)
          .map((link) => ({
            label: link.name,
            text: `${link.class} ${link.state}  over ${link.over.join(' ') || '-'}  ${link.zone ?? 'global'}  ${link.macAddress ?? ''}`,
            tone: link.state === 'down' ? ('bad' as const) : ('plain' as const),
          })),
        ...[...vlan.zones, ...vlan.vms]
          .filter((zone) => zone.host === host.name)
          .map((zone) => ({
            label: zone.name,
            text: `${zone.stateText}  ${zone.brand}  ${zone.addresses.join(' ')}`,
            ref: zone.ref,
          })),
      ],
    })),
  ],
};
