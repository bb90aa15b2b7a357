import type { Argv } from '../../domain/command.ts';
import { known } from '../../domain/feed.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import { zonesOf } from '../../domain/joined.ts';
import { componentOf } from '../../domain/zone-component.ts';
import type { ComponentKind } from '../../domain/zone-component.ts';
import { isZoneName } from '../../domain/zone.ts';

/** What is asked within a zone; zlogin(1) gives its arguments to a shell there. It needs all privileges. */
export const inZone = (zone: string, ...argv: readonly string[]): Argv => [
  'pfexec',
  '/usr/sbin/zlogin',
  zone,
  ...argv,
];

/** The line that lets the user of the console ask within zones. */
export const GRANT_ZLOGIN =
  "echo 'Lab Monitor:solaris:cmd:::/usr/sbin/zlogin:uid=0' >> /etc/security/exec_attr.d/labtop  # makes root in every zone";

/** Zones that were known to be there for a component stay known: a process that is gone tells nothing any more. */
export function componentZones(host: HostInventory): ReadonlyMap<string, ComponentKind> {
  const before = known(host.feeds.zoneComponents, []).map(
    ({ zone, kind }) => [zone, kind] as const,
  );
  const now = zonesOf(host).flatMap(({ name, role }) => {
    const kind = componentOf(role?.name);
    return kind === undefined ? [] : [[name, kind] as const];
  });
  return new Map([...before, ...now]);
}

/** Those of them that run. */
export const runningComponentZones = (
  host: HostInventory,
): readonly (readonly [zone: string, kind: ComponentKind])[] => {
  const kinds = componentZones(host);
  return zonesOf(host).flatMap(({ name, state }) => {
    const kind = kinds.get(name);
    return state === 'running' && kind !== undefined && isZoneName(name)
      ? [[name, kind] as const]
      : [];
  });
};
