import { age, UNKNOWN } from '../../domain/format.ts';
import type { Group, Inventory } from '../../domain/inventory.ts';
import { allZonesOf } from '../../domain/joined.ts';
import { zoneRef } from '../../domain/ref.ts';
import type { VmRef, ZoneRef } from '../../domain/ref.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Sign, Tone, View } from '../../domain/view.ts';
import { zoneRows, zoneSign } from './zone-columns.ts';
import type { ZoneRow } from './zone-columns.ts';
import { zoneDetail } from './zone-detail.ts';

/** A member of one redundancy group or more. */
type MemberRow = {
  readonly ref: ZoneRef | VmRef;
  readonly member: string;
  readonly host: string;
  /** null while its host never told of it. */
  readonly zone: ZoneRow | null;
  /** The group that can lose the fewest of its members stands first. */
  readonly groups: readonly [GroupState, ...GroupState[]];
};
type GroupState = {
  readonly name: string;
  readonly up: number;
  readonly unknown: number;
  readonly of: number;
  readonly atLeast: number;
};

const spareOf = ({ up, atLeast }: GroupState): number => up - atLeast;

function rows(inventory: Inventory, now: EpochMs): readonly MemberRow[] {
  const zones = new Map(
    zoneRows(inventory, now, allZonesOf).map((zone) => [`${zone.host}/${zone.name}`, zone]),
  );
  const signOf = (member: string): Sign => {
    const zone = zones.get(member);
    return zone ? zoneSign(zone) : 'unknown';
  };
  const stateOf = ({ name, members, atLeast }: Group): GroupState => {
    const signs = members.map(signOf);
    return {
      name,
      up: signs.filter((sign) => sign === 'ok').length,
      unknown: signs.filter((sign) => sign === 'unknown').length,
      of: members.length,
      atLeast,
    };
  };
  const places = inventory.groups.flatMap((group) => {
    const state = stateOf(group);
    return group.members.map((member) => ({ member, state }));
  });
  return [...Map.groupBy(places, ({ member }) => member)].flatMap(([member, found]) => {
    const [first, ...more] = found
      .map(({ state }) => state)
      .toSorted((a, b) => spareOf(a) - spareOf(b));
    if (!first) return [];
    const zone = zones.get(member) ?? null;
    const [host = '', ...name] = member.split('/');
    return [
      {
        ref: zone?.ref ?? zoneRef(host, name.join('/')),
        member: name.join('/'),
        host,
        zone,
        groups: [first, ...more],
      },
    ];
  });
}

const memberSign = ({ zone }: MemberRow): Sign => (zone ? zoneSign(zone) : 'unknown');

/** What the group can still lose, in words. */
function verdict({ groups: [group] }: MemberRow): { readonly text: string; readonly tone: Tone } {
  const { up, unknown, atLeast } = group;
  if (up + unknown < atLeast) return { text: 'lost', tone: 'bad' };
  if (up < atLeast) return { text: 'perhaps lost', tone: 'bad' };
  if (up === atLeast) return { text: 'may lose none', tone: up < group.of ? 'warn' : 'muted' };
  return { text: `may lose ${up - atLeast}`, tone: 'muted' };
}

/**
 * Redundancy groups, a row per member: the control plane, name servers, routers. It is read from the zones over
 * SSH, so that it stays true while the Kubernetes API does not answer.
 */
export const groupView: View<MemberRow> = {
  id: 'groups',
  title: 'Redundancy groups',
  rows,
  key: ({ ref }) => ref,
  sign: memberSign,
  at: ({ zone }) => zone?.at ?? null,
  stale: ({ zone }) => zone?.fresh !== true,
  columns: [
    {
      id: 'group',
      title: 'GROUP',
      width: 'grow',
      priority: 0,
      text: ({ groups }) => groups.map(({ name }) => name).join(', '),
    },
    { id: 'member', title: 'MEMBER', width: 13, priority: 0, text: ({ member }) => member },
    {
      id: 'host',
      title: 'HOST',
      width: 8,
      priority: 2,
      text: ({ host }) => host,
      tone: () => 'muted',
    },
    {
      id: 'vlan',
      title: 'VLAN',
      width: 9,
      priority: 5,
      text: ({ zone }) => zone?.vlans.join(',') || UNKNOWN,
      value: ({ zone }) => zone?.vlans[0] ?? null,
    },
    {
      id: 'state',
      title: 'STATE',
      width: 13,
      priority: 3,
      text: ({ zone }) => zone?.stateText ?? UNKNOWN,
      tone: ({ zone }) => (zone?.state === 'running' ? 'muted' : zone ? 'bad' : 'unknown'),
    },
    {
      id: 'up',
      title: 'UP',
      width: 5,
      align: 'right',
      priority: 1,
      text: ({ groups: [{ up, of }] }) => `${up}/${of}`,
      tone: (row) => verdict(row).tone,
      value: ({ groups: [{ up }] }) => up,
    },
    {
      id: 'needs',
      title: 'NEEDS',
      width: 5,
      align: 'right',
      priority: 6,
      text: ({ groups: [{ atLeast }] }) => String(atLeast),
      tone: () => 'muted',
      value: ({ groups: [{ atLeast }] }) => atLeast,
    },
    {
      id: 'verdict',
      title: 'VERDICT',
      width: 13,
      priority: 4,
      text: (row) => verdict(row).text,
      tone: (row) => verdict(row).tone,
      value: ({ groups: [group] }) => spareOf(group),
    },
    {
      id: 'age',
      title: 'AGE',
      width: 5,
      align: 'right',
      priority: 2,
      text: ({ zone }, now) => age(zone?.at ?? null, now),
      tone: ({ zone }) => (zone?.fresh === true ? 'muted' : 'warn'),
      value: ({ zone }) => zone?.at ?? null,
    },
  ],
  detail: (row, inventory, now) => [
    {
      title: 'Groups',
      lines: row.groups.map(({ name, up, of, unknown, atLeast }) => ({
        label: name,
        text: `${up} of ${of} up, needs ${atLeast}${unknown > 0 ? `, ${unknown} unknown` : ''}`,
        tone: up < atLeast ? ('bad' as const) : ('plain' as const),
      })),
    },
    ...(row.zone ? zoneDetail(row.zone, inventory, now) : []),
  ],
};
