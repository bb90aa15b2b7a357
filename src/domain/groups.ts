import type { Group, Inventory } from './inventory.ts';
import { allZonesOf, findHost, hostFresh, zoneSign, zonesFresh } from './joined.ts';
import type { Zone } from './joined.ts';
import type { VmRef, ZoneRef } from './ref.ts';
import { isRoleService, rolesIn } from './role.ts';
import type { EpochMs } from './time.ts';
import type { Sign } from './view.ts';

/** A redundancy group as it stands. */
export type GroupState = {
  readonly name: string;
  readonly atLeast: number;
  readonly members: readonly GroupMember[];
  /** Whose zones run, and whose services have not given up. */
  readonly up: number;
  /** Members of which nobody knows whether they run. */
  readonly unknown: number;
  /** ok: can lose one more, or needs all and has them; warning: cannot; down: is below what it needs; unknown: nobody knows. */
  readonly sign: Sign;
};
export type GroupMember = {
  /** `host/name`, as the configuration says it. */
  readonly id: string;
  readonly host: string;
  /** null while its host never told of it. */
  readonly ref: ZoneRef | VmRef | null;
  readonly name: string;
  readonly sign: Sign;
  /** The service that its zone is there for has given up, and what it is called; null: nothing tells that. */
  readonly failed: string | null;
};

/** The groups of the configuration with what is known of their members. */
export function groupStates(inventory: Inventory, now: EpochMs): readonly GroupState[] {
  if (inventory.groups.length === 0) return [];
  return inventory.groups.map((group) => {
    const members = group.members.map((id): GroupMember => ({
      id,
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

function knownOf(inventory: Inventory, id: string, now: EpochMs): Omit<GroupMember, 'id'> {
  const slash = id.indexOf('/');
  const place = { host: id.slice(0, slash), name: id.slice(slash + 1) };
  const host = findHost(inventory, place.host);
  const zone = host && allZonesOf(host).find((each) => each.name === place.name);
  if (!host || !zone) return { ...place, ref: null, sign: 'unknown', failed: null };
  const sign = zoneSign(zone, zonesFresh(host, now));
  const failed = sign === 'ok' && hostFresh(host, 'zoneServices', now) ? failedService(zone) : null;
  return { ...place, ref: zone.ref, sign: failed === null ? sign : 'down', failed };
}

/** The FMRI of the service in maintenance that a zone is there for: the zone runs, and is of no use to its group. */
export const failedService = ({ role, services }: Zone): string | null =>
  services?.notOnline.find(
    ({ fmri, state }) =>
      state === 'maintenance' &&
      (rolesIn(role).some(({ evidence }) => evidence === fmri) ||
        (role?.by === 'configured' && isRoleService(fmri))),
  )?.fmri ?? null;

function groupSign({ members, atLeast }: Group, up: number, unknown: number): Sign {
  if (up > atLeast) return 'ok';
  if (up === atLeast) return up === members.length ? 'ok' : 'warning';
  return up + unknown >= atLeast ? 'unknown' : 'down';
}
