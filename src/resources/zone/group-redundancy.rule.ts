import { lastValue } from '../../domain/feed.ts';
import { groupStates } from '../../domain/groups.ts';
import type { GroupState } from '../../domain/groups.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { findHost } from '../../domain/joined.ts';
import type { Finding, LabRule } from '../../domain/problem.ts';
import { groupRef } from '../../domain/ref.ts';

/**
 * A redundancy group that can lose no more members, or that has fewer than it needs. Held for about as long as a member
 * takes that is restarted.
 */
export const groupRedundancy: LabRule = {
  id: 'group.redundancy',
  scope: 'lab',
  severity: 'warning',
  holdSeconds: 15,
  check: (inventory, now) =>
    groupStates(inventory, now)
      .filter((group) => isTold(group, inventory))
      .flatMap((group) => findingOf(group) ?? []),
};

/** A group with a member that no host has told of yet cannot be judged. */
const isTold = ({ members }: GroupState, inventory: Inventory): boolean =>
  members.every((member) => {
    const host = findHost(inventory, member.host);
    return host !== undefined && lastValue(host.feeds.zones) !== undefined;
  });

function findingOf(group: GroupState): Finding | undefined {
  const { name, up, unknown, atLeast, members, sign } = group;
  const of = `${up} of ${members.length} up`;
  const subject = groupRef(name);
  const missing = members
    .filter((member) => member.sign !== 'ok')
    .map(({ id, failed }) => (failed === null ? id : `${id} (${failed} in maintenance)`));
  const failed = members.find((member) => member.failed !== null);
  const evidence = {
    up,
    members: members.length,
    atLeast,
    unknown,
    notUp: missing.join(', '),
    from: failed ? 'zoneadm list -cp, svcs -Z' : 'zoneadm list -cp',
  };
  const first = members.find((member) => member.sign !== 'ok');
  const hint = `bring ${first?.id ?? 'a member'} back before another one goes (:groups tells all)`;
  switch (sign) {
    case 'down':
      return {
        subject,
        severity: 'critical',
        title: `lost: ${of}, needs ${atLeast}`,
        evidence,
        hint,
      };
    case 'unknown':
      return {
        subject,
        severity: 'critical',
        title: `perhaps lost: ${of}, ${unknown} unknown, needs ${atLeast}`,
        evidence,
        hint,
      };
    case 'warning':
      return {
        subject,
        title:
          unknown === 0
            ? `can lose no more: ${of}, needs ${atLeast}`
            : `perhaps can lose no more: ${of}, ${unknown} unknown, needs ${atLeast}`,
        evidence,
        hint,
      };
    case 'ok':
    case 'degraded':
    case 'off':
    case 'changing':
      return undefined;
  }
}
