import type { Group, Inventory } from './inventory.ts';
import { allZonesOf, findHost, zoneSign, zonesFresh } from './joined.ts';
import type { VmRef, ZoneRef } from './ref.ts';
import type { EpochMs } from './time.ts';
import type { Sign } from './view.ts';

/** A redundancy group as it stands. */
export type GroupState = {
  readonly name: string;
  readonly atLeast: number;
  readonly members: readonly GroupMember[];
  readonly up: number;
  /** Members of which nobody knows whether they run. */
  readonly unknown: number;
  /** ok: can lose one more, or needs all and has them; warning: cannot; down: is below what it needs; unknown: nobody knows. */
  readonly sign: Sign;
};
export type GroupMember = {
  /** `host/name`, as the configuration says it. */
  readonly id: string;
  /** null while its host never told of it. */
  readonly ref: ZoneRef | VmRef | null;
  readonly name: string;
  readonly sign: Sign;
};

/** The groups of the configuration with what is known of their members. */
export function groupStates(inventory: Inventory, now: EpochMs): readonly GroupState[] {
  if (inventory.groups.length === 0) return [];
  return inventory.groups.map((group) => {
    const members = group.members.map((id): GroupMember => ({
      id,
      name: id.slice(id.indexOf('/') + 1),
      ...knownOf(inventory, id, now),
    }));
    const having = (wanted: Sign): number => members.filter(({ sign }) => sign === wanted).length;
    const [up, unknown] = [having('ok'), having('unknown')];
    return {
      name: group.name,
      atLeast: group.atLeast,
      members,
      up,
      unknown,
      sign: groupSign(group, up, unknown),
    };
  });
}

function knownOf(
  inventory: Inventory,
  id: string,
  now: EpochMs,
): Pick<GroupMember, 'ref' | 'sign'> {
  const slash = id.indexOf('/');
  const host = findHost(inventory, id.slice(0, slash));
  const name = id.slice(slash + 1);
  const zone = host && allZonesOf(host).find((each) => each.name === name);
  return host && zone
    ? { ref: zone.ref, sign: zoneSign(zone, zonesFresh(host, now)) }
    : { ref: null, sign: 'unknown' };
}

function groupSign({ members, atLeast }: Group, up: number, unknown: number): Sign {
  if (up > atLeast) return 'ok';
  if (up === atLeast) return up === members.length ? 'ok' : 'warning';
  return up + unknown >= atLeast ? 'unknown' : 'down';
}
