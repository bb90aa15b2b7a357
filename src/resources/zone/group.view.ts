import { age, UNKNOWN } from '../../domain/format.ts';
import { groupStates } from '../../domain/groups.ts';
import type { GroupState } from '../../domain/groups.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { zoneRef } from '../../domain/ref.ts';
import type { VmRef, ZoneRef } from '../../domain/ref.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Sign, Tone, View } from '../../domain/view.ts';
import { stateText, stateTone, zoneRows } from './zone-columns.ts';
import type { ZoneRow } from './zone-columns.ts';
import { zoneDetail } from './zone-detail.ts';

/** A member of one redundancy group or more. */
type MemberRow = {
  readonly ref: ZoneRef | VmRef;
  readonly member: string;
  readonly sign: Sign;
  readonly failed: string | null;
  readonly host: string;
  /** null while its host never told of it. */
  readonly zone: ZoneRow | null;
  /** The group that can lose the fewest of its members stands first. */
  readonly groups: readonly [GroupState, ...GroupState[]];
};

const spareOf = ({ up, atLeast }: GroupState): number => up - atLeast;

function rows(inventory: Inventory, now: EpochMs): readonly MemberRow[] {
  const zones = new Map<string, ZoneRow>(zoneRows(inventory, now).map((zone) => [zone.ref, zone]));
  const places = groupStates(inventory, now).flatMap((group) =>
    group.members.map((member) => ({ member, group })),
  );
  return [...Map.groupBy(places, ({ member }) => member.id).values()].flatMap((found) => {
    const [first, ...more] = found
      .map(({ group }) => group)
      .toSorted((a, b) => spareOf(a) - spareOf(b));
    const member = found[0]?.member;
    if (!first || !member) return [];
    const host = member.id.slice(0, member.id.indexOf('/'));
    return [
      {
        ref: member.ref ?? zoneRef(host, member.name),
        member: member.name,
        sign: member.sign,
        failed: member.failed,
        host,
        zone: (member.ref && zones.get(member.ref)) ?? null,
        groups: [first, ...more],
      },
    ];
  });
}

/** What the group can still lose, in words. */
function verdict({ groups: [group] }: MemberRow): { readonly text: string; readonly tone: Tone } {
  if (group.sign === 'down') return { text: 'lost', tone: 'bad' };
  if (group.sign === 'unknown') return { text: 'perhaps lost', tone: 'bad' };
  const spare = spareOf(group);
  return {
    text: `may lose ${spare === 0 ? 'none' : spare}`,
    tone: group.sign === 'warning' ? 'warn' : 'muted',
  };
}

/**
 * Redundancy groups, a row per member: the control plane, name servers, routers. It is read from the zones over
 * SSH, so that it stays true while the Kubernetes API does not answer.
 */
export const groupView: View<MemberRow> = {
  id: 'groups',
  title: 'Redundancy groups',
  rows,
  parts: ({ hosts, groups }) => [hosts, groups],
  key: ({ ref }) => ref,
  sign: ({ sign }) => sign,
  at: ({ zone }) => zone?.at ?? null,
  stale: ({ zone }) => zone?.fresh !== true,
  columns: [
    {
      id: 'group',
      title: 'GROUP',
      width: 'grow',
      most: 28,
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
      text: ({ zone, failed }) =>
        zone ? (failed === null ? stateText(zone) : 'maintenance') : UNKNOWN,
      tone: ({ zone, failed }) => (zone ? (failed === null ? stateTone(zone) : 'bad') : 'unknown'),
    },
    {
      id: 'up',
      title: 'UP',
      width: 5,
      align: 'right',
      priority: 1,
      text: ({ groups: [{ up, members }] }) => `${up}/${members.length}`,
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
      unit: 'since',
    },
  ],
  detail: (row, inventory, now) => [
    {
      title: 'Groups',
      lines: row.groups.map(({ name, up, members, unknown, atLeast }) => ({
        label: name,
        text: `${up} of ${members.length} up, needs ${atLeast}${unknown > 0 ? `, ${unknown} unknown` : ''}`,
        tone: up < atLeast ? ('bad' as const) : ('plain' as const),
      })),
    },
    ...(row.failed === null
      ? []
      : [
          {
            title: 'Not up',
            lines: [
              {
                label: 'service',
                text: `${row.failed} is in maintenance, while its zone runs`,
                tone: 'bad' as const,
              },
            ],
          },
        ]),
    ...(row.zone ? zoneDetail(row.zone, inventory, now) : []),
  ],
};
