import type { HostInventory, Inventory } from '../../domain/inventory.ts';
import { ownPathOf, wayText } from '../../domain/own-path.ts';
import { refPhrase } from '../../domain/ref.ts';
import { OWN_SIGN } from '../tones.ts';
import type { DialogContent, DialogRun } from './dialog-shape.ts';
import { labelled } from './labelled.ts';

/** What the user's own session runs through, how that is known, and what is not. */
export function ownPathContent(inventory: Inventory, width: number): DialogContent {
  const { ways, parts, routers } = ownPathOf(inventory);
  const told = new Set(ways.flatMap(({ hosts }) => hosts));
  const unknown = inventory.hosts.filter(({ name }) => !told.has(name));
  const lines: (readonly DialogRun[])[] = [
    ...ways.flatMap((way) => labelled('way', wayText(way, inventory), width, 'accent')),
    ...(ways.length === 0
      ? labelled('way', 'nothing that is watched is known to carry your session', width)
      : [[]]),
    ...[...parts].flatMap(([ref, why]) => labelled(OWN_SIGN, `${refPhrase(ref)}: ${why}`, width)),
    ...[...routers].flatMap(([ref, hosts]) =>
      labelled('router', `${refPhrase(ref)}: the default router of ${hosts.join(', ')}`, width),
    ),
    ...(unknown.length === 0 ? [] : [[]]),
    ...unknown.flatMap((host) =>
      labelled('unknown', `${host.name}: ${whyUnknown(host)}`, width, 'muted'),
    ),
    [],
    ...labelled(
      'guard',
      'a restart, reboot or halt of any of these asks for its consequence and counts down',
      width,
      'muted',
    ),
  ];
  return {
    title: 'Your own path',
    right: 'as the hosts see it',
    lines,
    footer: 'j k scroll  ·  esc back',
    wanted: 76,
  };
}

/** Why it is not known by what way a host is reached. */
function whyUnknown({ feeds: { session } }: HostInventory): string {
  switch (session.status) {
    case 'pending':
      return 'it has not told yet where your session comes from';
    case 'ok':
      return session.value === null
        ? 'its login does not tell where it comes from (SSH_CONNECTION)'
        : `it sees your session come from ${session.value.client.address}, which nothing that is watched has`;
    case 'absent':
    case 'denied':
      return session.reason;
    case 'failed':
      return session.error.message;
  }
}
